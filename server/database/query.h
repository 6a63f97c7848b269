/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and transactions: the seam between the rules' world and PostgreSQL, and what tests fake.
 *
 * A statement is a .sql file (server/sql/queries/<topic>/<name>.sql), embedded at build time as `sql_<topic>_<name>`.
 * In it `:name` is a parameter and a column is a field of a message, by one rule in both directions:
 *   - a field has its own name; `x_ms` is a timestamptz `x` (0 is NULL); repeated fields are arrays
 *   - a field of a submessage `alert` is `alert_<field>`
 *   - enums are their words ("major"); bytes are bytea
 *   - empty text in a field named `id`, `*_id` or `*_by` is NULL
 * A parameter is looked up in the statement's sources, first match wins. `-- include topic/name` takes in another file.
 */
#ifndef FRONTDESK_DATABASE_QUERY_H
#define FRONTDESK_DATABASE_QUERY_H

#include <libpq-fe.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/list.h"
#include "common/status.h"

struct query {
    const char *name; /* "complaint/register": also the prepared statement's name */
    const char *text; /* with $1, $2 … */
    const char *const *parameters;
    int parameter_count;
};

enum { STATEMENT_SOURCES = 4, TRANSACTION_STATEMENTS = 6 };

struct statement {
    const struct query *query;
    const ProtobufCMessage *sources[STATEMENT_SOURCES]; /* NULL where unused */
    PGresult *result;                                   /* rows, in binary; set when the transaction is done with OK */
};

/* Statements that are sent together, run in one transaction and are answered together, once, after the commit.
 * Lives in its owner until on_done; `arena` outlives it too. */
struct transaction {
    struct list node; /* the database room's */
    struct arena *arena;
    const char *site_id; /* what row-level security lets it see; NULL: the service's own view of all sites */
    struct statement statements[TRANSACTION_STATEMENTS];
    int count;
    /* OK: committed, results set. UNAVAILABLE: outcome unknown. INTERNAL: PostgreSQL refused; its words are in the log.
     */
    void (*on_done)(struct transaction *transaction, enum status status);
};

void transaction_init(struct transaction *transaction, struct arena *arena, const char *site_id,
                      void (*on_done)(struct transaction *, enum status));
struct statement *transaction_add(struct transaction *transaction, const struct query *query);
void transaction_clear(struct transaction *transaction); /* frees the results */

/* Row `row` as a new message. Columns without a field are our bug: CHECK. NULL: arena exhausted. */
ProtobufCMessage *row_to_message(struct arena *arena, const PGresult *result, int row,
                                 const ProtobufCMessageDescriptor *descriptor);

struct parameters {
    int count;
    const char **values;
    int *lengths;
    int *formats;
};

/* Where each parameter of a query is found among its sources. All zero: not worked out yet; it is at the first binding,
 * and again when the sources are of other kinds. */
struct parameters_plan {
    const ProtobufCMessageDescriptor *sources[STATEMENT_SOURCES];
    struct parameter_place *places; /* one for each parameter; NULL: none */
};

void parameters_plan_free(struct parameters_plan *plan);
/* By the plan, which belongs to the statement's query. TOO_LARGE: arena exhausted. A parameter without a field in any
 * source is our bug: CHECK. */
MUST_USE enum status parameters_bind(struct parameters_plan *plan, struct arena *arena,
                                     const struct statement *statement, struct parameters *parameters);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "common/brake.h"
#include "common/check.h"
#include "common/log.h"
#include "common/moment.h"

enum expected_kind { EXPECT_PREPARED, EXPECT_NOTHING, EXPECT_ROWS, EXPECT_SYNC };

struct expectation {
    enum expected_kind kind;
    bool answered;
    const struct query *query;
    PGresult **rows;         /* EXPECT_ROWS: where they go */
    struct segment *segment; /* NULL: the preparing of statements, which nobody waits for */
};

/* A statement that the line knows, and how its parameters are found. */
struct prepared {
    const struct query *query;
    struct parameters_plan plan;
};

static const char *const site_parameters[] = {"site"};
static const struct query set_site = {
    "frontdesk/site",
    "select set_config('frontdesk.site', $1, false)",
    site_parameters,
    1,
};

/* Before a writer touches a site's rows: a batch keeps the row that carries the site's counter until it commits, and
 * goes on to further records meanwhile. Two servers whose batches want each other's record would wait for PostgreSQL to
 * find the deadlock; so they take turns. */
static const struct query take_site = {
    "frontdesk/site_in_turn",
    "select set_config('frontdesk.site', $1, false), pg_advisory_xact_lock(hashtextextended($1, 0))",
    site_parameters,
    1,
};

/* NULL, and the line is broken: without its bookkeeping no answer would find its question. */
static void *grow(struct pipeline *pipeline, void *items, size_t *capacity, size_t size) {
    size_t more = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = realloc(items, more * size);
    if (grown == NULL)
        pipeline->broken = true;
    else
        *capacity = more;
    return grown;
}

static void expect(struct pipeline *pipeline, struct expectation expectation) {
    if (pipeline->first == pipeline->count) pipeline->first = pipeline->count = 0;
    if (pipeline->count == pipeline->capacity && pipeline->first > pipeline->count / 2) {
        pipeline->count -= pipeline->first;
        memmove(pipeline->expected, pipeline->expected + pipeline->first,
                pipeline->count * sizeof(*pipeline->expected));
        pipeline->first = 0;
    }
    if (pipeline->count == pipeline->capacity) {
        struct expectation *grown = grow(pipeline, pipeline->expected, &pipeline->capacity, sizeof(*grown));
        if (grown == NULL) return;
        pipeline->expected = grown;
    }
    pipeline->expected[pipeline->count++] = expectation;
}

static struct expectation *expected(struct pipeline *pipeline) {
    return pipeline->first < pipeline->count ? &pipeline->expected[pipeline->first] : NULL;
}

static struct prepared *find_prepared(const struct pipeline *pipeline, const struct query *query) {
    for (size_t i = 0; i < pipeline->prepared_count; i++)
        if (pipeline->prepared[i].query == query) return &pipeline->prepared[i];
    return NULL;
}

static void forget_prepared(struct pipeline *pipeline, const struct query *query) {
    struct prepared *prepared = find_prepared(pipeline, query);
    if (prepared == NULL) return;
    parameters_plan_free(&prepared->plan);
    *prepared = pipeline->prepared[--pipeline->prepared_count];
}

static void forget_all_prepared(struct pipeline *pipeline) {
    while (pipeline->prepared_count > 0) parameters_plan_free(&pipeline->prepared[--pipeline->prepared_count].plan);
    pipeline->generation++;
}

void pipeline_init(struct pipeline *pipeline, PGconn *line) {
    memset(pipeline, 0, sizeof(*pipeline));
    list_init(&pipeline->in_flight);
    list_init(&pipeline->finished);
    pipeline->line = line;
    pipeline->broken = PQenterPipelineMode(line) != 1;
}

void pipeline_free(struct pipeline *pipeline) {
    CHECK(list_empty(&pipeline->in_flight));
    forget_all_prepared(pipeline);
    free(pipeline->expected);
    free(pipeline->prepared);
    pipeline->expected = NULL;
    pipeline->prepared = NULL;
    pipeline->first = pipeline->count = pipeline->capacity = 0;
    pipeline->prepared_capacity = 0;
    pipeline->line = NULL;
}

/* ---- sending ---- */

/* The name on this line. The number leads, because PostgreSQL compares only the first 63 bytes. */
static const char *prepared_name(const struct pipeline *pipeline, const struct query *query, char name[64]) {
    int length = snprintf(name, 64, "%u/%s", pipeline->generation, query->name);
    CHECK(length > 0 && length < 64);
    return name;
}

static void send_sync(struct pipeline *pipeline, struct segment *segment) {
    if (PQpipelineSync(pipeline->line) != 1) {
        pipeline->broken = true;
        return;
    }
    expect(pipeline, (struct expectation){.kind = EXPECT_SYNC, .segment = segment});
}

static void prepare(struct pipeline *pipeline, const struct query *query, int *sent) {
    char name[64];
    if (pipeline->broken || find_prepared(pipeline, query) != NULL) return;
    if (PQsendPrepare(pipeline->line, prepared_name(pipeline, query, name), query->text, 0, NULL) != 1) {
        pipeline->broken = true;
        return;
    }
    if (pipeline->prepared_count == pipeline->prepared_capacity) {
        struct prepared *grown = grow(pipeline, pipeline->prepared, &pipeline->prepared_capacity, sizeof(*grown));
        if (grown == NULL) return;
        pipeline->prepared = grown;
    }
    pipeline->prepared[pipeline->prepared_count++] = (struct prepared){.query = query};
    expect(pipeline, (struct expectation){.kind = EXPECT_PREPARED, .query = query});
    (*sent)++;
    /* Each under a Sync of its own, so that neither a broken statement nor a failing transaction undoes another. */
    send_sync(pipeline, NULL);
}

static void prepare_missing(struct pipeline *pipeline, const struct segment *segment) {
    int sent = 0;
    if (!list_empty(&segment->transactions)) prepare(pipeline, &set_site, &sent);
    if (!list_empty(&segment->transactions) && segment->in_turn) prepare(pipeline, &take_site, &sent);
    list_each(node, &segment->transactions) {
        const struct transaction *transaction = list_item(node, struct transaction, node);
        for (int i = 0; i < transaction->count; i++) prepare(pipeline, transaction->statements[i].query, &sent);
    }
    if (sent > 0) LOG(DEBUG, "statements prepared", LOG_NUMBER("count", sent));
}

static void send_query(struct pipeline *pipeline, struct segment *segment, const struct query *query,
                       const struct parameters *parameters, PGresult **rows) {
    char name[64];
    if (pipeline->broken) return;
    if (PQsendQueryPrepared(pipeline->line, prepared_name(pipeline, query, name), parameters->count, parameters->values,
                            parameters->lengths, parameters->formats, 1) != 1) {
        pipeline->broken = true;
        return;
    }
    enum expected_kind kind = rows != NULL ? EXPECT_ROWS : EXPECT_NOTHING;
    expect(pipeline, (struct expectation){.kind = kind, .query = query, .rows = rows, .segment = segment});
}

/* The site stays set on the line, so that the next transaction of the same one need not set it again. While another
 * segment is in flight that is not certain: should that one fail, what it has set is undone. A turn is taken anew by
 * each. */
static void send_site(struct pipeline *pipeline, struct segment *segment, const char *site) {
    bool alone = pipeline->in_flight.next == &segment->node;
    bool in_turn = segment->in_turn && strcmp(site, "*") != 0; /* the service's own view waits for nobody */
    if (alone && !in_turn && strcmp(pipeline->site, site) == 0) return;
    CHECK(strlen(site) < sizeof(pipeline->site));
    memcpy(pipeline->site, site, strlen(site) + 1);
    const char *values[] = {site};
    int lengths[] = {0}, formats[] = {0};
    struct parameters parameters = {1, values, lengths, formats};
    send_query(pipeline, segment, in_turn ? &take_site : &set_site, &parameters, NULL);
}

/* All or none: a transaction whose parameters do not fit is left out before anything of it is sent. */
static bool bind_all(const struct pipeline *pipeline, const struct transaction *transaction,
                     struct parameters bound[TRANSACTION_STATEMENTS]) {
    for (int i = 0; i < transaction->count; i++) {
        const struct statement *statement = &transaction->statements[i];
        struct prepared *prepared = find_prepared(pipeline, statement->query);
        if (prepared == NULL) return true; /* the line broke while it was prepared: nothing will be sent */
        if (parameters_bind(&prepared->plan, transaction->arena, statement, &bound[i]) != STATUS_OK) return false;
    }
    return true;
}

static void send_transactions(struct pipeline *pipeline, struct segment *segment) {
    const char *site = NULL;
    list_each_safe(node, &segment->transactions) {
        struct transaction *transaction = list_item(node, struct transaction, node);
        struct parameters bound[TRANSACTION_STATEMENTS] = {0};
        if (!bind_all(pipeline, transaction, bound)) {
            list_remove(node);
            list_append(&segment->refused, node);
            continue;
        }
        const char *wanted = transaction->site_id != NULL ? transaction->site_id : "*";
        if (site == NULL || strcmp(site, wanted) != 0) send_site(pipeline, segment, wanted);
        site = wanted;
        for (int i = 0; i < transaction->count; i++) {
            struct statement *statement = &transaction->statements[i];
            send_query(pipeline, segment, statement->query, &bound[i], &statement->result);
        }
    }
}

static void send_command(struct pipeline *pipeline, struct segment *segment) {
    int count = segment->parameter != NULL ? 1 : 0;
    if (pipeline->broken) return;
    if (PQsendQueryParams(pipeline->line, segment->command, count, NULL, &segment->parameter, NULL, NULL, 1) != 1) {
        pipeline->broken = true;
        return;
    }
    expect(pipeline, (struct expectation){.kind = EXPECT_ROWS, .rows = &segment->result, .segment = segment});
}

void pipeline_send(struct pipeline *pipeline, struct segment *segment) {
    segment_clear(segment);
    segment->sent_at = uv_hrtime();
    list_append(&pipeline->in_flight, &segment->node);
    prepare_missing(pipeline, segment);
    if (segment->command != NULL)
        send_command(pipeline, segment);
    else
        send_transactions(pipeline, segment);
    if (!pipeline->broken) send_sync(pipeline, segment);
}

/* ---- receiving ---- */

/* SQLSTATEs after which the same request may well succeed: no room, no connection, deadlock, timeout, shutdown,
 * a standby that was a primary. */
static enum status status_of(const char *sqlstate) {
    static const char *const passing[] = {"08", "40", "53", "57", "58", "25006", "55P03"};
    for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
        if (strncmp(sqlstate, passing[i], strlen(passing[i])) == 0) return STATUS_UNAVAILABLE;
    return STATUS_INTERNAL;
}

/* The primary message of a data exception (class 22) quotes the value, which may be anybody's name. */
static void log_error(const PGresult *result, const char *sqlstate, const struct query *query) {
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (strncmp(sqlstate, "22", 2) == 0) words = "data exception";
    const char *statement = query != NULL ? query->name : "";
    static struct brake brake; /* of the one loop that has lines */
    int64_t unsaid;
    if (!brake_allows(&brake, sqlstate, statement, moment_steady_ms(), &unsaid)) return;
    LOG(WARNING, "PostgreSQL refused", LOG_TEXT("sqlstate", sqlstate), LOG_TEXT("words", words),
        LOG_TEXT("statement", statement), LOG_TEXT("constraint", PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)),
        LOG_NUMBER("unsaid", unsaid));
}

static void take_error(struct pipeline *pipeline, const PGresult *result, struct expectation *current) {
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (sqlstate == NULL) sqlstate = "08006"; /* libpq's own: the line */
    log_error(result, sqlstate, current->query);
    enum status status = status_of(sqlstate);
    const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    bool unknown = strcmp(sqlstate, "26000") == 0;
    if (current->kind == EXPECT_PREPARED) {
        pipeline->prepare_status = status;
    } else if (unknown && find_prepared(pipeline, current->query) == NULL) {
        status = pipeline->prepare_status; /* why it could not be prepared came just before */
    } else if (unknown || (function != NULL && strcmp(function, "RevalidateCachedQuery") == 0)) {
        /* The statement is gone, or its table changed its shape (a newer node migrated): prepared anew it succeeds. */
        forget_all_prepared(pipeline);
        status = STATUS_UNAVAILABLE;
    }
    /* A primary that became a standby stays one: look for the new primary. */
    if (strcmp(sqlstate, "25006") == 0) pipeline->broken = true;
    if (current->kind == EXPECT_PREPARED) forget_prepared(pipeline, current->query);
    pipeline->site[0] = '\0'; /* the failed transaction may have set it */
    if (current->segment == NULL || current->segment->status != STATUS_OK) return;
    current->segment->status = status;
    current->segment->locked = strcmp(sqlstate, "55P03") == 0;
}

static void finish(struct pipeline *pipeline, struct segment *segment) {
    list_remove(&segment->node);
    list_append(&pipeline->finished, &segment->node);
}

/* After a Sync the line must be outside any transaction, or the next user would inherit it. While more is in flight
 * libpq does not tell; the last one does. */
static void check_idle(struct pipeline *pipeline, struct segment *segment) {
    if (expected(pipeline) != NULL) return;
    PGTransactionStatusType state = PQtransactionStatus(pipeline->line);
    if (state != PQTRANS_INTRANS && state != PQTRANS_INERROR) return;
    LOG(ERROR, "a statement left its transaction open", LOG_NUMBER("state", state));
    if (segment != NULL && segment->status == STATUS_OK) segment->status = STATUS_INTERNAL;
    pipeline->broken = true;
}

/* Rows that libpq had no memory for must not look like none. */
static void miss(const struct expectation *passed) {
    if (passed->kind != EXPECT_ROWS || passed->answered || passed->segment->status != STATUS_OK) return;
    passed->segment->status = STATUS_UNAVAILABLE;
}

static void take_sync(struct pipeline *pipeline) {
    struct expectation *current = expected(pipeline);
    while (current != NULL && current->kind != EXPECT_SYNC) {
        if (current->kind == EXPECT_PREPARED && !current->answered) forget_prepared(pipeline, current->query);
        miss(current);
        pipeline->first++;
        current = expected(pipeline);
    }
    if (current == NULL) {
        pipeline->broken = true;
        return;
    }
    struct segment *segment = current->segment;
    pipeline->first++;
    check_idle(pipeline, segment);
    if (segment != NULL) finish(pipeline, segment);
}

static void take(struct pipeline *pipeline, PGresult *result) {
    struct expectation *current = expected(pipeline);
    switch (PQresultStatus(result)) {
    case PGRES_PIPELINE_SYNC: take_sync(pipeline); break;
    case PGRES_PIPELINE_ABORTED: break;
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        current->answered = true;
        if (current->kind != EXPECT_ROWS) break;
        PQclear(*current->rows);
        *current->rows = result;
        return;
    default:
        take_error(pipeline, result, current);
        current->answered = true;
        break;
    }
    PQclear(result);
}

void pipeline_receive(struct pipeline *pipeline) {
    bool ended = false; /* libpq's NULL ends one question; two in a row are the end of what has arrived */
    while (expected(pipeline) != NULL && !PQisBusy(pipeline->line)) {
        PGresult *result = PQgetResult(pipeline->line);
        if (result != NULL) {
            ended = false;
            take(pipeline, result);
            continue;
        }
        if (ended || PQstatus(pipeline->line) != CONNECTION_OK) break;
        ended = true;
        struct expectation *current = expected(pipeline);
        /* An error of the commit itself comes as one more answer before the Sync, with a NULL of its own. */
        if (current->kind == EXPECT_SYNC) continue;
        miss(current);
        pipeline->first++;
    }
    if (PQstatus(pipeline->line) != CONNECTION_OK) pipeline->broken = true;
}

void pipeline_abandon(struct pipeline *pipeline) {
    pipeline->first = pipeline->count = 0;
    while (!list_empty(&pipeline->in_flight)) {
        struct segment *segment = list_item(pipeline->in_flight.next, struct segment, node);
        segment->status = STATUS_UNAVAILABLE;
        segment->lost = true;
        finish(pipeline, segment);
    }
}

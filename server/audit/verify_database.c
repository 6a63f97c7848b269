/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "server/audit/verify_room.h"

static enum status failed(struct audit *audit, const char *what) {
    (void)snprintf(audit->why, WHY_BYTES, "%s: %.400s", what, PQerrorMessage(audit->line));
    return STATUS_UNAVAILABLE;
}

PGresult *audit_ask(struct audit *audit, const struct query *query, const ProtobufCMessage *source) {
    struct statement statement = {.query = query, .sources = {source}};
    struct parameters parameters;
    struct parameters_plan plan = {0};
    enum status status = parameters_bind(&plan, &audit->arena, &statement, &parameters);
    parameters_plan_free(&plan);
    if (status != STATUS_OK) {
        (void)snprintf(audit->why, WHY_BYTES, "no memory");
        return NULL;
    }
    PGresult *result = PQexecParams(audit->line, query->text, parameters.count, NULL, parameters.values,
                                    parameters.lengths, parameters.formats, 1);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) return result;
    (void)!failed(audit, query->name);
    PQclear(result);
    return NULL;
}

enum status audit_run(struct audit *audit, const char *text) {
    PGresult *result = PQexec(audit->line, text);
    ExecStatusType outcome = PQresultStatus(result);
    PQclear(result);
    return outcome == PGRES_COMMAND_OK || outcome == PGRES_TUPLES_OK ? STATUS_OK
                                                                     : failed(audit, "the database refused");
}

enum status audit_see(struct audit *audit, const char *site_id) {
    const char *values[] = {site_id != NULL ? site_id : "*"};
    PGresult *result =
        PQexecParams(audit->line, "select set_config('frontdesk.site', $1, true)", 1, NULL, values, NULL, NULL, 0);
    ExecStatusType outcome = PQresultStatus(result);
    PQclear(result);
    return outcome == PGRES_TUPLES_OK ? STATUS_OK : failed(audit, "the site could not be chosen");
}

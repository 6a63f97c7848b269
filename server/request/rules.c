/* SPDX-License-Identifier: Apache-2.0 */
/* rules.get: what the site has set, as the database has it, and D6's figures for the rest. */
#include "server/domain/rules_record.h"

#include "common/message.h"
#include "server/operations/operations.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/sql/queries.h"

enum { READ_DEADLINES, READ_CALENDAR };

/* D6's figures under the site's id, and with the version that a change must name. NULL: arena exhausted. */
static Fd__Deadlines *standing_deadlines(struct request *request, Fd__Severity severity, const Fd__Deadlines *stored) {
    if (stored != NULL && stored->own) return (Fd__Deadlines *)(uintptr_t)stored;
    Fd__Deadlines *standing = rules_default_deadlines(&request->arena, severity);
    if (standing == NULL) return NULL;
    standing->site_id = request->record_site_id;
    if (stored == NULL) return standing;
    standing->id = stored->id;
    standing->version = stored->version;
    return standing;
}

static Fd__Calendar *standing_calendar(struct request *request, Fd__Calendar *stored) {
    if (stored == NULL || stored->own) return stored;
    Fd__Calendar *standing = rules_default_calendar(&request->arena);
    if (standing == NULL) return NULL;
    standing->id = stored->id;
    standing->site_id = stored->site_id;
    standing->version = stored->version;
    return standing;
}

static bool fill_deadlines(struct request *request, const PGresult *rows, Fd__GetRulesResponse *response) {
    Fd__Deadlines *stored[RULES_SEVERITIES] = {0};
    for (int i = 0; i < PQntuples(rows); i++) {
        Fd__Deadlines *row =
            (Fd__Deadlines *)(void *)row_to_message(&request->arena, rows, i, &fd__deadlines__descriptor);
        if (row == NULL) return false;
        if ((unsigned)row->severity < RULES_SEVERITIES) stored[row->severity] = row;
    }
    response->deadlines = arena_take(&request->arena, RULES_SEVERITIES * sizeof(Fd__Deadlines *));
    if (response->deadlines == NULL) return false;
    for (int severity = 1; severity < RULES_SEVERITIES; severity++) {
        Fd__Deadlines *standing = standing_deadlines(request, (Fd__Severity)severity, stored[severity]);
        if (standing == NULL) return false;
        response->deadlines[response->n_deadlines++] = standing;
    }
    return true;
}

static void on_read(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    struct statement *reads = transaction->statements;
    if (status != STATUS_OK) {
        reply_failure(request, status);
        return;
    }
    Fd__GetRulesResponse *response = message_new(&request->arena, &fd__get_rules_response__descriptor);
    bool filled = response != NULL && fill_deadlines(request, reads[READ_DEADLINES].result, response);
    if (filled && PQntuples(reads[READ_CALENDAR].result) > 0)
        response->calendar =
            standing_calendar(request, (Fd__Calendar *)(void *)row_to_message(
                                           &request->arena, reads[READ_CALENDAR].result, 0, &fd__calendar__descriptor));
    if (!filled || response->calendar == NULL)
        reply_failure(request, STATUS_TOO_LARGE);
    else
        request_reply(request, STATUS_OK, REFUSAL_NONE, NULL, &response->base);
}

static void get(struct request *request) {
    transaction_init(&request->transaction, &request->arena, request->record_site_id, on_read);
    statement_sources(request, transaction_add(&request->transaction, &sql_deadlines_list), NULL);
    statement_sources(request, transaction_add(&request->transaction, &sql_calendar_load), NULL);
    database_read(request->services->database, &request->transaction);
}

const struct operation rules_get_operation = {
    .name = "rules.get",
    .request = &fd__get_rules_request__descriptor,
    .response = &fd__get_rules_response__descriptor,
    .topic = &topic_deadlines,
    .action = ACTION_SEE,
    .run = get,
};

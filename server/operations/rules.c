/* SPDX-License-Identifier: Apache-2.0 */
/* A site's own figures (D6): set by the manager and head office's administrator. Changing them makes the open
 * complaints be counted anew, in the same transaction. rules.get lives in request/, since it fills in D6's. */
#include "server/domain/rules_change.h"

#include "server/operations/operations.h"
#include "server/sql/queries.h"

const struct topic topic_deadlines = {
    .name = "deadlines",
    .record = &fd__deadlines__descriptor,
    .item = ITEM_NONE,
    .load = &sql_deadlines_load,
    .store = &sql_deadlines_store,
};

const struct topic topic_calendar = {
    .name = "calendar",
    .record = &fd__calendar__descriptor,
    .item = ITEM_NONE,
    .load = &sql_calendar_load,
    .store = &sql_calendar_store,
};

/* .taken: two desks made the first record at the same moment. */
#define COMMAND(verb, of, then)                                                                                        \
    const struct operation rules_##verb##_operation = {                                                                \
        .name = "rules." #verb,                                                                                        \
        .request = &fd__##verb##_request__descriptor,                                                                  \
        .response = &fd__##verb##_response__descriptor,                                                                \
        .topic = &topic_##of,                                                                                          \
        .action = ACTION_GOVERN,                                                                                       \
        .decide = rules_##verb,                                                                                        \
        .also = &(then),                                                                                               \
        .taken = REFUSAL_VERSION_MOVED,                                                                                \
    }

COMMAND(set_deadlines, deadlines, sql_complaint_awaken_severity);
COMMAND(reset_deadlines, deadlines, sql_complaint_awaken_severity);
COMMAND(set_calendar, calendar, sql_complaint_awaken);
COMMAND(reset_calendar, calendar, sql_complaint_awaken);

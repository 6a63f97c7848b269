/* SPDX-License-Identifier: Apache-2.0 */
/* Ordinary visitors (D14) fall under R1. */
#include "server/domain/visit.h"

#include "server/operations/operations.h"
#include "server/sql/queries.h"

const struct topic topic_visit = {
    .name = "visit",
    .record = &fd__visit__descriptor,
    .item = ITEM_R1,
    .load = &sql_visit_load,
    .load_by_id = &sql_visit_load_by_id,
    .store = &sql_visit_store,
    .snapshot = &sql_visit_snapshot,
    .wake = visit_wake,
};

#define COMMAND(verb, message, may, ...)                                                                               \
    const struct operation visit_##verb##_operation = {                                                                \
        .name = "visit." #verb,                                                                                        \
        .request = &fd__##message##_request__descriptor,                                                               \
        .response = &fd__##message##_response__descriptor,                                                             \
        .topic = &topic_visit,                                                                                         \
        .item = ITEM_R1,                                                                                               \
        .action = (may),                                                                                               \
        .decide = visit_##verb,                                                                                        \
        ##__VA_ARGS__,                                                                                                 \
    }

COMMAND(announce, announce_visit, ACTION_WORK, .creates = true, .store = &sql_visit_register);
COMMAND(walk_in, walk_in_visit, ACTION_WORK, .creates = true, .store = &sql_visit_register);
COMMAND(arrive, arrive_visit, ACTION_WORK);
COMMAND(meet, meet_visit, ACTION_WORK);
COMMAND(leave, leave_visit, ACTION_WORK);
COMMAND(cancel, cancel_visit, ACTION_WORK);
COMMAND(emergency, raise_emergency, ACTION_WORK);
/* As with complaints: the rule knows the addressees. */
COMMAND(acknowledge, acknowledge_visit, ACTION_SEE);

/* Unmasked, for those who receive visitors. */
const struct operation visit_get_operation = {
    .name = "visit.get",
    .request = &fd__get_visit_request__descriptor,
    .response = &fd__get_visit_response__descriptor,
    .topic = &topic_visit,
    .item = ITEM_R1,
    .action = ACTION_WORK,
    .reads = {&sql_visit_load, &sql_visit_steps},
    .look_up = &sql_visit_look_up,
};

const struct operation visit_list_operation = {
    .name = "visit.list",
    .request = &fd__list_visits_request__descriptor,
    .response = &fd__list_visits_response__descriptor,
    .topic = &topic_visit,
    .item = ITEM_R1,
    .action = ACTION_SEE,
    .reads = {&sql_visit_list},
    .masked = true,
};

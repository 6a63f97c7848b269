/* SPDX-License-Identifier: Apache-2.0 */
/* People, desks and sites (D1): kept by the office's administrator, sites by head office's. */
#include "server/domain/account.h"

#include "server/operations/operations.h"
#include "server/operations/reason.h"
#include "server/sql/queries.h"

const struct topic topic_person = {
    .name = "person",
    .record = &fd__person__descriptor,
    .item = ITEM_NONE,
    .load = &sql_person_load,
    .load_by_id = &sql_person_load_by_id,
    .store = &sql_person_store,
    .snapshot = &sql_person_list,
};

const struct topic topic_desk = {
    .name = "desk",
    .record = &fd__desk__descriptor,
    .item = ITEM_NONE,
    .snapshot = &sql_desk_list,
};

const struct topic topic_site = {
    .name = "site",
    .record = &fd__site__descriptor,
    .item = ITEM_NONE,
    .load_by_id = &sql_site_load_by_id,
};

const struct operation person_update_operation = {
    .name = "person.update",
    .request = &fd__update_person_request__descriptor,
    .response = &fd__update_person_response__descriptor,
    .topic = &topic_person,
    .action = ACTION_ADMINISTER,
    .decide = person_update,
};

/* Everybody may say it of themselves; of whom else the rule knows. */
const struct operation person_set_absence_operation = {
    .name = "person.set_absence",
    .request = &fd__set_absence_request__descriptor,
    .response = &fd__set_absence_response__descriptor,
    .topic = &topic_person,
    .action = ACTION_SEE,
    .decide = person_set_absence,
};

const struct operation person_clear_absence_operation = {
    .name = "person.clear_absence",
    .request = &fd__clear_absence_request__descriptor,
    .response = &fd__clear_absence_response__descriptor,
    .topic = &topic_person,
    .action = ACTION_SEE,
    .decide = person_clear_absence,
};

const struct operation person_list_operation = {
    .name = "person.list",
    .request = &fd__list_people_request__descriptor,
    .response = &fd__list_people_response__descriptor,
    .topic = &topic_person,
    .action = ACTION_SEE,
    .reads = {&sql_person_list},
    .masked = true,
};

const struct operation desk_create_operation = {
    .name = "desk.create",
    .request = &fd__create_desk_request__descriptor,
    .response = &fd__create_desk_response__descriptor,
    .topic = &topic_desk,
    .action = ACTION_ADMINISTER,
    .decide = desk_create,
    .creates = true,
    .store = &sql_desk_create,
    .taken = REASON(NAME_TAKEN),
};

const struct operation desk_list_operation = {
    .name = "desk.list",
    .request = &fd__list_desks_request__descriptor,
    .response = &fd__list_desks_response__descriptor,
    .topic = &topic_desk,
    .action = ACTION_SEE,
    .reads = {&sql_desk_list},
    .masked = true,
};

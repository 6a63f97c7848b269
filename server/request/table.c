/* SPDX-License-Identifier: Apache-2.0 */
#include "server/request/table.h"

#include <string.h>

#include "server/operations/operations.h"
#include "server/request/flows.h"

static const struct operation *const operations[] = {
    &session_sign_in_operation,
    &session_resume_operation,
    &session_sign_out_operation,
    &session_change_password_operation,
    &complaint_register_operation,
    &complaint_accept_operation,
    &complaint_assign_operation,
    &complaint_record_action_operation,
    &complaint_classify_operation,
    &complaint_pause_operation,
    &complaint_resume_operation,
    &complaint_escalate_operation,
    &complaint_acknowledge_operation,
    &complaint_take_over_operation,
    &complaint_send_back_operation,
    &complaint_close_operation,
    &complaint_follow_up_operation,
    &complaint_reopen_operation,
    &complaint_link_operation,
    &complaint_get_operation,
    &complaint_list_operation,
    &visit_announce_operation,
    &visit_walk_in_operation,
    &visit_arrive_operation,
    &visit_meet_operation,
    &visit_leave_operation,
    &visit_cancel_operation,
    &visit_emergency_operation,
    &visit_acknowledge_operation,
    &visit_get_operation,
    &visit_list_operation,
    &person_create_operation,
    &person_update_operation,
    &person_list_operation,
    &person_reset_password_operation,
    &desk_create_operation,
    &desk_list_operation,
    &site_create_operation,
    &site_list_operation,
    &authority_list_operation,
};

static const struct topic *const topics[] = {
    &topic_complaint, &topic_visit, &topic_person, &topic_desk, &topic_site,
};

const struct operation *operation_at(size_t index) {
    return index < sizeof(operations) / sizeof(operations[0]) ? operations[index] : NULL;
}

const struct topic *topic_at(size_t index) {
    return index < sizeof(topics) / sizeof(topics[0]) ? topics[index] : NULL;
}

const struct operation *operation_find(const char *name) {
    for (size_t i = 0; operation_at(i) != NULL; i++)
        if (strcmp(operation_at(i)->name, name) == 0) return operation_at(i);
    return NULL;
}

const struct topic *topic_find(const char *name) {
    for (size_t i = 0; topic_at(i) != NULL; i++)
        if (strcmp(topic_at(i)->name, name) == 0) return topic_at(i);
    return NULL;
}

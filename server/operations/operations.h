/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room offer to the table (request/table.c). */
#ifndef FRONTDESK_OPERATIONS_OPERATIONS_H
#define FRONTDESK_OPERATIONS_OPERATIONS_H

#include "server/operations/operation.h"

extern const struct topic topic_complaint, topic_visit, topic_person, topic_desk, topic_site;

extern const struct operation complaint_register_operation, complaint_accept_operation, complaint_assign_operation,
    complaint_record_action_operation, complaint_classify_operation, complaint_pause_operation,
    complaint_resume_operation, complaint_escalate_operation, complaint_acknowledge_operation,
    complaint_take_over_operation, complaint_send_back_operation, complaint_close_operation,
    complaint_follow_up_operation, complaint_reopen_operation, complaint_link_operation, complaint_get_operation,
    complaint_list_operation;

extern const struct operation visit_announce_operation, visit_walk_in_operation, visit_arrive_operation,
    visit_meet_operation, visit_leave_operation, visit_cancel_operation, visit_emergency_operation,
    visit_acknowledge_operation, visit_get_operation, visit_list_operation;

/* person.create and person.reset_password, which hash first, stand in request/people.c. */
extern const struct operation person_update_operation, person_list_operation, desk_create_operation,
    desk_list_operation, site_create_operation;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Complaints (D6) fall under S3. Whether the actor is the right one for a particular complaint the rules decide. */
#include "server/domain/complaint.h"

#include "server/operations/operations.h"
#include "server/sql/queries.h"

const struct topic topic_complaint = {
    .name = "complaint",
    .record = &fd__complaint__descriptor,
    .item = ITEM_S3,
    .load = &sql_complaint_load,
    .load_by_id = &sql_complaint_load_by_id,
    .store = &sql_complaint_store,
    .snapshot = &sql_complaint_snapshot,
    .wake = complaint_wake,
};

/* How every command on a complaint looks: its messages are named <Verb>ComplaintRequest and …Response. */
#define COMMAND(verb, message, may, ...)                                                                               \
    const struct operation complaint_##verb##_operation = {                                                            \
        .name = "complaint." #verb,                                                                                    \
        .request = &fd__##message##_request__descriptor,                                                               \
        .response = &fd__##message##_response__descriptor,                                                             \
        .topic = &topic_complaint,                                                                                     \
        .item = ITEM_S3,                                                                                               \
        .action = (may),                                                                                               \
        .decide = complaint_##verb,                                                                                    \
        ##__VA_ARGS__,                                                                                                 \
    }

COMMAND(register, register_complaint, ACTION_WORK, .creates = true, .store = &sql_complaint_register);
COMMAND(accept, accept_complaint, ACTION_WORK);
COMMAND(assign, assign_complaint, ACTION_WORK);
COMMAND(record_action, record_action, ACTION_WORK);
COMMAND(classify, classify_complaint, ACTION_WORK);
COMMAND(pause, pause_complaint, ACTION_WORK);
COMMAND(resume, resume_complaint, ACTION_WORK);
COMMAND(escalate, escalate_complaint, ACTION_WORK);
/* An alert at head office's level is acknowledged by those who only see: the rule knows the addressees. */
COMMAND(acknowledge, acknowledge_complaint, ACTION_SEE);
COMMAND(take_over, take_over_complaint, ACTION_DECIDE);
COMMAND(send_back, send_back_complaint, ACTION_DECIDE);
COMMAND(close, close_complaint, ACTION_WORK);
COMMAND(follow_up, follow_up_complaint, ACTION_WORK);
COMMAND(reopen, reopen_complaint, ACTION_WORK);
COMMAND(link, link_complaint, ACTION_WORK, .other = &sql_complaint_other);
COMMAND(plan, plan_complaint, ACTION_WORK);
COMMAND(ask_extension, ask_extension, ACTION_WORK);
COMMAND(decide_extension, decide_extension, ACTION_APPROVE);

/* Unmasked, for those who work on it. */
const struct operation complaint_get_operation = {
    .name = "complaint.get",
    .request = &fd__get_complaint_request__descriptor,
    .response = &fd__get_complaint_response__descriptor,
    .topic = &topic_complaint,
    .item = ITEM_S3,
    .action = ACTION_WORK,
    .reads = {&sql_complaint_load, &sql_complaint_steps},
    .look_up = &sql_complaint_look_up,
};

const struct operation complaint_list_operation = {
    .name = "complaint.list",
    .request = &fd__list_complaints_request__descriptor,
    .response = &fd__list_complaints_response__descriptor,
    .topic = &topic_complaint,
    .item = ITEM_S3,
    .action = ACTION_SEE,
    .reads = {&sql_complaint_list},
    .masked = true,
};

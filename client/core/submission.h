/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits to hear what became of something submitted: the server's answer, or that it is kept. */
#ifndef FRONTDESK_CLIENT_CORE_SUBMISSION_H
#define FRONTDESK_CLIENT_CORE_SUBMISSION_H

#include "client/core/sender.h"

/* Puts it into the outbox; as client_submit. */
MUST_USE enum status submission_add(struct sender *sender, const char *operation, const char *site_id,
                                    const ProtobufCMessage *command, client_on_reply on_reply, client_on_kept on_kept,
                                    void *owner);
/* The server has answered; false: nobody waits for it. */
bool submission_answer(struct sender *sender, int64_t position, const Fd__Reply *reply,
                       const ProtobufCMessage *response);
void submissions_settle(struct sender *sender); /* tells those that need not wait any longer */
void submissions_settle_all(struct sender *sender);
void submissions_wait_anew(struct sender *sender); /* the line was just lost: perhaps it is soon back */
void submissions_keep(struct sender *sender, const void *owner);
void submissions_forget(struct sender *sender, const void *owner);

#endif

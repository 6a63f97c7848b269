/* SPDX-License-Identifier: Apache-2.0 */
/* What signing in and resuming share: the session's row, and the identity once it stands. */
#ifndef FRONTDESK_REQUEST_SIGNED_IN_H
#define FRONTDESK_REQUEST_SIGNED_IN_H

#include "frontdesk/server/v1/session.pb-c.h"
#include "server/request/request.h"
#include "server/request/token.h"

struct signing_in {
    char session_id[UUID_TEXT_BYTES];
    char token[TOKEN_TEXT_BYTES]; /* the new one */
    uint8_t shown_hash[TOKEN_HASH_BYTES], next_hash[TOKEN_HASH_BYTES];
    Fd__Session session;
    Fd__Account *account; /* NULL: nobody */
};

/* In the request's arena, as its flow; NULL: exhausted. Fills the session's device, desk and times. */
struct signing_in *signing_in_new(struct request *request, char *device_id, char *desk);
/* False: replied, for the device or the desk is not acceptable. */
bool signing_in_check(struct request *request, const char *device_id, const char *desk);
/* A transaction of the service's own view. */
void signing_in_transaction(struct request *request, void (*on_done)(struct transaction *, enum status));
Fd__Account *signing_in_account(struct request *request, const struct statement *statement);
/* Memberships into the response, the identity to the line, the reply. UNAUTHENTICATED without any membership. */
void signing_in_finish(struct request *request);
void signing_in_refuse(struct request *request, enum refusal refusal);
/* A place of the person, where what is done to the account goes into the journal; site_id (UUID_TEXT_BYTES) empty: has
 * none. */
void signing_in_place(struct request *request, const char *person_id, char site_id[UUID_TEXT_BYTES]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is answered from memory: one's own places, and the authority table. */
#include "common/message.h"
#include "server/operations/authority.h"
#include "server/request/engine.h"
#include "server/request/flows.h"

static void finish(struct request *request, const ProtobufCMessage *response) {
    if (response == NULL || arena_exhausted(&request->arena))
        reply_failure(request, STATUS_TOO_LARGE);
    else
        request_reply(request, STATUS_OK, REFUSAL_NONE, NULL, response);
}

static void list_sites(struct request *request) {
    Fd__ListSitesResponse *response = message_new(&request->arena, &fd__list_sites_response__descriptor);
    if (response != NULL)
        response->n_memberships = directory_memberships(request->services->directory, request->who.person_id,
                                                        &request->arena, &response->memberships);
    finish(request, (const ProtobufCMessage *)response);
}

static void list_authority(struct request *request) {
    finish(request, (const ProtobufCMessage *)authority_list(&request->arena, request->who.chinese));
}

const struct operation site_list_operation = {
    .name = "site.list",
    .request = &fd__list_sites_request__descriptor,
    .response = &fd__list_sites_response__descriptor,
    .action = ACTION_SELF,
    .run = list_sites,
};

const struct operation authority_list_operation = {
    .name = "authority.list",
    .request = &fd__list_authority_request__descriptor,
    .response = &fd__list_authority_response__descriptor,
    .action = ACTION_SELF,
    .run = list_authority,
};

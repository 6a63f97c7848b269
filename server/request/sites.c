/* SPDX-License-Identifier: Apache-2.0 */
/* site.create looks whether this machine knows the time zone, and goes on as a command. */
#include "server/domain/account.h"
#include "server/operations/operations.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/sql/queries.h"

static void create(struct request *request) {
    const Fd__CreateSiteRequest *command = (const Fd__CreateSiteRequest *)request->command;
    request->time_zone_unknown =
        zone_name_valid(command->time_zone) && !directory_knows_zone(request->services->directory, command->time_zone);
    request_command(request);
}

/* The new site's id is the request's key, and its journal begins with this entry: so a repeated key finds it. Its
 * founder becomes its administrator in the same store (site/create). */
const struct operation site_create_operation = {
    .name = "site.create",
    .request = &fd__create_site_request__descriptor,
    .response = &fd__create_site_response__descriptor,
    .topic = &topic_site,
    .action = ACTION_FOUND,
    .decide = site_create,
    .creates = true,
    .store = &sql_site_create,
    .taken = REASON(CODE_TAKEN),
    .run = create,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* What a clerk has written while the server was away: submitting it, and saying honestly what became of it. */
#ifndef FRONTDESK_CLIENT_CLI_KEPT_H
#define FRONTDESK_CLIENT_CLI_KEPT_H

#include "client/cli/cli.h"
#include "client/cli/table.h"

enum { KEPT_PLACE_BYTES = 32 };

/* Whether the command is one that may wait, and this run may let it. */
bool kept_may_wait(const struct cli *cli, const char *operation);
/* Opens the line, but does not wait for it longer than a customer would: EXIT_OK also when it is away, as long as it is
 * known who writes. */
int kept_open(struct cli *cli);
/* Submits and waits. EXIT_OK: *response is in cli->arena. EXIT_KEPT: it is kept, and that was told. A refusal is told.
 */
int kept_ask(struct cli *cli, const char *operation, const char *site_id, const ProtobufCMessage *command,
             const ProtobufCMessageDescriptor *response_kind, void *response);
/* With the line UP: sends what waits before anything else is asked, and tells how it went on stderr. */
void kept_send_waiting(struct cli *cli);
void kept_tell_damaged(struct cli *cli); /* a damaged outbox was set aside */
void kept_tell_others(struct cli *cli);  /* what others have written waits on this device */

/* "W-12" */
void kept_place(int64_t position, char text[KEPT_PLACE_BYTES]);
/* What kind of thing it is, and what it is about: "C-12 called back". In the arena or static. */
const char *kept_kind(const struct outbox_kind *kind);
const char *kept_what(struct cli *cli, const struct outbox_item *item);
bool kept_is_own(const struct cli *cli, const struct outbox_item *item);
/* "2 waiting to be sent, 1 refused"; "" when there is nothing. In the arena. */
const char *kept_summary(struct cli *cli);
/* One line each of what waits, `limit` at most (0: all); and all of it as a table. */
MUST_USE enum status kept_append_lines(struct cli *cli, size_t limit, struct bytes *out);
MUST_USE enum status kept_append_table(struct cli *cli, struct bytes *out);
/* {"place":"W-3","state":"waiting",…}; what others have written shows only that it is there. */
MUST_USE enum status kept_append_json(struct cli *cli, const struct outbox_item *item, bool whole, struct bytes *out);
/* The server is away: who writes here, and what waits. Gives `code`. */
int kept_print_offline(struct cli *cli, int code);

#endif

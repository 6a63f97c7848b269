/* SPDX-License-Identifier: Apache-2.0 */
/* The running server: opens the rooms in order, wires them, closes them in reverse order. */
#ifndef FRONTDESK_SERVER_SERVER_H
#define FRONTDESK_SERVER_SERVER_H

#include "server/prepare.h"

/* Runs until SIGTERM or SIGINT; a second one ends at once. OK: stopped as asked. */
MUST_USE enum status server_run(const struct config *config, const struct arguments *arguments,
                                const struct ground *ground);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords come from the terminal without echo, from a file or from the standard input; never from argv. */
#ifndef FRONTDESK_CLIENT_CLI_PASSWORD_H
#define FRONTDESK_CLIENT_CLI_PASSWORD_H

#include "client/cli/cli.h"

enum { PASSWORD_BYTES = 512 };

/* Where --password-file and --password-stdin say, else the terminal. EXIT_USAGE when there is none; told. */
int password_read(struct cli *cli, const char *file, bool from_input, const char *prompt, char out[PASSWORD_BYTES]);
/* A new one, typed twice at the terminal. */
int password_read_new(struct cli *cli, const char *file, bool from_input, char out[PASSWORD_BYTES]);
/* Sixteen letters and digits that cannot be mistaken for one another. */
void password_make(char out[PASSWORD_BYTES]);

#endif

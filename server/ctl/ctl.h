/* SPDX-License-Identifier: Apache-2.0 */
/* frontdeskctl: the administrator's program on the server's machine. One line in the table of commands says everything
 * of a command; help, manual page and this header's codes are printed from the tables. */
#ifndef FRONTDESK_CTL_CTL_H
#define FRONTDESK_CTL_CTL_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/status.h"

/* How the program ends. docs/operations.md and --help list them. */
enum ctl_exit {
    CTL_OK = 0,
    CTL_REFUSED = 1, /* by the server; or the audit found a difference */
    CTL_USAGE = 2,
    CTL_NO_ANSWER = 3, /* no server runs on the state directory, or the database does not answer */
};

struct ctl {
    bool json, chinese, help, version, wait, man, without_anchors;
    const char *config, *state_directory, *database; /* as given; NULL: not */
    const char *site, *since, *anchors, *key, *language;
    char directory[PATH_MAX];
    char database_url[2048]; /* of the settings; empty: a private cluster */
};

struct ctl_words {
    const char *zh, *en;
};

struct ctl_command {
    const char *path; /* "audit verify": one or two words; what ctl_ask asks the server for */
    struct ctl_words summary;
    enum ctl_exit (*run)(struct ctl *ctl, const struct ctl_command *command);
};

extern const struct ctl_command ctl_commands[]; /* ends with a NULL path */

struct ctl_option {
    const char *name;
    const char *value; /* NULL: a flag */
    size_t offset;     /* in struct ctl, of a const char * or a bool */
    const char *of;    /* the command it belongs to; "": all */
    struct ctl_words help;
};

extern const struct ctl_option ctl_options[]; /* ends with a NULL name */

/* What goes to a person, in the language of the environment. */
const char *ctl_say(const struct ctl *ctl, const char *chinese, const char *english);
void ctl_fail(const struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A path in the state directory; in static memory that the next call takes. */
const char *ctl_path(const struct ctl *ctl, const char *name);

/* help.c */
void ctl_help(const struct ctl *ctl, FILE *out);
void ctl_manual(const struct ctl *ctl, FILE *out);

/* ask.c: the request named as the command, its answer printed. */
enum ctl_exit ctl_ask(struct ctl *ctl, const struct ctl_command *command);
/* The answer as text, freed by the caller; NULL: CTL_NO_ANSWER, and `why` (WHY_BYTES) says why. */
char *ctl_request(const struct ctl *ctl, const char *form, const char *name, enum ctl_exit *code, char *why);
enum ctl_exit ctl_drain(struct ctl *ctl, const struct ctl_command *command);

/* paths.c, audit.c */
enum ctl_exit ctl_paths(struct ctl *ctl, const struct ctl_command *command);
enum ctl_exit ctl_audit_key(struct ctl *ctl, const struct ctl_command *command);
enum ctl_exit ctl_audit_verify(struct ctl *ctl, const struct ctl_command *command);

#endif

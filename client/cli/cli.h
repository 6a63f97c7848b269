/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the program: its settings, its line, and asking so that a command can be written from top to bottom. */
#ifndef FRONTDESK_CLIENT_CLI_CLI_H
#define FRONTDESK_CLIENT_CLI_CLI_H

#include <stdio.h>
#include <uv.h>

#include "client/cli/command.h"
#include "client/core/frontdesk.h"
#include "common/arena.h"

enum { CLI_WHY_BYTES = 512, CLI_HOST_BYTES = 256, CLI_PATH_BYTES = 1024 };

struct cli {
    const char *servers;       /* as given */
    char host[CLI_HOST_BYTES]; /* of the one that is tried, or answers */
    int port;
    char state_directory[CLI_PATH_BYTES];
    const char *site_code; /* NULL: the only one */
    const char *desk;      /* NULL: that of the last sign-in */
    int64_t timeout_ms;
    bool json, plain, yes, help;
    bool no_keep;          /* what cannot be sent now is not kept */
    bool timeout_given;    /* timeout_ms is not the default */
    bool terminal, colour; /* of the standard output */
    bool fresh_certificate;

    struct arena arena; /* for as long as the program runs */
    uv_loop_t loop;
    uv_timer_t timer;
    uv_signal_t interrupt, terminate;
    struct client *client;
    bool loop_open, timed_out, interrupted, closed;
    char why[CLI_WHY_BYTES];                  /* the line's last trouble */
    const struct cli_command *command;        /* that runs; NULL before */
    const struct client_callbacks *callbacks; /* a command's own; may be NULL */
    void *watcher;                            /* of those callbacks */
    const Fd__ListPeopleResponse *people;     /* of the site, once asked for */
    bool people_asked;
    int sent, refused; /* of what waited, by this run */
};

void cli_init(struct cli *cli);
/* Fills what was not given from the environment and defaults. EXIT_USAGE with the reason told. */
int cli_settle(struct cli *cli, const char *server, const char *state_directory);
void cli_close(struct cli *cli);

/* Opens the line, whatever it then says. */
int cli_begin(struct cli *cli);
/* Opens the line and waits until it is UP; tells what is wrong and what mends it. */
int cli_open(struct cli *cli);
/* Turns the loop until done(owner), a signal or the time is up (0: for ever). False: it was not done. */
bool cli_wait(struct cli *cli, bool (*done)(void *owner), void *owner, int64_t timeout_ms);
/* What the present state of the line means for a command that needs it UP; tells it. */
int cli_line_trouble(struct cli *cli);

/* Asks and waits. EXIT_OK: *response lives in cli->arena. A refusal is told. */
int cli_ask(struct cli *cli, const char *operation, const char *site_id, const ProtobufCMessage *command,
            const ProtobufCMessageDescriptor *response_kind, void *response);
/* The same without telling a refusal: *reply (in cli->arena) has it. NULL: no answer, told. */
int cli_try(struct cli *cli, const char *operation, const char *site_id, const ProtobufCMessage *command,
            const ProtobufCMessageDescriptor *response_kind, void *response, const Fd__Reply **reply);
/* What must outlive a callback, in cli->arena; NULL without memory. */
ProtobufCMessage *cli_keep(struct cli *cli, const ProtobufCMessageDescriptor *kind, const ProtobufCMessage *message);
int cli_tell_refusal(struct cli *cli, const Fd__Reply *reply);

/* The membership of --site, or the only one; sets the local time to the site's. While the server is away those of the
 * person who signed in last. */
int cli_site(struct cli *cli, const Fd__Membership **membership);
void cli_use_zone(struct cli *cli); /* the same for the time alone; nothing is told */
/* People of the site, for names; while the server is away those it named last. Not being allowed to see them leaves
 * *people empty. */
void cli_people(struct cli *cli, const char *site_id);
const char *cli_person_name(struct cli *cli, const char *id); /* a short id when not known */
/* A login, a name or an id. EXIT_USAGE when nobody or several match. */
int cli_find_person(struct cli *cli, const char *site_id, const char *word, const Fd__Person **person);

/* Messages for people on stderr. The second says how to mend it. */
void cli_error(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_hint(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* True without asking when --yes was given or nobody sits at a terminal. */
bool cli_confirm(const struct cli *cli, const char *question);
/* One line of JSON on stdout. */
int cli_print_json(const struct cli *cli, const ProtobufCMessage *message);
/* This machine's clock put right by the server's. */
int64_t cli_now_ms(const struct cli *cli);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What every rule gets and gives. A rule is a pure function:
 *     situation + command + loaded record -> a new record with a note and a wake time, or a refusal.
 * No libuv, no libpq, no clock, no I/O; memory only from the situation's arena. */
#ifndef FRONTDESK_DOMAIN_DECISION_H
#define FRONTDESK_DOMAIN_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/status.h"
#include "server/domain/refusal.h"
#include "server/domain/roster.h"

struct situation {
    struct arena *arena;
    const struct roster *roster;
    const Fd__Person *actor;      /* NULL: the server itself, a deadline */
    const char *desk;             /* where the actor stands, or "" */
    int64_t now_ms;               /* the database's clock */
    const char *new_id;           /* UUIDv7 for a record to be created */
    const void *other;            /* second record loaded, where the operation names one; NULL: not found */
    bool account_reaches_further; /* the account of the person at hand opens sites where the actor stands below it */
    bool time_zone_unknown;       /* the zone that the command names is in no list of this machine */
};

struct decision {
    ProtobufCMessage *record; /* after the change, version already counted up; its number is set by the store if new */
    const char *kind;         /* "complaint.registered": static */
    const char *note;         /* reason or remark in full; NULL: none */
    const char *to_id;        /* the person to whom the step gave the record; NULL or empty: nobody */
    Fd__Team to_team;         /* the team to which it gave it */
    int64_t until_ms;         /* the closing time that it asked for or decided on; 0: none */
    int64_t wake_at_ms;       /* when the record's wake rule wants to look again; 0: never */
    enum refusal refusal;     /* when the status is not OK */
    const char *field;        /* of the command, at fault; static; NULL: none */
};

/* `command` is the operation's request message, `loaded` the record or NULL when one is created. A status other than
 * OK comes with decision->refusal. A wake rule (command NULL) that finds nothing to do leaves decision->record NULL. */
typedef enum status (*decide_function)(const struct situation *situation, const void *command, const void *loaded,
                                       struct decision *decision);

/* return refuse(decision, STATUS_CONFLICT, REFUSAL_ALREADY_CLOSED, NULL); */
enum status refuse(struct decision *decision, enum status status, enum refusal refusal, const char *field);
/* The one place where a stale version is refused: expected 0 means "whatever it is now". */
enum status decision_version(struct decision *decision, int64_t expected, int64_t loaded);
/* The good end of a rule. An exhausted arena, or no record, is refused instead; an empty note is none. */
enum status decide(const struct situation *situation, struct decision *decision, ProtobufCMessage *record,
                   const char *kind, const char *note);

#endif

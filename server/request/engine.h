/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. A request goes: request.c takes it in, check.c looks at it, then question.c,
 * command.c or a flow of its own carries it out, and reply.c ends it. What the server does of itself begins in act.c.
 */
#ifndef FRONTDESK_REQUEST_ENGINE_H
#define FRONTDESK_REQUEST_ENGINE_H

#include "server/request/request.h"

enum {
    ATTEMPTS = 3,                      /* of a command whose version is lost */
    REQUEST_ARENA_BYTES = 4096 * 1024, /* blocks are taken as needed */
    REPLY_BODY_BYTES = 60 * 1024,      /* leaves room for the envelope within one frame */
    PAGE_DEFAULT = 50,
    PAGE_LIMIT = 200,
};

/* What goes wrong with a request before any work. `status` OK: nothing. */
struct fault {
    enum status status;
    enum refusal refusal;
    const char *field;
};

/* Empty request of these services, in no list. NULL: no memory. */
struct request *request_new(struct services *services);
/* Leaves the caller's list and calls on_finished; then the request is gone. */
void request_end(struct request *request, enum status status);

/* The whole reply; the others are short forms. seq 0: nothing was written. */
void reply_send(struct request *request, const Fd__Reply *answer, const ProtobufCMessage *response);
void reply_refusal(struct request *request, enum status status, enum refusal refusal, const char *field);
/* Of a transaction or of work that could not be done: the status' own words. */
void reply_failure(struct request *request, enum status status);
/* To a request for which there was no memory. */
void reply_without_request(struct caller *caller, uint64_t id);
void reply_wait(struct request *request, enum refusal refusal, int64_t wait_ms);

/* Before the body is decoded: signed in, password not to be changed first. */
struct fault check_caller(const struct operation *operation, const struct identity *identity);
/* Ids, key and page size; sets the default page size. */
struct fault check_command(const struct operation *operation, const Fd__Request *envelope, ProtobufCMessage *command);
/* Site and authority; sets request->site_id. */
struct fault check_authority(struct request *request);
bool operation_writes(const struct operation *operation);

/* Overwrites passwords and tokens of the request in memory. */
void secrets_wipe(struct request *request);
/* The body without its passwords, for the digest: a fast hash of a password must not lie in the database. */
enum status secrets_blank(struct request *request, ProtobufCBinaryData *body);

void question_begin(struct request *request);

/* command.c: what an act does as a command does. */
void command_decide(struct request *request);                   /* and stores */
void command_fail(struct request *request, enum status status); /* ends either */
/* NULL: no row. False: arena exhausted. */
MUST_USE bool command_take_record(struct request *request, const struct statement *statement,
                                  ProtobufCMessage **record);
/* act.c */
void act_load(struct request *request);
/* Nothing to do before wake_at_ms; 0: never again. Ends the act. */
void act_rest(struct request *request, const ProtobufCMessage *record, int64_t wake_at_ms);

/* Whether the key was used already; if not, the refusal. For a creation that is not possible (any more). */
void command_refuse_unless_repeated(struct request *request, enum refusal refusal, const char *field);

/* After a store: an alert that waits while nobody is there to hear it is told to whoever reads the log. */
void log_unheard(const struct request *request, const char *number);

/* Sources that every statement of a request may name parameters from. */
void statement_sources(struct request *request, struct statement *statement, const ProtobufCMessage *first);

/* Of the line the request came on; NULL when detached. */
struct identity *request_identity(struct request *request);

#endif

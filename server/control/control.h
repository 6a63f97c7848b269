/* SPDX-License-Identifier: Apache-2.0 */
/* The administrator's door: a socket in the state directory, for programs on this machine that run as the server's own
 * user or as root. One connection carries one request, "<json|zh|en> <name>\n", and one answer, "<exit code>\n<text>".
 *
 * Whoever comes there can ask, and nothing more: a line of 256 bytes, eight at a time, seconds for each step. */
#ifndef FRONTDESK_CONTROL_CONTROL_H
#define FRONTDESK_CONTROL_CONTROL_H

#include <uv.h>

#include "common/status.h"

struct control;
struct control_call; /* a request until it is answered */

enum control_form { CONTROL_JSON, CONTROL_CHINESE, CONTROL_ENGLISH };

/* How requests end; frontdeskctl ends with the same. */
enum control_code {
    CONTROL_OK = 0,
    CONTROL_REFUSED = 1, /* as things stand; the text says why */
    CONTROL_USAGE = 2,   /* no such request */
};

struct control_request {
    const char *name; /* "status" */
    /* Answers exactly once, by control_answer, at once or later. */
    void (*run)(void *owner, struct control_call *call);
};

struct control_options {
    const char *path;
    const struct control_request *requests; /* kept */
    size_t count;
    void *owner; /* of the requests; outlives every call that is not answered */
};

/* `why` (WHY_BYTES) names the mend. CONFLICT: another server answers there. */
MUST_USE enum status control_open(struct control **control, uv_loop_t *loop, const struct control_options *options,
                                  char *why);
/* The socket goes. Calls that are under way are still to be answered, to nobody. */
void control_close(struct control *control, void (*on_closed)(void *owner), void *owner);

enum control_form control_form(const struct control_call *call);
/* The text is copied. The call is over. */
void control_answer(struct control_call *call, enum control_code code, const char *text);

#endif

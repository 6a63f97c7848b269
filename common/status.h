/* SPDX-License-Identifier: Apache-2.0 */
/* The one list of outcomes. 0 is OK; the numbers are those of the wire (frontdesk.v1.Status). */
#ifndef FRONTDESK_COMMON_STATUS_H
#define FRONTDESK_COMMON_STATUS_H

#define STATUS_LIST(X)                                                                                                 \
    X(OK, 0, "ok")                                                                                                     \
    X(INVALID, 1, "invalid")                                                                                           \
    X(UNAUTHENTICATED, 2, "unauthenticated")                                                                           \
    X(DENIED, 3, "denied")                                                                                             \
    X(NOT_FOUND, 4, "not-found")                                                                                       \
    X(CONFLICT, 5, "conflict")                                                                                         \
    X(TOO_LARGE, 6, "too-large")                                                                                       \
    X(BUSY, 7, "busy")                                                                                                 \
    X(UNAVAILABLE, 8, "unavailable")                                                                                   \
    X(UNKNOWN_OPERATION, 9, "unknown-operation")                                                                       \
    X(INTERNAL, 10, "internal")

enum status {
#define X(name, number, text) STATUS_##name = (number),
    STATUS_LIST(X)
#undef X
};

/* Room for a sentence that tells a person what is wrong and how to mend it: what every `char *why` has. */
enum { WHY_BYTES = 512 };

#define MUST_USE __attribute__((warn_unused_result))

/* The word for logs and --json, static; "unknown" for a number outside the list. */
const char *status_name(enum status status);

#endif

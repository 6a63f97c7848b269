/* SPDX-License-Identifier: Apache-2.0 */
/* What a desk has written and the server has not answered yet (D16: a desk that loses its line loses nothing): one
 * SQLite file in the state directory, apart from the token, so that neither is lost with the other.
 *
 *   put --> WAITING --about to go out--> SENT --answered--> DONE (the row is gone, its number is kept)
 *              ^                          |
 *              |                          +--refused------> REFUSED --dropped--> gone
 *              +------------mended, under a new key------------+
 *   what names a record that was not made is HELD beside it, and waits again when that one is mended.
 *
 * A place is never used twice: it is the number by which people call what waits ("W-12"). */
#ifndef FRONTDESK_CLIENT_CORE_OUTBOX_H
#define FRONTDESK_CLIENT_CORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/core/outbox_kind.h"
#include "common/status.h"

struct outbox;

/* More than a desk writes in a week without its line. */
enum { OUTBOX_LIMIT = 1000 };

enum outbox_state {
    OUTBOX_WAITING,
    OUTBOX_SENT, /* at least once, without an answer: whether it was done is not known */
    OUTBOX_REFUSED,
    OUTBOX_HELD, /* names a record whose making was refused */
    OUTBOX_DONE,
};

struct outbox_item {
    int64_t position;
    enum outbox_state state;
    const struct outbox_kind *kind;
    const char *key, *site_id, *person_id, *person_name;
    const uint8_t *body; /* the request message, packed */
    size_t length;
    int64_t made_at_ms;     /* by this machine's clock */
    int64_t received_at_ms; /* the same, where the operation has one and the clerk gave none; else 0 */
    int64_t sent_at_ms;     /* for the first time; 0: never */
    int64_t depends_on;     /* the place of the record it names; 0: a number of the server */
    enum status status;     /* of the refusal, with its message and field */
    const char *message, *field;
    const char *number; /* what the server called the record, when DONE; "" when it made none */
};

struct outbox_counts {
    int waiting;   /* WAITING and SENT */
    int refused;   /* REFUSED and HELD */
    int others;    /* of other persons */
    int elsewhere; /* for other servers */
};

typedef void (*outbox_each)(void *owner, const struct outbox_item *item); /* the item lives until it returns */

/* INVALID with a sentence in `why`. A file that is damaged is set aside under another name, and a fresh one begun. */
MUST_USE enum status outbox_open(struct outbox **outbox, const char *directory, const char *server, char *why);
void outbox_close(struct outbox *outbox);
/* A damaged file lies in the directory: its path, until somebody takes it away. NULL: none. */
const char *outbox_damaged(const struct outbox *outbox);
const char *outbox_why(const struct outbox *outbox); /* what went wrong last */

/* On disk when it returns OK, with its place in item->position; kind, key, site, person, body and moments are read. A
 * command that names a place gets depends_on. NOT_FOUND: it names a place where nothing waits; CONFLICT: what waits
 * there was refused; BUSY: full; UNAVAILABLE: the disk does not take it. */
MUST_USE enum status outbox_put(struct outbox *outbox, struct outbox_item *item);
/* The oldest that this person has waiting; false: none. */
bool outbox_next(struct outbox *outbox, const char *person_id, outbox_each each, void *owner);
bool outbox_find(struct outbox *outbox, int64_t position, outbox_each each, void *owner);
void outbox_list(struct outbox *outbox, outbox_each each, void *owner); /* of this server, in order */
struct outbox_counts outbox_count(struct outbox *outbox, const char *person_id);
/* The server's number of what was made from that place. */
bool outbox_number(struct outbox *outbox, int64_t position, char number[OUTBOX_NUMBER_BYTES]);

/* Before it goes out for the first time: from now on the body stays as it is. */
MUST_USE enum status outbox_sending(struct outbox *outbox, int64_t position, const struct bytes *body, int64_t now_ms);
/* Answered: the row is overwritten on disk; the number stays, for those that name the place. */
MUST_USE enum status outbox_done(struct outbox *outbox, int64_t position, const char *number);
/* Set aside, and what names it held. */
MUST_USE enum status outbox_refused(struct outbox *outbox, int64_t position, enum status status, const char *message,
                                    const char *field);
/* With what names it. NOT_FOUND: nothing there. */
MUST_USE enum status outbox_drop(struct outbox *outbox, int64_t position);
/* The refusal was told to whoever waited for it: gone, unless something names it. */
void outbox_told(struct outbox *outbox, int64_t position);
/* A refused one waits again, with this body, under a new key. CONFLICT: it was not refused. */
MUST_USE enum status outbox_mend(struct outbox *outbox, int64_t position, const struct bytes *body);

/* One program at a time sends; one that dies lets go. */
bool outbox_lock(struct outbox *outbox);
void outbox_unlock(struct outbox *outbox);
/* Somebody else has written since the last call. */
bool outbox_changed(struct outbox *outbox);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The heads of the chains, outside the database: a file that is only appended to, one signed line for a site whenever
 * its chains have moved. Whoever rewrites the database, however well, meets the entry that a line has seen.
 *
 *   1 LINE TIME SITE EPOCH SEQ HASH ACCESSES ACCESS_HASH BEFORE SIGNATURE
 *
 * LINE counts from 1 and goes on over files. BEFORE is the SHA-256 of the line before without its end, 64 zeros before
 * the first. SIGNATURE is Ed25519 over the line up to the blank before it. All in hexadecimal. */
#ifndef FRONTDESK_AUDIT_ANCHORS_H
#define FRONTDESK_AUDIT_ANCHORS_H

#include <limits.h>

#include "common/bytes.h"
#include "common/uuid.h"
#include "server/audit/key.h"

enum { ANCHORS_HASH_BYTES = 65, ANCHORS_LINE_BYTES = 640 };

struct anchor_line {
    int64_t line, at_ms;
    char site_id[UUID_TEXT_BYTES];
    int64_t epoch, seq, accesses;
    char hash[ANCHORS_HASH_BYTES], access_hash[ANCHORS_HASH_BYTES];
    char before[ANCHORS_HASH_BYTES];
    char own[ANCHORS_HASH_BYTES]; /* SHA-256 of the line itself */
};

/* Signs and appends one line with its end; fills *line's own. */
MUST_USE enum status anchor_line_append(struct bytes *out, struct anchor_line *line, const struct audit_key *key);

/* How a line was found. */
enum anchor_fault {
    ANCHOR_SOUND,
    ANCHOR_UNREADABLE,
    ANCHOR_BROKEN,   /* it does not follow from the line before */
    ANCHOR_UNSIGNED, /* the signature is not this key's */
};

struct anchor_reader {
    const struct audit_key *key; /* NULL: signatures are not looked at */
    struct anchor_line last;     /* line 0: none yet */
    int64_t at_line;             /* of the file that is read, for faults */
    long whole_bytes;            /* up to the end of the last whole line of the file read last */
    bool torn;                   /* the file read last ends in the middle of a line */
    void (*on_line)(void *owner, const struct anchor_line *line);
    void *owner;
};

/* Every line of a file, after those read before by the same reader; stops at the first fault. NOT_FOUND: no such file.
 * UNAVAILABLE: it cannot be read. OK: *fault tells. */
MUST_USE enum status anchors_read(struct anchor_reader *reader, const char *path, enum anchor_fault *fault);
/* The full file before it, if there is one, and then the file. The first fault counts; one in the full file is passed
 * over where the other one begins. */
MUST_USE enum status anchors_read_both(struct anchor_reader *reader, const char *path, enum anchor_fault *fault);
void anchors_old_path(const char *path, char old[PATH_MAX]); /* of the full file before it */

#endif

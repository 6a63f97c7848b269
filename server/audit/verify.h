/* SPDX-License-Identifier: Apache-2.0 */
/* Proves, or disproves, that nothing of the past was changed: recomputes both chains of every site over archive,
 * journal and access log, looks at the steps, and holds the anchors outside the database against them. Blocking; reads
 * only. */
#ifndef FRONTDESK_AUDIT_VERIFY_H
#define FRONTDESK_AUDIT_VERIFY_H

#include "common/status.h"
#include "server/audit/finding.h"
#include "server/audit/key.h"

enum audit_chain { AUDIT_JOURNAL, AUDIT_ACCESS, AUDIT_ANCHORS };

/* The first difference of a chain; later ones may follow from it. */
struct audit_difference {
    enum finding finding;
    enum audit_chain chain;
    const char *site; /* code; empty: of the anchors' file */
    int64_t seq;      /* of the entry, or the line */
    int64_t at_ms;    /* of the entry, or of the anchor that saw it; 0: not known */
};

struct audit_site {
    const char *code;
    int64_t entries, accesses; /* looked at */
    int64_t anchors;           /* held against them */
    bool sound;
};

struct audit_request {
    const char *conninfo;
    const char *anchors;         /* the file's path; NULL: without anchors */
    const struct audit_key *key; /* NULL: the signatures are not looked at */
    const char *site;            /* code; NULL: all */
    int64_t since_ms;            /* entries and anchors from then on; 0: all */
    void (*on_difference)(void *owner, const struct audit_difference *difference);
    void (*on_site)(void *owner, const struct audit_site *site);
    void (*on_progress)(void *owner, const char *site, int64_t seq, int64_t of);
    void *owner;
};

/* OK: all is sound. CONFLICT: differences were told. NOT_FOUND: no such site. Else `why` (WHY_BYTES). */
MUST_USE enum status audit_verify(const struct audit_request *request, char *why);

#endif

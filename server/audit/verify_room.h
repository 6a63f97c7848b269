/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the verification share. */
#ifndef FRONTDESK_AUDIT_VERIFY_ROOM_H
#define FRONTDESK_AUDIT_VERIFY_ROOM_H

#include "common/arena.h"
#include "frontdesk/server/v1/audit.pb-c.h"
#include "server/audit/anchors.h"
#include "server/audit/verify.h"
#include "server/database/query.h"

enum { AUDIT_PAGE_ENTRIES = 500, AUDIT_ARENA_BYTES = 256 * 1024 * 1024 };

struct anchor_list {
    struct anchor_line *lines; /* from since_ms on, in the order of the file */
    size_t count, capacity;
    bool exhausted;
};

struct audit {
    const struct audit_request *request;
    PGconn *line;
    struct arena arena; /* of the page that is looked at */
    struct anchor_list anchors;
    bool differs;
    bool exhausted;
    char *why;
};

/* verify_database.c */
/* Rows of a statement whose parameters come from `source`; NULL: `why` tells. */
PGresult *audit_ask(struct audit *audit, const struct query *query, const ProtobufCMessage *source);
MUST_USE enum status audit_run(struct audit *audit, const char *text);
MUST_USE enum status audit_see(struct audit *audit, const char *site_id); /* NULL: the service's own view */

/* verify_chain.c */
/* Both chains of one site, in one snapshot. */
MUST_USE enum status audit_verify_site(struct audit *audit, const char *site_id);

/* verify.c */
void audit_tell(struct audit *audit, const struct audit_difference *difference);

#endif

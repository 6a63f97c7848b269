/* SPDX-License-Identifier: Apache-2.0 */
/* One chain, entry by entry. The first difference ends it: what stands behind it can't be judged. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/audit/access.h"
#include "server/audit/verify_room.h"
#include "server/chain/seal.h"
#include "server/domain/privacy.h"
#include "server/sql/queries.h"

struct chain {
    struct audit *audit;
    enum audit_chain kind;
    const struct query *page, *start;
    const Fd__AuditHead *head;
    struct anchor_line *anchors; /* of the site, by the number they saw */
    size_t anchor_count, anchor;
    int64_t seq; /* looked at last */
    int64_t at_ms;
    uint8_t hash[DIGEST_BYTES]; /* of that */
    int64_t begin;              /* the entry before the first one looked at */
    bool sound;
};

static void differs(struct chain *chain, enum finding finding, int64_t seq, int64_t at_ms) {
    chain->sound = false;
    audit_tell(chain->audit,
               &(struct audit_difference){
                   .finding = finding, .chain = chain->kind, .site = chain->head->code, .seq = seq, .at_ms = at_ms});
}

static int64_t seen_seq(const struct chain *chain, const struct anchor_line *line) {
    return chain->kind == AUDIT_JOURNAL ? line->seq : line->accesses;
}

static const char *seen_hash(const struct chain *chain, const struct anchor_line *line) {
    return chain->kind == AUDIT_JOURNAL ? line->hash : line->access_hash;
}

/* What the anchors saw at the entry that was looked at last. */
static bool anchors_agree(struct chain *chain) {
    char hash[ANCHORS_HASH_BYTES];
    sodium_bin2hex(hash, sizeof(hash), chain->hash, sizeof(chain->hash));
    while (chain->anchor < chain->anchor_count && seen_seq(chain, &chain->anchors[chain->anchor]) <= chain->seq) {
        const struct anchor_line *line = &chain->anchors[chain->anchor++];
        if (seen_seq(chain, line) < chain->seq || strcmp(seen_hash(chain, line), hash) == 0) continue;
        differs(chain, FINDING_ANCHOR_OTHER, chain->seq, line->at_ms);
        return false;
    }
    return true;
}

/* False: no memory. */
static bool digest_of(const struct chain *chain, const Fd__AuditEntry *entry, uint8_t digest[DIGEST_BYTES]) {
    if (chain->kind == AUDIT_ACCESS) {
        Fd__Access access = FD__ACCESS__INIT;
        access.kind = entry->kind;
        access.operation = entry->record_type;
        access.number = entry->record_id;
        access.actor_id = entry->actor_id;
        access.actor_name = entry->actor_name;
        access.at_ms = entry->at_ms;
        access.times = entry->times;
        access.salt = entry->salt;
        return access_digest(&chain->audit->arena, &access, digest);
    }
    const struct sealed sealed = {
        .salt = entry->salt,
        .texts = {entry->kind, entry->record_type, entry->record_id, entry->actor_id, entry->actor_name, entry->note},
        .at_ms = entry->at_ms,
        .entry = entry->record,
    };
    return seal_digest(&chain->audit->arena, &sealed, digest);
}

static bool equals(const ProtobufCBinaryData *stored, const uint8_t computed[DIGEST_BYTES]) {
    return stored->len == DIGEST_BYTES && memcmp(stored->data, computed, DIGEST_BYTES) == 0;
}

/* Letters of whatever script: what masking leaves alone. */
static const char *next_letter(const char *text) {
    while (*text != '\0' && (unsigned char)*text < 0x80 && !(*text >= 'a' && *text <= 'z') &&
           !(*text >= 'A' && *text <= 'Z'))
        text++;
    return text;
}

/* The entry's note is the step's, masked; an older program may have masked a number otherwise. */
static bool is_masked_note(struct arena *arena, const char *note, const char *masked) {
    const char *now = privacy_mask_numbers(arena, note);
    if (now != NULL && strcmp(now, masked) == 0) return true;
    for (;; note++, masked++) {
        note = next_letter(note);
        masked = next_letter(masked);
        if (*note != *masked) return false;
        if (*note == '\0') return true;
    }
}

static enum finding look_at_step(struct chain *chain, const Fd__AuditEntry *entry) {
    if (!entry->step_there) return FINDING_STEP_MISSING;
    bool same = entry->step_same && is_masked_note(&chain->audit->arena, entry->step_note, entry->note);
    return same ? FINDING_NONE : FINDING_STEP_CHANGED;
}

static enum finding look_at(struct chain *chain, const Fd__AuditEntry *entry) {
    uint8_t digest[DIGEST_BYTES], hash[DIGEST_BYTES];
    if (entry->seq > chain->seq + 1) return FINDING_MISSING;
    if (entry->seq <= chain->seq) return FINDING_TWICE;
    if (!digest_of(chain, entry, digest) || !equals(&entry->digest, digest)) return FINDING_CONTENT;
    memcpy(hash, chain->hash, sizeof(hash));
    seal_chain(hash, entry->seq, digest);
    if (!equals(&entry->hash, hash)) return FINDING_CHAIN;
    memcpy(chain->hash, hash, sizeof(hash));
    if (chain->kind == AUDIT_ACCESS) return FINDING_NONE;
    if (entry->true_number[0] != '\0' && strcmp(entry->true_number, entry->number) != 0) return FINDING_NUMBER;
    return look_at_step(chain, entry);
}

static bool take(struct chain *chain, const Fd__AuditEntry *entry) {
    enum finding finding = look_at(chain, entry);
    if (finding != FINDING_NONE) {
        differs(chain, finding, finding == FINDING_MISSING ? chain->seq + 1 : entry->seq,
                finding == FINDING_MISSING ? 0 : entry->at_ms);
        return false;
    }
    chain->seq = entry->seq;
    chain->at_ms = entry->at_ms;
    return anchors_agree(chain);
}

/* OK: *more tells whether there may be more. */
static enum status take_page(struct chain *chain, bool *more) {
    struct audit *audit = chain->audit;
    Fd__AuditPage page = FD__AUDIT_PAGE__INIT;
    page.site_id = chain->head->site_id;
    page.seq = chain->seq;
    page.limit = AUDIT_PAGE_ENTRIES;
    PGresult *rows = audit_ask(audit, chain->page, &page.base);
    if (rows == NULL) return STATUS_UNAVAILABLE;
    int count = PQntuples(rows);
    *more = count == AUDIT_PAGE_ENTRIES;
    for (int row = 0; row < count && chain->sound; row++) {
        const Fd__AuditEntry *entry =
            (const Fd__AuditEntry *)row_to_message(&audit->arena, rows, row, &fd__audit_entry__descriptor);
        if (entry == NULL) break;
        *more = take(chain, entry) && *more;
    }
    PQclear(rows);
    if (arena_exhausted(&audit->arena)) {
        (void)snprintf(audit->why, WHY_BYTES, "no memory");
        return STATUS_UNAVAILABLE;
    }
    arena_free(&audit->arena);
    return STATUS_OK;
}

/* What stands before `since` is taken on trust. */
static enum status find_start(struct chain *chain) {
    struct audit *audit = chain->audit;
    Fd__AuditPage page = FD__AUDIT_PAGE__INIT;
    if (audit->request->since_ms == 0) return STATUS_OK;
    page.site_id = chain->head->site_id;
    page.since_ms = audit->request->since_ms;
    PGresult *rows = audit_ask(audit, chain->start, &page.base);
    if (rows == NULL) return STATUS_UNAVAILABLE;
    if (PQntuples(rows) > 0) {
        const Fd__AuditEntry *entry =
            (const Fd__AuditEntry *)row_to_message(&audit->arena, rows, 0, &fd__audit_entry__descriptor);
        if (entry != NULL && entry->hash.len == DIGEST_BYTES) {
            chain->seq = chain->begin = entry->seq;
            memcpy(chain->hash, entry->hash.data, DIGEST_BYTES);
        }
    }
    PQclear(rows);
    return STATUS_OK;
}

static void look_at_end(struct chain *chain) {
    const Fd__AuditHead *head = chain->head;
    char hash[ANCHORS_HASH_BYTES];
    bool journal = chain->kind == AUDIT_JOURNAL;
    sodium_bin2hex(hash, sizeof(hash), chain->hash, sizeof(chain->hash));
    if (chain->anchor < chain->anchor_count) {
        const struct anchor_line *line = &chain->anchors[chain->anchor_count - 1];
        differs(chain, FINDING_ANCHOR_BEYOND, seen_seq(chain, line), line->at_ms);
    } else if (chain->seq != (journal ? head->seq : head->accesses) ||
               strcmp(hash, journal ? head->hash : head->access_hash) != 0) {
        differs(chain, FINDING_HEAD, chain->seq, chain->at_ms);
    } else if (journal && head->steps > head->seq) {
        differs(chain, FINDING_STEP_EXTRA, chain->seq, 0);
    }
}

static enum status walk(struct chain *chain) {
    const Fd__AuditHead *head = chain->head;
    int64_t end = chain->kind == AUDIT_JOURNAL ? head->seq : head->accesses;
    bool more = true;
    chain->sound = true;
    enum status status = find_start(chain);
    if (status == STATUS_OK) (void)anchors_agree(chain);
    while (status == STATUS_OK && more && chain->sound) {
        status = take_page(chain, &more);
        chain->audit->request->on_progress(chain->audit->request->owner, head->code, chain->seq, end);
    }
    if (status == STATUS_OK && chain->sound) look_at_end(chain);
    return status;
}

/* The anchors of the site */

static int compare_journal(const void *left, const void *right) {
    int64_t a = ((const struct anchor_line *)left)->seq, b = ((const struct anchor_line *)right)->seq;
    return a < b ? -1 : a > b;
}

static int compare_access(const void *left, const void *right) {
    int64_t a = ((const struct anchor_line *)left)->accesses, b = ((const struct anchor_line *)right)->accesses;
    return a < b ? -1 : a > b;
}

/* NULL: no memory. */
static struct anchor_line *anchors_of(const struct audit *audit, const char *site_id, size_t *count) {
    struct anchor_line *lines = calloc(audit->anchors.count + 1, sizeof(*lines));
    *count = 0;
    for (size_t i = 0; i < audit->anchors.count && lines != NULL; i++)
        if (strcmp(audit->anchors.lines[i].site_id, site_id) == 0) lines[(*count)++] = audit->anchors.lines[i];
    return lines;
}

/* Kept while the pages come and go. */
struct head_copy {
    Fd__AuditHead head;
    char site_id[UUID_TEXT_BYTES], code[128], hash[ANCHORS_HASH_BYTES], access_hash[ANCHORS_HASH_BYTES];
};

static enum status read_head(struct audit *audit, const char *site_id, struct head_copy *copy) {
    Fd__AuditPage page = FD__AUDIT_PAGE__INIT;
    page.site_id = (char *)(uintptr_t)site_id;
    PGresult *rows = audit_ask(audit, &sql_audit_head, &page.base);
    if (rows == NULL) return STATUS_UNAVAILABLE;
    const Fd__AuditHead *head = NULL;
    if (PQntuples(rows) == 1)
        head = (const Fd__AuditHead *)row_to_message(&audit->arena, rows, 0, &fd__audit_head__descriptor);
    PQclear(rows);
    if (head == NULL) return STATUS_UNAVAILABLE;
    copy->head = *head;
    (void)snprintf(copy->site_id, sizeof(copy->site_id), "%s", head->site_id);
    (void)snprintf(copy->code, sizeof(copy->code), "%s", head->code);
    (void)snprintf(copy->hash, sizeof(copy->hash), "%s", head->hash);
    (void)snprintf(copy->access_hash, sizeof(copy->access_hash), "%s", head->access_hash);
    copy->head.site_id = copy->site_id;
    copy->head.code = copy->code;
    copy->head.hash = copy->hash;
    copy->head.access_hash = copy->access_hash;
    return STATUS_OK;
}

enum status audit_verify_site(struct audit *audit, const char *site_id) {
    struct head_copy copy;
    size_t count = 0;
    enum status status = read_head(audit, site_id, &copy);
    struct anchor_line *anchors = anchors_of(audit, site_id, &count);
    if (status != STATUS_OK || anchors == NULL) {
        free(anchors);
        if (audit->why[0] == '\0') (void)snprintf(audit->why, WHY_BYTES, "the site %s can't be read", site_id);
        return STATUS_UNAVAILABLE;
    }
    struct chain journal = {
        .audit = audit, .kind = AUDIT_JOURNAL, .page = &sql_audit_entries, .start = &sql_audit_start};
    struct chain access = {
        .audit = audit, .kind = AUDIT_ACCESS, .page = &sql_audit_accesses, .start = &sql_audit_access_start};
    journal.head = access.head = &copy.head;
    journal.anchors = access.anchors = anchors;
    journal.anchor_count = access.anchor_count = count;
    qsort(anchors, count, sizeof(*anchors), compare_journal);
    status = walk(&journal);
    qsort(anchors, count, sizeof(*anchors), compare_access);
    if (status == STATUS_OK) status = walk(&access);
    free(anchors);
    if (status != STATUS_OK) return status;
    const struct audit_site site = {
        .code = copy.code,
        .entries = journal.seq - journal.begin,
        .accesses = access.seq - access.begin,
        .anchors = (int64_t)count,
        .sound = journal.sound && access.sound,
    };
    audit->request->on_site(audit->request->owner, &site);
    return STATUS_OK;
}

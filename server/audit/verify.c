/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/audit/verify_room.h"
#include "server/sql/queries.h"

static const char begin_command[] = "begin transaction isolation level repeatable read read only";

void audit_tell(struct audit *audit, const struct audit_difference *difference) {
    audit->differs = true;
    audit->request->on_difference(audit->request->owner, difference);
}

/* The file of anchors */

static void keep_line(void *owner, const struct anchor_line *line) {
    struct audit *audit = owner;
    struct anchor_list *list = &audit->anchors;
    if (line->at_ms < audit->request->since_ms) return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity * 2 + 64;
        struct anchor_line *lines = realloc(list->lines, capacity * sizeof(*lines));
        if (lines == NULL) {
            list->exhausted = true;
            return;
        }
        list->lines = lines;
        list->capacity = capacity;
    }
    list->lines[list->count++] = *line;
}

static void tell_file(struct audit *audit, enum finding finding, int64_t line, int64_t at_ms) {
    audit_tell(audit, &(struct audit_difference){
                          .finding = finding, .chain = AUDIT_ANCHORS, .site = "", .seq = line, .at_ms = at_ms});
}

struct marked {
    struct audit *audit;
    const Fd__AuditMark *mark; /* NULL: the database knows nothing of this key */
    bool seen;
};

static void on_line(void *owner, const struct anchor_line *line) {
    struct marked *marked = owner;
    keep_line(marked->audit, line);
    if (marked->mark == NULL || line->line != marked->mark->line) return;
    marked->seen = true;
    if (strcmp(line->own, marked->mark->hash) != 0)
        tell_file(marked->audit, FINDING_FILE_OTHER, line->line, line->at_ms);
}

static enum finding finding_of(enum anchor_fault fault) {
    switch (fault) {
    case ANCHOR_UNREADABLE: return FINDING_FILE_UNREADABLE;
    case ANCHOR_BROKEN: return FINDING_FILE_BROKEN;
    case ANCHOR_UNSIGNED: return FINDING_FILE_UNSIGNED;
    case ANCHOR_SOUND: break;
    }
    return FINDING_NONE;
}

static enum status read_file(struct audit *audit, const Fd__AuditMark *mark) {
    struct marked marked = {.audit = audit, .mark = mark};
    struct anchor_reader reader = {.key = audit->request->key, .on_line = on_line, .owner = &marked};
    enum anchor_fault fault = ANCHOR_SOUND;
    enum status status = anchors_read_both(&reader, audit->request->anchors, &fault);
    if (status == STATUS_NOT_FOUND && reader.last.line == 0) {
        if (mark != NULL) tell_file(audit, FINDING_FILE_MISSING, mark->line, 0);
        return STATUS_OK;
    }
    if (status == STATUS_UNAVAILABLE || audit->anchors.exhausted) {
        (void)snprintf(audit->why, WHY_BYTES, "%.300s can't be read", audit->request->anchors);
        return STATUS_UNAVAILABLE;
    }
    if (fault != ANCHOR_SOUND)
        tell_file(audit, finding_of(fault), reader.at_line, 0);
    else if (mark != NULL && !marked.seen)
        tell_file(audit, FINDING_FILE_CUT, mark->line, 0);
    return STATUS_OK;
}

/* The mark first: what the server appends meanwhile is only more than it says. */
static enum status verify_file(struct audit *audit) {
    char key[AUDIT_KEY_TEXT_BYTES];
    Fd__AuditMark wanted = FD__AUDIT_MARK__INIT;
    if (audit->request->anchors == NULL) return STATUS_OK;
    if (audit->request->key == NULL) return read_file(audit, NULL);
    audit_key_text(audit->request->key, key);
    wanted.key = key;
    enum status status = audit_run(audit, begin_command);
    if (status == STATUS_OK) status = audit_see(audit, NULL);
    if (status != STATUS_OK) return status;
    PGresult *rows = audit_ask(audit, &sql_audit_mark, &wanted.base);
    if (rows == NULL) return STATUS_UNAVAILABLE;
    const Fd__AuditMark *mark = NULL;
    if (PQntuples(rows) > 0)
        mark = (const Fd__AuditMark *)row_to_message(&audit->arena, rows, 0, &fd__audit_mark__descriptor);
    PQclear(rows);
    status = audit_run(audit, "rollback");
    return status == STATUS_OK ? read_file(audit, mark) : status;
}

/* The sites */

struct site_list {
    char (*ids)[UUID_TEXT_BYTES];
    size_t count;
};

static enum status list_sites(struct audit *audit, struct site_list *list) {
    Fd__AuditPage nothing = FD__AUDIT_PAGE__INIT;
    enum status status = audit_run(audit, begin_command);
    if (status == STATUS_OK) status = audit_see(audit, NULL);
    if (status != STATUS_OK) return status;
    PGresult *rows = audit_ask(audit, &sql_audit_heads, &nothing.base);
    if (rows == NULL) return STATUS_UNAVAILABLE;
    list->ids = calloc((size_t)PQntuples(rows) + 1, sizeof(*list->ids));
    for (int row = 0; row < PQntuples(rows) && list->ids != NULL; row++) {
        const Fd__AuditHead *head =
            (const Fd__AuditHead *)row_to_message(&audit->arena, rows, row, &fd__audit_head__descriptor);
        if (head == NULL || (audit->request->site != NULL && strcmp(head->code, audit->request->site) != 0)) continue;
        (void)snprintf(list->ids[list->count++], UUID_TEXT_BYTES, "%s", head->site_id);
    }
    PQclear(rows);
    status = audit_run(audit, "rollback");
    if (status == STATUS_OK && audit->request->site != NULL && list->count == 0) {
        (void)snprintf(audit->why, WHY_BYTES, "%.100s", audit->request->site);
        return STATUS_NOT_FOUND;
    }
    return status;
}

static bool is_listed(const struct site_list *list, const char *site_id) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->ids[i], site_id) == 0) return true;
    return false;
}

/* One that the anchors know and the database does not. */
static void tell_gone_sites(struct audit *audit, const struct site_list *list) {
    if (audit->request->site != NULL) return;
    for (size_t i = audit->anchors.count; i-- > 0;) {
        const struct anchor_line *line = &audit->anchors.lines[i];
        if (is_listed(list, line->site_id)) continue;
        audit_tell(audit, &(struct audit_difference){.finding = FINDING_SITE_GONE,
                                                     .chain = AUDIT_JOURNAL,
                                                     .site = line->site_id,
                                                     .seq = line->seq,
                                                     .at_ms = line->at_ms});
        return;
    }
}

static enum status verify_all(struct audit *audit) {
    struct site_list list = {0};
    enum status status = verify_file(audit);
    if (status == STATUS_OK) status = list_sites(audit, &list);
    if (status == STATUS_OK) tell_gone_sites(audit, &list);
    for (size_t i = 0; i < list.count && status == STATUS_OK; i++) {
        arena_free(&audit->arena);
        status = audit_run(audit, begin_command);
        if (status == STATUS_OK) status = audit_see(audit, list.ids[i]);
        if (status == STATUS_OK) status = audit_verify_site(audit, list.ids[i]);
        if (status == STATUS_OK) status = audit_run(audit, "rollback");
    }
    free(list.ids);
    if (status == STATUS_OK && audit->differs) return STATUS_CONFLICT;
    return status;
}

enum status audit_verify(const struct audit_request *request, char *why) {
    struct audit audit = {.request = request, .why = why};
    why[0] = '\0';
    arena_init(&audit.arena, AUDIT_ARENA_BYTES);
    audit.line = PQconnectdb(request->conninfo);
    enum status status = STATUS_UNAVAILABLE;
    if (PQstatus(audit.line) == CONNECTION_OK)
        status = verify_all(&audit);
    else
        (void)snprintf(why, WHY_BYTES, "%.400s", PQerrorMessage(audit.line));
    PQfinish(audit.line);
    arena_free(&audit.arena);
    free(audit.anchors.lines);
    return status;
}

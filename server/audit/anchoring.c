/* SPDX-License-Identifier: Apache-2.0 */
/* One round:
 *
 *   RESTING --interval, or the stop--> READING heads and mark --moved--> APPENDING on a worker thread --on disk-->
 *   MARKING in the database --> RESTING
 *
 * A line is on disk before the mark says so; a crash in between leaves a file that is longer than the mark. The next
 * round finds the mark's line in the file and moves the mark on. If it is not there, the file was cut or replaced: the
 * mark stays where it is, and `frontdeskctl audit verify` finds it. */
#include "server/audit/anchoring.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"
#include "common/moment.h"
#include "frontdesk/server/v1/audit.pb-c.h"
#include "server/audit/anchors.h"
#include "server/sql/queries.h"

enum { ANCHORING_ARENA_BYTES = 16 * 1024 * 1024, STATEMENT_HEADS = 0, STATEMENT_MARK = 1 };

struct anchored {
    char site_id[UUID_TEXT_BYTES];
    int64_t epoch, seq, accesses;
    char hash[ANCHORS_HASH_BYTES], access_hash[ANCHORS_HASH_BYTES];
};

struct anchoring {
    uv_loop_t *loop;
    struct database *database;
    struct anchoring_options options;
    uv_timer_t timer;
    uv_work_t work;
    struct anchored *sites; /* in order of their ids */
    size_t count;
    struct anchor_line last; /* of the file */
    int64_t file_bytes;
    bool under_way, timer_open, closing, last_round, told_cut;
    /* Of the round. */
    struct arena arena;
    struct transaction transaction;
    Fd__AuditMark mark;
    char from_hash[ANCHORS_HASH_BYTES], key_text[AUDIT_KEY_TEXT_BYTES];
    struct bytes lines;
    struct anchored *moved;
    size_t moved_count;
    struct anchor_line newest;
    bool begins_file, written;
    void (*on_closed)(void *owner);
    void *owner;
};

static void begin_round(struct anchoring *anchoring);

static void end_if_closed(struct anchoring *anchoring) {
    if (!anchoring->closing || anchoring->timer_open || anchoring->under_way) return;
    void (*on_closed)(void *owner) = anchoring->on_closed;
    void *owner = anchoring->owner;
    bytes_free(&anchoring->lines);
    free(anchoring->sites);
    free(anchoring);
    if (on_closed != NULL) on_closed(owner);
}

static void end_round(struct anchoring *anchoring) {
    transaction_clear(&anchoring->transaction);
    arena_free(&anchoring->arena);
    bytes_clear(&anchoring->lines);
    free(anchoring->moved);
    anchoring->moved = NULL;
    anchoring->moved_count = 0;
    anchoring->under_way = false;
    if (anchoring->closing && !anchoring->last_round) {
        anchoring->last_round = true;
        begin_round(anchoring);
    }
    end_if_closed(anchoring);
}

/* What was anchored of a site last */

static int compare_sites(const void *left, const void *right) {
    return strcmp(((const struct anchored *)left)->site_id, ((const struct anchored *)right)->site_id);
}

static struct anchored *find(struct anchoring *anchoring, const char *site_id) {
    struct anchored wanted;
    (void)snprintf(wanted.site_id, sizeof(wanted.site_id), "%s", site_id);
    if (anchoring->count == 0) return NULL;
    return bsearch(&wanted, anchoring->sites, anchoring->count, sizeof(wanted), compare_sites);
}

static bool remember(struct anchoring *anchoring, const struct anchored *site) {
    struct anchored *known = find(anchoring, site->site_id);
    if (known != NULL) {
        *known = *site;
        return true;
    }
    struct anchored *sites = realloc(anchoring->sites, (anchoring->count + 1) * sizeof(*sites));
    if (sites == NULL) return false;
    anchoring->sites = sites;
    sites[anchoring->count++] = *site;
    qsort(sites, anchoring->count, sizeof(*sites), compare_sites);
    return true;
}

static struct anchored anchored_of(const struct anchor_line *line) {
    struct anchored site = {.epoch = line->epoch, .seq = line->seq, .accesses = line->accesses};
    memcpy(site.site_id, line->site_id, sizeof(site.site_id));
    memcpy(site.hash, line->hash, sizeof(site.hash));
    memcpy(site.access_hash, line->access_hash, sizeof(site.access_hash));
    return site;
}

/* The mark */

static void on_marked(struct transaction *transaction, enum status status) {
    struct anchoring *anchoring = list_item(transaction, struct anchoring, transaction);
    if (status != STATUS_OK)
        LOG(WARNING, "the anchors' mark was not moved on", LOG_TEXT("status", status_name(status)));
    end_round(anchoring);
}

static void mark(struct anchoring *anchoring) {
    anchoring->mark.line = anchoring->last.line;
    anchoring->mark.hash = anchoring->last.own;
    anchoring->mark.from_hash = anchoring->from_hash;
    transaction_clear(&anchoring->transaction);
    transaction_init(&anchoring->transaction, &anchoring->arena, NULL, on_marked);
    transaction_add(&anchoring->transaction, &sql_audit_mark_set)->sources[0] = &anchoring->mark.base;
    database_write(anchoring->database, &anchoring->transaction);
}

/* The file */

static bool append(const struct anchoring *anchoring) {
    const char *path = anchoring->options.path;
    char old[PATH_MAX];
    if (anchoring->begins_file) {
        anchors_old_path(path, old);
        if (rename(path, old) != 0 && errno != ENOENT) return false;
    }
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return false;
    size_t done = 0;
    while (done < anchoring->lines.length) {
        ssize_t count = write(file, anchoring->lines.data + done, anchoring->lines.length - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += (size_t)count;
    }
    bool whole = done == anchoring->lines.length && fdatasync(file) == 0;
    /* Half a round would break the chain: nothing of it stays. */
    if (!whole && ftruncate(file, anchoring->begins_file ? 0 : (off_t)anchoring->file_bytes) != 0) whole = false;
    return close(file) == 0 && whole;
}

static void on_work(uv_work_t *work) {
    struct anchoring *anchoring = work->data;
    anchoring->written = append(anchoring);
}

static void on_worked(uv_work_t *work, int status) {
    struct anchoring *anchoring = work->data;
    if (status != 0 || !anchoring->written) {
        LOG(ERROR, "the anchors can't be written: look at disk and rights", LOG_TEXT("path", anchoring->options.path));
        end_round(anchoring);
        return;
    }
    anchoring->file_bytes = (int64_t)anchoring->lines.length + (anchoring->begins_file ? 0 : anchoring->file_bytes);
    anchoring->last = anchoring->newest;
    for (size_t i = 0; i < anchoring->moved_count; i++) {
        const struct anchored *site = &anchoring->moved[i];
        (void)remember(anchoring, site); /* without memory it is anchored again */
        if (anchoring->options.log)
            LOG(NOTICE, "audit anchor", LOG_TEXT("site", site->site_id), LOG_NUMBER("epoch", site->epoch),
                LOG_NUMBER("seq", site->seq), LOG_TEXT("hash", site->hash), LOG_NUMBER("accesses", site->accesses),
                LOG_TEXT("access_hash", site->access_hash));
    }
    mark(anchoring);
}

/* A round */

static bool has_moved(struct anchoring *anchoring, const Fd__AuditHead *head) {
    const struct anchored *known = find(anchoring, head->site_id);
    return known == NULL || known->epoch != head->epoch || strcmp(known->hash, head->hash) != 0 ||
           strcmp(known->access_hash, head->access_hash) != 0;
}

static bool add_line(struct anchoring *anchoring, const Fd__AuditHead *head, int64_t now_ms) {
    struct anchor_line *line = &anchoring->newest;
    memcpy(line->before, line->own, sizeof(line->before));
    line->line++;
    line->at_ms = now_ms;
    line->epoch = head->epoch;
    line->seq = head->seq;
    line->accesses = head->accesses;
    (void)snprintf(line->site_id, sizeof(line->site_id), "%s", head->site_id);
    (void)snprintf(line->hash, sizeof(line->hash), "%s", head->hash);
    (void)snprintf(line->access_hash, sizeof(line->access_hash), "%s", head->access_hash);
    anchoring->moved[anchoring->moved_count++] = anchored_of(line);
    return anchor_line_append(&anchoring->lines, line, anchoring->options.key) == STATUS_OK;
}

/* False: without memory. */
static bool collect(struct anchoring *anchoring) {
    const PGresult *heads = anchoring->transaction.statements[STATEMENT_HEADS].result;
    int64_t now_ms = database_now_ms(anchoring->database);
    int rows = PQntuples(heads);
    anchoring->begins_file = anchoring->file_bytes >= anchoring->options.file_bytes;
    anchoring->newest = anchoring->last;
    anchoring->moved = calloc((size_t)rows + 1, sizeof(*anchoring->moved));
    if (anchoring->moved == NULL) return false;
    for (int row = 0; row < rows; row++) {
        const Fd__AuditHead *head =
            (const Fd__AuditHead *)row_to_message(&anchoring->arena, heads, row, &fd__audit_head__descriptor);
        if (head == NULL) return false;
        /* Every file holds every site. */
        if (!anchoring->begins_file && !has_moved(anchoring, head)) continue;
        if (!add_line(anchoring, head, now_ms)) return false;
    }
    return true;
}

struct wanted_line {
    const Fd__AuditMark *mark;
    bool found;
};

static void look_for(void *owner, const struct anchor_line *line) {
    struct wanted_line *wanted = owner;
    if (line->line == wanted->mark->line && strcmp(line->own, wanted->mark->hash) == 0) wanted->found = true;
}

static bool stands_in_file(const struct anchoring *anchoring, const Fd__AuditMark *mark) {
    struct wanted_line wanted = {.mark = mark};
    struct anchor_reader reader = {.on_line = look_for, .owner = &wanted};
    enum anchor_fault fault;
    (void)!anchors_read_both(&reader, anchoring->options.path, &fault);
    return wanted.found;
}

/* From where the mark is to be moved. It is where this node left it, but after a crash. */
static void take_mark(struct anchoring *anchoring) {
    const PGresult *rows = anchoring->transaction.statements[STATEMENT_MARK].result;
    memcpy(anchoring->from_hash, anchoring->last.own, sizeof(anchoring->from_hash));
    if (PQntuples(rows) == 0) return;
    const Fd__AuditMark *found =
        (const Fd__AuditMark *)row_to_message(&anchoring->arena, rows, 0, &fd__audit_mark__descriptor);
    if (found == NULL || strcmp(found->hash, anchoring->last.own) == 0 || anchoring->told_cut) return;
    if (strlen(found->hash) < sizeof(anchoring->from_hash) && stands_in_file(anchoring, found)) {
        memcpy(anchoring->from_hash, found->hash, strlen(found->hash) + 1);
        return;
    }
    anchoring->told_cut = true;
    LOG(ERROR, "the anchors were cut or replaced: the database has seen another line; see frontdeskctl audit verify",
        LOG_NUMBER("line", found->line), LOG_NUMBER("last", anchoring->last.line));
}

static void on_heads(struct transaction *transaction, enum status status) {
    struct anchoring *anchoring = list_item(transaction, struct anchoring, transaction);
    if (status != STATUS_OK || !collect(anchoring)) {
        end_round(anchoring);
        return;
    }
    take_mark(anchoring);
    if (anchoring->moved_count == 0)
        end_round(anchoring);
    else
        CHECK(uv_queue_work(anchoring->loop, &anchoring->work, on_work, on_worked) == 0);
}

static void begin_round(struct anchoring *anchoring) {
    if (anchoring->under_way || !database_up(anchoring->database)) return;
    anchoring->under_way = true;
    anchoring->mark = (Fd__AuditMark)FD__AUDIT_MARK__INIT;
    anchoring->mark.key = anchoring->key_text;
    transaction_init(&anchoring->transaction, &anchoring->arena, NULL, on_heads);
    transaction_add(&anchoring->transaction, &sql_audit_heads)->sources[0] = &anchoring->mark.base;
    transaction_add(&anchoring->transaction, &sql_audit_mark)->sources[0] = &anchoring->mark.base;
    database_read(anchoring->database, &anchoring->transaction);
}

static void on_timer(uv_timer_t *timer) {
    struct anchoring *anchoring = timer->data;
    if (!anchoring->closing) begin_round(anchoring);
}

/* Opening and closing */

static void on_line(void *owner, const struct anchor_line *line) {
    struct anchored site = anchored_of(line);
    (void)remember(owner, &site);
}

/* What the file ends with. One that was altered is put aside, for the audit to find. */
static enum status read_file(struct anchoring *anchoring, char *why) {
    struct anchor_reader reader = {.on_line = on_line, .owner = anchoring};
    enum anchor_fault fault = ANCHOR_SOUND;
    enum status status = anchors_read_both(&reader, anchoring->options.path, &fault);
    anchoring->last = reader.last;
    if (status == STATUS_NOT_FOUND) return STATUS_OK;
    if (status == STATUS_OK && fault == ANCHOR_SOUND && reader.torn)
        status = truncate(anchoring->options.path, reader.whole_bytes) == 0 ? STATUS_OK : STATUS_UNAVAILABLE;
    if (status != STATUS_OK) {
        (void)snprintf(why, WHY_BYTES, "%.300s: %s", anchoring->options.path, strerror(errno));
        return status;
    }
    if (fault != ANCHOR_SOUND)
        LOG(ERROR, "the anchors were altered: see frontdeskctl audit verify", LOG_NUMBER("line", reader.at_line));
    anchoring->file_bytes = fault == ANCHOR_SOUND ? reader.whole_bytes : anchoring->options.file_bytes;
    return STATUS_OK;
}

enum status anchoring_open(struct anchoring **anchoring, uv_loop_t *loop, struct database *database,
                           const struct anchoring_options *options, char *why) {
    struct anchoring *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->loop = loop;
    made->database = database;
    made->options = *options;
    made->work.data = made;
    audit_key_text(options->key, made->key_text);
    arena_init(&made->arena, ANCHORING_ARENA_BYTES);
    enum status status = read_file(made, why);
    if (status != STATUS_OK) {
        free(made->sites);
        free(made);
        return status;
    }
    CHECK(uv_timer_init(loop, &made->timer) == 0);
    made->timer.data = made;
    made->timer_open = true;
    CHECK(uv_timer_start(&made->timer, on_timer, (uint64_t)options->interval_ms, (uint64_t)options->interval_ms) == 0);
    *anchoring = made;
    return STATUS_OK;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct anchoring *anchoring = handle->data;
    anchoring->timer_open = false;
    end_if_closed(anchoring);
}

void anchoring_close(struct anchoring *anchoring, void (*on_closed)(void *owner), void *owner) {
    CHECK(!anchoring->closing);
    anchoring->closing = true;
    anchoring->on_closed = on_closed;
    anchoring->owner = owner;
    if (!anchoring->under_way) {
        anchoring->last_round = true;
        begin_round(anchoring);
    }
    uv_close((uv_handle_t *)&anchoring->timer, on_timer_closed);
}

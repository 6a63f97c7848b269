/* SPDX-License-Identifier: Apache-2.0 */
/*
 *           writer_turn, something waits         all committed
 *   FREE ─────────────────────────────▶ BATCH ───────────────────▶ FREE
 *                                         │ one statement failed: nothing is stored
 *                                         ▼
 *                                      REPEAT: one by one, until the list is empty ─▶ FREE
 *
 * Where somebody holds a row of a site for too long, all of that site are told to come again and are not repeated,
 * which would only make everybody wait for the same lock again. A lost line ends the batch and all that waits with
 * UNAVAILABLE; nothing is repeated, because it may be committed.
 */
#include "server/database/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/text.h"
#include "server/database/connection.h"

struct lane {
    struct writer *writer;
    struct connection *connection;
    struct segment segment;
    bool under_way;
    struct list waiting;
    struct list repeat; /* of a failed batch, still in its order */
};

struct place {
    struct transaction *transaction;
    int arrival;
};

struct writer {
    struct lane *lanes;
    int count;
    int open; /* connections not closed yet */
    int batch;
    int waiting_count;
    bool in_turn;
    struct place *order; /* scratch for sorting one batch */
    struct writer_callbacks callbacks;
    void *owner;
    void (*on_closed)(void *owner);
};

static void move_all(struct list *from, struct list *to) {
    while (!list_empty(from)) {
        struct list *node = from->next;
        list_remove(node);
        list_append(to, node);
    }
}

static const char *site_of(const struct transaction *transaction) {
    return transaction->site_id != NULL ? transaction->site_id : "";
}

static struct lane *lane_of(const struct writer *writer, const struct transaction *transaction) {
    return &writer->lanes[text_hash(site_of(transaction)) % (uint32_t)writer->count];
}

static int compare_places(const void *left, const void *right) {
    const struct place *a = left, *b = right;
    int sites = strcmp(site_of(a->transaction), site_of(b->transaction));
    return sites != 0 ? sites : a->arrival - b->arrival;
}

/* The first `batch` that wait, by site and then by arrival. */
static void collect(struct lane *lane) {
    struct writer *writer = lane->writer;
    int count = 0;
    while (count < writer->batch && !list_empty(&lane->waiting)) {
        struct transaction *transaction = list_item(lane->waiting.next, struct transaction, node);
        list_remove(&transaction->node);
        writer->order[count] = (struct place){transaction, count};
        count++;
    }
    writer->waiting_count -= count;
    qsort(writer->order, (size_t)count, sizeof(*writer->order), compare_places);
    for (int i = 0; i < count; i++) list_append(&lane->segment.transactions, &writer->order[i].transaction->node);
}

static void give_up(struct lane *lane) {
    list_each(node, &lane->waiting) lane->writer->waiting_count--;
    move_all(&lane->waiting, &lane->repeat);
    transactions_finish(&lane->repeat, STATUS_UNAVAILABLE);
}

static void lane_turn(struct lane *lane) {
    if (lane->under_way) return;
    if (!connection_ready(lane->connection)) {
        give_up(lane);
        return;
    }
    if (!list_empty(&lane->repeat)) {
        struct list *node = lane->repeat.next;
        list_remove(node);
        list_append(&lane->segment.transactions, node);
    } else if (!list_empty(&lane->waiting)) {
        collect(lane);
    } else {
        return;
    }
    lane->under_way = true;
    lane->segment.in_turn = lane->writer->in_turn;
    connection_send(lane->connection, &lane->segment);
}

static bool has_several(const struct list *list) {
    return !list_empty(list) && list->next->next != list;
}

static void ring(const struct lane *lane) {
    const char *last = NULL;
    list_each(node, &lane->segment.transactions) {
        const char *site = list_item(node, struct transaction, node)->site_id;
        if (site == NULL || (last != NULL && strcmp(site, last) == 0)) continue;
        last = site;
        lane->writer->callbacks.on_committed(lane->writer->owner, site);
    }
}

/* Nothing of the batch is stored; who is to blame shows when each goes alone. */
static void repeat_one_by_one(struct lane *lane) {
    int count = 0;
    list_each(node, &lane->segment.transactions) {
        transaction_clear(list_item(node, struct transaction, node));
        count++;
    }
    LOG(WARNING, "batch failed, repeating one by one", LOG_NUMBER("transactions", count));
    move_all(&lane->segment.transactions, &lane->repeat);
}

/* The one whose statement failed, since those before it have their rows. NULL: it was the commit. */
static const struct transaction *failed_one(const struct lane *lane) {
    list_each(node, &lane->segment.transactions) {
        const struct transaction *transaction = list_item(node, struct transaction, node);
        for (int i = 0; i < transaction->count; i++)
            if (transaction->statements[i].result == NULL) return transaction;
    }
    return NULL;
}

static void refuse_site_of(struct lane *lane, const struct transaction *failed) {
    struct list refused;
    list_init(&refused);
    list_each_safe(node, &lane->segment.transactions) {
        if (strcmp(site_of(list_item(node, struct transaction, node)), site_of(failed)) != 0) continue;
        list_remove(node);
        list_append(&refused, node);
    }
    transactions_finish(&refused, STATUS_UNAVAILABLE);
}

static void repeat_the_sound(struct lane *lane) {
    const struct transaction *failed = lane->segment.locked ? failed_one(lane) : NULL;
    if (failed != NULL) refuse_site_of(lane, failed);
    if (!list_empty(&lane->segment.transactions)) repeat_one_by_one(lane);
}

static void on_segment_done(struct segment *segment) {
    struct lane *lane = segment->owner;
    struct writer *writer = lane->writer;
    /* The lane stays taken until all owners have heard, so what they bring now goes into one batch. */
    if (segment->status == STATUS_OK)
        ring(lane);
    else if (!segment->lost && has_several(&segment->transactions))
        repeat_the_sound(lane);
    segment_finish(segment);
    lane->under_way = false;
    /* Repeats are behind by a batch already: do not wait for the turn. */
    if (!list_empty(&lane->repeat)) lane_turn(lane);
    writer->callbacks.on_change(writer->owner);
}

static void on_ready(void *owner, bool ready) {
    struct lane *lane = owner;
    (void)ready;
    lane_turn(lane);
    lane->writer->callbacks.on_change(lane->writer->owner);
}

static enum status open_lane(struct writer *writer, uv_loop_t *loop, const struct database_options *options,
                             int number) {
    static const struct connection_callbacks callbacks = {.on_ready = on_ready};
    struct lane *lane = &writer->lanes[number];
    lane->writer = writer;
    list_init(&lane->waiting);
    list_init(&lane->repeat);
    segment_init(&lane->segment, on_segment_done, lane);
    char name[48], settings[96];
    (void)snprintf(name, sizeof(name), "frontdesk writer %d", number + 1);
    (void)snprintf(settings, sizeof(settings), "-c synchronous_commit=%s -c lock_timeout=%lld",
                   options->durability != NULL ? options->durability : "on",
                   (long long)options->statement_timeout_ms / 2);
    struct connection_options connection = {
        .conninfo = options->conninfo,
        .name = name,
        .options = settings,
        .statement_timeout_ms = options->statement_timeout_ms,
    };
    return connection_open(&lane->connection, loop, &connection, &callbacks, lane);
}

static void writer_free(struct writer *writer) {
    free(writer->lanes);
    free(writer->order);
    free(writer);
}

enum status writer_open(struct writer **writer, uv_loop_t *loop, const struct database_options *options,
                        const struct writer_callbacks *callbacks, void *owner) {
    struct writer *made = calloc(1, sizeof(*made));
    CHECK(made != NULL && options->writers > 0 && options->batch > 0);
    made->lanes = calloc((size_t)options->writers, sizeof(*made->lanes));
    made->order = calloc((size_t)options->batch, sizeof(*made->order));
    CHECK(made->lanes != NULL && made->order != NULL);
    made->batch = options->batch;
    made->callbacks = *callbacks;
    made->owner = owner;
    for (int i = 0; i < options->writers; i++) {
        enum status status = open_lane(made, loop, options, i);
        if (status != STATUS_OK) {
            CHECK(i == 0); /* only the connection string can be at fault, so the first one tells */
            writer_free(made);
            return status;
        }
        made->count = made->open = i + 1;
    }
    *writer = made;
    return STATUS_OK;
}

static void on_lane_closed(void *owner) {
    struct lane *lane = owner;
    struct writer *writer = lane->writer;
    if (--writer->open > 0) return;
    void (*on_closed)(void *) = writer->on_closed;
    void *writer_owner = writer->owner;
    writer_free(writer);
    on_closed(writer_owner);
}

void writer_close(struct writer *writer, void (*on_closed)(void *owner)) {
    CHECK(writer_idle(writer));
    writer->on_closed = on_closed;
    for (int i = 0; i < writer->count; i++) connection_close(writer->lanes[i].connection, on_lane_closed);
}

enum status writer_write(struct writer *writer, struct transaction *transaction) {
    struct lane *lane = lane_of(writer, transaction);
    if (!connection_ready(lane->connection)) return STATUS_UNAVAILABLE;
    if (writer->waiting_count >= WRITER_WAITING_LIMIT) return STATUS_BUSY;
    list_append(&lane->waiting, &transaction->node);
    writer->waiting_count++;
    return STATUS_OK;
}

void writer_turn(struct writer *writer, bool in_turn) {
    writer->in_turn = in_turn;
    for (int i = 0; i < writer->count; i++) lane_turn(&writer->lanes[i]);
}

bool writer_ready(const struct writer *writer) {
    for (int i = 0; i < writer->count; i++)
        if (!connection_ready(writer->lanes[i].connection)) return false;
    return true;
}

bool writer_idle(const struct writer *writer) {
    for (int i = 0; i < writer->count; i++) {
        const struct lane *lane = &writer->lanes[i];
        if (lane->under_way || !list_empty(&lane->waiting) || !list_empty(&lane->repeat)) return false;
    }
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The open records of a site at one entry, packed for many eyes. It is read once for all who want it at the same time
 * (after a change of epoch that is everybody), and lives as long as somebody still reads it. */
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "server/domain/privacy.h"
#include "server/journal/known.h"
#include "server/journal/room.h"
#include "server/sql/queries.h"

enum { SNAPSHOT_FRAME_BYTES = 48 * 1024 };

struct snapshot_frame {
    enum authority_item item;
    struct bytes bytes;
};

struct snapshot {
    struct journal_site *site;
    int64_t epoch, seq;
    struct snapshot_frame *frames; /* the last one is empty and says so */
    size_t count, capacity;
    struct list readers;
};

struct snapshot_read {
    struct journal_read read;
    struct journal_site *site;
    struct known_site known; /* is the history still the one that the follower knows? */
    Fd__Cursor cursor;       /* for the topics */
    char hash[ANCHOR_HASH_BYTES];
};

/* ---- Packing ---- */

/* Records of one topic that go into one frame together. */
struct batch {
    struct snapshot *snapshot;
    const struct journal_topic *topic; /* NULL: of the last frame */
    struct arena arena;
    ProtobufCBinaryData *records;
    size_t count, capacity, bytes;
};

static enum status end_frame(struct batch *batch, bool last) {
    struct snapshot *snapshot = batch->snapshot;
    if (snapshot->count == snapshot->capacity) {
        size_t capacity = snapshot->capacity * 2 + 8;
        struct snapshot_frame *frames = realloc(snapshot->frames, capacity * sizeof(*frames));
        if (frames == NULL) return STATUS_TOO_LARGE;
        snapshot->frames = frames;
        snapshot->capacity = capacity;
    }
    struct snapshot_frame *frame = &snapshot->frames[snapshot->count];
    *frame = (struct snapshot_frame){.item = batch->topic != NULL ? batch->topic->item : ITEM_NONE};
    Fd__Snapshot part = FD__SNAPSHOT__INIT;
    part.site_id = snapshot->site->id;
    part.seq = snapshot->seq;
    if (batch->topic != NULL) part.record_type = (char *)(uintptr_t)batch->topic->name;
    part.n_records = batch->count;
    part.records = batch->records;
    part.last = last;
    Fd__ServerFrame whole = FD__SERVER_FRAME__INIT;
    whole.body_case = FD__SERVER_FRAME__BODY_SNAPSHOT;
    whole.snapshot = &part;
    enum status status = message_append_frame(&frame->bytes, &whole.base);
    if (status == STATUS_OK) snapshot->count++;
    arena_free(&batch->arena);
    batch->records = NULL;
    batch->count = batch->capacity = batch->bytes = 0;
    return status;
}

static bool make_room(struct batch *batch) {
    if (batch->count < batch->capacity) return true;
    size_t capacity = batch->capacity * 2 + 16;
    ProtobufCBinaryData *records = arena_take(&batch->arena, capacity * sizeof(*records));
    if (records == NULL) return false;
    if (batch->count > 0) memcpy(records, batch->records, batch->count * sizeof(*records));
    batch->records = records;
    batch->capacity = capacity;
    return true;
}

static enum status add_record(struct batch *batch, const ProtobufCMessage *record) {
    size_t length = protobuf_c_message_get_packed_size(record);
    if (batch->count > 0 && batch->bytes + length > SNAPSHOT_FRAME_BYTES) {
        enum status status = end_frame(batch, false);
        if (status != STATUS_OK) return status;
    }
    uint8_t *data = arena_take(&batch->arena, length);
    if (data == NULL || !make_room(batch)) return STATUS_TOO_LARGE;
    protobuf_c_message_pack(record, data);
    batch->records[batch->count++] = (ProtobufCBinaryData){.len = length, .data = data};
    batch->bytes += length + 8;
    return STATUS_OK;
}

/* The row's arena is of its own and goes at once: a large site would not fit as messages. */
static enum status add_row(struct batch *batch, const PGresult *result, int row) {
    struct arena arena;
    arena_init(&arena, READ_ARENA_BYTES);
    const ProtobufCMessage *record = row_to_message(&arena, result, row, batch->topic->record);
    if (record != NULL) record = privacy_mask(&arena, record);
    enum status status = record != NULL ? add_record(batch, record) : STATUS_TOO_LARGE;
    arena_free(&arena);
    return status;
}

static enum status pack(struct snapshot *snapshot, const struct transaction *transaction,
                        const struct journal_options *options) {
    enum status status = STATUS_OK;
    struct batch batch = {.snapshot = snapshot};
    arena_init(&batch.arena, READ_ARENA_BYTES);
    for (size_t i = 0; i < options->topic_count && status == STATUS_OK; i++) {
        const PGresult *result = transaction->statements[i + 1].result;
        int rows = PQntuples(result);
        batch.topic = &options->topics[i];
        for (int row = 0; row < rows && status == STATUS_OK; row++) status = add_row(&batch, result, row);
        if (status == STATUS_OK && batch.count > 0) status = end_frame(&batch, false);
    }
    batch.topic = NULL;
    if (status == STATUS_OK) status = end_frame(&batch, true);
    arena_free(&batch.arena);
    return status;
}

static void snapshot_free(struct snapshot *snapshot) {
    if (snapshot->site->snapshot == snapshot) snapshot->site->snapshot = NULL;
    for (size_t i = 0; i < snapshot->count; i++) bytes_free(&snapshot->frames[i].bytes);
    free(snapshot->frames);
    free(snapshot);
}

/* ---- Reading ---- */

static struct snapshot *make(struct snapshot_read *read, const Fd__JournalHead *head) {
    struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
    if (snapshot == NULL) return NULL;
    list_init(&snapshot->readers);
    snapshot->site = read->site;
    snapshot->epoch = head->epoch;
    snapshot->seq = head->seq;
    enum status status = pack(snapshot, &read->read.transaction, &read->site->journal->options);
    if (status == STATUS_OK) return snapshot;
    LOG(ERROR, "no memory for a snapshot", LOG_TEXT("site", read->site->id));
    snapshot_free(snapshot);
    return NULL;
}

/* Everybody who waits begins to read it, before the first callback may change who is there. */
static void adopt(struct journal_site *site, struct snapshot *snapshot) {
    list_each(node, &site->subscriptions) {
        struct subscription *subscription = list_item(node, struct subscription, node);
        if (subscription->reset == FD__RESET_REASON__RESET_REASON_UNSPECIFIED || subscription->snapshot != NULL)
            continue;
        if (subscription->standing) continue; /* it may stand for long, and costs nothing meanwhile */
        subscription->snapshot = snapshot;
        subscription->frames_sent = 0;
        list_append(&snapshot->readers, &subscription->reader);
    }
    site->snapshot = snapshot;
    if (list_empty(&snapshot->readers))
        snapshot_free(snapshot);
    else
        subscriptions_advance(site);
}

static void on_read(struct transaction *transaction, enum status status) {
    struct snapshot_read *read = list_item(transaction, struct snapshot_read, read.transaction);
    struct journal_site *site = read->site;
    struct journal *journal = site->journal;
    const Fd__JournalHead *head = NULL;
    site->snapshot_read = NULL;
    if (status == STATUS_OK && !journal->closing && PQntuples(transaction->statements[0].result) == 1)
        head = (const Fd__JournalHead *)row_to_message(&read->read.arena, transaction->statements[0].result, 0,
                                                       &fd__journal_head__descriptor);
    if (head != NULL && (head->rewritten || head->epoch != site->epoch)) {
        follower_doubt(site);
    } else {
        struct snapshot *snapshot = head != NULL ? make(read, head) : NULL;
        if (snapshot != NULL)
            adopt(site, snapshot);
        else
            journal->retry = true;
    }
    journal_read_end(&read->read);
    free(read);
}

static void start_read(struct journal_site *site) {
    struct journal *journal = site->journal;
    struct snapshot_read *read = calloc(1, sizeof(*read));
    if (read == NULL) {
        journal->retry = true;
        return;
    }
    read->site = site;
    memcpy(read->hash, site->hash, sizeof(read->hash));
    known_site_init(&read->known, site->id, site->epoch, site->head, read->hash, site->timeline, 0);
    read->cursor = (Fd__Cursor)FD__CURSOR__INIT;
    read->cursor.site_id = site->id;
    site->snapshot_read = read;
    journal_read_init(&read->read, journal, site->id, on_read);
    transaction_add(&read->read.transaction, &sql_journal_head_known)->sources[0] = &read->known.message.base;
    for (size_t i = 0; i < journal->options.topic_count; i++)
        transaction_add(&read->read.transaction, journal->options.topics[i].query)->sources[0] = &read->cursor.base;
    journal_read_start(&read->read);
}

/* ---- Sending ---- */

/* One that is there already will do when the entries since are in memory. */
static bool is_fresh(const struct snapshot *snapshot, const struct journal_site *site) {
    return snapshot != NULL && snapshot->epoch == site->epoch &&
           (snapshot->seq >= site->head || ring_find(&site->ring, snapshot->seq + 1) != NULL);
}

static bool has_snapshot(struct subscription *subscription) {
    struct journal_site *site = subscription->site;
    if (subscription->snapshot != NULL) return true;
    if (is_fresh(site->snapshot, site)) {
        subscription->snapshot = site->snapshot;
        subscription->frames_sent = 0;
        list_append(&site->snapshot->readers, &subscription->reader);
        return true;
    }
    if (site->snapshot_read == NULL && !site->unsure) start_read(site);
    return false;
}

static enum taken give_reset(struct subscription *subscription) {
    Fd__Reset reset = FD__RESET__INIT;
    reset.site_id = subscription->site->id;
    reset.epoch = subscription->snapshot->epoch;
    reset.seq = subscription->snapshot->seq;
    reset.reason = subscription->reset;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    frame.body_case = FD__SERVER_FRAME__BODY_RESET;
    frame.reset = &reset;
    struct bytes bytes = {0};
    if (message_append_frame(&bytes, &frame.base) != STATUS_OK) {
        subscription->site->journal->retry = true;
        return REFUSED;
    }
    enum taken taken = subscription_give_frame(subscription, &bytes);
    bytes_free(&bytes);
    return taken;
}

static enum taken give_next(struct subscription *subscription) {
    if (subscription->frames_sent == 0) return give_reset(subscription);
    const struct snapshot_frame *frame = &subscription->snapshot->frames[subscription->frames_sent - 1];
    bool last = subscription->frames_sent == subscription->snapshot->count;
    if (!last && subscription->callbacks->may_see != NULL &&
        !subscription->callbacks->may_see(subscription, frame->item))
        return TAKEN;
    return subscription_give_frame(subscription, &frame->bytes);
}

bool snapshot_feed(struct subscription *subscription) {
    if (!has_snapshot(subscription)) return false;
    while (subscription->frames_sent <= subscription->snapshot->count) {
        if (give_next(subscription) != TAKEN) return false;
        subscription->frames_sent++;
    }
    subscription->epoch = subscription->snapshot->epoch;
    subscription->seq = subscription->snapshot->seq;
    subscription->reset = FD__RESET_REASON__RESET_REASON_UNSPECIFIED;
    snapshot_leave(subscription);
    return true;
}

void snapshot_leave(struct subscription *subscription) {
    struct snapshot *snapshot = subscription->snapshot;
    if (snapshot == NULL) return;
    subscription->snapshot = NULL;
    list_remove(&subscription->reader);
    if (list_empty(&snapshot->readers)) snapshot_free(snapshot);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/journal/listeners.h"

#include <stdlib.h>
#include <string.h>

#include "common/frame.h"
#include "frontdesk/v1/account.pb-c.h"
#include "tests/support/test.h"

struct journal *journal;
int jumps;
struct listener *listeners[LISTENERS];
static bool ready, closed;
/* What has been shown of each place in each epoch: it may never be something else. */
static int64_t shown[FAKE_SITES][EPOCHS][FAKE_HISTORY];
bool wild;
uint32_t seed;

unsigned chance(unsigned of) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % of;
}

void drop(struct listener *listener) {
    for (int i = 0; i < LISTENERS; i++)
        if (listeners[i] == listener) listeners[i] = NULL;
    journal_unsubscribe(&listener->subscription);
    journal_unsubscribe(&listener->subscription);
    memset(listener, 0xa5, sizeof(*listener));
    free(listener);
}

static bool is_there(const struct listener *listener) {
    for (int i = 0; i < LISTENERS; i++)
        if (listener != NULL && listeners[i] == listener) return true;
    return false;
}

/* True: the listener is gone. What is resumed may itself do all of this again. */
static bool run_wild(struct listener *listener) {
    if (!wild) return false;
    struct listener *other = listeners[chance(LISTENERS)];
    if (other != NULL && chance(4) == 0) journal_resume(&other->subscription);
    if (other != listener && is_there(other) && chance(60) == 0) drop(other);
    if (is_there(listener) && chance(60) == 0) drop(listener);
    return !is_there(listener);
}

static bool takes(struct listener *listener) {
    if (wild) return chance(4) != 0;
    if (listener->patience == 0) return false;
    if (listener->patience > 0) listener->patience--;
    return true;
}

bool on_entry(struct subscription *subscription, const struct journal_entry *entry) {
    struct listener *listener = subscription->owner;
    const Fd__Event *event = entry->event;
    assert_int_equal(entry->seq, listener->seq + 1);
    assert_int_equal(event->seq, entry->seq);
    assert_false(listener->in_reset);
    assert_int_equal(event->epoch, listener->epoch);
    assert_string_equal(event->site_id, fake.sites[listener->site].id);
    assert_int_equal(entry->item, ITEM_R1);
    if (run_wild(listener)) return chance(2) == 0;
    if (!takes(listener)) return false;
    int64_t *place = &shown[listener->site][listener->epoch][entry->seq];
    if (*place != 0) assert_int_equal(*place, event->at_ms);
    *place = event->at_ms;
    listener->seq = entry->seq;
    listener->entries++;
    return true;
}

static void take_frame(struct listener *listener, const Fd__ServerFrame *frame) {
    if (frame->body_case == FD__SERVER_FRAME__BODY_RESET) {
        listener->in_reset = true;
        listener->records = 0;
        listener->epoch = frame->reset->epoch;
        listener->seq = frame->reset->seq;
        listener->reason = frame->reset->reason;
        listener->resets++;
        return;
    }
    assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_SNAPSHOT);
    assert_true(listener->in_reset);
    assert_int_equal(frame->snapshot->seq, listener->seq);
    listener->records += frame->snapshot->n_records;
    listener->in_reset = !frame->snapshot->last;
    if (frame->snapshot->last) assert_int_equal(listener->records, (size_t)(listener->seq / 100 + 1));
}

bool on_frame(struct subscription *subscription, const struct bytes *frame) {
    struct listener *listener = subscription->owner;
    if (run_wild(listener)) return chance(2) == 0;
    if (!takes(listener)) return false;
    Fd__ServerFrame *message =
        fd__server_frame__unpack(NULL, frame->length - FRAME_HEADER_BYTES, frame->data + FRAME_HEADER_BYTES);
    assert_non_null(message);
    take_frame(listener, message);
    fd__server_frame__free_unpacked(message, NULL);
    listener->frames++;
    return true;
}

static const struct subscription_callbacks callbacks = {.on_entry = on_entry, .on_frame = on_frame};

static enum authority_item item_of(const char *record_type) {
    assert_string_equal(record_type, "desk");
    return ITEM_R1;
}

static void on_ready(void *owner) {
    (void)owner;
    ready = true;
}

static void on_jump(void *owner, const char *site_id) {
    (void)owner;
    (void)site_id;
    jumps++;
}

static void on_closed(void *owner) {
    (void)owner;
    closed = true;
}

static const struct query snapshot_query = {.name = "test/snapshot"};

void answer_all(void) {
    while (fake_take(0) || fake_answer(0, false)) continue;
}

static void open_journal(const char *anchor) {
    static struct journal_topic topic = {.name = "desk", .item = ITEM_R1, .query = &snapshot_query};
    topic.record = &fd__desk__descriptor;
    struct journal_options options = {.item = item_of,
                                      .topics = &topic,
                                      .topic_count = 1,
                                      .anchor_path = anchor,
                                      .on_ready = on_ready,
                                      .on_jump = on_jump};
    ready = closed = false;
    jumps = 0;
    assert_int_equal(journal_open(&journal, NULL, NULL, &options), STATUS_OK);
}

void start(const char *anchor) {
    open_journal(anchor);
    for (int i = 0; i < 10 && !ready; i++) {
        answer_all();
        fake_tick();
    }
    assert_true(ready);
    journal_follow(journal);
    answer_all();
}

void finish(void) {
    for (int i = 0; i < LISTENERS; i++)
        if (listeners[i] != NULL) drop(listeners[i]);
    journal_close(journal, on_closed, NULL);
    fake_turn();
    answer_all();
    assert_true(closed);
}

struct listener *listen_as(int slot, int site, int64_t epoch, int64_t seq, int patience) {
    struct listener *listener = calloc(1, sizeof(*listener));
    assert_non_null(listener);
    listeners[slot] = listener;
    listener->site = site;
    listener->epoch = epoch;
    listener->seq = seq;
    listener->patience = patience;
    Fd__Cursor cursor = FD__CURSOR__INIT;
    cursor.site_id = fake.sites[site].id;
    cursor.epoch = epoch;
    cursor.seq = seq;
    enum status status = journal_subscribe(journal, &listener->subscription, &cursor, &callbacks, listener);
    if (listeners[slot] == NULL) return NULL; /* it went in its own callback */
    if (status != STATUS_OK) {
        assert_int_equal(status, STATUS_NOT_FOUND);
        listeners[slot] = NULL;
        free(listener);
        return NULL;
    }
    return listener;
}

void append(int site, int count) {
    for (int i = 0; i < count; i++) fake_append(site);
    fake_ring(site);
    answer_all();
}

int set_up(void **state) {
    (void)state;
    wild = false;
    memset(shown, 0, sizeof(shown));
    fake_reset();
    for (int i = 0; i < 5; i++) fake.epochs++;
    fake_found(0);
    return 0;
}

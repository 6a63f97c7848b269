/* SPDX-License-Identifier: Apache-2.0 */
/* What sessions need beside the request room, played at link time: passwords without argon2id, a journal that hands out
 * what the target says, listeners that never hear anybody. One program includes this once. */
#ifndef FRONTDESK_TESTS_FUZZ_PLAYED_HOUSE_H
#define FRONTDESK_TESTS_FUZZ_PLAYED_HOUSE_H

#include "common/message.h"
#include "server/accounts/password.h"
#include "server/journal/journal.h"
#include "server/network/listener.h"
#include "tests/fuzz/played_stream.h"
#include "tests/unit/server/request/desk.h"

#define RIGHT_PASSWORD "right words"

static struct list played_passwords; /* work under way */
static struct list played_follows;   /* subscriptions that stand */

/* Passwords: two at a time, one waiting. */

bool password_room_full(const struct password_room *room) {
    size_t count = 0;
    (void)room;
    list_each(node, &played_passwords) count++;
    return count >= 3;
}

enum status password_verify(struct password_room *room, struct password_work *work, const char *password,
                            const char *hash, void (*on_done)(struct password_work *, enum status)) {
    (void)room;
    if (strlen(password) >= PASSWORD_LIMIT_BYTES) return STATUS_TOO_LARGE;
    if (password_room_full(room)) return STATUS_BUSY;
    work->verify = true;
    work->matches = hash[0] != '\0' && strcmp(password, RIGHT_PASSWORD) == 0;
    work->on_done = on_done;
    list_init(&work->node);
    list_append(&played_passwords, &work->node);
    return STATUS_OK;
}

enum status password_hash(struct password_room *room, struct password_work *work, const char *password,
                          void (*on_done)(struct password_work *, enum status)) {
    enum status status = password_verify(room, work, password, "", on_done);
    work->verify = false;
    memcpy(work->hash, "$hash", sizeof "$hash");
    return status;
}

enum status password_hash_now(const char *password, char hash[PASSWORD_HASH_BYTES]) {
    (void)password;
    memcpy(hash, "$hash", sizeof "$hash");
    return STATUS_OK;
}

static inline bool played_password_done(enum status status) {
    if (list_empty(&played_passwords)) return false;
    struct password_work *work = list_item(played_passwords.next, struct password_work, node);
    list_remove(&work->node);
    work->on_done(work, status);
    return true;
}

/* The journal: who follows from nothing is told so at once, as the real one does from its snapshot. */

static inline bool played_hand_out(struct subscription *subscription, Fd__ServerFrame *frame) {
    struct bytes packed = {0};
    CHECK(message_append_frame(&packed, &frame->base) == STATUS_OK);
    bool taken = subscription->callbacks->on_frame(subscription, &packed);
    bytes_free(&packed);
    return taken;
}

enum status journal_subscribe(struct journal *journal, struct subscription *subscription, const Fd__Cursor *cursor,
                              const struct subscription_callbacks *callbacks, void *owner) {
    (void)journal;
    subscription->callbacks = callbacks;
    subscription->owner = owner;
    subscription->epoch = cursor->epoch;
    list_init(&subscription->node);
    list_append(&played_follows, &subscription->node);
    if (cursor->epoch != 0) return STATUS_OK;
    Fd__Reset reset = FD__RESET__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    reset.site_id = cursor->site_id;
    reset.epoch = 1;
    frame.body_case = FD__SERVER_FRAME__BODY_RESET;
    frame.reset = &reset;
    subscription->standing = !played_hand_out(subscription, &frame);
    return STATUS_OK;
}

void journal_unsubscribe(struct subscription *subscription) {
    if (subscription->callbacks == NULL) return;
    subscription->callbacks = NULL;
    list_remove(&subscription->node);
}

void journal_resume(struct subscription *subscription) {
    subscription->standing = false;
}

/* An entry of so many bytes to all who do not stand still. */
static inline void played_entry(size_t bytes, enum authority_item item) {
    Fd__Event event = FD__EVENT__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    struct journal_entry entry = {.seq = 1, .item = item, .event = &event};
    event.site_id = SITE;
    frame.body_case = FD__SERVER_FRAME__BODY_EVENT;
    frame.event = &event;
    CHECK(message_append_frame(&entry.blank, &frame.base) == STATUS_OK);
    event.kind = "complaint.registered";
    event.record.data = calloc(1, bytes + 1);
    event.record.len = bytes;
    CHECK(event.record.data != NULL && message_append_frame(&entry.frame, &frame.base) == STATUS_OK);
    list_each_safe(node, &played_follows) {
        struct subscription *subscription = list_item(node, struct subscription, node);
        if (!subscription->standing) subscription->standing = !subscription->callbacks->on_entry(subscription, &entry);
    }
    free(event.record.data);
    bytes_free(&entry.blank);
    bytes_free(&entry.frame);
}

/* Listeners */

enum status listeners_open(struct sessions *sessions, const char *host, int *port, char *why) {
    (void)sessions;
    (void)host;
    (void)port;
    (void)why;
    return STATUS_OK;
}

void listener_retry(struct listener *listener) {
    (void)listener;
}

void listener_close(struct listener *listener) {
    (void)listener;
}

#endif

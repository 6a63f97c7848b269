/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/sender.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/client.h"
#include "client/core/submission.h"
#include "common/log.h"
#include "common/message.h"
#include "common/moment.h"

enum { LOOK_MS = 1000, BUSY_LOOK_MS = 50, TROUBLE_MS = 2000 };

/* The server remembers keys for 24 h; what may have been done before that is not sent again unasked. */
static const int64_t key_good_ms = 23 * HOUR_MS;

int64_t sender_now_ms(const struct sender *sender) {
    return (int64_t)uv_now(sender->client->loop);
}

static bool may_send(const struct sender *sender) {
    const struct client *client = sender->client;
    return sender->outbox != NULL && !client->closing && client->line.state == CLIENT_LINE_UP && !sender->rests &&
           client->person != NULL && !client->person->password_must_change &&
           sender_now_ms(sender) >= sender->not_before_ms;
}

static void tell(struct sender *sender, const struct outbox_item *item) {
    struct client *client = sender->client;
    if (!client->closing && client->callbacks.on_outbox != NULL) client->callbacks.on_outbox(client, item);
}

static void on_look(uv_timer_t *timer) {
    struct sender *sender = timer->data;
    if (sender->outbox == NULL) return;
    if (outbox_changed(sender->outbox)) tell(sender, NULL);
    sender_turn(sender);
    submissions_settle(sender);
    bool busy = !list_empty(&sender->submissions);
    if (sender->timer_open) uv_timer_start(timer, on_look, busy ? BUSY_LOOK_MS : LOOK_MS, 0);
}

void sender_look_soon(struct sender *sender) {
    if (sender->timer_open) uv_timer_start(&sender->look, on_look, BUSY_LOOK_MS, 0);
}

enum status sender_open(struct sender *sender, struct client *client, const char *directory, const char *server,
                        char *why) {
    *sender = (struct sender){.client = client, .patience_ms = SENDER_PATIENCE_MS};
    list_init(&sender->submissions);
    if (directory != NULL) {
        enum status status = outbox_open(&sender->outbox, directory, server, why);
        if (status != STATUS_OK) return status;
        (void)outbox_changed(sender->outbox);
    }
    return STATUS_OK;
}

void sender_start(struct sender *sender) {
    uv_timer_init(sender->client->loop, &sender->look);
    sender->look.data = sender;
    sender->timer_open = true;
    uv_timer_start(&sender->look, on_look, LOOK_MS, 0);
}

void sender_close(struct sender *sender, uv_close_cb on_timer_closed) {
    sender->timer_open = false;
    uv_close((uv_handle_t *)&sender->look, on_timer_closed);
    submissions_settle_all(sender);
}

void sender_free(struct sender *sender) {
    outbox_close(sender->outbox);
    sender->outbox = NULL;
}

static void let_go(struct sender *sender) {
    if (sender->locked) outbox_unlock(sender->outbox);
    sender->locked = false;
}

/* One row on its way: a copy, since the row changes under it. */
struct parcel {
    const struct outbox_kind *kind;
    int64_t position, received_at_ms, sent_at_ms, depends_on;
    char key[UUID_TEXT_BYTES], site_id[UUID_TEXT_BYTES];
    struct bytes body;
    enum status status;
};

static void read_parcel(void *owner, const struct outbox_item *item) {
    struct parcel *parcel = owner;
    parcel->kind = item->kind;
    parcel->position = item->position;
    parcel->received_at_ms = item->received_at_ms;
    parcel->sent_at_ms = item->sent_at_ms;
    parcel->depends_on = item->depends_on;
    (void)snprintf(parcel->key, sizeof parcel->key, "%s", item->key);
    (void)snprintf(parcel->site_id, sizeof parcel->site_id, "%s", item->site_id);
    parcel->status = bytes_append(&parcel->body, item->body, item->length);
}

static void parcel_free(struct parcel *parcel) {
    if (parcel->body.data != NULL) sodium_memzero(parcel->body.data, parcel->body.capacity);
    bytes_free(&parcel->body);
}

/* Its words for the first time: the number that the record it names has got, and when the customer spoke by the
 * server's clock. The present difference of the clocks is taken to have been the same; a moment that is still to come
 * is not one. */
static enum status fill(struct sender *sender, struct parcel *parcel) {
    char number[OUTBOX_NUMBER_BYTES] = "";
    if (parcel->depends_on != 0 && !outbox_number(sender->outbox, parcel->depends_on, number)) return STATUS_NOT_FOUND;
    int64_t ahead_ms = sender->client->clock_ahead_ms, received_at_ms = 0;
    if (parcel->received_at_ms != 0) {
        int64_t now_ms = moment_now_ms() - ahead_ms;
        received_at_ms = parcel->received_at_ms - ahead_ms;
        if (received_at_ms > now_ms) received_at_ms = now_ms;
    }
    struct bytes filled = {0};
    enum status status = outbox_kind_fill(parcel->kind, parcel->body.data, parcel->body.length,
                                          number[0] == '\0' ? NULL : number, received_at_ms, &filled);
    if (status == STATUS_OK)
        status = outbox_sending(sender->outbox, parcel->position, &filled, moment_now_ms() - ahead_ms);
    parcel_free(parcel);
    parcel->body = filled;
    return status;
}

static void on_told_item(void *owner, const struct outbox_item *item) {
    tell(owner, item);
}

void sender_tell_item(struct sender *sender, int64_t position) {
    (void)outbox_find(sender->outbox, position, on_told_item, sender);
}

/* The refusal of one that somebody waits for is theirs; that of one that was kept stays until it is looked at. */
static void refused(struct sender *sender, int64_t position, const Fd__Reply *reply) {
    if (outbox_refused(sender->outbox, position, (enum status)reply->status, reply->message, reply->field) != STATUS_OK)
        sender->not_before_ms = sender_now_ms(sender) + TROUBLE_MS;
    if (submission_answer(sender, position, reply, NULL)) {
        outbox_told(sender->outbox, position);
        tell(sender, NULL);
        return;
    }
    sender_tell_item(sender, position);
}

static void refused_here(struct sender *sender, int64_t position, enum status status, const char *message) {
    Fd__Reply reply = FD__REPLY__INIT;
    reply.status = (Fd__Status)status;
    reply.message = (char *)(uintptr_t)message;
    refused(sender, position, &reply);
}

static void answered(struct sender *sender, int64_t position, const struct outbox_kind *kind, const Fd__Reply *reply,
                     const ProtobufCMessage *response) {
    const char *number = kind->creates ? outbox_kind_number(kind, response) : "";
    if (outbox_done(sender->outbox, position, number) != STATUS_OK) {
        /* Asked again under the same key it gets the same answer, and this has another chance. */
        sender->not_before_ms = sender_now_ms(sender) + TROUBLE_MS;
        return;
    }
    struct outbox_item done = {.position = position, .state = OUTBOX_DONE, .kind = kind, .number = number};
    (void)submission_answer(sender, position, reply, response);
    tell(sender, &done);
}

static void read_kind(void *owner, const struct outbox_item *item) {
    *(const struct outbox_kind **)owner = item->kind;
}

static void on_answer(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct sender *sender = owner;
    int64_t position = sender->sending;
    const struct outbox_kind *kind = NULL;
    sender->sending = 0;
    (void)outbox_find(sender->outbox, position, read_kind, &kind);
    switch (reply->status) {
    case FD__STATUS__STATUS_OK:
        if (kind != NULL) answered(sender, position, kind, reply, response);
        break;
    case FD__STATUS__STATUS_UNAUTHENTICATED: sender->rests = true; break;
    case FD__STATUS__STATUS_BUSY:
    case FD__STATUS__STATUS_UNAVAILABLE: break; /* said here, not by the server: the line or the person went away */
    default: refused(sender, position, reply); break;
    }
    sender_turn(sender);
    if (!sender->client->closing) submissions_settle(sender);
}

static enum status send_parcel(struct sender *sender, struct parcel *parcel) {
    int64_t now_ms = moment_now_ms() - sender->client->clock_ahead_ms;
    enum status status = parcel->status;
    if (parcel->sent_at_ms == 0 && status == STATUS_OK) status = fill(sender, parcel);
    if (parcel->sent_at_ms != 0 && now_ms - parcel->sent_at_ms > key_good_ms) {
        refused_here(sender, parcel->position, STATUS_UNAVAILABLE,
                     client_say(sender->client, "一天前已发送但没有收到答复，可能已经登记：先查看，再重发或丢弃",
                                "it was sent more than a day ago and not answered, so it may have been done: look, "
                                "then send it again or drop it"));
        return STATUS_OK;
    }
    if (status == STATUS_OK) {
        sender->sending = parcel->position;
        status = calls_add_packed(&sender->client->calls, parcel->kind->operation, parcel->site_id, parcel->key,
                                  &parcel->body, parcel->kind->response, on_answer, sender);
        if (status != STATUS_OK) sender->sending = 0;
    }
    if (status == STATUS_NOT_FOUND || status == STATUS_INVALID || status == STATUS_TOO_LARGE) {
        refused_here(sender, parcel->position, status,
                     client_say(sender->client, "无法发送：它指向的记录没有编号，或内容无法读取",
                                "it cannot be sent: the record it names has no number, or it cannot be read"));
        return STATUS_OK;
    }
    return status;
}

void sender_turn(struct sender *sender) {
    if (sender->sending != 0) return;
    while (may_send(sender) && sender->sending == 0) {
        struct parcel parcel = {0};
        bool found = outbox_next(sender->outbox, sender->client->person->person_id, read_parcel, &parcel);
        if (found && !sender->locked && outbox_lock(sender->outbox)) {
            /* Looked up again: until now another program was sending. */
            sender->locked = true;
            parcel_free(&parcel);
            continue;
        }
        bool sends = found && sender->locked && parcel.kind != NULL;
        enum status status = sends ? send_parcel(sender, &parcel) : STATUS_NOT_FOUND;
        parcel_free(&parcel);
        if (found && !sender->locked) sender_look_soon(sender);
        if (sends && status != STATUS_OK) sender->not_before_ms = sender_now_ms(sender) + TROUBLE_MS;
        if (status != STATUS_OK) break;
    }
    if (sender->sending == 0) let_go(sender);
}

void sender_on_up(struct sender *sender) {
    sender->rests = false;
    sender_turn(sender);
    if (sender->outbox != NULL) sender_look_soon(sender);
}

void sender_on_lost(struct sender *sender) {
    if (sender->outbox == NULL) return;
    if (sender->sending != 0) calls_forget(&sender->client->calls, sender);
    sender->sending = 0;
    let_go(sender);
    submissions_wait_anew(sender);
}

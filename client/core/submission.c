/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/submission.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/client.h"
#include "common/message.h"
#include "common/moment.h"

struct submission {
    struct list node;
    int64_t position;
    int64_t until_ms; /* by the loop's clock: then it is said to be kept, unless the line is there */
    char person_id[UUID_TEXT_BYTES];
    client_on_reply on_reply;
    client_on_kept on_kept;
    void *owner;
};

static struct submission *submission_of(struct sender *sender, int64_t position) {
    list_each(node, &sender->submissions) {
        struct submission *submission = list_item(node, struct submission, node);
        if (submission->position == position) return submission;
    }
    return NULL;
}

/* Takes a copy of what the list needs after the callbacks: the row may be gone by then. */
static struct submission take_submission(struct submission *submission) {
    struct submission taken = *submission;
    list_remove(&submission->node);
    free(submission);
    return taken;
}

static void on_kept_item(void *owner, const struct outbox_item *item) {
    const struct submission *submission = owner;
    submission->on_kept(submission->owner, item);
}

/* What another program of this person has sent, or has been refused, is told as if it were this one's. */
static void settle(struct sender *sender, struct submission *found) {
    struct submission submission = take_submission(found);
    char number[OUTBOX_NUMBER_BYTES];
    if (outbox_find(sender->outbox, submission.position, on_kept_item, &submission)) return;
    (void)outbox_number(sender->outbox, submission.position, number);
    struct outbox_item gone = {.position = submission.position, .state = OUTBOX_DONE, .number = number};
    submission.on_kept(submission.owner, &gone);
}

struct glance {
    enum outbox_state state;
    bool seen;
};

static void on_glance(void *owner, const struct outbox_item *item) {
    *(struct glance *)owner = (struct glance){item->state, true};
}

static bool is_settled(struct sender *sender, const struct submission *submission) {
    const struct client *client = sender->client;
    enum client_line line = client->line.state;
    struct glance glance = {OUTBOX_DONE, false};
    if (sender->sending == submission->position) return false;
    (void)outbox_find(sender->outbox, submission->position, on_glance, &glance);
    if (!glance.seen || glance.state == OUTBOX_REFUSED || glance.state == OUTBOX_HELD) return true;
    if (line == CLIENT_LINE_STRANGER) return !calls_signing_in(&client->calls);
    if (line == CLIENT_LINE_UP)
        return sender->rests || client->person->password_must_change ||
               strcmp(client->person->person_id, submission->person_id) != 0;
    return line == CLIENT_LINE_REFUSED || sender_now_ms(sender) >= submission->until_ms;
}

bool submission_answer(struct sender *sender, int64_t position, const Fd__Reply *reply,
                       const ProtobufCMessage *response) {
    struct submission *found = submission_of(sender, position);
    if (found == NULL) return false;
    struct submission submission = take_submission(found);
    submission.on_reply(submission.owner, reply, response);
    return true;
}

void submissions_settle_all(struct sender *sender) {
    while (!list_empty(&sender->submissions))
        settle(sender, list_item(sender->submissions.next, struct submission, node));
}

void submissions_wait_anew(struct sender *sender) {
    list_each(node, &sender->submissions) list_item(node, struct submission, node)->until_ms =
        sender_now_ms(sender) + sender->patience_ms;
}

void submissions_settle(struct sender *sender) {
    for (bool again = true; again;) {
        again = false;
        list_each(node, &sender->submissions) {
            struct submission *submission = list_item(node, struct submission, node);
            if (!is_settled(sender, submission)) continue;
            settle(sender, submission);
            again = true; /* the callback may have changed the list */
            break;
        }
    }
}

static enum status put(struct sender *sender, struct outbox_item *item, const ProtobufCMessage *command,
                       const Fd__SignInResponse *person) {
    struct bytes body = {0};
    char key[UUID_TEXT_BYTES];
    item->made_at_ms = moment_now_ms();
    uuid_make(key, item->made_at_ms);
    enum status status = message_append(&body, command);
    item->key = key;
    item->person_id = person->person_id;
    item->person_name = person->name;
    item->body = body.data;
    item->length = body.length;
    if (status == STATUS_OK && item->kind->received != NULL &&
        outbox_kind_received_ms(item->kind, body.data, body.length) == 0)
        item->received_at_ms = item->made_at_ms;
    if (status == STATUS_OK) status = outbox_put(sender->outbox, item);
    item->key = NULL; /* they end here */
    item->body = NULL;
    if (body.data != NULL) sodium_memzero(body.data, body.capacity);
    bytes_free(&body);
    return status;
}

enum status submission_add(struct sender *sender, const char *operation, const char *site_id,
                           const ProtobufCMessage *command, client_on_reply on_reply, client_on_kept on_kept,
                           void *owner) {
    const Fd__SignInResponse *person = client_known_person(sender->client);
    struct outbox_item item = {.kind = outbox_kind_of(operation), .site_id = site_id};
    if (person == NULL) return STATUS_UNAUTHENTICATED;
    if (calls_too_large(&sender->client->calls, protobuf_c_message_get_packed_size(command))) return STATUS_TOO_LARGE;
    struct submission *submission = calloc(1, sizeof *submission);
    if (submission == NULL) return STATUS_TOO_LARGE;
    enum status status = put(sender, &item, command, person);
    if (status != STATUS_OK) {
        free(submission);
        return status;
    }
    *submission = (struct submission){.position = item.position,
                                      .until_ms = sender_now_ms(sender) + sender->patience_ms,
                                      .on_reply = on_reply,
                                      .on_kept = on_kept,
                                      .owner = owner};
    (void)snprintf(submission->person_id, sizeof submission->person_id, "%s", person->person_id);
    list_append(&sender->submissions, &submission->node);
    sender_tell_item(sender, item.position);
    sender_turn(sender);
    sender_look_soon(sender);
    return STATUS_OK;
}

void submissions_keep(struct sender *sender, const void *owner) {
    for (bool again = true; again;) {
        again = false;
        list_each(node, &sender->submissions) {
            struct submission *submission = list_item(node, struct submission, node);
            if (submission->owner != owner) continue;
            settle(sender, submission);
            again = true;
            break;
        }
    }
}

void submissions_forget(struct sender *sender, const void *owner) {
    list_each_safe(node, &sender->submissions) {
        struct submission *submission = list_item(node, struct submission, node);
        if (submission->owner != owner) continue;
        list_remove(&submission->node);
        free(submission);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Each due timer is in hand once:
 *
 *   WAKING --changed its record--> forgotten (the row moved or went)
 *   WAKING --failed, or found nothing to do--> RESTING --time--> WAKING again, if it is still due
 *
 * Only the very row (record and due time) in hand is left out of the next look: one that was set anew is woken. */
#include "server/timers/timers.h"

#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/uuid.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "server/request/table.h"
#include "server/sql/queries.h"

enum {
    LOOK_INTERVAL_MS = 250,
    WAKING_LIMIT = 100,
    WAKING_LOW = 50, /* below it, more is fetched at once where more is due */
    REST_FIRST_MS = 250,
    REST_LAST_MS = 60 * 1000,
    REST_AWAY_MS = 1000, /* while the database is away or too busy */
    READ_ARENA_BYTES = 4 * 1024 * 1024,
};

enum hand_state { WAKING, RESTING };

struct in_hand {
    struct list node;
    struct timers *timers;
    enum hand_state state;
    char record_id[UUID_TEXT_BYTES];
    int64_t due_at_ms;
    int64_t rest_ms;
    int64_t rests_until_ms; /* by the loop's clock */
};

struct timers {
    struct services *services;
    uv_timer_t timer;
    struct list hands;
    int waking;
    int64_t own_order; /* in which many are taken in hand */
    bool reading, more, closing, timer_open;
    int64_t asked_at_ms;  /* of the look under way, by the loop's clock */
    int64_t looked_at_ms; /* of the last one that was answered */
    struct arena arena;   /* of the look under way */
    struct transaction transaction;
    Fd__TimersInHand known;
    void (*on_closed)(void *owner);
    void *owner;
};

static void look(struct timers *timers);

static void end_if_closed(struct timers *timers) {
    if (!timers->closing || timers->timer_open || timers->reading || timers->waking > 0) return;
    list_each_safe(node, &timers->hands) {
        struct in_hand *hand = list_item(node, struct in_hand, node);
        list_remove(&hand->node);
        free(hand);
    }
    arena_free(&timers->arena);
    void (*on_closed)(void *owner) = timers->on_closed;
    void *owner = timers->owner;
    free(timers);
    if (on_closed != NULL) on_closed(owner);
}

static void rest(struct in_hand *hand, enum status status) {
    bool away = status == STATUS_UNAVAILABLE || status == STATUS_BUSY;
    hand->state = RESTING;
    hand->rest_ms = away ? REST_AWAY_MS : hand->rest_ms == 0 ? REST_FIRST_MS : hand->rest_ms * 2;
    if (hand->rest_ms > REST_LAST_MS) hand->rest_ms = REST_LAST_MS;
    hand->rests_until_ms = (int64_t)uv_now(hand->timers->services->loop) + hand->rest_ms;
}

static void on_finished(struct request *request, enum status status, void *owner) {
    struct in_hand *hand = owner;
    struct timers *timers = hand->timers;
    timers->waking--;
    /* A rule that finds nothing to do stores nothing, and its row stays. */
    if (status == STATUS_OK && request != NULL && request->decision.record != NULL) {
        list_remove(&hand->node);
        free(hand);
    } else {
        if (status != STATUS_OK && status != STATUS_UNAVAILABLE)
            LOG(WARNING, "a timer's turn failed", LOG_TEXT("record", hand->record_id),
                LOG_TEXT("status", status_name(status)));
        rest(hand, status);
    }
    if (timers->closing)
        end_if_closed(timers);
    else if (timers->more && timers->waking < WAKING_LOW)
        look(timers);
}

static struct in_hand *find(struct timers *timers, const char *record_id, int64_t due_at_ms) {
    list_each(node, &timers->hands) {
        struct in_hand *hand = list_item(node, struct in_hand, node);
        if (hand->due_at_ms == due_at_ms && strcmp(hand->record_id, record_id) == 0) return hand;
    }
    return NULL;
}

static struct in_hand *take(struct timers *timers, const Fd__TimerRow *row) {
    struct in_hand *hand = find(timers, row->record_id, row->due_at_ms);
    if (hand == NULL) {
        hand = calloc(1, sizeof(*hand));
        if (hand == NULL) return NULL;
        hand->timers = timers;
        CHECK(strlen(row->record_id) < sizeof(hand->record_id));
        memcpy(hand->record_id, row->record_id, strlen(row->record_id) + 1);
        hand->due_at_ms = row->due_at_ms;
        list_append(&timers->hands, &hand->node);
    }
    hand->state = WAKING;
    return hand;
}

static void wake(struct timers *timers, const Fd__TimerRow *row) {
    struct in_hand *hand = take(timers, row);
    if (hand == NULL) return;
    timers->waking++;
    const struct topic *topic = topic_find(row->record_type);
    if (topic != NULL && topic->wake != NULL)
        request_wake(timers->services, topic, row->site_id, row->record_id, on_finished, hand);
    else /* of a newer program on the same database */
        on_finished(NULL, STATUS_UNKNOWN_OPERATION, hand);
}

/* One that rested and is not due any more was moved or ended by somebody else. */
static void forget_settled(struct timers *timers) {
    list_each_safe(node, &timers->hands) {
        struct in_hand *hand = list_item(node, struct in_hand, node);
        if (hand->state != RESTING || hand->rests_until_ms > timers->asked_at_ms) continue;
        list_remove(&hand->node);
        free(hand);
    }
}

static void on_due(struct transaction *transaction, enum status status) {
    struct timers *timers = list_item(transaction, struct timers, transaction);
    int rows = status == STATUS_OK ? PQntuples(transaction->statements[0].result) : 0;
    timers->more = rows > 0 && (int64_t)rows == timers->known.limit;
    for (int i = 0; i < rows && !timers->closing; i++) {
        const Fd__TimerRow *row = (const Fd__TimerRow *)row_to_message(
            &timers->arena, transaction->statements[0].result, i, &fd__timer_row__descriptor);
        if (row == NULL) break;
        wake(timers, row);
    }
    if (status == STATUS_OK) timers->looked_at_ms = timers->asked_at_ms;
    if (status == STATUS_OK && !timers->more) forget_settled(timers);
    transaction_clear(transaction);
    arena_free(&timers->arena);
    timers->reading = false;
    if (timers->closing) end_if_closed(timers);
}

static bool is_left_out(const struct in_hand *hand) {
    return hand->state == WAKING || hand->rests_until_ms > hand->timers->asked_at_ms;
}

static bool list_hands(struct timers *timers) {
    size_t count = 0;
    timers->asked_at_ms = (int64_t)uv_now(timers->services->loop);
    list_each(node, &timers->hands) count += is_left_out(list_item(node, struct in_hand, node));
    timers->known = (Fd__TimersInHand)FD__TIMERS_IN_HAND__INIT;
    timers->known.record_ids = arena_take(&timers->arena, count * sizeof(char *));
    timers->known.due_at_ms = arena_take(&timers->arena, count * sizeof(int64_t));
    if (arena_exhausted(&timers->arena)) return false;
    list_each(node, &timers->hands) {
        struct in_hand *hand = list_item(node, struct in_hand, node);
        if (!is_left_out(hand)) continue;
        /* The question may wait for its turn, and the hand be gone by then. */
        char *id = arena_string(&timers->arena, hand->record_id);
        if (id == NULL) return false;
        timers->known.record_ids[timers->known.n_record_ids++] = id;
        timers->known.due_at_ms[timers->known.n_due_at_ms++] = hand->due_at_ms;
    }
    timers->known.own_order = timers->own_order;
    timers->known.limit = WAKING_LIMIT - timers->waking;
    return true;
}

static void look(struct timers *timers) {
    if (timers->reading || timers->closing || timers->waking >= WAKING_LIMIT) return;
    timers->reading = true;
    transaction_init(&timers->transaction, &timers->arena, NULL, on_due);
    if (!list_hands(timers)) {
        on_due(&timers->transaction, STATUS_TOO_LARGE);
        return;
    }
    transaction_add(&timers->transaction, &sql_timer_due)->sources[0] = &timers->known.base;
    database_read(timers->services->database, &timers->transaction);
}

static void on_timer(uv_timer_t *timer) {
    look(timer->data);
}

enum status timers_open(struct timers **timers, struct services *services) {
    struct timers *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->services = services;
    made->looked_at_ms = (int64_t)uv_now(services->loop);
    CHECK(uv_random(NULL, NULL, &made->own_order, sizeof(made->own_order), 0, NULL) == 0);
    list_init(&made->hands);
    arena_init(&made->arena, READ_ARENA_BYTES);
    CHECK(uv_timer_init(services->loop, &made->timer) == 0);
    made->timer.data = made;
    made->timer_open = true;
    CHECK(uv_timer_start(&made->timer, on_timer, 0, LOOK_INTERVAL_MS) == 0);
    *timers = made;
    return STATUS_OK;
}

int64_t timers_looked_at_ms(const struct timers *timers) {
    return timers->looked_at_ms;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct timers *timers = handle->data;
    timers->timer_open = false;
    end_if_closed(timers);
}

void timers_close(struct timers *timers, void (*on_closed)(void *owner), void *owner) {
    CHECK(!timers->closing);
    timers->closing = true;
    timers->on_closed = on_closed;
    timers->owner = owner;
    uv_close((uv_handle_t *)&timers->timer, on_timer_closed);
}

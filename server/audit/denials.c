/* SPDX-License-Identifier: Apache-2.0 */
/* One denial in hand:
 *
 *   WRITING --committed--> COUNTING --a minute is over, attempts since--> WRITING
 *      \--failed: its attempts count again        \--none--> forgotten */
#include "server/audit/denials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/list.h"
#include "common/log.h"
#include "common/uuid.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "server/audit/access.h"
#include "server/sql/queries.h"

enum { SWEEP_MS = 1000, DENIAL_ARENA_BYTES = 16 * 1024, NAME_BYTES = 400 };

struct denial {
    struct list node;
    struct denials *denials;
    char site_id[UUID_TEXT_BYTES], person_id[UUID_TEXT_BYTES], name[NAME_BYTES];
    const char *operation;
    int64_t times;     /* not written yet */
    int64_t under_way; /* being written; 0: none */
    int64_t last_at_ms;
    uint64_t written_ms; /* by the loop's clock */
    struct arena arena;
    struct transaction transaction;
    Fd__Access access;
    Fd__Cursor cursor;
};

struct denials {
    uv_loop_t *loop;
    struct database *database;
    uv_timer_t timer;
    struct list kept;
    int count;
    uint64_t left_out;
    bool closing, timer_open;
    void (*on_closed)(void *owner);
    void *owner;
};

static void forget(struct denial *denial) {
    list_remove(&denial->node);
    denial->denials->count--;
    free(denial);
}

static void write_down(struct denial *denial);

static void end_if_closed(struct denials *denials) {
    if (!denials->closing || denials->timer_open || denials->count > 0) return;
    void (*on_closed)(void *owner) = denials->on_closed;
    void *owner = denials->owner;
    free(denials);
    if (on_closed != NULL) on_closed(owner);
}

static void on_written(struct transaction *transaction, enum status status) {
    struct denial *denial = list_item(transaction, struct denial, transaction);
    struct denials *denials = denial->denials;
    transaction_clear(transaction);
    arena_free(&denial->arena);
    if (status != STATUS_OK) {
        denial->times += denial->under_way;
        LOG(WARNING, "denied attempts are not in the audit yet", LOG_TEXT("status", status_name(status)),
            LOG_NUMBER("times", denial->times), LOG_TEXT("operation", denial->operation));
    }
    denial->under_way = 0;
    if (denials->closing && denial->times > 0 && status == STATUS_OK)
        write_down(denial); /* what came meanwhile */
    else if (denials->closing)
        forget(denial);
    end_if_closed(denials);
}

static void write_down(struct denial *denial) {
    struct denials *denials = denial->denials;
    denial->under_way = denial->times;
    denial->times = 0;
    denial->written_ms = uv_now(denials->loop);
    denial->access = (Fd__Access)FD__ACCESS__INIT;
    denial->cursor = (Fd__Cursor)FD__CURSOR__INIT;
    arena_init(&denial->arena, DENIAL_ARENA_BYTES);
    transaction_init(&denial->transaction, &denial->arena, denial->site_id, on_written);
    denial->access.kind = (char *)(uintptr_t)ACCESS_DENIED;
    denial->access.operation = (char *)(uintptr_t)denial->operation;
    denial->access.actor_id = denial->person_id;
    denial->access.actor_name = denial->name;
    denial->access.at_ms = denial->last_at_ms;
    denial->access.times = denial->under_way;
    denial->cursor.site_id = denial->site_id;
    enum status status = access_seal(&denial->arena, &denial->access);
    CHECK(status == STATUS_OK); /* the arena is made for it */
    struct statement *statement = transaction_add(&denial->transaction, &sql_access_deny);
    statement->sources[0] = &denial->access.base;
    statement->sources[1] = &denial->cursor.base;
    database_write(denials->database, &denial->transaction);
}

static struct denial *find(struct denials *denials, const struct denied *denied) {
    list_each(node, &denials->kept) {
        struct denial *denial = list_item(node, struct denial, node);
        if (denial->operation == denied->operation && strcmp(denial->person_id, denied->person_id) == 0 &&
            strcmp(denial->site_id, denied->site_id) == 0)
            return denial;
    }
    return NULL;
}

/* NULL: too many at once; the log has a line of each. */
static struct denial *keep(struct denials *denials, const struct denied *denied) {
    struct denial *denial = denials->count < DENIALS_KEPT ? calloc(1, sizeof(*denial)) : NULL;
    if (denial == NULL) {
        denials->left_out++;
        return NULL;
    }
    denial->denials = denials;
    denial->operation = denied->operation;
    (void)snprintf(denial->site_id, sizeof(denial->site_id), "%s", denied->site_id);
    (void)snprintf(denial->person_id, sizeof(denial->person_id), "%s", denied->person_id);
    if (strlen(denied->person_name) < sizeof(denial->name))
        memcpy(denial->name, denied->person_name, strlen(denied->person_name) + 1);
    list_append(&denials->kept, &denial->node);
    denials->count++;
    return denial;
}

void denials_note(struct denials *denials, const struct denied *denied) {
    if (denials->closing) return;
    struct denial *denial = find(denials, denied);
    bool first = denial == NULL;
    if (first) denial = keep(denials, denied);
    if (denial == NULL) return;
    denial->times++;
    denial->last_at_ms = database_now_ms(denials->database);
    if (first) write_down(denial);
}

static void on_sweep(uv_timer_t *timer) {
    struct denials *denials = timer->data;
    uint64_t now_ms = uv_now(timer->loop);
    list_each_safe(node, &denials->kept) {
        struct denial *denial = list_item(node, struct denial, node);
        if (denial->under_way > 0 || now_ms < denial->written_ms + DENIALS_MINUTE_MS) continue;
        if (denial->times > 0)
            write_down(denial);
        else
            forget(denial);
    }
    if (denials->left_out > 0)
        LOG(WARNING, "too many denied attempts at once: these are in the log only",
            LOG_NUMBER("times", denials->left_out));
    denials->left_out = 0;
}

enum status denials_open(struct denials **denials, uv_loop_t *loop, struct database *database) {
    struct denials *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->loop = loop;
    made->database = database;
    list_init(&made->kept);
    CHECK(uv_timer_init(loop, &made->timer) == 0);
    made->timer.data = made;
    made->timer_open = true;
    CHECK(uv_timer_start(&made->timer, on_sweep, SWEEP_MS, SWEEP_MS) == 0);
    *denials = made;
    return STATUS_OK;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct denials *denials = handle->data;
    denials->timer_open = false;
    end_if_closed(denials);
}

void denials_close(struct denials *denials, void (*on_closed)(void *owner), void *owner) {
    CHECK(!denials->closing);
    denials->closing = true;
    denials->on_closed = on_closed;
    denials->owner = owner;
    list_each_safe(node, &denials->kept) {
        struct denial *denial = list_item(node, struct denial, node);
        if (denial->under_way > 0) continue;
        if (denial->times > 0)
            write_down(denial);
        else
            forget(denial);
    }
    uv_close((uv_handle_t *)&denials->timer, on_timer_closed);
}

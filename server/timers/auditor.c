/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   BLIND --first good look--> WATCHING --10 s of good looks--> judging: ALARM or not, at each look
 *     ^----------------a look fails (the database is away)----------'
 *
 * While the database is away nothing can fire, and what fell due meanwhile is worked off in the first seconds after. */
#include "server/timers/auditor.h"

#include <stdlib.h>

#include "common/check.h"
#include "common/log.h"
#include "common/moment.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "server/request/table.h"
#include "server/sql/queries.h"

enum {
    AUDIT_INTERVAL_MS = 2 * SECOND_MS,
    PATIENCE_MS = 10 * SECOND_MS,
    LOG_AGAIN_MS = MINUTE_MS,
    AUDIT_ARENA_BYTES = 4 * 1024 * 1024,
};

struct auditor {
    struct services *services;
    const struct timers *timers;
    uv_timer_t timer;
    bool reading, closing, timer_open;
    int entries; /* alarms being stored */
    struct arena arena;
    struct transaction transaction;
    int64_t seeing_since_ms; /* by the loop's clock; 0: blind */
    int64_t logged_at_ms;    /* by the loop's clock; 0: no alarm */
    void (*on_alarm)(void *owner, const struct neglect *neglect);
    void *alarm_owner;
    void (*on_closed)(void *owner);
    void *closed_owner;
};

static void end_if_closed(struct auditor *auditor) {
    if (!auditor->closing || auditor->timer_open || auditor->reading || auditor->entries > 0) return;
    arena_free(&auditor->arena);
    void (*on_closed)(void *owner) = auditor->on_closed;
    void *owner = auditor->closed_owner;
    free(auditor);
    if (on_closed != NULL) on_closed(owner);
}

static void on_entered(struct request *request, enum status status, void *owner) {
    struct auditor *auditor = owner;
    (void)request;
    auditor->entries--;
    if (status != STATUS_OK && status != STATUS_CONFLICT)
        LOG(ERROR, "an alarm could not be entered", LOG_TEXT("status", status_name(status)));
    end_if_closed(auditor);
}

/* An entry in the site's journal reaches everybody's screen. */
static void enter(struct auditor *auditor, const Fd__OverdueTimers *site) {
    const struct act alarm = {
        .topic = topic_find("site"),
        .site_id = site->site_id,
        .record_id = site->site_id,
        .decide = site_alarm,
        .store = &sql_site_alarm,
    };
    auditor->entries++;
    request_act(auditor->services, &alarm, on_entered, auditor);
}

static void tell(struct auditor *auditor, const struct neglect *neglect) {
    int64_t now_ms = (int64_t)uv_now(auditor->services->loop);
    bool alarm = neglect->overdue > 0 || neglect->unlooked_ms > 0, before = auditor->logged_at_ms != 0;
    if (alarm && (!before || now_ms - auditor->logged_at_ms >= LOG_AGAIN_MS)) {
        auditor->logged_at_ms = now_ms;
        LOG(ERROR, "deadlines are not looked after", LOG_NUMBER("overdue", neglect->overdue),
            LOG_NUMBER("sites", neglect->sites), LOG_NUMBER("oldest_ms", neglect->oldest_ms),
            LOG_NUMBER("unlooked_ms", neglect->unlooked_ms));
    }
    if (!alarm && before) LOG(NOTICE, "deadlines are looked after again");
    if (!alarm) auditor->logged_at_ms = 0;
    if (auditor->on_alarm != NULL && (alarm || before)) auditor->on_alarm(auditor->alarm_owner, neglect);
}

/* The sites at fault; false: not to be read. */
static bool judge(struct auditor *auditor, const PGresult *result, struct neglect *neglect) {
    int64_t now_ms = database_now_ms(auditor->services->database);
    for (int i = 0; i < PQntuples(result); i++) {
        const Fd__OverdueTimers *site =
            (const Fd__OverdueTimers *)row_to_message(&auditor->arena, result, i, &fd__overdue_timers__descriptor);
        if (site == NULL) return false;
        neglect->sites++;
        neglect->overdue += site->count;
        if (now_ms - site->due_at_ms > neglect->oldest_ms) neglect->oldest_ms = now_ms - site->due_at_ms;
        enter(auditor, site);
    }
    int64_t looked_at_ms = auditor->timers != NULL ? timers_looked_at_ms(auditor->timers) : 0;
    int64_t unlooked_ms = (int64_t)uv_now(auditor->services->loop) - looked_at_ms;
    if (auditor->timers != NULL && unlooked_ms > PATIENCE_MS) neglect->unlooked_ms = unlooked_ms;
    return true;
}

static void on_looked(struct transaction *transaction, enum status status) {
    struct auditor *auditor = list_item(transaction, struct auditor, transaction);
    int64_t now_ms = (int64_t)uv_now(auditor->services->loop);
    struct neglect neglect = {0};
    if (status != STATUS_OK)
        auditor->seeing_since_ms = 0;
    else if (auditor->seeing_since_ms == 0)
        auditor->seeing_since_ms = now_ms;
    bool patient = status == STATUS_OK && now_ms - auditor->seeing_since_ms >= PATIENCE_MS;
    if (patient && !auditor->closing && judge(auditor, transaction->statements[0].result, &neglect))
        tell(auditor, &neglect);
    transaction_clear(transaction);
    arena_free(&auditor->arena);
    auditor->reading = false;
    end_if_closed(auditor);
}

static void on_timer(uv_timer_t *timer) {
    struct auditor *auditor = timer->data;
    if (auditor->reading || auditor->entries > 0 || auditor->closing) return;
    auditor->reading = true;
    transaction_init(&auditor->transaction, &auditor->arena, NULL, on_looked);
    transaction_add(&auditor->transaction, &sql_timer_overdue);
    database_read(auditor->services->database, &auditor->transaction);
}

enum status auditor_open(struct auditor **auditor, struct services *services, const struct timers *timers,
                         void (*on_alarm)(void *owner, const struct neglect *neglect), void *owner) {
    struct auditor *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->services = services;
    made->timers = timers;
    made->on_alarm = on_alarm;
    made->alarm_owner = owner;
    arena_init(&made->arena, AUDIT_ARENA_BYTES);
    CHECK(uv_timer_init(services->loop, &made->timer) == 0);
    made->timer.data = made;
    made->timer_open = true;
    CHECK(uv_timer_start(&made->timer, on_timer, 0, AUDIT_INTERVAL_MS) == 0);
    *auditor = made;
    return STATUS_OK;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct auditor *auditor = handle->data;
    auditor->timer_open = false;
    end_if_closed(auditor);
}

void auditor_close(struct auditor *auditor, void (*on_closed)(void *owner), void *owner) {
    CHECK(!auditor->closing);
    auditor->closing = true;
    auditor->on_closed = on_closed;
    auditor->closed_owner = owner;
    uv_close((uv_handle_t *)&auditor->timer, on_timer_closed);
}

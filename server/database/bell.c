/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/bell.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/uuid.h"
#include "server/database/connection.h"

enum {
    MERGE_MS = 4,
    MEASURE_EVERY_MS = 5000,
    RING_SITES = 200, /* with their commas below the 8000 bytes of a payload */
    /* A round trip longer than this says little about the clock; the offset measured before is better. */
    MEASURE_LIMIT_MS = 500,
};

/* A node that begins to listen says so, and the others answer: whoever has heard neither rings for nobody, and saves
 * PostgreSQL the transaction. Whichever of two comes later says hello, so both know. */
static const char hello[] = "hello", here[] = "here";

static const char listen_command[] = "listen frontdesk_journal";
static const char ring_command[] = "select pg_notify('frontdesk_journal', $1)";
static const char measure_command[] = "select (extract(epoch from clock_timestamp()) * 1000)::bigint";

/* One command at a time: listen after each connect, then whatever is due. */
struct bell {
    struct connection *connection;
    struct segment segment;
    bool under_way;
    bool listen_due, ring_due, measure_due;
    const char *greeting; /* to be said; NULL: none */
    bool accompanied;     /* another node listens */
    uv_timer_t merge, measure;
    char sites[RING_SITES][UUID_TEXT_BYTES];
    int site_count;
    char payload[RING_SITES * UUID_TEXT_BYTES + 1];
    bool measured;
    int64_t offset_ms; /* PostgreSQL's clock less uv_hrtime */
    int open;          /* handles not closed yet */
    struct bell_callbacks callbacks;
    void *owner;
    void (*on_closed)(void *owner);
};

static void fill_payload(struct bell *bell) {
    char *out = bell->payload;
    for (int i = 0; i < bell->site_count; i++) {
        size_t length = strlen(bell->sites[i]);
        if (i > 0) *out++ = ',';
        memcpy(out, bell->sites[i], length);
        out += length;
    }
    *out = '\0';
    bell->site_count = 0;
}

static void bell_turn(struct bell *bell) {
    if (bell->under_way || !connection_ready(bell->connection)) return;
    bell->segment.parameter = NULL;
    if (bell->listen_due) {
        bell->listen_due = false;
        bell->segment.command = listen_command;
    } else if (bell->measure_due) {
        bell->measure_due = false;
        bell->segment.command = measure_command;
    } else if (bell->greeting != NULL) {
        bell->segment.command = ring_command;
        bell->segment.parameter = bell->greeting;
        bell->greeting = NULL;
    } else if (bell->ring_due && bell->site_count > 0) {
        bell->ring_due = false;
        fill_payload(bell);
        bell->segment.command = ring_command;
        bell->segment.parameter = bell->payload;
    } else {
        return;
    }
    bell->under_way = true;
    connection_send(bell->connection, &bell->segment);
}

/* Half way between asking and hearing is when PostgreSQL looked at its clock. */
static void take_measurement(struct bell *bell) {
    uint64_t now = uv_hrtime(), sent = bell->segment.sent_at;
    if (bell->measured && now - sent > (uint64_t)MEASURE_LIMIT_MS * 1000000) return;
    const PGresult *result = bell->segment.result;
    if (result == NULL || PQntuples(result) != 1 || PQgetlength(result, 0, 0) != 8) return;
    uint64_t wire;
    memcpy(&wire, PQgetvalue(result, 0, 0), sizeof(wire));
    bell->offset_ms = (int64_t)be64toh(wire) - (int64_t)((sent / 2 + now / 2) / 1000000);
    bool first = !bell->measured;
    bell->measured = true;
    if (first) bell->callbacks.on_change(bell->owner);
}

static void on_segment_done(struct segment *segment) {
    struct bell *bell = segment->owner;
    bool ok = segment->status == STATUS_OK;
    bell->under_way = false;
    if (ok && segment->command == measure_command) take_measurement(bell);
    segment_clear(segment);
    bell_turn(bell);
}

static void on_ready(void *owner, bool ready) {
    struct bell *bell = owner;
    if (!ready) return;
    bell->listen_due = bell->measure_due = true;
    bell->greeting = hello;
    bell_turn(bell);
}

static void on_notification(void *owner, const char *payload) {
    struct bell *bell = owner;
    bell->accompanied = true;
    if (strcmp(payload, hello) == 0) {
        bell->greeting = here;
        bell_turn(bell);
    }
    while (*payload != '\0') {
        size_t length = strcspn(payload, ",");
        char site[UUID_TEXT_BYTES];
        if (length < sizeof(site)) {
            memcpy(site, payload, length);
            site[length] = '\0';
            if (uuid_valid(site)) bell->callbacks.on_heard(bell->owner, site);
        }
        payload += length;
        if (*payload == ',') payload++;
    }
}

static void on_merge(uv_timer_t *timer) {
    struct bell *bell = timer->data;
    bell->ring_due = true;
    bell_turn(bell);
}

static void on_measure(uv_timer_t *timer) {
    struct bell *bell = timer->data;
    bell->measure_due = true;
    bell_turn(bell);
}

enum status bell_open(struct bell **bell, uv_loop_t *loop, const struct database_options *options,
                      const struct bell_callbacks *callbacks, void *owner) {
    static const struct connection_callbacks events = {.on_ready = on_ready, .on_notification = on_notification};
    struct bell *made = calloc(1, sizeof(*made));
    CHECK(made != NULL);
    struct connection_options connection = {
        .conninfo = options->conninfo,
        .name = "frontdesk bell",
        /* A ring is only a hint, and a wait for the disk after each would cost as much as a store. */
        .options = "-c synchronous_commit=off",
        .statement_timeout_ms = options->statement_timeout_ms,
    };
    segment_init(&made->segment, on_segment_done, made);
    made->callbacks = *callbacks;
    made->owner = owner;
    enum status status = connection_open(&made->connection, loop, &connection, &events, made);
    if (status != STATUS_OK) {
        free(made);
        return status;
    }
    CHECK(uv_timer_init(loop, &made->merge) == 0 && uv_timer_init(loop, &made->measure) == 0);
    made->merge.data = made->measure.data = made;
    made->open = 3;
    CHECK(uv_timer_start(&made->measure, on_measure, MEASURE_EVERY_MS, MEASURE_EVERY_MS) == 0);
    *bell = made;
    return STATUS_OK;
}

static void on_part_closed(void *owner) {
    struct bell *bell = owner;
    if (--bell->open > 0) return;
    void (*on_closed)(void *) = bell->on_closed;
    void *bell_owner = bell->owner;
    free(bell);
    on_closed(bell_owner);
}

static void on_timer_closed(uv_handle_t *handle) {
    on_part_closed(handle->data);
}

void bell_close(struct bell *bell, void (*on_closed)(void *owner)) {
    bell->on_closed = on_closed;
    uv_close((uv_handle_t *)&bell->merge, on_timer_closed);
    uv_close((uv_handle_t *)&bell->measure, on_timer_closed);
    connection_close(bell->connection, on_part_closed);
}

void bell_ring(struct bell *bell, const char *site_id) {
    if (!bell->accompanied || strlen(site_id) >= UUID_TEXT_BYTES || bell->site_count == RING_SITES) return;
    for (int i = 0; i < bell->site_count; i++)
        if (strcmp(bell->sites[i], site_id) == 0) return;
    memcpy(bell->sites[bell->site_count++], site_id, strlen(site_id) + 1);
    if (!uv_is_active((uv_handle_t *)&bell->merge)) CHECK(uv_timer_start(&bell->merge, on_merge, MERGE_MS, 0) == 0);
}

bool bell_accompanied(const struct bell *bell) {
    return bell->accompanied;
}

bool bell_now_ms(const struct bell *bell, int64_t *now_ms) {
    if (!bell->measured) return false;
    *now_ms = bell->offset_ms + (int64_t)(uv_hrtime() / 1000000);
    return true;
}

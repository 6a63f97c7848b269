/* SPDX-License-Identifier: Apache-2.0 */
/*
 *             on_found              connected
 *   SEARCHING ────────▶ CONNECTING ──────────▶ READY
 *       ▲  │ no address     │ refused, 5 s       │ line lost, no answer for too long
 *       │  ▼                ▼                    ▼
 *       └─────────────── WAITING ◀───────────────┘        any ── connection_close ──▶ CLOSING
 *          backoff over
 */
#include "server/database/connection.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"
#include "server/database/address.h"
#include "server/database/pipeline.h"

enum {
    BACKOFF_FIRST_MS = 50,
    BACKOFF_LAST_MS = 1000,
    CONNECT_LIMIT_MS = 5000,
    LOOK_EVERY_MS = 500, /* at answers that do not come */
    PATIENCE_MARGIN_MS = 1000,
};

enum state { SEARCHING, CONNECTING, READY, WAITING, CLOSING };

/* libpq closes its socket whenever it likes, also while it is watched. So a duplicate is watched, whose life is ours;
 * the inode says whether libpq is still on the same socket. */
struct watch {
    uv_poll_t handle;
    int descriptor;
    ino_t inode;
    int events;
};

struct connection {
    uv_loop_t *loop;
    enum state state;
    PGconn *line;
    struct pipeline pipeline;
    struct watch *watch;
    uv_timer_t timer; /* backoff, connect limit, or the look at overdue answers, by state */
    struct address_search *search;
    char *conninfo, *name, *options;
    const char *session_attributes; /* instead of the given ones; NULL: as given */
    int64_t patience_ms;
    uint64_t heard_at; /* uv_hrtime when something came last */
    int failures;
    bool told_ready;
    struct connection_callbacks callbacks;
    void *owner;
    void (*on_closed)(void *owner);
};

static void begin(struct connection *connection);
static void lose(struct connection *connection, const char *why);
static void on_timer(uv_timer_t *timer);

static void start_timer(struct connection *connection, uint64_t after_ms, uint64_t every_ms) {
    CHECK(uv_timer_start(&connection->timer, on_timer, after_ms, every_ms) == 0);
}

/* ---- watching the socket ---- */

static void on_watch_closed(uv_handle_t *handle) {
    free(handle->data);
}

static void watch_end(struct connection *connection) {
    struct watch *watch = connection->watch;
    if (watch == NULL) return;
    connection->watch = NULL;
    watch->handle.data = watch;
    uv_poll_stop(&watch->handle);
    uv_close((uv_handle_t *)&watch->handle, on_watch_closed);
    close(watch->descriptor);
}

static bool watch_is_current(const struct connection *connection) {
    struct stat now;
    if (connection->watch == NULL || fstat(PQsocket(connection->line), &now) != 0) return false;
    return now.st_ino == connection->watch->inode;
}

static bool watch_begin(struct connection *connection) {
    struct stat now;
    int descriptor = fcntl(PQsocket(connection->line), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) return false;
    struct watch *watch = calloc(1, sizeof(*watch));
    if (watch == NULL || fstat(descriptor, &now) != 0 ||
        uv_poll_init(connection->loop, &watch->handle, descriptor) != 0) {
        free(watch);
        close(descriptor);
        return false;
    }
    watch->descriptor = descriptor;
    watch->inode = now.st_ino;
    watch->handle.data = connection;
    connection->watch = watch;
    return true;
}

static void on_poll(uv_poll_t *handle, int status, int events);

/* False: the socket is gone. */
static bool watch_for(struct connection *connection, int events) {
    if (PQsocket(connection->line) < 0) return false;
    /* Once it stands, libpq closes its socket but takes no other. */
    if (connection->state != READY && !watch_is_current(connection)) {
        watch_end(connection);
        if (!watch_begin(connection)) return false;
    }
    if (connection->watch->events == events) return true;
    connection->watch->events = events;
    return uv_poll_start(&connection->watch->handle, events, on_poll) == 0;
}

/* ---- telling the owner; never from inside libpq's calls, and the owner may close us from any of these ---- */

static void tell_finished(struct connection *connection) {
    struct list *finished = &connection->pipeline.finished;
    while (!list_empty(finished)) {
        struct segment *segment = list_item(finished->next, struct segment, node);
        list_remove(&segment->node);
        segment->on_done(segment);
    }
}

static void tell_ready(struct connection *connection) {
    bool ready = connection->state == READY;
    if (ready == connection->told_ready || connection->state == CLOSING) return;
    connection->told_ready = ready;
    connection->callbacks.on_ready(connection->owner, ready);
}

static void tell_notifications(struct connection *connection) {
    while (connection->state == READY && connection->callbacks.on_notification != NULL) {
        PGnotify *notification = PQnotifies(connection->line);
        if (notification == NULL) return;
        if (notification->be_pid != PQbackendPID(connection->line))
            connection->callbacks.on_notification(connection->owner, notification->extra);
        PQfreemem(notification);
    }
}

/* ---- losing the line ---- */

static void drop_line(struct connection *connection) {
    watch_end(connection);
    if (connection->search != NULL) address_search_cancel(connection->search);
    connection->search = NULL;
    if (connection->line == NULL) return;
    if (connection->pipeline.line != NULL) {
        pipeline_abandon(&connection->pipeline);
        pipeline_free(&connection->pipeline);
    }
    PQfinish(connection->line);
    connection->line = NULL;
}

/* Half of the machines of a city reconnect at the same moment: spread them by a quarter. */
static uint64_t backoff_ms(const struct connection *connection) {
    int shift = connection->failures < 6 ? connection->failures : 6;
    uint64_t wait = (uint64_t)BACKOFF_FIRST_MS << shift;
    if (wait > BACKOFF_LAST_MS) wait = BACKOFF_LAST_MS;
    return wait + (uv_hrtime() / 1000) % (wait / 4 + 1);
}

static void lose(struct connection *connection, const char *why) {
    if (connection->state == CLOSING || connection->state == WAITING) return;
    if (connection->state == READY || connection->failures % 60 == 0)
        LOG(WARNING, "database line lost", LOG_TEXT("connection", connection->name), LOG_TEXT("why", why));
    connection->state = WAITING;
    drop_line(connection);
    start_timer(connection, backoff_ms(connection), 0);
    connection->failures++;
    tell_finished(connection);
    tell_ready(connection);
}

/* ---- ready ---- */

/* Sends what waits, and watches for room while there is more. */
static void flush(struct connection *connection) {
    int left = PQflush(connection->line);
    if (left < 0 || !watch_for(connection, left == 1 ? UV_READABLE | UV_WRITABLE : UV_READABLE))
        connection->pipeline.broken = true;
}

static void go_on(struct connection *connection, int events) {
    if ((events & UV_READABLE) != 0) {
        connection->heard_at = uv_hrtime();
        bool alive = PQconsumeInput(connection->line) == 1;
        pipeline_receive(&connection->pipeline); /* answers that came before the end still count */
        if (!alive) connection->pipeline.broken = true;
    }
    if (!connection->pipeline.broken) flush(connection);
    if (connection->pipeline.broken) {
        lose(connection, "the server closed it");
        return;
    }
    tell_notifications(connection);
    tell_finished(connection);
}

static void become_ready(struct connection *connection) {
    pipeline_init(&connection->pipeline, connection->line);
    if (PQsetnonblocking(connection->line, 1) != 0) connection->pipeline.broken = true;
    connection->state = READY;
    if (!connection->pipeline.broken) flush(connection);
    if (connection->pipeline.broken) {
        lose(connection, "no pipeline");
        return;
    }
    LOG(INFO, "database line up", LOG_TEXT("connection", connection->name),
        LOG_NUMBER("pid", PQbackendPID(connection->line)));
    connection->failures = 0;
    start_timer(connection, LOOK_EVERY_MS, LOOK_EVERY_MS);
    tell_ready(connection);
}

/* ---- connecting ---- */

static void step_connecting(struct connection *connection) {
    PostgresPollingStatusType step = PQconnectPoll(connection->line);
    switch (step) {
    case PGRES_POLLING_OK: become_ready(connection); return;
    case PGRES_POLLING_READING:
    case PGRES_POLLING_WRITING:
        if (watch_for(connection, step == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE)) return;
        lose(connection, "no socket");
        return;
    default: lose(connection, PQerrorMessage(connection->line)); return;
    }
}

static void on_poll(uv_poll_t *handle, int status, int events) {
    struct connection *connection = handle->data;
    if (status < 0)
        lose(connection, uv_strerror(status)); /* the poll has stopped itself */
    else if (connection->state == CONNECTING)
        step_connecting(connection);
    else if (connection->state == READY)
        go_on(connection, events);
}

static void ignore_notice(void *owner, const PGresult *result) {
    (void)owner;
    (void)result;
}

/* The given string's own options come first, ours after them; libpq's defaults for a dead network before both. */
static PGconn *start_line(const struct connection *connection, const struct addresses *addresses) {
    bool found = addresses->host.length > 0;
    const char *host = found ? (const char *)addresses->host.data : NULL;
    const char *hostaddr = found ? (const char *)addresses->hostaddr.data : NULL;
    const char *port = found ? (const char *)addresses->port.data : NULL;
    const char *keywords[] = {"keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "dbname",
                              "application_name",
                              "client_encoding",
                              "options",
                              "target_session_attrs",
                              "host",
                              "hostaddr",
                              "port",
                              NULL};
    const char *values[] = {"10",
                            "5",
                            "3",
                            "15000",
                            connection->conninfo,
                            connection->name,
                            "UTF8",
                            connection->options,
                            connection->session_attributes,
                            host,
                            hostaddr,
                            port,
                            NULL};
    return PQconnectStartParams(keywords, values, 1);
}

static void on_found(void *owner, enum status status, const struct addresses *addresses) {
    struct connection *connection = owner;
    connection->search = NULL;
    if (status != STATUS_OK) {
        lose(connection, "no address");
        return;
    }
    connection->state = CONNECTING;
    connection->line = start_line(connection, addresses);
    if (connection->line == NULL) {
        lose(connection, "no memory");
        return;
    }
    PQsetNoticeReceiver(connection->line, ignore_notice, NULL);
    if (PQstatus(connection->line) == CONNECTION_BAD || !watch_for(connection, UV_WRITABLE))
        lose(connection, PQerrorMessage(connection->line));
}

static void begin(struct connection *connection) {
    connection->state = SEARCHING;
    start_timer(connection, CONNECT_LIMIT_MS, 0);
    struct address_search *search = NULL;
    enum status status = address_search_begin(&search, connection->loop, connection->conninfo, on_found, connection);
    if (status != STATUS_OK) /* connection_open has read the string, so it is not that */
        lose(connection, "no memory");
    else if (connection->state == SEARCHING)
        connection->search = search;
}

static bool overdue(const struct connection *connection) {
    const struct list *in_flight = &connection->pipeline.in_flight;
    if (list_empty(in_flight)) return false;
    const struct segment *oldest = list_item(in_flight->next, struct segment, node);
    uint64_t since = oldest->sent_at > connection->heard_at ? oldest->sent_at : connection->heard_at;
    return uv_hrtime() - since > (uint64_t)connection->patience_ms * 1000000;
}

static void on_timer(uv_timer_t *timer) {
    struct connection *connection = timer->data;
    switch (connection->state) {
    case WAITING: begin(connection); break;
    case SEARCHING:
    case CONNECTING: lose(connection, "no connection in time"); break;
    case READY:
        if (connection->pipeline.broken)
            lose(connection, "sending failed");
        else if (overdue(connection))
            lose(connection, "no answer in time");
        break;
    case CLOSING: break;
    }
}

/* ---- the public part ---- */

static bool make_options(struct connection *connection, const struct connection_options *options) {
    PQconninfoOption *parsed = PQconninfoParse(options->conninfo, NULL);
    if (parsed == NULL) return false;
    const char *given = "";
    for (PQconninfoOption *option = parsed; option->keyword != NULL; option++) {
        if (option->val == NULL) continue;
        if (strcmp(option->keyword, "options") == 0) given = option->val;
        /* libpq would take our own wish to only read for that of the server, and look for another one for ever. */
        if (strcmp(option->keyword, "target_session_attrs") == 0 && strcmp(option->val, "read-write") == 0 &&
            options->read_only)
            connection->session_attributes = "primary";
    }
    /* Every statement is prepared and goes in by an index, so one plan serves; planning anew costs half of a read. */
    int length = asprintf(&connection->options,
                          "%s -c role=frontdesk_app -c statement_timeout=%lld "
                          "-c idle_in_transaction_session_timeout=5000 -c timezone=UTC "
                          "-c plan_cache_mode=force_generic_plan %s %s",
                          given, (long long)options->statement_timeout_ms,
                          options->read_only ? "-c default_transaction_read_only=on" : "", options->options);
    PQconninfoFree(parsed);
    CHECK(length > 0);
    return true;
}

enum status connection_open(struct connection **connection, uv_loop_t *loop, const struct connection_options *options,
                            const struct connection_callbacks *callbacks, void *owner) {
    struct connection *made = calloc(1, sizeof(*made));
    CHECK(made != NULL);
    if (!make_options(made, options)) {
        free(made);
        return STATUS_INVALID;
    }
    made->loop = loop;
    made->conninfo = strdup(options->conninfo);
    made->name = strdup(options->name);
    CHECK(made->conninfo != NULL && made->name != NULL);
    /* statement_timeout ends what PostgreSQL still can; a second past that nobody is there, and a person waits. */
    made->patience_ms = options->statement_timeout_ms + PATIENCE_MARGIN_MS;
    made->callbacks = *callbacks;
    made->owner = owner;
    list_init(&made->pipeline.in_flight);
    list_init(&made->pipeline.finished);
    CHECK(uv_timer_init(loop, &made->timer) == 0);
    made->timer.data = made;
    made->state = WAITING;
    start_timer(made, 0, 0); /* not from inside this call: the owner is not ready to be called yet */
    *connection = made;
    return STATUS_OK;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct connection *connection = handle->data;
    void (*on_closed)(void *) = connection->on_closed;
    void *owner = connection->owner;
    free(connection->conninfo);
    free(connection->name);
    free(connection->options);
    free(connection);
    on_closed(owner);
}

void connection_close(struct connection *connection, void (*on_closed)(void *owner)) {
    CHECK(connection->state != CLOSING);
    connection->state = CLOSING;
    connection->on_closed = on_closed;
    drop_line(connection);
    tell_finished(connection);
    uv_close((uv_handle_t *)&connection->timer, on_timer_closed);
}

bool connection_ready(const struct connection *connection) {
    return connection->state == READY && !connection->pipeline.broken;
}

void connection_send(struct connection *connection, struct segment *segment) {
    CHECK(connection->state == READY);
    pipeline_send(&connection->pipeline, segment);
    if (!connection->pipeline.broken) flush(connection);
    /* The owner is in the middle of something: it learns of the loss in the next turn. */
    if (connection->pipeline.broken) start_timer(connection, 0, 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The start, step by step, each after the one before has told that it is done:
 *
 *   control, database -> journal (heads, epochs) -> directory -> follow, timers, audit, sessions -> ready
 *
 * The journal knows the heads before the directory is read, so that no change falls between the two. The stop goes the
 * same way back, from any step: sessions (requests finish), auditor, timers, audit (the last anchor), journal,
 * database, control, then what has no handles. */
#include "server/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"
#include "common/moment.h"
#include "server/domain/account.h"
#include "server/notify.h"
#include "server/request/table.h"
#include "server/room.h"

enum { WATCH_INTERVAL_MS = 1000, DIRECTORY_RETRY_MS = 500 };

static void stop(struct server *server);

static void give_up(struct server *server, const char *why) {
    fprintf(stderr, "frontdeskd: %s\n", why);
    server->failed = true;
    stop(server);
}

/* Wiring
 * -------------------------------------------------------------------------------------------------------------*/

static enum authority_item item_of(const char *record_type) {
    const struct topic *topic = topic_find(record_type);
    return topic != NULL ? topic->item : ITEM_NONE;
}

static void collect_topics(struct server *server) {
    const struct topic *topic;
    for (size_t i = 0; (topic = topic_at(i)) != NULL; i++) {
        if (topic->snapshot == NULL) continue;
        CHECK(server->topic_count < TOPICS);
        server->topics[server->topic_count++] = (struct journal_topic){
            .name = topic->name, .item = topic->item, .record = topic->record, .query = topic->snapshot};
    }
}

static void on_denied(void *owner, const char *site_id, const char *person_id, const char *operation) {
    struct server *server = owner;
    if (server->denials == NULL) return;
    const struct roster *roster = directory_roster(server->services.directory, site_id);
    const Fd__Person *person = roster != NULL ? roster_find(roster, person_id) : NULL;
    if (person == NULL) return;
    denials_note(server->denials, &(struct denied){site_id, person_id, person->name, operation});
}

static void on_entry(void *owner, const struct journal_entry *entry) {
    struct server *server = owner;
    const Fd__Event *event = entry->event;
    directory_apply(server->services.directory, event->record_type, event->record.data, event->record.len);
    if (account_ends_sign_ins(event->kind) && server->sessions != NULL && !server->stopping)
        sessions_revoke(server->sessions, event->record_id);
}

static void on_written(void *owner, const Fd__JournalRow *row) {
    struct server *server = owner;
    if (server->journal != NULL) journal_committed(server->journal, row);
}

static void on_jump(void *owner, const char *site_id) {
    struct server *server = owner;
    (void)site_id;
    directory_reload(server->services.directory);
}

static void on_person_change(void *owner, const char *person_id) {
    struct server *server = owner;
    if (server->sessions != NULL && !server->stopping) sessions_recheck(server->sessions, person_id);
}

/* Start
 * --------------------------------------------------------------------------------------------------------------*/

static const char *port_file(const struct server *server) {
    return server->arguments->port_file != NULL ? server->arguments->port_file : server->ground->port;
}

static enum status write_port(const struct server *server, char *why) {
    char line[16];
    (void)snprintf(line, sizeof(line), "%d", server->port);
    return prepare_write_line(port_file(server), line, why);
}

static bool listen_for_clients(struct server *server, char *why) {
    struct session_limits limits = config_limits(server->config);
    server->port = (int)server->config->listen_port;
    if (sessions_open(&server->sessions, &server->services, server->journal, server->ground->tls, &limits) !=
        STATUS_OK) {
        (void)snprintf(why, WHY_BYTES, "no memory for sessions");
        return false;
    }
    if (sessions_listen(server->sessions, server->config->listen_host, &server->port, why) != STATUS_OK) return false;
    if (write_port(server, why) != STATUS_OK) return false;
    bool six = strchr(server->config->listen_host, ':') != NULL;
    printf("frontdeskd ready on %s%s%s:%d\n", six ? "[" : "", server->config->listen_host, six ? "]" : "",
           server->port);
    fflush(stdout);
    notify("READY=1");
    LOG(NOTICE, "ready", LOG_TEXT("node", server->services.node), LOG_NUMBER("port", server->port),
        LOG_NUMBER("sites", directory_site_count(server->services.directory)));
    return true;
}

/* What the service manager's `status` shows: the worst first. */
static void tell_standing(const struct server *server) {
    char line[128];
    const struct neglect *neglect = &server->neglect;
    if (neglect->overdue > 0 || neglect->unlooked_ms > 0) {
        (void)snprintf(line, sizeof(line), "STATUS=ALARM: %lld deadlines of %lld sites are not looked after",
                       (long long)neglect->overdue, (long long)neglect->sites);
        notify(line);
    } else if (server->sessions != NULL && sessions_draining(server->sessions)) {
        notify("STATUS=drained: no client is let in until frontdeskctl undrain");
    } else {
        notify("STATUS=ready");
    }
}

void server_drain(struct server *server) {
    (void)unlink(port_file(server)); /* whoever waits for it waits until clients are let in */
    sessions_drain(server->sessions, server->config->drain_ms);
    tell_standing(server);
}

enum status server_undrain(struct server *server, char *why) {
    enum status status = sessions_undrain(server->sessions, server->config->listen_host, &server->port, why);
    if (status == STATUS_OK) status = write_port(server, why);
    if (status != STATUS_OK) return status;
    tell_standing(server);
    LOG(NOTICE, "clients are let in again", LOG_NUMBER("port", server->port));
    return STATUS_OK;
}

static bool open_audit(struct server *server, char *why) {
    const struct config *config = server->config;
    struct anchoring_options options = {
        .path = server->ground->audit_anchors,
        .key = &server->ground->audit_key,
        .interval_ms = config->audit_anchor_ms,
        .file_bytes = config->audit_anchor_bytes,
        .log = config->audit_anchor_log,
    };
    struct database *database = server->services.database;
    (void)snprintf(why, WHY_BYTES, "no memory for the audit");
    return denials_open(&server->denials, &server->loop, database) == STATUS_OK &&
           anchoring_open(&server->anchoring, &server->loop, database, &options, why) == STATUS_OK;
}

static void on_retry(uv_timer_t *timer) {
    struct server *server = timer->data;
    if (!server->stopping) directory_reload(server->services.directory);
}

static void on_directory_ready(void *owner, enum status status);

static void open_directory(struct server *server) {
    if (directory_open(&server->services.directory, server->services.database, on_directory_ready, server) != STATUS_OK)
        give_up(server, "no memory for the directory");
    else
        directory_on_change(server->services.directory, on_person_change, server);
}

static void on_directory_retry(uv_timer_t *timer) {
    struct server *server = timer->data;
    directory_close(server->services.directory);
    server->services.directory = NULL;
    open_directory(server);
}

static void on_alarm(void *owner, const struct neglect *neglect) {
    struct server *server = owner;
    server->neglect = *neglect;
    tell_standing(server);
}

static bool open_timers(struct server *server) {
    if (!server->config->timers_enabled)
        LOG(WARNING, "this server fires no deadlines: another one on the same database must");
    else if (timers_open(&server->timers, &server->services) != STATUS_OK)
        return false;
    return auditor_open(&server->auditor, &server->services, server->timers, on_alarm, server) == STATUS_OK;
}

static void on_directory_ready(void *owner, enum status status) {
    struct server *server = owner;
    char why[WHY_BYTES] = "";
    if (server->stopping) return;
    if (status != STATUS_OK) {
        CHECK(uv_timer_start(&server->retry, on_directory_retry, DIRECTORY_RETRY_MS, 0) == 0);
        return;
    }
    journal_follow(server->journal);
    if (!open_timers(server))
        give_up(server, "no memory for the timers");
    else if (!open_audit(server, why))
        give_up(server, why);
    else if (!listen_for_clients(server, why))
        give_up(server, why);
}

static void on_journal_ready(void *owner) {
    struct server *server = owner;
    if (!server->stopping) open_directory(server);
}

/* What happened while the line was down rings no bell: the directory is read again. */
static void on_line(void *owner, bool up) {
    struct server *server = owner;
    if (up && !server->stopping && server->sessions != NULL) CHECK(uv_timer_start(&server->retry, on_retry, 0, 0) == 0);
}

static enum status open_rooms(struct server *server) {
    const struct config *config = server->config;
    struct database_options database = {
        .conninfo = server->ground->conninfo,
        .readers = (int)config->database_readers,
        .writers = (int)config->database_writers,
        .batch = (int)config->database_batch,
        .statement_timeout_ms = config->database_statement_timeout_ms,
        .durability = config->database_durability,
    };
    server->services.loop = &server->loop;
    server->services.node = config->node_name;
    server->services.on_written = on_written;
    server->services.written_owner = server;
    server->services.on_denied = on_denied;
    server->services.denied_owner = server;
    server->services.session_lifetime_ms = config->session_lifetime_ms;
    server->services.throttle = throttle_new();
    if (server->services.throttle == NULL) return STATUS_TOO_LARGE;
    enum status status = password_room_open(&server->services.passwords, &server->loop);
    if (status == STATUS_OK) status = database_open(&server->services.database, &server->loop, &database);
    if (status != STATUS_OK) return status;
    database_on_line(server->services.database, on_line, server);
    collect_topics(server);
    struct journal_options journal = {
        .item = item_of,
        .topics = server->topics,
        .topic_count = server->topic_count,
        .anchor_path = server->ground->anchor,
        .keep_ms = config->journal_keep_ms,
        .on_entry = on_entry,
        .on_jump = on_jump,
        .on_ready = on_journal_ready,
        .owner = server,
    };
    return journal_open(&server->journal, &server->loop, server->services.database, &journal);
}

/* Stop
 * ---------------------------------------------------------------------------------------------------------------*/

static void on_control_closed(void *owner) {
    ((struct server *)owner)->control = NULL;
}

static void close_handles(struct server *server) {
    if (server->control != NULL) control_close(server->control, on_control_closed, server);
    uv_close((uv_handle_t *)&server->terminate, NULL);
    uv_close((uv_handle_t *)&server->interrupt, NULL);
    uv_close((uv_handle_t *)&server->watch, NULL);
    uv_close((uv_handle_t *)&server->retry, NULL);
}

static void on_database_closed(void *owner) {
    struct server *server = owner;
    server->services.database = NULL;
    close_handles(server);
}

static void close_database(void *owner) {
    struct server *server = owner;
    server->journal = NULL;
    if (server->services.database != NULL)
        database_close(server->services.database, on_database_closed, server);
    else
        close_handles(server);
}

static void close_journal(void *owner) {
    struct server *server = owner;
    server->anchoring = NULL;
    if (server->journal != NULL)
        journal_close(server->journal, close_database, server);
    else
        close_database(server);
}

static void close_anchoring(void *owner) {
    struct server *server = owner;
    server->denials = NULL;
    if (server->anchoring != NULL)
        anchoring_close(server->anchoring, close_journal, server);
    else
        close_journal(server);
}

static void close_denials(void *owner) {
    struct server *server = owner;
    server->timers = NULL;
    if (server->denials != NULL)
        denials_close(server->denials, close_anchoring, server);
    else
        close_anchoring(server);
}

static void close_timers(void *owner) {
    struct server *server = owner;
    server->auditor = NULL;
    if (server->timers != NULL)
        timers_close(server->timers, close_denials, server);
    else
        close_denials(server);
}

static void close_auditor(void *owner) {
    struct server *server = owner;
    server->sessions = NULL;
    if (server->auditor != NULL)
        auditor_close(server->auditor, close_timers, server);
    else
        close_timers(server);
}

static void stop(struct server *server) {
    if (server->stopping) return;
    server->stopping = true;
    notify("STOPPING=1");
    LOG(NOTICE, "stopping");
    uv_timer_stop(&server->retry);
    if (server->sessions != NULL)
        sessions_close(server->sessions, server->config->drain_ms, close_auditor, server);
    else
        close_auditor(server);
}

static void on_signal(uv_signal_t *handle, int number) {
    struct server *server = handle->data;
    (void)number;
    if (server->stopping) _exit(1);
    stop(server);
}

/* The loop turns: PostgreSQL is looked after, and the service manager hears of us. */
static void on_watch(uv_timer_t *timer) {
    struct server *server = timer->data;
    int64_t watchdog_ms = notify_watchdog_ms();
    if (server->ground->embedded != NULL) (void)embedded_watch(server->ground->embedded);
    if (server->sessions != NULL && !server->stopping && database_up(server->services.database))
        directory_refresh(server->services.directory);
    uint64_t now_ms = uv_now(&server->loop);
    if (watchdog_ms == 0 || now_ms - server->notified_ms < (uint64_t)watchdog_ms / 3) return;
    server->notified_ms = now_ms;
    notify("WATCHDOG=1");
}

static void open_control(struct server *server) {
    char why[WHY_BYTES] = "no memory";
    struct control_options options = {
        .path = server->ground->control, .requests = orders, .count = order_count, .owner = server};
    if (control_open(&server->control, &server->loop, &options, why) != STATUS_OK) give_up(server, why);
}

static void open_handles(struct server *server) {
    CHECK(uv_signal_init(&server->loop, &server->terminate) == 0);
    CHECK(uv_signal_init(&server->loop, &server->interrupt) == 0);
    CHECK(uv_timer_init(&server->loop, &server->watch) == 0);
    CHECK(uv_timer_init(&server->loop, &server->retry) == 0);
    server->terminate.data = server->interrupt.data = server->watch.data = server->retry.data = server;
    CHECK(uv_signal_start(&server->terminate, on_signal, SIGTERM) == 0);
    CHECK(uv_signal_start(&server->interrupt, on_signal, SIGINT) == 0);
    CHECK(uv_timer_start(&server->watch, on_watch, WATCH_INTERVAL_MS, WATCH_INTERVAL_MS) == 0);
}

enum status server_run(const struct config *config, const struct arguments *arguments, const struct ground *ground) {
    struct server *server = calloc(1, sizeof(*server));
    if (server == NULL) return STATUS_TOO_LARGE;
    server->config = config;
    server->arguments = arguments;
    server->ground = ground;
    CHECK(uv_loop_init(&server->loop) == 0);
    server->started_at_ms = moment_now_ms();
    server->started_ms = uv_now(&server->loop);
    open_handles(server);
    enum status opened = open_rooms(server);
    if (opened == STATUS_OK) open_control(server);
    if (opened == STATUS_INVALID) give_up(server, "the database's connection string is not understood");
    if (opened == STATUS_TOO_LARGE) give_up(server, "no memory to open the rooms");
    CHECK(uv_run(&server->loop, UV_RUN_DEFAULT) == 0);
    directory_close(server->services.directory);
    if (server->services.passwords != NULL) password_room_close(server->services.passwords);
    throttle_free(server->services.throttle);
    CHECK(uv_loop_close(&server->loop) == 0);
    enum status status = server->failed ? STATUS_UNAVAILABLE : STATUS_OK;
    free(server);
    return status;
}

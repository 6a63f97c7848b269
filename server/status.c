/* SPDX-License-Identifier: Apache-2.0 */
/* How the server stands, for the administrator: what it knows itself at once, what the database knows by one read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/list.h"
#include "common/message.h"
#include "common/moment.h"
#include "frontdesk/server/v1/control.pb-c.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "server/room.h"
#include "server/sql/queries.h"

enum { STATUS_ARENA_BYTES = 4 * 1024 * 1024, READ_SITES = 0, READ_TIMERS = 1 };

struct look {
    struct server *server;
    struct control_call *call;
    struct arena arena;
    struct transaction transaction;
    Fd__JournalKnown nothing;
};

const char *status_state(const struct server *server) {
    if (server->stopping) return "stopping";
    if (server->sessions == NULL) return "starting";
    if (!sessions_draining(server->sessions)) return "serving";
    return sessions_counters(server->sessions)->open > 0 ? "draining" : "drained";
}

static void fill_own(const struct server *server, Fd__ControlStatus *status) {
    status->node = (char *)(uintptr_t)server->services.node;
    status->version = (char *)(uintptr_t)FRONTDESK_VERSION;
    status->state = (char *)(uintptr_t)status_state(server);
    status->started_at_ms = server->started_at_ms;
    status->uptime_seconds = (int64_t)(uv_now(&server->loop) - server->started_ms) / SECOND_MS;
    status->port = server->port;
    status->database_up = server->services.database != NULL && database_up(server->services.database);
    if (server->sessions == NULL) return;
    status->connections = (int64_t)sessions_counters(server->sessions)->open;
    status->strangers = (int64_t)sessions_counters(server->sessions)->strangers;
}

static Fd__ControlSite *read_site(struct look *look, const PGresult *rows, int row) {
    Fd__ControlSite *site = (Fd__ControlSite *)row_to_message(&look->arena, rows, row, &fd__control_site__descriptor);
    int64_t epoch = 0, seq = 0;
    if (site == NULL || look->server->journal == NULL) return site;
    if (journal_seen(look->server->journal, site->site_id, &epoch, &seq) && epoch == site->epoch && seq >= site->seq)
        return site;
    site->behind = site->seq - (epoch == site->epoch ? seq : 0);
    return site;
}

/* False: without memory. */
static bool fill_read(struct look *look, Fd__ControlStatus *status) {
    const PGresult *sites = look->transaction.statements[READ_SITES].result;
    const Fd__ControlStatus *timers = (const Fd__ControlStatus *)row_to_message(
        &look->arena, look->transaction.statements[READ_TIMERS].result, 0, &fd__control_status__descriptor);
    size_t count = (size_t)PQntuples(sites);
    status->sites = arena_take(&look->arena, (count + 1) * sizeof(Fd__ControlSite *));
    if (timers == NULL || status->sites == NULL) return false;
    status->timers = timers->timers;
    status->timers_overdue = timers->timers_overdue;
    for (size_t row = 0; row < count; row++) {
        Fd__ControlSite *site = read_site(look, sites, (int)row);
        if (site == NULL) return false;
        status->sites[status->n_sites++] = site;
        status->behind += site->behind;
    }
    return true;
}

/* As text */

static const char *state_text(const char *state, bool chinese) {
    static const struct {
        const char *state, *zh, *en;
    } texts[] = {
        {"starting", "正在启动", "starting"},
        {"serving",  "服务中",    "serving" },
        {"draining", "正在清空", "draining"},
        {"drained",  "已清空",    "drained" },
        {"stopping", "正在停止", "stopping"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strcmp(texts[i].state, state) == 0) return chinese ? texts[i].zh : texts[i].en;
    return state;
}

static enum status append_uptime(struct bytes *out, int64_t seconds) {
    int64_t days = seconds / (24 * 3600);
    if (days > 0) return bytes_printf(out, "%" PRId64 " d %" PRId64 " h", days, seconds / 3600 % 24);
    return bytes_printf(out, "%" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static enum status append_head(struct bytes *out, const Fd__ControlStatus *status, bool zh) {
    char started[MOMENT_TEXT_BYTES];
    moment_format(status->started_at_ms, started);
    enum status outcome = bytes_printf(out,
                                       zh ? "节点      %s（frontdeskd %s）\n状态      %s\n启动于    %s，已运行 "
                                          : "node         %s (frontdeskd %s)\nstate        %s\nstarted      %s, ",
                                       status->node, status->version, state_text(status->state, zh), started);
    if (outcome == STATUS_OK) outcome = append_uptime(out, status->uptime_seconds);
    if (outcome == STATUS_OK)
        outcome =
            bytes_printf(out,
                         zh ? "\n端口      %" PRId64 "\n连接      %" PRId64 "，其中未登录 %" PRId64 "\n数据库    %s\n"
                            : " ago\nport         %" PRId64 "\nconnections  %" PRId64
                              ", of these not signed in %" PRId64 "\ndatabase     %s\n",
                         status->port, status->connections, status->strangers,
                         status->database_up ? (zh ? "正常" : "up") : (zh ? "不可用" : "away"));
    return outcome;
}

static enum status append_read(struct bytes *out, const Fd__ControlStatus *status, bool zh) {
    enum status outcome =
        bytes_printf(out,
                     zh ? "待分发    %" PRId64 " 条\n定时      %" PRId64 "，其中逾期 %" PRId64 "\n"
                        : "behind       %" PRId64 " entries\ntimers       %" PRId64 ", of these overdue %" PRId64 "\n",
                     status->behind, status->timers, status->timers_overdue);
    for (size_t i = 0; i < status->n_sites && outcome == STATUS_OK; i++) {
        const Fd__ControlSite *site = status->sites[i];
        outcome = bytes_printf(out,
                               zh ? "项目      %s：第 %" PRId64 " 条（世代 %" PRId64 "），待分发 %" PRId64 "\n"
                                  : "site         %s: entry %" PRId64 " of epoch %" PRId64 ", behind %" PRId64 "\n",
                               site->code, site->seq, site->epoch, site->behind);
    }
    return outcome;
}

static enum status append_status(struct bytes *out, const Fd__ControlStatus *status, enum control_form form,
                                 bool read) {
    if (form == CONTROL_JSON) return json_append_message(out, &status->base, true);
    enum status outcome = append_head(out, status, form == CONTROL_CHINESE);
    return outcome == STATUS_OK && read ? append_read(out, status, form == CONTROL_CHINESE) : outcome;
}

static void answer(const struct server *server, struct control_call *call, struct look *look) {
    struct bytes out = {0};
    Fd__ControlStatus status = FD__CONTROL_STATUS__INIT;
    fill_own(server, &status);
    bool read = look != NULL && fill_read(look, &status);
    enum status outcome = append_status(&out, &status, control_form(call), read);
    if (outcome == STATUS_OK) outcome = bytes_append(&out, "", 1);
    control_answer(call, outcome == STATUS_OK ? CONTROL_OK : CONTROL_REFUSED,
                   outcome == STATUS_OK ? (const char *)out.data : "");
    bytes_free(&out);
}

static void on_read(struct transaction *transaction, enum status status) {
    struct look *look = list_item(transaction, struct look, transaction);
    answer(look->server, look->call, status == STATUS_OK ? look : NULL);
    transaction_clear(transaction);
    arena_free(&look->arena);
    free(look);
}

void order_status(void *owner, struct control_call *call) {
    struct server *server = owner;
    bool up = !server->stopping && server->services.database != NULL && database_up(server->services.database);
    struct look *look = up ? calloc(1, sizeof(*look)) : NULL;
    if (look == NULL) {
        answer(server, call, NULL);
        return;
    }
    look->server = server;
    look->call = call;
    look->nothing = (Fd__JournalKnown)FD__JOURNAL_KNOWN__INIT;
    arena_init(&look->arena, STATUS_ARENA_BYTES);
    transaction_init(&look->transaction, &look->arena, NULL, on_read);
    transaction_add(&look->transaction, &sql_control_sites)->sources[0] = &look->nothing.base;
    transaction_add(&look->transaction, &sql_control_timers)->sources[0] = &look->nothing.base;
    database_read(server->services.database, &look->transaction);
}

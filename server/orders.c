/* SPDX-License-Identifier: Apache-2.0 */
/* What frontdeskctl may ask of the running server. A new one is a function here and a line in the table below (and one
 * in the table of frontdeskctl). */
#include <stdio.h>
#include <string.h>

#include "common/bytes.h"
#include "common/json.h"
#include "server/room.h"

/* One sentence; as JSON {"state": …, "message": …}. */
static void say(const struct server *server, struct control_call *call, enum control_code code, const char *chinese,
                const char *english) {
    struct bytes out = {0};
    const char *text = control_form(call) == CONTROL_CHINESE ? chinese : english;
    if (control_form(call) != CONTROL_JSON) {
        control_answer(call, code, text);
        return;
    }
    enum status status = bytes_printf(&out, "{\"state\":\"%s\",\"message\":", status_state(server));
    if (status == STATUS_OK) status = json_append_text(&out, text);
    if (status == STATUS_OK) status = bytes_append(&out, "}", sizeof("}"));
    control_answer(call, code, status == STATUS_OK ? (const char *)out.data : "{}");
    bytes_free(&out);
}

static bool is_ready(const struct server *server, struct control_call *call) {
    if (server->stopping)
        say(server, call, CONTROL_REFUSED, "服务器正在停止", "the server is stopping");
    else if (server->sessions == NULL)
        say(server, call, CONTROL_REFUSED, "服务器尚未就绪：正在等待数据库",
            "the server is not ready yet: it waits for the database");
    else
        return true;
    return false;
}

static void order_drain(void *owner, struct control_call *call) {
    struct server *server = owner;
    if (!is_ready(server, call)) return;
    if (sessions_draining(server->sessions)) {
        say(server, call, CONTROL_OK, "已在清空：没有新的客户端接入", "it is drained already: no client is let in");
        return;
    }
    server_drain(server);
    say(server, call, CONTROL_OK, "不再接入新的客户端；现有客户端正被请往其他服务器",
        "no client is let in any more; those that are here are being sent elsewhere");
}

static void order_undrain(void *owner, struct control_call *call) {
    struct server *server = owner;
    char why[WHY_BYTES] = "";
    if (!is_ready(server, call)) return;
    if (server_undrain(server, why) == STATUS_OK)
        say(server, call, CONTROL_OK, "重新接入客户端", "clients are let in again");
    else
        say(server, call, CONTROL_REFUSED, why, why);
}

/* A bare number, for programs that wait for the last one to be gone. */
static void order_connections(void *owner, struct control_call *call) {
    const struct server *server = owner;
    char number[32];
    uint64_t open = server->sessions != NULL ? sessions_counters(server->sessions)->open : 0;
    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)open);
    control_answer(call, CONTROL_OK, number);
}

/* How the audit reaches the database; whoever may ask could read it from our memory as well. */
static void order_database(void *owner, struct control_call *call) {
    const struct server *server = owner;
    control_answer(call, CONTROL_OK, server->ground->conninfo);
}

const struct control_request orders[] = {
    {"status",      order_status     },
    {"drain",       order_drain      },
    {"undrain",     order_undrain    },
    {"connections", order_connections},
    {"database",    order_database   },
};
const size_t order_count = sizeof(orders) / sizeof(orders[0]);

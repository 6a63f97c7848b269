/* SPDX-License-Identifier: Apache-2.0 */
/* Every desk gets every event of its sites once and in order, or is told RESET (promise 3). Many desks on two nodes,
 * while lines are cut and stand still, and nodes are stopped for a second, killed and started again.
 *
 * What is judged is the frame as it came off the wire, before the client library has looked whether it fits. The
 * control is the same with a server that begins every subscription at the head, as one without a journal would. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/client.h"
#include "common/text.h"
#include "tests/fault/room.h"
#include "tests/support/cluster.h"
#include "tests/support/estate.h"
#include "tests/support/proxy.h"
#include "tests/support/test.h"

/* A round is an event. */
enum {
    SHORT_ROUNDS = 6000,
    MANY_ROUNDS = 10 * 1000, /* from here on with the full number of desks */
    CONTROL_ROUNDS = 1000 * 1000,
    FEW_DESKS = 24,
    MANY_DESKS = 300,
    WRITERS = 4,
    IN_FLIGHT = 24,
    NODES = 2,
    ARRIVAL_MS = 120 * 1000,
    STILL_MS = 120 * 1000,
    LOOK_MS = 100,
    CONTROL_MS = 60 * 1000,
};

/* Somebody at a desk: most only watch, some only write. */
struct watcher {
    struct client *client;
    enum client_line line;
    int64_t epoch, seq;
    bool placed; /* a reset has said where */
    bool signing_in, writes;
};

struct house {
    struct cluster *cluster;
    struct estate estate;
    struct daemon_process second, *nodes[NODES];
    struct proxy *proxies[NODES];
    struct watcher writers[WRITERS], watchers[MANY_DESKS];
    int desks, closed;
    int64_t node_back_ms[NODES], proxy_back_ms[NODES], trouble_ms; /* 0: it is not away */
    long wanted, asked, acknowledged;
    uint64_t *contents; /* by seq: what the first desk to hear of it heard */
    int64_t content_count;
};

static struct house house;

/* ---- judging ---- */

static uint64_t content_of(const Fd__Event *event) {
    uint64_t sum = text_hash(event->record_id) * UINT64_C(1099511628211) ^ text_hash(event->kind);
    return sum | 1;
}

static void judge_content(const Fd__Event *event) {
    if (event->seq >= house.content_count) return;
    uint64_t *known = &house.contents[event->seq], content = content_of(event);
    if (*known == 0) *known = content;
    if (*known != content) room_count("different", 1);
}

static void judge(struct watcher *watcher, const Fd__Event *event) {
    if (!watcher->placed || event->epoch != watcher->epoch) {
        room_count("out_of_history", 1);
    } else if (event->seq > watcher->seq + 1) {
        room_count("gaps", 1);
    } else if (event->seq == watcher->seq) {
        room_count("doubles", 1);
    } else if (event->seq < watcher->seq) {
        room_count("reorders", 1);
    } else {
        watcher->seq = event->seq;
        room_count("deliveries", 1);
        judge_content(event);
    }
}

static void on_line(struct client *client, enum client_line line, const char *why);

static bool is_watcher(const struct client *client) {
    return client->callbacks.on_line == on_line;
}

/* The linker puts this before the library's own (--wrap). */
void __real_subscriptions_on_event(struct subscriptions *subscriptions, const Fd__Event *event);
void __wrap_subscriptions_on_event(struct subscriptions *subscriptions, const Fd__Event *event);
void __wrap_subscriptions_on_event(struct subscriptions *subscriptions, const Fd__Event *event) {
    if (is_watcher(subscriptions->client)) judge(client_owner(subscriptions->client), event);
    __real_subscriptions_on_event(subscriptions, event);
}

static void on_reset(struct client *client, const Fd__Reset *reset) {
    struct watcher *watcher = client_owner(client);
    if (watcher->placed) room_count("resets_told", 1);
    watcher->placed = true;
    watcher->epoch = reset->epoch;
    watcher->seq = reset->seq;
}

static int64_t faults(void) {
    return room_value("gaps") + room_value("doubles") + room_value("reorders") + room_value("different") +
           room_value("out_of_history");
}

/* ---- who is there ---- */

static void on_line(struct client *client, enum client_line line, const char *why) {
    struct watcher *watcher = client_owner(client);
    (void)why;
    watcher->line = line;
}

static void on_signed_in(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct watcher *watcher = owner;
    (void)response;
    watcher->signing_in = false;
    if (reply->status != FD__STATUS__STATUS_OK || watcher->placed || watcher->writes) return;
    assert_int_equal(client_subscribe(watcher->client, house.estate.site_id), STATUS_OK);
}

static void sign_in(struct watcher *watcher) {
    watcher->signing_in = true;
    assert_int_equal(client_sign_in(watcher->client, "admin", ESTATE_PASSWORD, on_signed_in, watcher), STATUS_OK);
}

/* A node that was stopped may find, on a line long cut, a token that has been renewed twice since: it takes it for
 * stolen and ends the session. Then the person signs in again, and the cursor is still theirs. */
static void sign_in_again(void) {
    static int64_t looked_ms;
    if (steady_ms() - looked_ms < LOOK_MS) return;
    looked_ms = steady_ms();
    for (int i = 0; i < house.desks + WRITERS; i++) {
        struct watcher *watcher = i < WRITERS ? &house.writers[i] : &house.watchers[i - WRITERS];
        if (watcher->signing_in || watcher->line != CLIENT_LINE_STRANGER) continue;
        sign_in(watcher);
        room_count("signed_in_again", 1);
    }
}

static void open_watcher(struct watcher *watcher, int port, bool writes) {
    static const struct client_callbacks callbacks = {.on_line = on_line, .on_reset = on_reset};
    struct client_options options = {
        .host = "127.0.0.1", .port = port, .language = "en", .name = "watcher", .desk = ""};
    *watcher = (struct watcher){.writes = writes};
    assert_int_equal(client_open(&watcher->client, &house.estate.loop, &options, &callbacks, watcher), STATUS_OK);
    watcher->client->line.figures.backoff_ms = 50;
    watcher->client->line.figures.backoff_limit_ms = 500;
    sign_in(watcher);
}

static void turn(void) {
    desk_turn(&house.estate.loop);
}

static void open_desks(void) {
    for (int i = 0; i < house.desks; i++) {
        open_watcher(&house.watchers[i], proxy_port(house.proxies[i % NODES]), false);
        for (int64_t until = steady_ms() + ARRIVAL_MS; !house.watchers[i].placed; turn())
            if (steady_ms() > until) fail_msg("desk %d has no snapshot", i);
    }
    for (int i = 0; i < WRITERS; i++) {
        struct watcher *writer = &house.writers[i];
        open_watcher(writer, proxy_port(house.proxies[i % NODES]), true);
        for (int64_t until = steady_ms() + ARRIVAL_MS; writer->line != CLIENT_LINE_UP; turn())
            if (steady_ms() > until) fail_msg("writer %d cannot sign in", i);
    }
}

static void open_house(long events, int desks, const char *program) {
    memset(&house, 0, sizeof house);
    house.wanted = events;
    house.desks = desks;
    house.content_count = events + 1000;
    house.contents = calloc((size_t)house.content_count, sizeof *house.contents);
    assert_non_null(house.contents);
    house.cluster = cluster_start(false); /* no power fails in this room */
    struct daemon_process *first = &house.estate.daemon;
    daemon_create(first);
    first->external = true;
    first->program = program;
    snprintf(first->database, sizeof first->database, "%s", cluster_conninfo(house.cluster));
    estate_open(&house.estate);
    daemon_create_twin(&house.second, first);
    daemon_call(&house.second, "second");
    daemon_start(&house.second);
    house.nodes[0] = first;
    house.nodes[1] = &house.second;
    for (int i = 0; i < NODES; i++) {
        daemon_keep_port(house.nodes[i]);
        house.proxies[i] = proxy_open(&house.estate.loop);
    }
    for (int i = 0; i < NODES; i++)
        proxy_aim(house.proxies[i], (int[]){house.nodes[i]->port, house.nodes[1 - i]->port}, NODES);
    open_desks();
    house.trouble_ms = steady_ms();
}

static void on_closed(void *owner) {
    (void)owner;
    house.closed++;
}

static void close_house(void) {
    house.wanted = house.asked; /* no more */
    for (int i = 0; i < house.desks; i++) client_close(house.watchers[i].client, on_closed);
    for (int i = 0; i < WRITERS; i++) client_close(house.writers[i].client, on_closed);
    while (house.closed < house.desks + WRITERS) turn();
    for (int i = 0; i < NODES; i++) proxy_close(house.proxies[i]);
    daemon_remove(&house.second);
    estate_close(&house.estate);
    cluster_end(house.cluster);
    free(house.contents);
}

/* ---- work ---- */

static void ask(struct watcher *writer);

static void on_registered(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    (void)response;
    house.acknowledged += reply->status == FD__STATUS__STATUS_OK;
    ask(owner);
}

static void ask(struct watcher *writer) {
    if (house.asked >= house.wanted) return;
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    house.asked++;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "everybody hears";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    assert_int_equal(client_call(writer->client, "complaint.register", house.estate.site_id, NULL, &request.base,
                                 &fd__register_complaint_response__descriptor, on_registered, writer),
                     STATUS_OK);
}

/* ---- trouble ---- */

enum trouble { CUT_ONE, CUT_ALL, PAUSE_LINES, STOP_NODE, KILL_NODE, TROUBLES };
/* Out of 100. */
static const unsigned likely[TROUBLES] = {60, 5, 15, 12, 8};
static const char *const trouble_names[TROUBLES] = {"lines_cut", "all_lines_cut", "lines_paused", "nodes_stopped",
                                                    "nodes_killed"};

static void bring_back(int64_t now_ms) {
    for (int i = 0; i < NODES; i++) {
        if (house.proxy_back_ms[i] != 0 && now_ms >= house.proxy_back_ms[i]) {
            proxy_pause(house.proxies[i], false);
            house.proxy_back_ms[i] = 0;
        }
        if (house.node_back_ms[i] == 0 || now_ms < house.node_back_ms[i]) continue;
        if (house.nodes[i]->pid == 0)
            daemon_start(house.nodes[i]);
        else
            assert_int_equal(kill(house.nodes[i]->pid, SIGCONT), 0);
        house.node_back_ms[i] = 0;
    }
}

static void make(enum trouble trouble, int which) {
    int64_t back_ms = steady_ms() + 100 + chance(1000);
    switch (trouble) {
    case CUT_ONE: proxy_cut_one(house.proxies[which], chance(1000)); break;
    case CUT_ALL: proxy_cut(house.proxies[which]); break;
    case PAUSE_LINES:
        proxy_pause(house.proxies[which], true);
        house.proxy_back_ms[which] = back_ms;
        break;
    default:
        if (house.node_back_ms[0] != 0 || house.node_back_ms[1] != 0) return;
        if (trouble == STOP_NODE)
            assert_int_equal(kill(house.nodes[which]->pid, SIGSTOP), 0);
        else
            daemon_kill(house.nodes[which]);
        house.node_back_ms[which] = back_ms;
    }
    room_count(trouble_names[trouble], 1);
}

static void trouble_now_and_then(void) {
    int64_t now_ms = steady_ms();
    bring_back(now_ms);
    if (now_ms < house.trouble_ms) return;
    house.trouble_ms = now_ms + 20 + chance(200);
    unsigned drawn = chance(100), trouble = 0;
    while (drawn >= likely[trouble]) drawn -= likely[trouble++];
    make((enum trouble)trouble, (int)chance(NODES));
}

/* ---- the whole ---- */

static void work(int64_t until_ms, bool until_fault) {
    int64_t moved_ms = steady_ms();
    long seen = 0;
    for (int i = 0; i < WRITERS * IN_FLIGHT; i++) ask(&house.writers[i % WRITERS]);
    while (house.acknowledged < house.wanted && steady_ms() < until_ms && !(until_fault && faults() > 0)) {
        trouble_now_and_then();
        sign_in_again();
        turn();
        if (house.acknowledged > seen) {
            seen = house.acknowledged;
            moved_ms = steady_ms();
        }
        if (steady_ms() - moved_ms > STILL_MS) fail_msg("nothing was acknowledged for two minutes");
        if (!until_fault) room_progress(house.acknowledged, "events");
    }
    bring_back(INT64_MAX);
}

static int64_t head(void) {
    PGconn *database = daemon_database(&house.estate.daemon);
    int64_t seq = database_number(database, "select seq from site");
    PQfinish(database);
    return seq;
}

/* How many desks have not heard of everything in the end. */
static int behind(int64_t seq) {
    int count = 0;
    for (int i = 0; i < house.desks; i++) count += house.watchers[i].seq < seq; /* more may have come since */
    return count;
}

static void every_desk_gets_every_event_once(void **state) {
    (void)state;
    static const char *const figures[] = {"gaps", "doubles", "reorders", "different", "out_of_history", "resets_told"};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) room_figure(figures[i], 0);
    open_house(room_rounds(), room_rounds() >= MANY_ROUNDS ? MANY_DESKS : FEW_DESKS, NULL);
    work(INT64_MAX, false);
    int64_t seq = head();
    for (int64_t until = steady_ms() + ARRIVAL_MS; behind(seq) > 0 && steady_ms() < until; turn()) sign_in_again();
    room_figure("desks", house.desks);
    room_figure("events", seq);
    room_figure("desks_left_behind", behind(seq));
    close_house();
    assert_int_equal(faults(), 0);
    assert_int_equal(room_value("desks_left_behind"), 0);
}

static void without_catching_up_there_are_gaps(void **state) {
    (void)state;
    setenv("FRONTDESK_BREAK", "catching up", 1);
    int64_t before = faults();
    open_house(CONTROL_ROUNDS, FEW_DESKS, FRONTDESKD_BROKEN);
    work(steady_ms() + CONTROL_MS, true);
    close_house();
    unsetenv("FRONTDESK_BREAK");
    int64_t found = faults() - before;
    room_count("gaps", -found);
    room_figure("gaps_of_the_control", found);
    assert_true(found > 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_desk_gets_every_event_once),
        cmocka_unit_test(without_catching_up_there_are_gaps),
    };
    room_open("complete", "every desk gets every event once and in order, or is told RESET", SHORT_ROUNDS, argc, argv);
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}

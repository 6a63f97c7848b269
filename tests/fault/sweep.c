/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation and every call to libpq, OpenSSL and libuv fails once (part of promise 12). For each step of a
 * desk's life its calls are counted; then the step is played again for each of them, and that one fails. The server
 * must not die; the peer gets an answer or a closed line in its time; what was acknowledged is there, once; the next
 * step works as ever; and the process ends clean, which with the sanitizers says that nothing was left behind. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/moment.h"
#include "common/uuid.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/fault/company.h"
#include "tests/fault/room.h"
#include "tests/fault/shim.h"
#include "tests/support/estate.h"
#include "tests/support/raw.h"
#include "tests/support/test.h"

enum {
    SHORT_ROUNDS = 400, /* a round is one call that fails; the short form also ends with its time */
    SHORT_MS = 25 * 1000,
    DEADLINE_MS = 7000, /* of an answer */
    IDLE_MS = 1300,     /* a turn of everything that looks around by itself */
    TRIALS = 20000,
    TOLD = 40, /* failures that are printed */
};

enum outcome { OUTCOME_OK, OUTCOME_RETRY, OUTCOME_CLOSED, OUTCOME_WRONG, OUTCOME_SILENT };
static const char *const outcome_names[] = {"ok", "retry", "closed", "wrong", "silent"};

static struct estate estate;
static PGconn *database;
static struct raw desk, other; /* of the step that is played */
static bool desk_open_now, other_open_now;
static char key[UUID_TEXT_BYTES], number[24], subject[64], token[128], device[UUID_TEXT_BYTES];
static int64_t epoch, seq; /* where `other` stands */
static uint64_t next_id;
static int last_status;

/* ---- one peer ---- */

static void run(const char *format, const char *first, const char *second) {
    char sql[800];
    snprintf(sql, sizeof sql, format, first, second);
    PGresult *result = PQexec(database, sql);
    /* A server that died takes its PostgreSQL with it, and the next one starts it again. */
    for (int64_t until = steady_ms() + 20000; PQstatus(database) != CONNECTION_OK && steady_ms() < until;) {
        PQclear(result);
        uv_sleep(100);
        PQreset(database);
        result = PQexec(database, sql);
    }
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
}

/* A session that nobody has used, so that resuming it is possible at any time. */
static void make_session(void) {
    static const char secret[] = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    uuid_make(device, moment_now_ms());
    snprintf(token, sizeof token, "%s.%s", device, secret);
    run("insert into session (id, person_id, device_id, desk, token_hash, proven_at, last_used_at, expires_at) "
        "select '%s', id, '%1$s', '', sha256(convert_to('%2$s', 'UTF8')), now() + interval '1 hour', now(), "
        "now() + interval '1 day' from person where login = 'admin'",
        device, token);
}

/* Nothing here may wait for ever. */
static void limit_wait(const struct raw *raw) {
    struct timeval limit = {.tv_sec = DEADLINE_MS / 1000};
    assert_int_equal(setsockopt(raw->socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
}

static bool died(void) {
    siginfo_t end = {0};
    if (estate.daemon.pid <= 0) return true;
    return waitid(P_PID, (id_t)estate.daemon.pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid != 0;
}

static enum outcome connect_peer(struct raw *raw) {
    int64_t began_ms = steady_ms();
    *raw = (struct raw){.socket = -1};
    if (died()) return OUTCOME_CLOSED;
    raw_connect(raw, estate.daemon.port);
    limit_wait(raw);
    if (raw_start_tls(raw, 0)) return OUTCOME_OK;
    return steady_ms() - began_ms < DEADLINE_MS - 200 ? OUTCOME_CLOSED : OUTCOME_SILENT;
}

/* Until a frame of that kind, or a reply with that id. */
static enum outcome wait_for(struct raw *raw, Fd__ServerFrame__BodyCase kind, uint64_t id,
                             const Fd__ServerFrame **got) {
    for (int64_t until = steady_ms() + DEADLINE_MS; steady_ms() < until;) {
        bool closed = false;
        const Fd__ServerFrame *frame = raw_receive(raw, (int)(until - steady_ms()), &closed);
        if (frame == NULL) return closed ? OUTCOME_CLOSED : OUTCOME_SILENT;
        if (frame->body_case != kind || (kind == FD__SERVER_FRAME__BODY_REPLY && frame->reply->id != id)) continue;
        if (got != NULL) *got = frame;
        if (kind != FD__SERVER_FRAME__BODY_REPLY) return OUTCOME_OK;
        last_status = (int)frame->reply->status;
        if (last_status == STATUS_OK) return OUTCOME_OK;
        return last_status == STATUS_UNAVAILABLE || last_status == STATUS_BUSY ? OUTCOME_RETRY : OUTCOME_WRONG;
    }
    return OUTCOME_SILENT;
}

static enum outcome greet(struct raw *raw) {
    raw_hello(raw);
    return wait_for(raw, FD__SERVER_FRAME__BODY_WELCOME, 0, NULL);
}

static enum outcome call(struct raw *raw, const char *operation, const char *site_id, const char *with_key,
                         const ProtobufCMessage *command, const Fd__ServerFrame **got) {
    uint64_t id = ++next_id;
    raw_request(raw, id, operation, site_id, with_key, command);
    return wait_for(raw, FD__SERVER_FRAME__BODY_REPLY, id, got);
}

static enum outcome resume(struct raw *raw) {
    Fd__ResumeSessionRequest command = FD__RESUME_SESSION_REQUEST__INIT;
    command.token = token;
    command.device_id = device;
    return call(raw, "session.resume", "", "", &command.base, NULL);
}

static enum outcome sign_in(struct raw *raw) {
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = (char *)(uintptr_t) "admin";
    command.password = (char *)(uintptr_t)ESTATE_PASSWORD;
    command.device_id = device;
    return call(raw, "session.sign_in", "", "", &command.base, NULL);
}

static enum outcome enter(struct raw *raw) {
    make_session();
    enum outcome outcome = connect_peer(raw);
    if (outcome == OUTCOME_OK) outcome = greet(raw);
    return outcome == OUTCOME_OK ? resume(raw) : outcome;
}

static enum outcome subscribe(struct raw *raw, int64_t from_epoch, int64_t from_seq) {
    const Fd__ServerFrame *got = NULL;
    raw_subscribe(raw, estate.site_id, from_epoch, from_seq);
    if (from_epoch != 0) return OUTCOME_OK;
    enum outcome outcome = wait_for(raw, FD__SERVER_FRAME__BODY_RESET, 0, &got);
    if (outcome != OUTCOME_OK) return outcome;
    epoch = got->reset->epoch;
    seq = got->reset->seq;
    do outcome = wait_for(raw, FD__SERVER_FRAME__BODY_SNAPSHOT, 0, &got);
    while (outcome == OUTCOME_OK && !got->snapshot->last);
    return outcome;
}

static enum outcome register_one(struct raw *raw) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    const Fd__ServerFrame *got = NULL;
    request.anonymous = true;
    request.subject = subject;
    request.severity = FD__SEVERITY__SEVERITY_MAJOR;
    enum outcome outcome = call(raw, "complaint.register", estate.site_id, key, &request.base, &got);
    if (outcome != OUTCOME_OK) return outcome;
    Fd__RegisterComplaintResponse *response =
        fd__register_complaint_response__unpack(NULL, got->reply->body.len, got->reply->body.data);
    assert_non_null(response);
    snprintf(number, sizeof number, "%s", response->complaint->number);
    fd__register_complaint_response__free_unpacked(response, NULL);
    return OUTCOME_OK;
}

static enum outcome acknowledge(struct raw *raw) {
    Fd__AcknowledgeComplaintRequest request = FD__ACKNOWLEDGE_COMPLAINT_REQUEST__INIT;
    request.number = number;
    return call(raw, "complaint.acknowledge", estate.site_id, key, &request.base, NULL);
}

static enum outcome get(struct raw *raw) {
    Fd__GetComplaintRequest request = FD__GET_COMPLAINT_REQUEST__INIT;
    request.number = number;
    return call(raw, "complaint.get", estate.site_id, "", &request.base, NULL);
}

static enum outcome list(struct raw *raw) {
    Fd__ListComplaintsRequest request = FD__LIST_COMPLAINTS_REQUEST__INIT;
    request.limit = 20;
    return call(raw, "complaint.list", estate.site_id, "", &request.base, NULL);
}

static enum outcome sign_out(struct raw *raw) {
    Fd__SignOutRequest request = FD__SIGN_OUT_REQUEST__INIT;
    return call(raw, "session.sign_out", "", key, &request.base, NULL);
}

static void fresh(void) {
    uuid_make(key, moment_now_ms());
    snprintf(subject, sizeof subject, "swept %s", key);
}

/* Asked again like a client would, until it is answered for good. */
static enum outcome insist(enum outcome (*ask)(struct raw *raw)) {
    enum outcome outcome = OUTCOME_SILENT;
    for (int64_t until = steady_ms() + 3L * DEADLINE_MS; steady_ms() < until && !died(); uv_sleep(50)) {
        struct raw again;
        outcome = enter(&again);
        if (outcome == OUTCOME_OK) outcome = ask(&again);
        raw_close(&again);
        if (outcome == OUTCOME_OK || outcome == OUTCOME_WRONG) break;
    }
    return outcome;
}

/* ---- the steps: what is there before, what is played while a call fails, what must be so afterwards ---- */

static void nothing(void) {
}

static void connected(void) {
    assert_int_equal(connect_peer(&desk), OUTCOME_OK);
    desk_open_now = true;
}

static void greeted(void) {
    connected();
    make_session();
    assert_int_equal(greet(&desk), OUTCOME_OK);
}

static void at_work(void) {
    greeted();
    assert_int_equal(resume(&desk), OUTCOME_OK);
    fresh();
}

static void with_a_case(void) {
    at_work();
    assert_int_equal(register_one(&desk), OUTCOME_OK);
    uuid_make(key, moment_now_ms());
}

static void with_a_watcher(void) {
    at_work();
    assert_int_equal(enter(&other), OUTCOME_OK);
    other_open_now = true;
    assert_int_equal(subscribe(&other, 0, 0), OUTCOME_OK);
}

static enum outcome play_connect(struct raw *raw) {
    desk_open_now = true;
    return connect_peer(raw);
}
static enum outcome play_subscribe(struct raw *raw) {
    return subscribe(raw, 0, 0);
}

/* The watcher hears of it, or its line is closed and it comes back with its cursor; see heard_in_the_end. */
static enum outcome play_watch(struct raw *raw) {
    const Fd__ServerFrame *got = NULL;
    enum outcome asked = register_one(raw);
    if (asked != OUTCOME_OK) return asked;
    enum outcome outcome = wait_for(&other, FD__SERVER_FRAME__BODY_EVENT, 0, &got);
    if (outcome == OUTCOME_OK && got->event->seq != seq + 1) return OUTCOME_WRONG;
    return outcome;
}

static enum outcome play_timer(struct raw *raw) {
    (void)raw;
    run("update timer set due_at = now() - interval '1 second' where record_id = (select id from complaint where "
        "number = '%s' and site_id = '%s')",
        number, estate.site_id);
    uv_sleep(IDLE_MS);
    return OUTCOME_OK;
}

static enum outcome play_reconnect(struct raw *raw) {
    (void)raw;
    run("select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%s%s'", "frontdesk", "%");
    uv_sleep(IDLE_MS / 2);
    return OUTCOME_OK;
}

static bool registered_once(void) {
    char sql[160];
    if (insist(register_one) != OUTCOME_OK) return false;
    snprintf(sql, sizeof sql, "select count(*) from complaint where subject = '%s'", subject);
    return database_number(database, sql) == 1;
}

static bool acknowledged(void) {
    return insist(acknowledge) == OUTCOME_OK;
}

static bool heard_in_the_end(void) {
    struct raw again;
    if (!registered_once() || enter(&again) != OUTCOME_OK) return false;
    enum outcome outcome = subscribe(&again, epoch, seq);
    const Fd__ServerFrame *got = NULL;
    if (outcome == OUTCOME_OK) outcome = wait_for(&again, FD__SERVER_FRAME__BODY_EVENT, 0, &got);
    bool next = outcome == OUTCOME_OK && got->event->seq == seq + 1;
    raw_close(&again);
    return next;
}

static bool works(void) {
    return insist(list) == OUTCOME_OK;
}

static const struct step {
    const char *name;
    void (*before)(void);
    enum outcome (*play)(struct raw *raw);
    bool (*after)(void);
} steps[] = {
    {"connect",     nothing,        play_connect,   works           },
    {"hello",       connected,      greet,          works           },
    {"sign in",     greeted,        sign_in,        works           },
    {"resume",      greeted,        resume,         works           },
    {"subscribe",   at_work,        play_subscribe, works           },
    {"register",    at_work,        register_one,   registered_once },
    {"acknowledge", with_a_case,    acknowledge,    acknowledged    },
    {"get",         with_a_case,    get,            works           },
    {"list",        at_work,        list,           works           },
    {"watch",       with_a_watcher, play_watch,     heard_in_the_end},
    {"sign out",    at_work,        sign_out,       works           },
    {"timer",       with_a_case,    play_timer,     works           },
    {"reconnect",   nothing,        play_reconnect, works           },
};
enum { STEP_REGISTER = 5, STEPS = sizeof steps / sizeof steps[0] };

/* ---- trials ---- */

struct trial {
    uint8_t step, kind;
    uint16_t k;
};

static struct trial trials[TRIALS];
static int trial_count;

static void end_step(void) {
    shim_disarm();
    if (desk_open_now) raw_close(&desk);
    if (other_open_now) raw_close(&other);
    desk_open_now = other_open_now = false;
}

/* FRONTDESK_SWEEP plays only what it begins with, for whoever mends one: "register", "register/memory". */
static bool chosen(int step, int kind) {
    char name[64];
    const char *only = getenv("FRONTDESK_SWEEP");
    snprintf(name, sizeof name, "%s/%s", steps[step].name, shim_kind_name((enum shim_kind)kind));
    return only == NULL || strncmp(only, name, strlen(only)) == 0;
}

/* Twice, and the greater number: what looks around by itself does not come in every step. */
static void count_calls(int step) {
    long calls[SHIM_KIND_COUNT] = {0};
    for (int time = 0; time < 2; time++) {
        steps[step].before();
        shim_disarm();
        enum outcome outcome = steps[step].play(&desk);
        for (int kind = 0; kind < SHIM_KIND_COUNT; kind++) {
            long seen = atomic_load(&shim_state()->calls[kind]);
            if (seen > calls[kind]) calls[kind] = seen;
        }
        if (outcome != OUTCOME_OK) fail_msg("%s: %s without any fault", steps[step].name, outcome_names[outcome]);
        end_step();
        assert_true(steps[step].after());
    }
    for (int kind = 0; kind < SHIM_KIND_COUNT; kind++)
        for (long k = 1; chosen(step, kind) && k <= calls[kind] && trial_count < TRIALS; k++)
            trials[trial_count++] = (struct trial){(uint8_t)step, (uint8_t)kind, (uint16_t)k};
}

static void complain(const struct trial *trial, const char *what) {
    static int told;
    room_count("faults", 1);
    if (told++ < TOLD)
        fprintf(stderr, "sweep: %s, call %d of %s: %s (status %d)\n", steps[trial->step].name, trial->k,
                shim_kind_name((enum shim_kind)trial->kind), what, last_status);
}

static void look_in(void) {
    PQfinish(database);
    database = daemon_database(&estate.daemon);
    run("set synchronous_commit = %s%s", "off", ""); /* whether a row is on disk is another room's question */
}

static void start_again(void) {
    (void)waitpid(estate.daemon.pid, NULL, 0);
    estate.daemon.pid = 0;
    daemon_start(&estate.daemon);
    look_in();
}

static void play(const struct trial *trial) {
    const struct step *step = &steps[trial->step];
    long failed = atomic_load(&shim_state()->failed);
    step->before();
    last_status = -1;
    shim_arm((enum shim_kind)trial->kind, trial->k);
    enum outcome outcome = step->play(&desk);
    end_step();
    room_count("calls_failed", atomic_load(&shim_state()->failed) - failed);
    room_count(outcome_names[outcome], 1);
    if (outcome == OUTCOME_SILENT || outcome == OUTCOME_WRONG) complain(trial, outcome_names[outcome]);
    bool well = !died() && step->after();
    if (!died()) {
        if (!well) complain(trial, "what was asked is missing, doubled, or nothing works any more");
        return;
    }
    room_count("deaths", 1);
    complain(trial, "the server died");
    start_again();
}

static void open_house(const char *mode) {
    memset(&estate, 0, sizeof estate);
    shim_preload(mode);
    setenv("FRONTDESK_DATABASE_DURABILITY", "off", 1);
    estate_open(&estate);
    daemon_keep_port(&estate.daemon);
    database = NULL;
    look_in();
}

static void close_house(void) {
    PQfinish(database);
    estate_close(&estate); /* the server ends with 0, and with the sanitizers has leaked nothing */
    shim_unload();
}

static void every_call_may_fail(void **state) {
    (void)state;
    open_house("fail");
    for (int step = 0; step < STEPS; step++) count_calls(step);
    room_figure("places", trial_count);
    static const char *const first[] = {"calls_failed", "ok", "retry", "closed", "deaths", "faults"};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) room_figure(first[i], 0);
    long rounds = room_rounds() < trial_count ? room_rounds() : trial_count;
    int64_t until = steady_ms() + SHORT_MS;
    /* By a stride without a common divisor every part of the order is spread over all places. */
    long stride = (long)(0.618 * trial_count);
    while (stride > 1 && (trial_count % stride == 0 || (trial_count % 2 == 0 && stride % 2 == 0) ||
                          (trial_count % 3 == 0 && stride % 3 == 0) || (trial_count % 5 == 0 && stride % 5 == 0)))
        stride--;
    for (long i = 0, at = 0; i < rounds; i++, at = (at + stride) % trial_count) {
        if (room_rounds() == SHORT_ROUNDS && steady_ms() > until) break;
        play(&trials[at]);
        room_progress(i + 1, "calls that fail");
    }
    close_house();
    assert_true(room_value("calls_failed") > 0);
    assert_int_equal(room_value("deaths"), 0);
    assert_int_equal(room_value("faults"), 0);
}

/* A server that ends where a call fails, as one that does not look at results would. */
static void a_server_that_checks_nothing_dies(void **state) {
    const struct trial trial = {.step = STEP_REGISTER, .kind = SHIM_SSL_write_ex, .k = 1};
    (void)state;
    open_house("abort");
    int64_t deaths = room_value("deaths"), faults = room_value("faults"), failed = room_value("calls_failed");
    fprintf(stderr, "sweep: the control, which must die:\n");
    play(&trial);
    int64_t died_now = room_value("deaths") - deaths;
    room_figure("deaths", deaths);
    room_figure("faults", faults);
    room_figure("calls_failed", failed);
    room_figure("deaths_of_the_control", died_now);
    close_house();
    assert_int_equal(died_now, 1);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_may_fail),
        cmocka_unit_test(a_server_that_checks_nothing_dies),
    };
    signal(SIGPIPE, SIG_IGN);
    room_open("sweep", "every call may fail", SHORT_ROUNDS, argc, argv);
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A server that is drained or stopped sends its desks to the other one, and nobody misses an event or hears one twice
 * (promise 3). The control: a desk that knows no other server stays behind until it is let in again. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/crowd.h"
#include "tests/support/test.h"

enum { OUTPUT_BYTES = 8192 };

static struct estate estate;
static struct daemon_process first, second; /* the estate's own keeps PostgreSQL */
static struct crowd crowd;
static struct desk loyal;
static char output[OUTPUT_BYTES];

static void start_twin(struct daemon_process *twin, const char *name) {
    daemon_create_twin(twin, &estate.daemon);
    daemon_call(twin, name);
    daemon_start(twin);
    daemon_keep_port(twin);
}

static int open_house(void **state) {
    static char servers[64], one[32], writer[32];
    (void)state;
    estate_open(&estate);
    start_twin(&first, "first");
    start_twin(&second, "second");
    snprintf(servers, sizeof servers, "127.0.0.1:%d,127.0.0.1:%d", first.port, second.port);
    snprintf(one, sizeof one, "127.0.0.1:%d", first.port);
    snprintf(writer, sizeof writer, "127.0.0.1:%d", second.port);
    crowd_open(&crowd, &estate, servers, writer);
    desk_open_at(&loyal, &estate.loop, estate.daemon.directory, one, "loyal");
    desk_sign_in(&loyal, "crowd", ESTATE_PASSWORD);
    desk_subscribe(&loyal, estate.site_id);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&loyal);
    crowd_close(&crowd);
    daemon_remove(&second);
    daemon_remove(&first);
    estate_close(&estate);
    return 0;
}

static int ctl(const struct daemon_process *daemon, const char *word, const char *option) {
    return daemon_ctl(daemon, (const char *const[]){word, option, NULL}, output, sizeof output);
}

static bool says(const char *text) {
    return strstr(output, text) != NULL;
}

static void expect_state(const struct daemon_process *daemon, const char *word) {
    char wanted[64];
    assert_int_equal(ctl(daemon, "status", "--json"), 0);
    snprintf(wanted, sizeof wanted, "\"state\":\"%s\"", word);
    if (!says(wanted)) fail_msg("%s is not in %s", wanted, output);
}

static void a_drained_server_sends_its_desks_to_the_other_one(void **state) {
    (void)state;
    assert_int_equal(crowd_at(&crowd, first.port), CROWD_DESKS);
    expect_state(&first, "serving");
    crowd_write(&crowd);
    desk_idle(&estate.loop, 500);
    assert_int_equal(ctl(&first, "drain", NULL), 0);
    desk_until(&crowd.writer, crowd_at(&crowd, second.port) == CROWD_DESKS);
    assert_int_equal(ctl(&first, "drain", "--wait"), 0); /* twice is once */
    size_t heard = loyal.seen_count;
    desk_idle(&estate.loop, 500);
    crowd_rest(&crowd);
    crowd_check(&crowd);
    assert_int_equal(loyal.seen_count, heard);
    expect_state(&first, "drained");
    assert_true(says("\"connections\":0"));
}

static void an_undrained_one_lets_them_in_again(void **state) {
    (void)state;
    assert_int_equal(ctl(&first, "undrain", NULL), 0);
    assert_int_equal(ctl(&first, "undrain", NULL), 0);
    expect_state(&first, "serving");
    desk_until(&loyal, loyal.line == CLIENT_LINE_UP);
    desk_until(&loyal,
               loyal.seen_count == crowd.desks[0].seen_count + (size_t)(crowd.desks[0].reset_seq - loyal.reset_seq));
    assert_true(seen_in_order(loyal.seen, loyal.seen_count));
}

/* SIGTERM does the same, and then ends well. The writer goes elsewhere with the others. */
static void a_stopped_one_sends_them_back(void **state) {
    (void)state;
    desk_close(&crowd.writer);
    char both[64];
    snprintf(both, sizeof both, "127.0.0.1:%d,127.0.0.1:%d", second.port, first.port);
    desk_open_at(&crowd.writer, &estate.loop, estate.daemon.directory, both, "writer2");
    desk_sign_in(&crowd.writer, "crowd", ESTATE_PASSWORD);
    crowd_write(&crowd);
    desk_idle(&estate.loop, 300);
    assert_int_equal(kill(second.pid, SIGTERM), 0);
    desk_until(&crowd.writer, crowd_at(&crowd, first.port) == CROWD_DESKS);
    int result = 0;
    desk_until(&crowd.writer, waitpid(second.pid, &result, WNOHANG) == second.pid);
    second.pid = 0;
    assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    crowd_rest(&crowd);
    crowd_check(&crowd);
    daemon_start(&second);
}

/* A request that hangs keeps the stop waiting; the second signal does not. */
static void a_second_signal_ends_at_once(void **state) {
    (void)state;
    static struct answer answer;
    int result = 0;
    PGconn *database = daemon_database(&estate.daemon);
    PQclear(PQexec(database, "begin"));
    PQclear(PQexec(database, "select from site for update"));
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "hangs";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    desk_ask(&loyal, "complaint.register", estate.site_id, NULL, &request, &fd__register_complaint_response__descriptor,
             &answer);
    desk_idle(&estate.loop, 300);
    assert_int_equal(kill(first.pid, SIGTERM), 0);
    desk_idle(&estate.loop, 700);
    assert_int_equal(waitpid(first.pid, &result, WNOHANG), 0);
    assert_int_equal(kill(first.pid, SIGTERM), 0);
    uint64_t began = uv_hrtime();
    desk_until(&loyal, waitpid(first.pid, &result, WNOHANG) == first.pid);
    first.pid = 0;
    assert_true(uv_hrtime() - began < UINT64_C(1000000000));
    assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 1);
    PQclear(PQexec(database, "rollback"));
    PQfinish(database);
    daemon_start(&first); /* its socket was left behind and is no hindrance */
    expect_state(&first, "serving");
    desk_until(&loyal, answer.done);
    assert_int_equal(answer.status, STATUS_OK);
}

static void what_is_wrong_is_told(void **state) {
    (void)state;
    char path[128];
    assert_int_equal(ctl(&first, "dance", NULL), 2);
    assert_true(says("no such command"));
    assert_int_equal(ctl(&first, "status", "--wait"), 2);
    assert_true(says("--wait belongs to drain"));
    struct daemon_process nobody = first;
    snprintf(nobody.state, sizeof nobody.state, "%s/nowhere", first.directory);
    assert_int_equal(ctl(&nobody, "status", NULL), 3);
    assert_true(says("no server answers"));
    snprintf(path, sizeof path, "%s/control", first.state);
    assert_int_equal(ctl(&first, "paths", NULL), 0);
    assert_true(says(path));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drained_server_sends_its_desks_to_the_other_one),
        cmocka_unit_test(an_undrained_one_lets_them_in_again),
        cmocka_unit_test(a_stopped_one_sends_them_back),
        cmocka_unit_test(a_second_signal_ends_at_once),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}

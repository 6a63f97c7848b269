/* SPDX-License-Identifier: Apache-2.0 */
/* Two servers behind HAProxy in TCP mode, which needs nothing special: one of them is killed, and its desks come back
 * through the balancer on the other, with nothing lost and nothing twice (promises 2 and 3). */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/crowd.h"
#include "tests/support/test.h"

#define HAPROXY "/usr/sbin/haproxy"

static struct estate estate;
static struct daemon_process nodes[2]; /* the estate's own keeps PostgreSQL */
static struct crowd crowd;
static pid_t balancer;
static int port;

static const char settings[] = "defaults\n"
                               "    mode tcp\n"
                               "    timeout connect 2s\n"
                               "    timeout client 1h\n"
                               "    timeout server 1h\n"
                               "    option redispatch\n"
                               "frontend desks\n"
                               "    bind 127.0.0.1:%d\n"
                               "    default_backend nodes\n"
                               "backend nodes\n"
                               "    balance leastconn\n"
                               "    default-server check inter 500ms fall 2 rise 1\n"
                               "    server first 127.0.0.1:%d\n"
                               "    server second 127.0.0.1:%d\n";

static int free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(file, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(file, (struct sockaddr *)&address, &size), 0);
    close(file);
    return ntohs(address.sin_port);
}

static void run_balancer(void) {
    char path[128], log[128];
    port = free_port();
    snprintf(path, sizeof path, "%s/haproxy.cfg", estate.daemon.directory);
    snprintf(log, sizeof log, "%s/haproxy.log", estate.daemon.directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, settings, port, nodes[0].port, nodes[1].port);
    assert_int_equal(fclose(file), 0);
    balancer = fork();
    if (balancer != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int out = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0) _exit(126);
    execl(HAPROXY, HAPROXY, "-db", "-f", path, (char *)NULL);
    _exit(127);
}

static void start_node(struct daemon_process *node, const char *name) {
    daemon_create_twin(node, &estate.daemon);
    daemon_call(node, name);
    daemon_start(node);
    daemon_keep_port(node);
}

static int open_house(void **state) {
    static char servers[32];
    (void)state;
    estate_open(&estate);
    start_node(&nodes[0], "first");
    start_node(&nodes[1], "second");
    run_balancer();
    snprintf(servers, sizeof servers, "127.0.0.1:%d", port);
    crowd_open(&crowd, &estate, servers, servers);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    crowd_close(&crowd);
    assert_int_equal(kill(balancer, SIGTERM), 0);
    assert_int_equal(waitpid(balancer, NULL, 0), balancer);
    daemon_remove(&nodes[1]);
    daemon_remove(&nodes[0]);
    estate_close(&estate);
    return 0;
}

static int connections(const struct daemon_process *node) {
    char output[64];
    static const char *const question[] = {"--json", "status", NULL};
    char status[8192];
    assert_int_equal(daemon_ctl(node, question, status, sizeof status), 0);
    const char *found = strstr(status, "\"connections\":");
    assert_non_null(found);
    snprintf(output, sizeof output, "%.20s", found + strlen("\"connections\":"));
    return (int)strtol(output, NULL, 10);
}

static void a_killed_server_loses_nothing(void **state) {
    (void)state;
    assert_true(connections(&nodes[0]) >= CROWD_DESKS / 4);
    assert_true(connections(&nodes[1]) >= CROWD_DESKS / 4);
    crowd_write(&crowd);
    desk_idle(&estate.loop, 500);
    daemon_kill(&nodes[0]);
    desk_until(&crowd.writer, connections(&nodes[1]) >= CROWD_DESKS + 1);
    desk_until(&crowd.writer, crowd_at(&crowd, port) == CROWD_DESKS);
    desk_idle(&estate.loop, 500);
    crowd_rest(&crowd);
    crowd_check(&crowd);
    daemon_start(&nodes[0]);
}

/* The balancer sees that nobody listens any more, and that somebody does again. */
static void a_drained_server_gets_nobody(void **state) {
    char output[1024];
    (void)state;
    static const char *const drain[] = {"drain", "--wait", NULL};
    crowd_write(&crowd);
    assert_int_equal(daemon_ctl(&nodes[1], (const char *const[]){"drain", NULL}, output, sizeof output), 0);
    desk_until(&crowd.writer, connections(&nodes[1]) == 0 && crowd_at(&crowd, port) == CROWD_DESKS);
    assert_int_equal(daemon_ctl(&nodes[1], drain, output, sizeof output), 0);
    desk_until(&crowd.writer, connections(&nodes[0]) >= CROWD_DESKS + 1);
    crowd_rest(&crowd);
    crowd_check(&crowd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_server_loses_nothing),
        cmocka_unit_test(a_drained_server_gets_nobody),
    };
    if (access(HAPROXY, X_OK) != 0) {
        puts("no " HAPROXY ": install the package haproxy");
        return 77;
    }
    return cmocka_run_group_tests(tests, open_house, close_house);
}

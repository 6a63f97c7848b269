/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/crowd.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACE_MS = 10, ANSWERS = 20000 };

static void sign_in_desk(struct crowd *crowd, struct desk *desk, const char *servers, const char *name) {
    desk_open_at(desk, &crowd->estate->loop, crowd->estate->daemon.directory, servers, name);
    desk_sign_in(desk, "crowd", ESTATE_PASSWORD);
    desk_subscribe(desk, crowd->estate->site_id);
}

static void hire(struct crowd *crowd) {
    struct desk first;
    estate_person(crowd->estate, &first, "crowd", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    desk_close(&first);
}

static void ask_one(struct crowd *crowd) {
    static char subject[64];
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    assert_true(crowd->asked < ANSWERS);
    snprintf(subject, sizeof subject, "crowd %zu", crowd->asked);
    request.anonymous = true;
    request.subject = subject;
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    desk_ask(&crowd->writer, "complaint.register", crowd->estate->site_id, NULL, &request,
             &fd__register_complaint_response__descriptor, &crowd->answers[crowd->asked++]);
}

static void on_pace(uv_timer_t *timer) {
    struct crowd *crowd = timer->data;
    if (crowd->writing && client_waiting(crowd->writer.client) < CROWD_IN_FLIGHT) ask_one(crowd);
}

void crowd_open(struct crowd *crowd, struct estate *estate, const char *servers, const char *writer_servers) {
    memset(crowd, 0, sizeof *crowd);
    crowd->estate = estate;
    crowd->answers = calloc(ANSWERS, sizeof *crowd->answers);
    assert_non_null(crowd->answers);
    hire(crowd);
    for (; crowd->count < CROWD_DESKS; crowd->count++) {
        char name[32];
        snprintf(name, sizeof name, "crowd%d", crowd->count);
        sign_in_desk(crowd, &crowd->desks[crowd->count], servers, name);
    }
    sign_in_desk(crowd, &crowd->writer, writer_servers, "writer");
    uv_timer_init(&estate->loop, &crowd->pace);
    crowd->pace.data = crowd;
    uv_timer_start(&crowd->pace, on_pace, PACE_MS, PACE_MS);
}

void crowd_close(struct crowd *crowd) {
    uv_close((uv_handle_t *)&crowd->pace, NULL);
    for (int i = 0; i < crowd->count; i++) desk_close(&crowd->desks[i]);
    desk_close(&crowd->writer);
    free(crowd->answers);
}

void crowd_write(struct crowd *crowd) {
    crowd->writing = true;
}

void crowd_rest(struct crowd *crowd) {
    crowd->writing = false;
    desk_until(&crowd->writer, client_waiting(crowd->writer.client) == 0);
}

static int64_t last_seq(const struct desk *desk) {
    return desk->seen_count > 0 ? desk->seen[desk->seen_count - 1].seq : desk->reset_seq;
}

bool crowd_is_level(const struct crowd *crowd, int64_t seq) {
    for (int i = 0; i < crowd->count; i++)
        if (last_seq(&crowd->desks[i]) < seq) return false;
    return true;
}

static int64_t head_of(const struct crowd *crowd) {
    char sql[128];
    PGconn *database = daemon_database(&crowd->estate->daemon);
    snprintf(sql, sizeof sql, "select seq from site where id = '%s'", crowd->estate->site_id);
    int64_t seq = database_number(database, sql);
    PQfinish(database);
    return seq;
}

static void check_desk(const struct desk *desk, int64_t head) {
    assert_int_equal(desk->resets, 1);
    assert_true(seen_in_order(desk->seen, desk->seen_count));
    assert_int_equal(desk->seen[0].seq, desk->reset_seq + 1);
    assert_int_equal(last_seq(desk), head);
}

void crowd_check(const struct crowd *crowd) {
    char sql[128];
    int64_t head = head_of(crowd);
    desk_until(&crowd->writer, crowd_is_level(crowd, head));
    for (int i = 0; i < crowd->count; i++) check_desk(&crowd->desks[i], head);
    PGconn *database = daemon_database(&crowd->estate->daemon);
    for (size_t i = 0; i < crowd->asked; i++) assert_int_equal(crowd->answers[i].status, STATUS_OK);
    snprintf(sql, sizeof sql, "select count(*) from complaint where subject like 'crowd %%'");
    assert_int_equal(database_number(database, sql), crowd->asked);
    snprintf(sql, sizeof sql, "select count(distinct subject) from complaint where subject like 'crowd %%'");
    assert_int_equal(database_number(database, sql), crowd->asked);
    PQfinish(database);
}

int crowd_at(const struct crowd *crowd, int port) {
    int count = 0, at = 0;
    for (int i = 0; i < crowd->count; i++) {
        (void)client_address(crowd->desks[i].client, &at);
        count += crowd->desks[i].line == CLIENT_LINE_UP && at == port;
    }
    return count;
}

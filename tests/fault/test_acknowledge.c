/* SPDX-License-Identifier: Apache-2.0 */
/* Promise 8: an acknowledgement stops the alert at once, however close it comes to the moment at which the alert is
 * pushed again. Two servers fire; a person acknowledges each alert just when it is due.
 *
 *     fault-test_acknowledge [--rounds ALERTS] [--only PATTERN]      10000 is the full form */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/caseload.h"
#include "tests/support/test.h"

enum { SHORT_FORM = 200, A_SECOND = 150, BEGIN_MS = 1500, IN_FLIGHT = 24, AFTER_MS = 1000 };

static struct caseload caseload;
static struct daemon_process nodes[2];
static int rounds = SHORT_FORM;

static int open_house(void **state) {
    (void)state;
    caseload_open(&caseload);
    caseload_node(&caseload, &nodes[0], "one");
    caseload_node(&caseload, &nodes[1], "two");
    return 0;
}

static int close_house(void **state) {
    (void)state;
    daemon_remove(&nodes[0]);
    daemon_remove(&nodes[1]);
    caseload_close(&caseload);
    return 0;
}

static void acknowledge(const char *number, struct answer *answer) {
    Fd__AcknowledgeComplaintRequest request = FD__ACKNOWLEDGE_COMPLAINT_REQUEST__INIT;
    request.number = (char *)(uintptr_t)number;
    desk_ask(&caseload.supervisor, "complaint.acknowledge", caseload.estate.site_id, NULL, &request,
             &fd__acknowledge_complaint_response__descriptor, answer);
}

/* Acknowledges each about when it is due: the pushes come at the servers' next look after it, so some before it is
 * asked, some at the same time, and some must not come any more. */
static void acknowledge_all(const char *subject, int count, long first) {
    struct answer *answers = calloc((size_t)count, sizeof *answers);
    assert_non_null(answers);
    uint64_t began = uv_hrtime();
    caseload_fill(&caseload, subject, count, BEGIN_MS, count * 1000 / A_SECOND);
    unsigned seed = 7;
    for (int i = 0; i < count; i++) {
        char number[32];
        int64_t at_ms = BEGIN_MS + (int64_t)(i + 1) * 1000 / A_SECOND + rand_r(&seed) % 200 - 50;
        while ((int64_t)((uv_hrtime() - began) / 1000000) < at_ms) desk_turn(&caseload.estate.loop);
        desk_until(&caseload.supervisor, client_waiting(caseload.supervisor.client) < IN_FLIGHT);
        snprintf(number, sizeof number, "C-%ld", first + i);
        acknowledge(number, &answers[i]);
    }
    desk_until(&caseload.supervisor, client_waiting(caseload.supervisor.client) == 0);
    for (int i = 0; i < count; i++)
        if (answers[i].status != STATUS_OK) fail_msg("C-%ld: %s", first + i, answers[i].message);
    free(answers);
    desk_idle(&caseload.estate.loop, 2 * AFTER_MS);
}

static void play(const char *subject, int count, const char *program) {
    long first = caseload_number(&caseload, "select complaints + 1 from site");
    caseload_start(&nodes[0], program);
    caseload_start(&nodes[1], program);
    acknowledge_all(subject, count, first);
    daemon_stop(&nodes[0]);
    daemon_stop(&nodes[1]);
}

/* Pushes after the acknowledgement, in the order in which every screen gets them. */
static long pushed_after(const char *subject) {
    return caseload_number(&caseload,
                           "select count(*) from due join pushed using (record_id) join journal on journal.record_id = "
                           "due.record_id and journal.kind = 'complaint.acknowledged' "
                           "where due.subject = '%s' and pushed.seq > journal.seq",
                           subject);
}

/* Those that a screen heard later than a second after it heard of the acknowledgement. */
static long heard_late(void) {
    long late = 0;
    const struct desk *desk = &caseload.supervisor;
    for (size_t i = 0; i < desk->seen_count; i++) {
        if (strcmp(desk->seen[i].kind, "complaint.acknowledged") != 0) continue;
        const char *id = ((const Fd__Complaint *)desk->seen[i].record)->id;
        for (size_t j = i + 1; j < desk->seen_count; j++) {
            const struct seen *later = &desk->seen[j];
            if (strcmp(later->kind, "complaint.alert_repeated") != 0 ||
                later->heard_ms - desk->seen[i].heard_ms <= AFTER_MS)
                continue;
            late += strcmp(((const Fd__Complaint *)later->record)->id, id) == 0;
        }
    }
    return late;
}

static void nothing_is_pushed_after_the_acknowledgement(void **state) {
    (void)state;
    play("raced", rounds, NULL);
    long before =
        caseload_number(&caseload, "select count(*) from due join pushed using (record_id) where subject = 'raced'");
    long after = pushed_after("raced"), late = heard_late();
    long pending = caseload_number(&caseload, "select count(*) from complaint where subject = 'raced' and "
                                              "alert_acknowledged_at is null");
    print_message("%d acknowledgements: %ld pushed before, %ld after, %ld later than 1 s, %ld still waiting\n", rounds,
                  before, after, late, pending);
    assert_true(before > 0 && before < rounds); /* they did race */
    assert_int_equal(after, 0);
    assert_int_equal(late, 0);
    assert_int_equal(pending, 0);
}

/* The control: without the guard a push stores over the acknowledgement. */
static void without_the_guard_some_are(void **state) {
    (void)state;
    enum { CONTROL_ROUNDS = 300, TRIES = 4 };
    static const char *const subjects[TRIES] = {"control1", "control2", "control3", "control4"};
    long lost = 0;
    caseload_sql(&caseload, "alter table step drop constraint step_pkey");
    for (int i = 0; i < TRIES && lost == 0; i++) {
        play(subjects[i], CONTROL_ROUNDS, UNGUARDED_PROGRAM);
        lost = pushed_after(subjects[i]);
    }
    print_message("control, without the guard: %ld pushed after the acknowledgement\n", lost);
    assert_true(lost > 0);
}

int main(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--rounds") == 0) rounds = (int)strtol(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--only") == 0) cmocka_set_test_filter(argv[i + 1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_pushed_after_the_acknowledgement),
        cmocka_unit_test(without_the_guard_some_are),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}

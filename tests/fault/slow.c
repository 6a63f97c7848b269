/* SPDX-License-Identifier: Apache-2.0 */
/* A slow desk hurts only itself (promise 10). Desks at work are measured alone and beside 30 that follow the same site
 * and take nothing, in turns, so that the machine's own moods fall on both. Each stalled one costs at most 256 KiB, is
 * closed within 10 s, and comes back with its cursor to all that it has missed. The control has the limits taken away:
 * nobody is closed, and what waits for them grows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/bench/samples.h"
#include "tests/fault/company.h"
#include "tests/fault/room.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

enum {
    WORKERS = 8,
    STALLED = 30,
    SHORT_ROUNDS = 2, /* a round is a time alone and a time beside them */
    FULL_ROUNDS = 10, /* from here on the promised bound holds, not the one for a busy machine */
    ALONE_MS = 4000,
    CLOSED_WITHIN_MS = 10 * 1000,
    CLOSED_MARGIN_MS = 2000, /* the sweep, the last words, and a busy machine */
    PATIENCE_MS = 20 * 1000,
    EACH_BYTES = 256 * 1024,
    WINDOW_BYTES = 32 * 1024,
    CHANGES_PER_SECOND = 100,
    SUBJECT_BYTES = 1800,
};

static struct estate estate;
static struct company company; /* the workers, then the stalled ones */
static struct samples alone, beside, *sampling;
static bool working;

static void ask(struct guest *guest) {
    static char description[SUBJECT_BYTES];
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    if (description[0] == '\0') memset(description, 'd', sizeof description - 1);
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "slow";
    request.description = description;
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    guest_ask(guest, "complaint.register", &request.base);
}

static void on_reply(struct guest *guest, const Fd__Reply *reply) {
    if (reply->status != FD__STATUS__STATUS_OK) fail_msg("a desk at work was told %d", (int)reply->status);
    if (sampling != NULL) samples_add(sampling, steady_us() - guest->asked_us);
}

/* One turn of the loop, with the changes that are due in it; a worker who still waits is passed over. */
static void turn(void) {
    static int64_t due_us;
    static int next;
    int64_t now_us = steady_us();
    if (due_us < now_us - 1000000) due_us = now_us;
    for (; working && due_us <= now_us; due_us += 1000000 / CHANGES_PER_SECOND) {
        struct guest *guest = &company.guests[next++ % WORKERS];
        if (guest->waiting == 0) ask(guest);
    }
    desk_turn(&estate.loop);
}

static void open_house(void) {
    memset(&estate, 0, sizeof estate);
    estate_open(&estate);
    company_open(&company, &estate.loop, &estate.daemon, WORKERS + STALLED);
    company.on_reply = on_reply;
    company_sessions(&company, &estate.daemon, "admin");
    for (int i = 0; i < company.count; i++) company.guests[i].site_id = estate.site_id;
    for (int i = 0; i < WORKERS; i++) guest_come(&company.guests[i], GUEST_FOLLOWING);
    assert_true(company_until(&company, GUEST_FOLLOWING, WORKERS, 20000));
    working = true;
}

static void close_house(void) {
    working = false;
    sampling = NULL;
    company_close(&company);
    estate_close(&estate);
}

static void work_for(struct samples *into, int64_t duration_ms) {
    sampling = into;
    for (int64_t until = steady_ms() + duration_ms; steady_ms() < until;) turn();
    sampling = NULL;
}

static void stalled_come(void) {
    company.receive_bytes = WINDOW_BYTES;
    for (int i = WORKERS; i < company.count; i++) guest_come(&company.guests[i], GUEST_FOLLOWING);
    for (int64_t until = steady_ms() + 20000; company_count(&company, GUEST_FOLLOWING) < company.count; turn())
        if (steady_ms() > until) fail_msg("the slow ones do not come in");
    company.receive_bytes = 0;
}

/* Everybody has taken what there was: from here on only the stalled ones fall behind. */
static void settle(void) {
    int64_t head = 0;
    for (int64_t until = steady_ms() + 20000; steady_ms() < until; turn()) {
        bool all = true;
        if (head == 0) head = company.guests[0].seq;
        for (int i = 0; i < company.count; i++) all = all && company.guests[i].seq >= head;
        if (all) return;
    }
    fail_msg("the stalled ones never came to the head of the journal");
}

/* What their kernels have taken and they have not, in all. */
static int64_t taken_bytes(void) {
    int64_t all = 0;
    for (int i = WORKERS; i < company.count; i++) {
        int descriptor, bytes = 0;
        if (uv_fileno((uv_handle_t *)&company.guests[i].stream.tcp, &descriptor) == 0 &&
            ioctl(descriptor, FIONREAD, &bytes) == 0)
            all += bytes;
    }
    return all;
}

/* From the last byte that any of them took until the server holds no line of theirs; or the patience. */
static int64_t closed_after_ms(struct samples *into, int sockets_before, int64_t *peak_bytes) {
    int64_t until_ms = steady_ms() + PATIENCE_MS, taken_ms = steady_ms(), taken = 0;
    sampling = into;
    *peak_bytes = 0;
    while (steady_ms() < until_ms && sockets_of(estate.daemon.pid) > sockets_before) {
        for (int i = 0; i < 20; i++) turn();
        int64_t bytes = rss_bytes(estate.daemon.pid), now_taken = taken_bytes();
        if (bytes > *peak_bytes) *peak_bytes = bytes;
        if (now_taken > taken) taken_ms = steady_ms();
        if (now_taken > taken) taken = now_taken;
    }
    sampling = NULL;
    return steady_ms() - taken_ms;
}

/* They come back from where they stood: nothing is missing, and nobody is told to start afresh. */
static void stalled_return(void) {
    int64_t head = company.guests[0].seq;
    for (int i = WORKERS; i < company.count; i++) {
        guest_go(&company.guests[i]);
        while (company.guests[i].open) turn();
        company.guests[i].resets = company.guests[i].gaps = 0;
    }
    company_sessions(&company, &estate.daemon, "admin");
    for (int i = WORKERS; i < company.count; i++) guest_come(&company.guests[i], GUEST_FOLLOWING);
    for (int64_t until = steady_ms() + 30000;; turn()) {
        int behind = 0;
        for (int i = WORKERS; i < company.count; i++) behind += company.guests[i].seq < head;
        if (behind == 0) break;
        if (steady_ms() > until) fail_msg("%d stalled ones did not catch up", behind);
    }
    for (int i = WORKERS; i < company.count; i++) {
        room_count("holes", company.guests[i].gaps + company.guests[i].resets);
        guest_go(&company.guests[i]);
    }
    while (company_count(&company, GUEST_TCP) > WORKERS) turn();
    for (int i = WORKERS; i < company.count; i++)
        while (company.guests[i].open) turn();
}

static void one_round(long round) {
    int64_t peak;
    work_for(&alone, ALONE_MS);
    int sockets = sockets_of(estate.daemon.pid);
    company_sessions(&company, &estate.daemon, "admin");
    stalled_come();
    settle();
    int64_t before = rss_bytes(estate.daemon.pid);
    for (int i = WORKERS; i < company.count; i++) guest_deaf(&company.guests[i]);
    int64_t took_ms = closed_after_ms(&beside, sockets, &peak);
    if (took_ms > room_value("closed_after_ms")) room_figure("closed_after_ms", took_ms);
    int64_t each = peak > before ? (peak - before) / STALLED : 0;
    if (each > room_value("bytes_each")) room_figure("bytes_each", each);
    stalled_return();
    room_progress(round + 1, "rounds");
}

static void a_slow_desk_hurts_only_itself(void **state) {
    (void)state;
    open_house();
    work_for(NULL, 1000);
    room_figure("holes", 0);
    for (long round = 0; round < room_rounds(); round++) one_round(round);
    int64_t p99_alone = samples_percentile(&alone, 99), p99_beside = samples_percentile(&beside, 99);
    room_figure("p99_alone_us", p99_alone);
    room_figure("p99_beside_us", p99_beside);
    room_figure("replies", (int64_t)(alone.count + beside.count));
    close_house();
    /* Others at work on the machine move a p99 more than the stalled ones may: only the full form has the promised
     * bound, and asks for a machine of its own. */
    int64_t percent = room_rounds() >= FULL_ROUNDS ? 110 : 300;
    assert_true(p99_beside <= p99_alone * percent / 100);
    assert_true(room_value("bytes_each") <= EACH_BYTES);
    assert_true(room_value("closed_after_ms") <= CLOSED_WITHIN_MS + CLOSED_MARGIN_MS);
    assert_int_equal(room_value("holes"), 0);
}

static void without_limits_they_stay_and_grow(void **state) {
    (void)state;
    int64_t peak;
    setenv("FRONTDESK_LIMITS_STALLED", "1h", 1);
    setenv("FRONTDESK_LIMITS_OUTPUT", "1GiB", 1);
    setenv("FRONTDESK_LIMITS_OUTPUT_MARK", "512MiB", 1);
    open_house();
    int sockets = sockets_of(estate.daemon.pid);
    company_sessions(&company, &estate.daemon, "admin");
    stalled_come();
    settle();
    int64_t before = rss_bytes(estate.daemon.pid);
    for (int i = WORKERS; i < company.count; i++) guest_deaf(&company.guests[i]);
    int64_t took_ms = closed_after_ms(NULL, sockets, &peak);
    room_figure("bytes_each_of_the_control", (peak - before) / STALLED);
    unsetenv("FRONTDESK_LIMITS_STALLED");
    unsetenv("FRONTDESK_LIMITS_OUTPUT");
    unsetenv("FRONTDESK_LIMITS_OUTPUT_MARK");
    close_house();
    assert_true(took_ms > CLOSED_WITHIN_MS + CLOSED_MARGIN_MS);
    assert_true((peak - before) / STALLED > EACH_BYTES);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_desk_hurts_only_itself),
        cmocka_unit_test(without_limits_they_stay_and_grow),
    };
    room_open("slow", "a slow desk hurts only itself", SHORT_ROUNDS, argc, argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    samples_free(&alone);
    samples_free(&beside);
    return room_close(failed);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers server/control: who gets an answer at the administrator's door, and that nobody there can stall the loop */
#include "server/control/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CROWD = 30, ANSWER_BYTES = 4096, LARGE_BYTES = 8 * 1024 * 1024 };

struct house {
    uv_loop_t loop;
    struct control *control;
    char directory[64], path[96], answer[ANSWER_BYTES];
    struct control_call *kept;
    bool closed;
    int asked;
};

static struct house house;

static void answer_echo(void *owner, struct control_call *call) {
    static const char *const texts[] = {[CONTROL_JSON] = "{}", [CONTROL_CHINESE] = "好", [CONTROL_ENGLISH] = "well"};
    ((struct house *)owner)->asked++;
    control_answer(call, CONTROL_OK, texts[control_form(call)]);
}

static void answer_later(void *owner, struct control_call *call) {
    ((struct house *)owner)->kept = call;
}

static void answer_large(void *owner, struct control_call *call) {
    (void)owner;
    char *text = malloc(LARGE_BYTES + 1);
    assert_non_null(text);
    memset(text, 'x', LARGE_BYTES);
    text[LARGE_BYTES] = '\0';
    control_answer(call, CONTROL_OK, text);
    free(text);
}

static const struct control_request requests[] = {
    {"echo",       answer_echo },
    {"echo twice", answer_echo },
    {"later",      answer_later},
    {"large",      answer_large},
};

static int open_house(void **state) {
    char why[WHY_BYTES];
    (void)state;
    memset(&house, 0, sizeof house);
    snprintf(house.directory, sizeof house.directory, "/tmp/frontdesk-test-XXXXXX");
    assert_non_null(mkdtemp(house.directory));
    snprintf(house.path, sizeof house.path, "%s/control", house.directory);
    assert_int_equal(uv_loop_init(&house.loop), 0);
    struct control_options options = {.path = house.path, .requests = requests, .count = 4, .owner = &house};
    assert_int_equal(control_open(&house.control, &house.loop, &options, why), STATUS_OK);
    return 0;
}

static void on_closed(void *owner) {
    ((struct house *)owner)->closed = true;
}

static int close_house(void **state) {
    (void)state;
    control_close(house.control, on_closed, &house);
    assert_int_equal(uv_run(&house.loop, UV_RUN_DEFAULT), 0);
    assert_true(house.closed);
    assert_int_equal(uv_loop_close(&house.loop), 0);
    assert_int_not_equal(access(house.path, F_OK), 0);
    assert_int_equal(rmdir(house.directory), 0);
    return 0;
}

static void turn(int times) {
    for (int i = 0; i < times; i++) {
        uv_run(&house.loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
}

static int knock(const char *text, size_t length) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, house.path, strlen(house.path) + 1);
    int line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(line >= 0);
    if (connect(line, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(line);
        return -1;
    }
    if (length > 0) (void)!send(line, text, length, MSG_NOSIGNAL);
    return line;
}

/* What has come, and whether the line has ended. */
static bool hear(int line, size_t *length) {
    for (int i = 0; i < 500; i++) {
        turn(1);
        ssize_t count = recv(line, house.answer + *length, sizeof house.answer - 1 - *length, 0);
        if (count == 0) return true;
        if (count > 0) *length += (size_t)count;
        if (*length == sizeof house.answer - 1) return false;
    }
    return false;
}

static const char *ask(const char *text, size_t length) {
    size_t heard = 0;
    memset(house.answer, 0, sizeof house.answer);
    int line = knock(text, length);
    assert_true(line >= 0);
    assert_true(hear(line, &heard));
    close(line);
    return house.answer;
}

static void requests_are_answered_in_their_form(void **state) {
    (void)state;
    static const struct {
        const char *request, *answer;
    } cases[] = {
        {"en echo\n",            "0\nwell"},
        {"zh echo twice\n",      "0\n好" },
        {"json echo\nen echo\n", "0\n{}"  },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(ask(cases[i].request, strlen(cases[i].request)), cases[i].answer);
    struct stat found;
    assert_int_equal(stat(house.path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

static void nonsense_is_refused_and_harmless(void **state) {
    (void)state;
    static const char *const unknown[] = {"en dance\n",
                                          "echo\n",
                                          "\n",
                                          " \n",
                                          "en \n",
                                          "xx echo\n",
                                          "en  echo\n",
                                          "en ech\n",
                                          "en echo \n",
                                          "EN ECHO\n",
                                          "GET / HTTP/1.1\r\n\r\n"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        if (strncmp(ask(unknown[i], strlen(unknown[i])), "2\n", 2) != 0) fail_msg("%s: %s", unknown[i], house.answer);
    assert_true(strncmp(ask("en\0echo\n", 8), "2\n", 2) == 0);
    char endless[1024];
    memset(endless, 'e', sizeof endless);
    assert_string_equal(ask(endless, sizeof endless), "");
    assert_int_equal(house.asked, 0);
}

static void a_request_may_come_in_pieces(void **state) {
    (void)state;
    size_t heard = 0;
    memset(house.answer, 0, sizeof house.answer);
    int line = knock("en e", 4);
    turn(20);
    assert_int_equal(send(line, "cho\n", 4, MSG_NOSIGNAL), 4);
    assert_true(hear(line, &heard));
    assert_string_equal(house.answer, "0\nwell");
    close(line);
}

/* More than are let in at once: the others wait, and everybody is answered. */
static void a_crowd_is_served_in_turn(void **state) {
    (void)state;
    int lines[CROWD];
    int open = 0;
    for (int i = 0; i < CROWD; i++) {
        lines[open] = knock("en echo\n", 8);
        if (lines[open] >= 0) open++; /* the rest is told at once that the queue is full */
    }
    assert_true(open >= 8);
    turn(300);
    assert_int_equal(house.asked, open);
    for (int i = 0; i < open; i++) close(lines[i]);
}

static void one_who_goes_before_the_answer_harms_nobody(void **state) {
    (void)state;
    int line = knock("en later\n", 9);
    for (int i = 0; i < 100 && house.kept == NULL; i++) turn(1);
    assert_non_null(house.kept);
    close(line);
    turn(5);
    assert_string_equal(ask("en echo\n", 8), "0\nwell");
    control_answer(house.kept, CONTROL_OK, "nobody is there");
    turn(20);
}

static void an_answer_after_the_close_is_for_nobody(void **state) {
    (void)state;
    int line = knock("en later\n", 9);
    for (int i = 0; i < 100 && house.kept == NULL; i++) turn(1);
    close_house(state);
    control_answer(house.kept, CONTROL_OK, "too late");
    close(line);
    open_house(state);
}

/* Eight of them fill the room; they are shown out, and the loop turns all the while. */
static void those_who_do_not_take_their_answer_are_shown_out(void **state) {
    (void)state;
    int lines[8];
    for (int i = 0; i < 8; i++) lines[i] = knock("en large\n", 9);
    turn(50);
    uint64_t began = uv_hrtime();
    turn(50);
    assert_true(uv_hrtime() - began < UINT64_C(2000000000));
    int patient = knock("en echo\n", 8);
    size_t heard = 0;
    memset(house.answer, 0, sizeof house.answer);
    for (int i = 0; i < 20 && !hear(patient, &heard); i++) {
    }
    assert_string_equal(house.answer, "0\nwell");
    for (int i = 0; i < 8; i++) close(lines[i]);
    close(patient);
}

static void the_place_must_be_ours(void **state) {
    (void)state;
    char why[WHY_BYTES], path[256], file[160];
    struct control *second = NULL;
    struct control_options options = {.path = house.path, .requests = requests, .count = 1, .owner = &house};
    assert_int_equal(control_open(&second, &house.loop, &options, why), STATUS_CONFLICT);
    assert_non_null(strstr(why, "another frontdeskd answers"));
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    path[108] = '\0';
    options.path = path;
    assert_int_equal(control_open(&second, &house.loop, &options, why), STATUS_INVALID);
    assert_non_null(strstr(why, "107 bytes"));
    snprintf(file, sizeof file, "%s/file", house.directory);
    close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    options.path = file;
    assert_int_equal(control_open(&second, &house.loop, &options, why), STATUS_INVALID);
    assert_non_null(strstr(why, "no socket"));
    assert_int_equal(unlink(file), 0);
}

/* What a server that was killed leaves behind. */
static void a_dead_socket_is_cleared_away(void **state) {
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char why[WHY_BYTES];
    struct control *second = NULL;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/dead", house.directory);
    int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(left, (const struct sockaddr *)&address, sizeof address), 0);
    close(left);
    struct control_options options = {.path = address.sun_path, .requests = requests, .count = 1, .owner = &house};
    assert_int_equal(control_open(&second, &house.loop, &options, why), STATUS_OK);
    control_close(second, NULL, NULL);
    turn(5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests_are_answered_in_their_form, open_house, close_house),
        cmocka_unit_test_setup_teardown(nonsense_is_refused_and_harmless, open_house, close_house),
        cmocka_unit_test_setup_teardown(a_request_may_come_in_pieces, open_house, close_house),
        cmocka_unit_test_setup_teardown(a_crowd_is_served_in_turn, open_house, close_house),
        cmocka_unit_test_setup_teardown(one_who_goes_before_the_answer_harms_nobody, open_house, close_house),
        cmocka_unit_test_setup_teardown(an_answer_after_the_close_is_for_nobody, open_house, close_house),
        cmocka_unit_test_setup_teardown(those_who_do_not_take_their_answer_are_shown_out, open_house, close_house),
        cmocka_unit_test_setup_teardown(the_place_must_be_ours, open_house, close_house),
        cmocka_unit_test_setup_teardown(a_dead_socket_is_cleared_away, open_house, close_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

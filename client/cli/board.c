/* SPDX-License-Identifier: Apache-2.0 */
/* board: the open cases, redrawn as they change. */
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/cli/live.h"
#include "client/cli/show.h"
#include "client/cli/times.h"
#include "common/moment.h"
#include "common/text.h"

enum { FRAME_MS = 200, HEAD_ROWS = 3, FOOT_ROWS = 2, WAITING_ROWS = 5, DRAW_ARENA_BYTES = 64 * 1024 * 1024 };

struct board {
    struct live live;
    uv_timer_t timer;
    int64_t drawn_at_ms;
    bool finished;
    int closing;
    struct termios before;
    uv_poll_t keys;
};

static const char *line_word(const struct cli *cli) {
    switch (client_line(cli->client)) {
    case CLIENT_LINE_UP: return _("online");
    case CLIENT_LINE_CONNECTING: return _("connecting");
    case CLIENT_LINE_STRANGER: return _("signed out");
    default: return _("OFFLINE");
    }
}

static enum status append_head(struct cli *cli, const struct live *live, struct bytes *out) {
    char now[TIMES_TEXT_BYTES];
    times_full(cli_now_ms(cli), now);
    size_t overdue = 0, alerts = 0;
    for (size_t i = 0; i < live->model.count; i++) {
        const struct model_case *item = live->model.cases[i];
        int64_t due = item->complaint == NULL ? 0 : model_due_ms(item->complaint);
        overdue += due != 0 && due < cli_now_ms(cli);
        alerts += model_alert_pending(model_alert(item));
    }
    bool up = client_line(cli->client) == CLIENT_LINE_UP;
    const char *site = text_printable(&cli->arena, live->site->name);
    enum status status = bytes_printf(out, "%s  %s  ", site == NULL ? "" : site, now);
    if (status == STATUS_OK) status = paint_append(out, line_word(cli), up ? PAINT_GREEN : PAINT_RED, cli->colour);
    const char *waiting = kept_summary(cli);
    if (status == STATUS_OK && waiting[0] != '\0') status = bytes_append_text(out, _(", "));
    if (status == STATUS_OK) status = paint_append(out, waiting, PAINT_YELLOW, cli->colour);
    if (status == STATUS_OK && !up && cli->why[0] != '\0') status = bytes_printf(out, " (%s)", cli->why);
    if (status == STATUS_OK && live_alarm(live))
        status = paint_append(out, _("  !! DEADLINES STAND STILL"), PAINT_RED, cli->colour);
    if (status == STATUS_OK)
        status = bytes_printf(out, _("\nopen %zu   overdue %zu!   alerts %zu!!\n"), live->model.count, overdue, alerts);
    return status;
}

static enum status compose(struct cli *cli, const struct live *live, size_t rows, struct bytes *out) {
    const struct model_case **cases = model_in_order(&live->model, &cli->arena);
    if (cases == NULL) return STATUS_TOO_LARGE;
    enum status status = append_head(cli, live, out);
    struct outbox_counts counts = client_waiting_counts(cli->client);
    size_t waiting = (size_t)counts.waiting + (size_t)counts.refused;
    size_t taken = HEAD_ROWS + FOOT_ROWS + (rows == 0 || waiting < WAITING_ROWS ? waiting : WAITING_ROWS);
    size_t limit = rows > taken ? rows - taken : 0;
    if (status == STATUS_OK && live->model.count == 0) status = bytes_printf(out, "%s\n", _("nothing is open"));
    if (status == STATUS_OK && live->model.count > 0)
        status = show_cases(cli, &live->model, cases, live->model.count, limit, out);
    /* What is here only stands below what is on the server. */
    return status == STATUS_OK ? kept_append_lines(cli, rows == 0 ? 0 : WAITING_ROWS, out) : status;
}

/* Each drawing has memory of its own: a board stands for days. */
static void draw(struct board *board) {
    struct cli *cli = board->live.cli;
    struct arena kept = cli->arena;
    arena_init(&cli->arena, DRAW_ARENA_BYTES);
    struct bytes out = {0}, screen = {0};
    enum status status = compose(cli, &board->live, terminal_rows(), &out);
    if (status == STATUS_OK) status = bytes_append_text(&screen, "\033[H");
    /* Line by line with "clear to the end", so that nothing flickers. */
    for (size_t i = 0; i < out.length && status == STATUS_OK; i++)
        status = out.data[i] == '\n' ? bytes_append_text(&screen, "\033[K\n") : bytes_append(&screen, &out.data[i], 1);
    if (status == STATUS_OK) status = bytes_printf(&screen, "\033[J%s", _("q ends"));
    if (status == STATUS_OK) (void)fwrite(screen.data, 1, screen.length, stdout);
    (void)fflush(stdout);
    bytes_free(&out);
    bytes_free(&screen);
    arena_free(&cli->arena);
    cli->arena = kept;
}

static void on_frame(uv_timer_t *timer) {
    struct board *board = timer->data;
    int64_t now_ms = moment_now_ms();
    if (!board->live.changed && now_ms - board->drawn_at_ms < SECOND_MS) return;
    board->live.changed = false;
    board->drawn_at_ms = now_ms;
    draw(board);
}

static void on_key(uv_poll_t *poll, int result, int events) {
    (void)events;
    struct board *board = poll->data;
    char key = 0;
    if (result < 0 || read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q' || key == '\033')
        board->finished = true;
}

static bool is_finished(void *owner) {
    const struct board *board = owner;
    enum client_line line = client_line(board->live.cli->client);
    return board->finished || line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED;
}

static void on_part_closed(uv_handle_t *handle) {
    ((struct board *)handle->data)->closing--;
}

static bool is_closed(void *owner) {
    return ((const struct board *)owner)->closing == 0;
}

static void take_terminal(struct board *board) {
    struct termios raw;
    if (tcgetattr(STDIN_FILENO, &board->before) == 0) {
        raw = board->before;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    (void)printf("\033[?1049h\033[?25l\033[2J");
}

static void give_terminal_back(struct board *board) {
    (void)printf("\033[?25h\033[?1049l");
    (void)fflush(stdout);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &board->before);
}

static int stand(struct board *board) {
    struct cli *cli = board->live.cli;
    bool keys = isatty(STDIN_FILENO) == 1 && uv_poll_init(&cli->loop, &board->keys, STDIN_FILENO) == 0;
    uv_timer_init(&cli->loop, &board->timer);
    board->timer.data = board->keys.data = board;
    uv_timer_start(&board->timer, on_frame, 0, FRAME_MS);
    if (keys) uv_poll_start(&board->keys, UV_READABLE, on_key);
    take_terminal(board);
    (void)cli_wait(cli, is_finished, board, 0);
    give_terminal_back(board);
    board->closing = keys ? 2 : 1;
    uv_close((uv_handle_t *)&board->timer, on_part_closed);
    if (keys) uv_close((uv_handle_t *)&board->keys, on_part_closed);
    cli->interrupted = false;
    (void)cli_wait(cli, is_closed, board, SECOND_MS);
    enum client_line line = client_line(cli->client);
    return line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED ? cli_line_trouble(cli) : EXIT_OK;
}

static int print_once(struct cli *cli, const struct live *live) {
    int code = EXIT_OK;
    if (cli->json) {
        const struct model_case **cases = model_in_order(&live->model, &cli->arena);
        for (size_t i = 0; cases != NULL && i < live->model.count && code == EXIT_OK; i++)
            code =
                cli_print_json(cli, cases[i]->complaint != NULL ? &cases[i]->complaint->base : &cases[i]->visit->base);
        return code;
    }
    struct bytes out = {0};
    if (compose(cli, live, 0, &out) == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return code;
}

static const struct cli_option board_options[] = {
    {"once", '1', NULL, N_("print the table once and end"), NULL, NULL},
    {NULL,   0,   NULL, NULL,                               NULL, NULL},
};

static int run_board(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    bool once = arguments_value(command, arguments, "once") != NULL || !cli->terminal || cli->json || cli->plain;
    struct board board = {0};
    int code = live_open(&board.live, cli);
    if (code == EXIT_NO_LINE) return kept_print_offline(cli, code);
    if (code != EXIT_OK) return code;
    code = live_observe(&board.live);
    if (code == EXIT_OK) code = once ? print_once(cli, &board.live) : stand(&board);
    live_close(&board.live);
    return code;
}

const struct cli_command command_board = {
    .path = "board",
    .synopsis = "",
    .summary = N_("a live table of the open cases"),
    .details =
        N_("First what waits for an acknowledgement, the highest level on top, then what falls due first. Signs: "
           "!! an alert waits, ! overdue, ^ escalated, = the clock stands still, x closed and to be followed up, @ a "
           "visitor in the house."),
    .options = board_options,
    .run = run_board,
};

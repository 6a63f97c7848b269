/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/core/servers.h"
#include "client/core/store.h"
#include "common/json.h"
#include "common/log.h"
#include "common/moment.h"
#include "common/text.h"

enum {
    TIMEOUT_DEFAULT_MS = 15 * SECOND_MS,
    CLOSE_TIMEOUT_MS = 2 * SECOND_MS,
    PATIENCE_MS = 1500, /* before a person is told what is being waited for */
    CLI_ARENA_BYTES = 256 * 1024 * 1024,
    STORE_WHY_BYTES = 256,
};

void cli_init(struct cli *cli) {
    *cli = (struct cli){.timeout_ms = TIMEOUT_DEFAULT_MS};
    arena_init(&cli->arena, CLI_ARENA_BYTES);
    cli->terminal = isatty(STDOUT_FILENO) == 1;
    const char *no_colour = getenv("NO_COLOR");
    cli->colour = cli->terminal && (no_colour == NULL || no_colour[0] == '\0');
}

/* As the library reads it; the first one stands for all until one is tried. */
static bool read_server(struct cli *cli, const char *text) {
    struct servers servers;
    if (!servers_read(&servers, text)) return false;
    (void)snprintf(cli->host, sizeof cli->host, "%s", servers.items[0].host);
    cli->port = servers.items[0].port;
    cli->servers = text;
    return true;
}

static const char *environment(const char *name) {
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool state_directory(struct cli *cli, const char *given) {
    int length = 0;
    const char *path = given != NULL ? given : environment("FRONTDESK_STATE");
    const char *state = environment("XDG_STATE_HOME"), *home = environment("HOME");
    if (path != NULL)
        length = snprintf(cli->state_directory, sizeof cli->state_directory, "%s", path);
    else if (state != NULL)
        length = snprintf(cli->state_directory, sizeof cli->state_directory, "%s/frontdesk-client", state);
    else if (home != NULL)
        length = snprintf(cli->state_directory, sizeof cli->state_directory, "%s/.local/state/frontdesk-client", home);
    return length > 0 && (size_t)length < sizeof cli->state_directory;
}

int cli_settle(struct cli *cli, const char *server, const char *directory) {
    if (server == NULL) server = environment("FRONTDESK_SERVER");
    if (server == NULL) server = "localhost:7443";
    if (!read_server(cli, server)) {
        cli_error(cli, _("\"%s\" is not a server address"), server);
        cli_hint(cli, _("write HOST or HOST:PORT, several with commas between, for example desk.example.org:7443"));
        return EXIT_USAGE;
    }
    if (!state_directory(cli, directory)) {
        cli_error(cli, _("no place to keep the sign-in: neither --state nor HOME is set"));
        return EXIT_USAGE;
    }
    if (cli->site_code == NULL) cli->site_code = environment("FRONTDESK_SITE");
    if (cli->desk == NULL) cli->desk = environment("FRONTDESK_DESK");
    if (cli->plain) cli->colour = false;
    log_setup(environment("FRONTDESK_DEBUG") != NULL ? LOG_DEBUG : LOG_ERROR, false);
    return EXIT_OK;
}

static struct cli *cli_of(struct client *client) {
    return client_owner(client);
}

static void on_line(struct client *client, enum client_line line, const char *why) {
    struct cli *cli = cli_of(client);
    if (line != CLIENT_LINE_DOWN) (void)snprintf(cli->host, sizeof cli->host, "%s", client_address(client, &cli->port));
    if (why[0] != '\0' || line == CLIENT_LINE_UP) (void)snprintf(cli->why, sizeof cli->why, "%s", why);
    if (cli->callbacks != NULL && cli->callbacks->on_line != NULL) cli->callbacks->on_line(client, line, why);
}

static void on_event(struct client *client, const Fd__Event *event) {
    struct cli *cli = cli_of(client);
    if (cli->callbacks != NULL && cli->callbacks->on_event != NULL) cli->callbacks->on_event(client, event);
}

static void on_reset(struct client *client, const Fd__Reset *reset) {
    struct cli *cli = cli_of(client);
    if (cli->callbacks != NULL && cli->callbacks->on_reset != NULL) cli->callbacks->on_reset(client, reset);
}

static void on_snapshot(struct client *client, const Fd__Snapshot *snapshot) {
    struct cli *cli = cli_of(client);
    if (cli->callbacks != NULL && cli->callbacks->on_snapshot != NULL) cli->callbacks->on_snapshot(client, snapshot);
}

static void on_blank(struct client *client, const Fd__Event *event) {
    struct cli *cli = cli_of(client);
    if (cli->callbacks != NULL && cli->callbacks->on_blank != NULL) cli->callbacks->on_blank(client, event);
}

static void on_outbox(struct client *client, const struct outbox_item *item) {
    struct cli *cli = cli_of(client);
    cli->sent += item != NULL && item->state == OUTBOX_DONE;
    cli->refused += item != NULL && item->state == OUTBOX_REFUSED;
    if (cli->callbacks != NULL && cli->callbacks->on_outbox != NULL) cli->callbacks->on_outbox(client, item);
}

static const struct client_callbacks line_callbacks = {
    .on_line = on_line,
    .on_event = on_event,
    .on_reset = on_reset,
    .on_snapshot = on_snapshot,
    .on_blank = on_blank,
    .on_outbox = on_outbox,
};

static void on_signal(uv_signal_t *signal, int number) {
    (void)number;
    struct cli *cli = signal->data;
    cli->interrupted = true;
    uv_stop(&cli->loop);
}

static int open_loop(struct cli *cli) {
    if (cli->loop_open) return EXIT_OK;
    if (uv_loop_init(&cli->loop) != 0) return EXIT_NO_LINE;
    cli->loop_open = true;
    signal(SIGPIPE, SIG_IGN);
    uv_timer_init(&cli->loop, &cli->timer);
    uv_signal_init(&cli->loop, &cli->interrupt);
    uv_signal_init(&cli->loop, &cli->terminate);
    cli->timer.data = cli->interrupt.data = cli->terminate.data = cli;
    uv_signal_start(&cli->interrupt, on_signal, SIGINT);
    uv_signal_start(&cli->terminate, on_signal, SIGTERM);
    uv_unref((uv_handle_t *)&cli->interrupt);
    uv_unref((uv_handle_t *)&cli->terminate);
    return EXIT_OK;
}

static void tell_bad_state(struct cli *cli) {
    char why[STORE_WHY_BYTES] = "";
    struct store *store = NULL;
    if (store_open(&store, cli->state_directory, "", why) == STATUS_OK) store_close(store);
    cli_error(cli, _("the state directory cannot be used: %s"), why);
    cli_hint(cli, _("make it writable, or name another one with --state DIR"));
}

int cli_begin(struct cli *cli) {
    if (open_loop(cli) != EXIT_OK) return EXIT_NO_LINE;
    struct client_options options = {
        .servers = cli->servers,
        .state_directory = cli->state_directory,
        .language = language_code(),
        .name = "frontdesk " FRONTDESK_VERSION,
        .desk = cli->desk,
    };
    if (client_open(&cli->client, &cli->loop, &options, &line_callbacks, cli) != STATUS_OK) {
        tell_bad_state(cli);
        return EXIT_USAGE;
    }
    if (cli->fresh_certificate) client_forget_pin(cli->client);
    kept_tell_damaged(cli);
    return EXIT_OK;
}

static void on_timer(uv_timer_t *timer) {
    struct cli *cli = timer->data;
    cli->timed_out = true;
}

bool cli_wait(struct cli *cli, bool (*done)(void *owner), void *owner, int64_t timeout_ms) {
    cli->timed_out = false;
    if (timeout_ms > 0) uv_timer_start(&cli->timer, on_timer, (uint64_t)timeout_ms, 0);
    while (!cli->timed_out && !cli->interrupted && !done(owner)) uv_run(&cli->loop, UV_RUN_ONCE);
    uv_timer_stop(&cli->timer);
    return done(owner);
}

static bool line_settled(void *owner) {
    const struct cli *cli = owner;
    enum client_line line = client_line(cli->client);
    return line == CLIENT_LINE_UP || line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED;
}

int cli_line_trouble(struct cli *cli) {
    const char *why = cli->why[0] != '\0' ? cli->why : _("no answer in time");
    switch (client_line(cli->client)) {
    case CLIENT_LINE_UP: return EXIT_OK;
    case CLIENT_LINE_REFUSED:
        cli_error(cli, "%s:%d: %s", cli->host, cli->port, why);
        if (!client_certificate_changed(cli->client)) return EXIT_NO_LINE;
        cli_hint(cli, _("if the new certificate is right: frontdesk login --new-certificate"));
        return EXIT_CERTIFICATE;
    case CLIENT_LINE_STRANGER:
        if (cli->why[0] != '\0') cli_error(cli, "%s", cli->why);
        cli_error(cli, _("not signed in at %s:%d"), cli->host, cli->port);
        cli_hint(cli, "frontdesk login");
        return EXIT_SIGN_IN;
    default:
        cli_error(cli, _("no line to %s:%d: %s"), cli->host, cli->port, why);
        cli_hint(cli, _("frontdesk doctor looks for the cause; --server HOST:PORT names another server"));
        return EXIT_NO_LINE;
    }
}

int cli_open(struct cli *cli) {
    if (cli->client == NULL) {
        int code = cli_begin(cli);
        if (code != EXIT_OK) return code;
    }
    int64_t patience = cli->timeout_ms < PATIENCE_MS ? cli->timeout_ms : PATIENCE_MS;
    if (!cli_wait(cli, line_settled, cli, patience) && !cli->interrupted && patience < cli->timeout_ms) {
        if (isatty(STDERR_FILENO) == 1)
            (void)fprintf(stderr, _("waiting for %s:%d … %s\n"), cli->host, cli->port, cli->why);
        (void)cli_wait(cli, line_settled, cli, cli->timeout_ms - patience);
    }
    int code = cli_line_trouble(cli);
    /* What was written before comes before what is asked now. */
    if (code == EXIT_OK) kept_send_waiting(cli);
    return code;
}

static void on_client_closed(void *owner) {
    struct cli *cli = owner;
    cli->closed = true;
}

static bool client_gone(void *owner) {
    return ((struct cli *)owner)->closed;
}

void cli_close(struct cli *cli) {
    if (cli->client != NULL) {
        cli->interrupted = false;
        client_close(cli->client, on_client_closed);
        (void)cli_wait(cli, client_gone, cli, CLOSE_TIMEOUT_MS);
    }
    if (cli->loop_open) {
        uv_close((uv_handle_t *)&cli->timer, NULL);
        uv_close((uv_handle_t *)&cli->interrupt, NULL);
        uv_close((uv_handle_t *)&cli->terminate, NULL);
        if (cli->client == NULL || cli->closed) {
            uv_run(&cli->loop, UV_RUN_DEFAULT);
            (void)uv_loop_close(&cli->loop);
        }
    }
    arena_free(&cli->arena);
}

static void tell(const char *mark, const char *format, va_list arguments) {
    char text[2 * CLI_WHY_BYTES];
    (void)vsnprintf(text, sizeof text, format, arguments);
    struct arena arena;
    arena_init(&arena, 16 * sizeof text);
    const char *safe = text_printable(&arena, text);
    (void)fprintf(stderr, "%s%s\n", mark, safe == NULL ? "" : safe);
    arena_free(&arena);
}

void cli_error(const struct cli *cli, const char *format, ...) {
    (void)cli;
    va_list arguments;
    va_start(arguments, format);
    tell("frontdesk: ", format, arguments);
    va_end(arguments);
}

void cli_hint(const struct cli *cli, const char *format, ...) {
    (void)cli;
    va_list arguments;
    va_start(arguments, format);
    tell("  -> ", format, arguments);
    va_end(arguments);
}

bool cli_confirm(const struct cli *cli, const char *question) {
    if (cli->yes || isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) return true;
    (void)fprintf(stderr, "%s [y/N] ", question);
    char line[16] = "";
    if (fgets(line, sizeof line, stdin) == NULL) return false;
    return line[0] == 'y' || line[0] == 'Y' || strncmp(line, "是", strlen("是")) == 0;
}

int cli_print_json(const struct cli *cli, const ProtobufCMessage *message) {
    (void)cli;
    struct bytes out = {0};
    enum status status = json_append_message(&out, message, false);
    if (status == STATUS_OK) status = bytes_append(&out, "\n", 1);
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return status == STATUS_OK && fflush(stdout) == 0 ? EXIT_OK : EXIT_USAGE;
}

int64_t cli_now_ms(const struct cli *cli) {
    int64_t ahead = cli->client == NULL ? 0 : client_clock_ahead_ms(cli->client);
    return moment_now_ms() - ahead;
}

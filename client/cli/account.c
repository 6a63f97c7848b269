/* SPDX-License-Identifier: Apache-2.0 */
/* login, logout, passwd, whoami. */
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/cli.h"
#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/cli/password.h"
#include "client/cli/show.h"
#include "client/cli/words.h"
#include "common/message.h"
#include "common/text.h"

struct sign_in {
    struct cli *cli;
    enum status status;
    bool answered;
    const Fd__Reply *reply;
};

static const struct cli_option login_options[] = {
    {"password-file",   0, N_("FILE"), N_("the password is the first line of FILE"),        NULL, NULL},
    {"password-stdin",  0, NULL,       N_("the password comes on the standard input"),      NULL, NULL},
    {"new-certificate", 0, NULL,       N_("trust the certificate that the server has now"), NULL, NULL},
    {NULL,              0, NULL,       NULL,                                                NULL, NULL},
};

static void on_signed_in(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    (void)response;
    struct sign_in *sign_in = owner;
    struct arena *arena = &sign_in->cli->arena;
    Fd__Reply *kept = message_new(arena, &fd__reply__descriptor);
    sign_in->answered = true;
    if (kept == NULL) return;
    kept->status = reply->status;
    kept->retry_after_ms = reply->retry_after_ms;
    kept->message = arena_string(arena, reply->message);
    sign_in->reply = kept->message == NULL ? NULL : kept;
}

static bool sign_in_settled(void *owner) {
    const struct sign_in *sign_in = owner;
    return sign_in->answered || client_line(sign_in->cli->client) == CLIENT_LINE_REFUSED;
}

/* Login from the command line or asked for at the terminal. */
static int read_login(struct cli *cli, const struct arguments *arguments, const char **login) {
    enum { LOGIN_BYTES = 128 };
    *login = arguments->count > 0 ? arguments->positionals[0] : NULL;
    if (*login != NULL) return EXIT_OK;
    char *line = arena_take(&cli->arena, LOGIN_BYTES);
    if (isatty(STDIN_FILENO) == 1 && line != NULL) {
        (void)fprintf(stderr, "%s", _("Login: "));
        if (fgets(line, LOGIN_BYTES, stdin) != NULL) line[strcspn(line, "\r\n")] = '\0';
        *login = line;
    }
    if (!text_empty(*login)) return EXIT_OK;
    cli_error(cli, _("whose sign-in? frontdesk login LOGIN"));
    return EXIT_USAGE;
}

/* Without the token, which is nobody's to see. */
static Fd__SignInResponse person_shown(const struct cli *cli) {
    Fd__SignInResponse person = *client_person(cli->client);
    person.token = (char *)"";
    return person;
}

static int show_person(struct cli *cli) {
    Fd__SignInResponse person = person_shown(cli);
    if (cli->json) return cli_print_json(cli, &person.base);
    const struct table_column columns[] = {
        {_("site"),  false, false},
        {_("name"),  false, true },
        {_("roles"), false, true },
        {_("team"),  false, false}
    };
    struct table table;
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < person.n_memberships; i++) {
        const Fd__Membership *one = person.memberships[i];
        if (one->site == NULL || one->person == NULL) continue;
        const char *roles = "";
        for (size_t r = 0; r < one->person->n_roles && roles != NULL; r++)
            roles = arena_printf(&cli->arena, "%s%s%s", roles, r == 0 ? "" : ", ",
                                 word_of(&fd__role__descriptor, (int)one->person->roles[r]));
        table_add(&table, one->site->code, PAINT_BOLD);
        table_add(&table, one->site->name, PAINT_NONE);
        table_add(&table, roles, PAINT_NONE);
        table_add(&table, word_of(&fd__team__descriptor, (int)one->person->team), PAINT_NONE);
    }
    const char *name = text_printable(&cli->arena, person.name);
    (void)printf(_("%s, signed in at %s:%d\n"), name == NULL ? "" : name, cli->host, cli->port);
    return person.n_memberships == 0 ? show_nothing(cli, _("member of no site yet")) : show_table(cli, &table);
}

static int change_password(struct cli *cli, const char *before, const char *after) {
    Fd__ChangePasswordRequest request = FD__CHANGE_PASSWORD_REQUEST__INIT;
    Fd__ChangePasswordResponse *response = NULL;
    request.old_password = (char *)before;
    request.new_password = (char *)after;
    int code = cli_ask(cli, "session.change_password", "", &request.base, &fd__change_password_response__descriptor,
                       &response);
    if (code == EXIT_OK && !cli->json) (void)printf("%s\n", _("password changed"));
    return code;
}

/* The first password was chosen by somebody else: nothing goes on before it is changed. */
static int change_first_password(struct cli *cli, const char *before) {
    if (!client_person(cli->client)->password_must_change) return EXIT_OK;
    cli_error(cli, _("this password was given to you and must be changed first"));
    if (isatty(STDIN_FILENO) != 1) {
        cli_hint(cli, "frontdesk passwd");
        return EXIT_OK;
    }
    char after[PASSWORD_BYTES] = "";
    int code = password_read_new(cli, NULL, false, after);
    if (code == EXIT_OK) code = change_password(cli, before, after);
    sodium_memzero(after, sizeof after);
    return code;
}

static void tell_fingerprint(struct cli *cli, bool met) {
    uint8_t pin[TLS_PIN_BYTES];
    char text[2 * TLS_PIN_BYTES + 1];
    if (met || !client_pin(cli->client, pin)) return;
    sodium_bin2hex(text, sizeof text, pin, sizeof pin);
    (void)fprintf(stderr,
                  _("first contact with %s:%d; its certificate is trusted from now on:\n  %s\n"
                    "  (not the administrator's \"certificate pin\"? sign out and tell them)\n"),
                  cli->host, cli->port, text);
}

static int sign_in(struct cli *cli, const char *login, const char *password) {
    struct sign_in sign_in = {.cli = cli};
    uint8_t pin[TLS_PIN_BYTES];
    int code = cli_begin(cli);
    if (code != EXIT_OK) return code;
    bool met = client_pin(cli->client, pin);
    if (client_sign_in(cli->client, login, password, on_signed_in, &sign_in) != STATUS_OK) return EXIT_USAGE;
    (void)cli_wait(cli, sign_in_settled, &sign_in, cli->timeout_ms);
    client_forget_calls(cli->client, &sign_in);
    if (!sign_in.answered || sign_in.reply == NULL) return cli_line_trouble(cli);
    tell_fingerprint(cli, met);
    if (sign_in.reply->status == FD__STATUS__STATUS_OK) return EXIT_OK;
    (void)cli_tell_refusal(cli, sign_in.reply);
    return EXIT_REFUSED;
}

static int run_login(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    const char *login = NULL;
    char password[PASSWORD_BYTES] = "";
    int code = read_login(cli, arguments, &login);
    cli->fresh_certificate = arguments_value(command, arguments, "new-certificate") != NULL;
    if (code == EXIT_OK)
        code = password_read(cli, arguments_value(command, arguments, "password-file"),
                             arguments_value(command, arguments, "password-stdin") != NULL, _("Password: "), password);
    if (code == EXIT_OK) code = sign_in(cli, login, password);
    if (code == EXIT_OK) code = change_first_password(cli, password);
    sodium_memzero(password, sizeof password);
    if (code != EXIT_OK) return code;
    kept_send_waiting(cli);
    kept_tell_others(cli);
    return show_person(cli);
}

const struct cli_command command_login = {
    .path = "login",
    .synopsis = N_("[LOGIN]"),
    .summary = N_("sign in and stay signed in on this device"),
    .details = N_("The password is asked for at the terminal. At the first contact the server's certificate is trusted "
                  "and kept; if it changes later, nothing is sent."),
    .options = login_options,
    .at_most = 1,
    .run = run_login,
};

static const struct cli_option logout_options[] = {
    {"everywhere", 0, NULL, N_("end your sessions on all devices"), NULL, NULL},
    {NULL,         0, NULL, NULL,                                   NULL, NULL},
};

static int run_logout(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__SignOutRequest request = FD__SIGN_OUT_REQUEST__INIT;
    Fd__SignOutResponse *response = NULL;
    request.everywhere = arguments_value(command, arguments, "everywhere") != NULL;
    int code = cli_open(cli);
    int waiting = code == EXIT_OK ? client_waiting_counts(cli->client).waiting : 0;
    if (waiting > 0)
        cli_error(cli, _("%d that you have written wait here: they are sent when you sign in again"), waiting);
    if (code == EXIT_OK)
        code = cli_ask(cli, "session.sign_out", "", &request.base, &fd__sign_out_response__descriptor, &response);
    if (code == EXIT_OK && !cli->json) (void)printf("%s\n", _("signed out"));
    return code;
}

const struct cli_command command_logout = {
    .path = "logout",
    .synopsis = "",
    .summary = N_("sign out"),
    .options = logout_options,
    .run = run_logout,
};

static const struct cli_option passwd_options[] = {
    {"old-password-file", 0, N_("FILE"), N_("the present password is the first line of FILE"),         NULL, NULL},
    {"new-password-file", 0, N_("FILE"), N_("the new password is the first line of FILE"),             NULL, NULL},
    {"password-stdin",    0, NULL,       N_("both come on the standard input, the present one first"), NULL, NULL},
    {NULL,                0, NULL,       NULL,                                                         NULL, NULL},
};

static int run_passwd(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    char before[PASSWORD_BYTES] = "", after[PASSWORD_BYTES] = "";
    bool from_input = arguments_value(command, arguments, "password-stdin") != NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK)
        code = password_read(cli, arguments_value(command, arguments, "old-password-file"), from_input,
                             _("Present password: "), before);
    if (code == EXIT_OK)
        code = password_read_new(cli, arguments_value(command, arguments, "new-password-file"), from_input, after);
    if (code == EXIT_OK) code = change_password(cli, before, after);
    sodium_memzero(before, sizeof before);
    sodium_memzero(after, sizeof after);
    return code;
}

const struct cli_command command_passwd = {
    .path = "passwd",
    .synopsis = "",
    .summary = N_("change your password"),
    .options = passwd_options,
    .run = run_passwd,
};

static int run_whoami(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    int code = cli_open(cli);
    return code == EXIT_OK ? show_person(cli) : code;
}

const struct cli_command command_whoami = {
    .path = "whoami",
    .synopsis = "",
    .summary = N_("who is signed in, on which sites, with which roles"),
    .run = run_whoami,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: each thing that must be right, one after the other: NAME: OK, or FAIL (why; do this). */
#include <string.h>
#include <unistd.h>

#include "client/cli/cli.h"
#include "client/cli/language.h"
#include "client/core/store.h"
#include "common/json.h"
#include "common/moment.h"

enum { CHECKS_LIMIT = 8, DOCTOR_WHY_BYTES = 256, CLOCK_LIMIT_MS = 60 * SECOND_MS, NAGIOS_CRITICAL = 2 };

struct check {
    const char *name;
    bool good;
    const char *why, *mend; /* when it is not; `why` is what was found when it is */
};

struct doctor {
    struct cli *cli;
    struct check checks[CHECKS_LIMIT];
    size_t count;
    int code;
};

static bool note(struct doctor *doctor, const char *name, bool good, const char *why, const char *mend) {
    if (doctor->count < CHECKS_LIMIT)
        doctor->checks[doctor->count++] =
            (struct check){.name = name, .good = good, .why = why == NULL ? "" : why, .mend = mend == NULL ? "" : mend};
    return good;
}

static bool check_state(struct doctor *doctor) {
    char why[DOCTOR_WHY_BYTES] = "";
    struct store *store = NULL;
    bool good = store_open(&store, doctor->cli->state_directory, "", why) == STATUS_OK;
    if (good) store_close(store);
    return note(doctor, "state", good, good ? doctor->cli->state_directory : arena_string(&doctor->cli->arena, why),
                _("make the directory writable, or name another one with --state DIR"));
}

static bool line_met(void *owner) {
    const struct cli *cli = owner;
    enum client_line line = client_line(cli->client);
    return client_server(cli->client) != NULL || line == CLIENT_LINE_REFUSED;
}

static bool check_line(struct doctor *doctor) {
    struct cli *cli = doctor->cli;
    if (cli_begin(cli) != EXIT_OK) return note(doctor, "line", false, _("out of memory"), "");
    bool met = cli_wait(cli, line_met, cli, cli->timeout_ms);
    bool refused = client_line(cli->client) == CLIENT_LINE_REFUSED;
    const char *why = cli->why[0] != '\0' ? arena_string(&cli->arena, cli->why) : _("no answer in time");
    doctor->code = EXIT_NO_LINE;
    if (!met)
        return note(doctor, "line", false, why,
                    arena_printf(&cli->arena, _("check that frontdeskd runs at %s:%d and no firewall is between"),
                                 cli->host, cli->port));
    note(doctor, "line", true, arena_printf(&cli->arena, "%s:%d", cli->host, cli->port), "");
    if (refused && client_certificate_changed(cli->client)) {
        doctor->code = EXIT_CERTIFICATE;
        return note(doctor, "certificate", false, why,
                    _("if the new certificate is right: frontdesk login --new-certificate"));
    }
    note(doctor, "certificate", true, _("as pinned"), "");
    doctor->code = refused ? EXIT_NO_LINE : EXIT_OK;
    return note(doctor, "protocol", !refused, refused ? why : client_server(cli->client)->server,
                _("upgrade the older of the two"));
}

static void check_clock(struct doctor *doctor) {
    struct cli *cli = doctor->cli;
    int64_t ahead_ms = client_clock_ahead_ms(cli->client);
    bool good = ahead_ms > -CLOCK_LIMIT_MS && ahead_ms < CLOCK_LIMIT_MS;
    note(doctor, "clock", good, arena_printf(&cli->arena, "%+.3f s", (double)ahead_ms / (double)SECOND_MS),
         _("set this machine's clock (timedatectl set-ntp true)"));
}

static bool session_settled(void *owner) {
    const struct cli *cli = owner;
    enum client_line line = client_line(cli->client);
    return line == CLIENT_LINE_UP || line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED;
}

static bool check_session(struct doctor *doctor) {
    struct cli *cli = doctor->cli;
    (void)cli_wait(cli, session_settled, cli, cli->timeout_ms);
    bool good = client_line(cli->client) == CLIENT_LINE_UP;
    if (!good) doctor->code = EXIT_SIGN_IN;
    if (!note(doctor, "session", good, good ? client_person(cli->client)->name : _("not signed in"), "frontdesk login"))
        return false;
    const Fd__SignInResponse *person = client_person(cli->client);
    return note(doctor, "membership", person->n_memberships > 0,
                arena_printf(&cli->arena, "%zu", person->n_memberships),
                _("ask the administrator to add you to a site"));
}

static void check_answer(struct doctor *doctor) {
    struct cli *cli = doctor->cli;
    Fd__ListAuthorityRequest request = FD__LIST_AUTHORITY_REQUEST__INIT;
    Fd__ListAuthorityResponse *response = NULL;
    const Fd__Reply *reply = NULL;
    uint64_t began = uv_hrtime();
    int code =
        cli_try(cli, "authority.list", "", &request.base, &fd__list_authority_response__descriptor, &response, &reply);
    double milliseconds = (double)(uv_hrtime() - began) / 1e6;
    const char *why = reply == NULL ? _("no answer in time") : reply->message;
    note(doctor, "answer", code == EXIT_OK, code == EXIT_OK ? arena_printf(&cli->arena, "%.1f ms", milliseconds) : why,
         _("read the server's log"));
}

static int print_text(const struct doctor *doctor) {
    bool good = true;
    for (size_t i = 0; i < doctor->count; i++) {
        const struct check *check = &doctor->checks[i];
        good = good && check->good;
        if (check->good)
            (void)printf("%s: OK (%s)\n", check->name, check->why);
        else
            (void)printf("%s: FAIL (%s; %s)\n", check->name, check->why, check->mend);
    }
    return good ? EXIT_OK : EXIT_REFUSED;
}

static int print_json(const struct doctor *doctor) {
    struct bytes out = {0};
    bool good = true;
    enum status status = bytes_append_text(&out, "[");
    for (size_t i = 0; i < doctor->count && status == STATUS_OK; i++) {
        const struct check *check = &doctor->checks[i];
        good = good && check->good;
        status = bytes_printf(&out, "%s{\"name\":\"%s\",\"ok\":%s,\"found\":", i == 0 ? "" : ",", check->name,
                              check->good ? "true" : "false");
        if (status == STATUS_OK) status = json_append_text(&out, check->why);
        if (status == STATUS_OK) status = bytes_append_text(&out, ",\"mend\":");
        if (status == STATUS_OK) status = json_append_text(&out, check->good ? "" : check->mend);
        if (status == STATUS_OK) status = bytes_append_text(&out, "}");
    }
    if (status == STATUS_OK) status = bytes_append_text(&out, "]\n");
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return good && status == STATUS_OK ? EXIT_OK : EXIT_REFUSED;
}

/* One line, and the exit codes of the plugin interface. */
static int print_nagios(const struct doctor *doctor) {
    for (size_t i = 0; i < doctor->count; i++) {
        const struct check *check = &doctor->checks[i];
        if (check->good) continue;
        (void)printf("FRONTDESK CRITICAL - %s: %s; %s\n", check->name, check->why, check->mend);
        return NAGIOS_CRITICAL;
    }
    (void)printf("FRONTDESK OK - %zu checks\n", doctor->count);
    return EXIT_OK;
}

static const struct cli_option doctor_options[] = {
    {"format", 'f', N_("FORMAT"), N_("text, json or nagios"), NULL, NULL},
    {NULL,     0,   NULL,         NULL,                       NULL, NULL},
};

static int run_doctor(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    const char *format = arguments_value(command, arguments, "format");
    if (format == NULL) format = cli->json ? "json" : "text";
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0 && strcmp(format, "nagios") != 0) {
        cli_error(cli, _("--%s: \"%s\" is none of: %s"), "format", format, "text, json, nagios");
        return EXIT_USAGE;
    }
    struct doctor doctor = {.cli = cli};
    if (check_state(&doctor) && check_line(&doctor)) {
        check_clock(&doctor);
        if (check_session(&doctor)) check_answer(&doctor);
    }
    if (strcmp(format, "nagios") == 0) return print_nagios(&doctor);
    int code = strcmp(format, "json") == 0 ? print_json(&doctor) : print_text(&doctor);
    return code != EXIT_OK && doctor.code != EXIT_OK ? doctor.code : code;
}

const struct cli_command command_doctor = {
    .path = "doctor",
    .synopsis = "",
    .summary = N_("check everything between here and the server"),
    .details = N_("With --format nagios the exit code is 0 for OK and 2 for CRITICAL."),
    .options = doctor_options,
    .run = run_doctor,
};

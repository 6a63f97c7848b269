/* SPDX-License-Identifier: Apache-2.0 */
/* import: the rows of a CSV file become complaints, several under way at once. */
#include "client/cli/import.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/language.h"
#include "common/moment.h"
#include "common/text.h"

enum { IN_FLIGHT_DEFAULT = 16, IN_FLIGHT_MOST = 32, ROW_ARENA_BYTES = 1024 * 1024, STALL_FACTOR = 4, TURN_MS = 200 };

size_t import_done(const struct import *import) {
    return import->registered + import->before + import->refused;
}

void import_refuse(struct import_row *row, enum status status, const char *field, const char *why) {
    struct arena *arena = &row->import->cli->arena;
    row->state = IMPORT_REFUSED;
    row->status = status;
    row->field = arena_string(arena, field);
    row->why = arena_string(arena, why);
    row->import->refused++;
}

static void on_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct import_row *row = owner;
    struct import *import = row->import;
    import->under_way--;
    if (reply->status != FD__STATUS__STATUS_OK || response == NULL) {
        if (reply->status == FD__STATUS__STATUS_UNAVAILABLE)
            return; /* the client ends: neither registered nor refused */
        import_refuse(row, (enum status)reply->status, reply->field, reply->message);
        return;
    }
    const Fd__Complaint *complaint = ((const Fd__RegisterComplaintResponse *)(const void *)response)->complaint;
    (void)snprintf(row->number, sizeof row->number, "%s", complaint == NULL ? "" : complaint->number);
    ledger_add(import->ledger, row->key, row->number);
    row->state = IMPORT_REGISTERED;
    import->registered++;
}

static void send_row(struct import_row *row) {
    struct import *import = row->import;
    Fd__RegisterComplaintRequest request;
    struct row_fault fault = {0};
    struct arena arena;
    arena_init(&arena, ROW_ARENA_BYTES);
    if (!mapping_row(&import->mapping, row->row, &arena, &request, &fault)) {
        import_refuse(row, STATUS_INVALID, fault.field, fault.why);
        arena_free(&arena);
        return;
    }
    row->state = IMPORT_UNDER_WAY;
    enum status status = client_call(import->cli->client, "complaint.register", import->site_id, row->key,
                                     &request.base, &fd__register_complaint_response__descriptor, on_reply, row);
    arena_free(&arena);
    if (status == STATUS_OK)
        import->under_way++;
    else
        import_refuse(row, status, "", _("is too large to be sent"));
}

static void send_rows(struct import *import) {
    while (!import->ends && import->under_way < import->limit && import->next < import->file.count) {
        struct import_row *row = &import->rows[import->next++];
        if (row->state == IMPORT_WAITING) send_row(row);
    }
}

static bool turn_done(void *owner) {
    struct import *import = owner;
    enum client_line line = client_line(import->cli->client);
    send_rows(import);
    return line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED ||
           (import->under_way == 0 && (import->ends || import->next == import->file.count));
}

/* Until all are answered. EXIT_NO_LINE when nothing moves any more. */
static int run_rows(struct import *import) {
    struct cli *cli = import->cli;
    int64_t moved_at_ms = moment_now_ms();
    size_t done = import_done(import);
    import->began_at_ms = moved_at_ms;
    while (!cli_wait(cli, turn_done, import, TURN_MS)) {
        import_progress(import, false);
        if (cli->interrupted) {
            /* What is under way is still waited for; a second interrupt ends at once. */
            if (import->ends) return EXIT_PARTLY;
            import->ends = true;
            cli->interrupted = false;
        }
        if (done != import_done(import)) moved_at_ms = moment_now_ms();
        done = import_done(import);
        if (moment_now_ms() - moved_at_ms > STALL_FACTOR * cli->timeout_ms) break;
    }
    import_progress(import, true);
    int code = cli_line_trouble(cli);
    if (code == EXIT_OK && import->under_way > 0) code = EXIT_NO_LINE;
    if (code != EXIT_OK || import->ends)
        cli_hint(cli, _("run the same import again: what is registered is not registered twice"));
    return code;
}

/* Keys, what was imported before, keys that stand twice in the file. */
static int compare_keys(const void *left, const void *right) {
    const struct import_row *a = *(struct import_row *const *)left, *b = *(struct import_row *const *)right;
    int order = strcmp(a->key, b->key);
    return order != 0 ? order : (a < b ? -1 : 1);
}

static bool find_doubles(struct import *import) {
    struct import_row **order = calloc(import->file.count + 1, sizeof *order);
    size_t count = 0;
    if (order == NULL) return false;
    for (size_t i = 0; i < import->file.count; i++)
        if (import->rows[i].state != IMPORT_REFUSED) order[count++] = &import->rows[i];
    if (count > 1) qsort(order, count, sizeof *order, compare_keys);
    for (size_t i = 1; i < count; i++)
        if (strcmp(order[i]->key, order[i - 1]->key) == 0)
            import_refuse(order[i], STATUS_CONFLICT, import->mapping.key, _("stands twice in the file"));
    free(order);
    return true;
}

/* What can be said without the server. */
static bool check_rows(struct import *import) {
    import->rows = calloc(import->file.count + 1, sizeof *import->rows);
    if (import->rows == NULL) return false;
    struct arena arena;
    arena_init(&arena, ROW_ARENA_BYTES);
    for (size_t i = 0; i < import->file.count; i++) {
        struct import_row *row = &import->rows[i];
        Fd__RegisterComplaintRequest request;
        struct row_fault fault = {0};
        *row = (struct import_row){.import = import, .row = &import->file.rows[i]};
        if (mapping_row(&import->mapping, row->row, &arena, &request, &fault))
            mapping_key(&import->mapping, row->row, import->site_id, row->key);
        else
            import_refuse(row, STATUS_INVALID, fault.field, fault.why);
        arena_free(&arena);
    }
    return find_doubles(import);
}

static void find_imported(struct import *import) {
    for (size_t i = 0; i < import->file.count; i++) {
        struct import_row *row = &import->rows[i];
        if (row->state != IMPORT_WAITING || !ledger_find(import->ledger, row->key, row->number)) continue;
        row->state = IMPORT_BEFORE;
        import->before++;
    }
}

static int read_files(struct import *import, const char *path, const char *mapping) {
    char why[CSV_WHY_BYTES] = "";
    const char *at_fault = path;
    enum status status = csv_file_read(&import->file, path, why);
    if (status == STATUS_OK) {
        at_fault = mapping != NULL ? mapping : path;
        status = mapping != NULL ? mapping_read(&import->mapping, mapping, why)
                                 : mapping_from_header(&import->mapping, &import->file, why);
    }
    if (status == STATUS_OK) {
        at_fault = path;
        status = mapping_bind(&import->mapping, &import->file, why);
    }
    if (status == STATUS_OK) return EXIT_OK;
    cli_error(import->cli, "%s: %s", at_fault, why);
    return EXIT_USAGE;
}

static int import_rows(struct import *import) {
    struct cli *cli = import->cli;
    char why[MAPPING_WHY_BYTES] = "";
    const Fd__Membership *membership = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code != EXIT_OK) return code;
    import->site_id = arena_string(&cli->arena, membership->site->id);
    if (import->site_id == NULL || !check_rows(import)) return EXIT_USAGE;
    const char *question = arena_printf(&cli->arena, _("Register %zu complaints at %s?"),
                                        import->file.count - import->refused, membership->site->name);
    if (question == NULL || !cli_confirm(cli, question)) return EXIT_USAGE;
    if (ledger_open(&import->ledger, cli->state_directory, import->site_id, why) != STATUS_OK) {
        cli_error(cli, "%s", why);
        return EXIT_USAGE;
    }
    find_imported(import);
    return run_rows(import);
}

static const struct cli_option import_options[] = {
    {"mapping",   'm', N_("FILE"), N_("which column is what; without it columns are called like the fields"), NULL, NULL},
    {"dry-run",   0,   NULL,       N_("check every row here and send nothing"),                               NULL, NULL},
    {"report",    0,   N_("FILE"), N_("write the refused rows to FILE (.json: JSON lines, else CSV)"),        NULL, NULL},
    {"in-flight", 0,   N_("N"),    N_("how many rows under way at once, 1 to 32 (16)"),                       NULL, NULL},
    {NULL,        0,   NULL,       NULL,                                                                      NULL, NULL},
};

static bool read_limit(struct import *import, const char *text) {
    import->limit = IN_FLIGHT_DEFAULT;
    if (text == NULL) return true;
    char *end = NULL;
    long limit = strtol(text, &end, 10);
    if (end == text || *end != '\0' || limit < 1 || limit > IN_FLIGHT_MOST) {
        cli_error(import->cli, _("--%s: \"%s\" is no number"), "in-flight", text);
        return false;
    }
    import->limit = (size_t)limit;
    return true;
}

static int run_import(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    struct import import = {.cli = cli, .site_id = ""};
    const char *report = arguments_value(command, arguments, "report");
    bool dry_run = arguments_value(command, arguments, "dry-run") != NULL;
    if (!read_limit(&import, arguments_value(command, arguments, "in-flight"))) return EXIT_USAGE;
    int code = read_files(&import, arguments->positionals[0], arguments_value(command, arguments, "mapping"));
    if (code == EXIT_OK && dry_run) code = check_rows(&import) ? EXIT_OK : EXIT_USAGE;
    if (code == EXIT_OK && !dry_run) code = import_rows(&import);
    if (import.rows != NULL) {
        int summary = import_summary(&import, dry_run);
        if (report != NULL && !import_report(&import, report) && code == EXIT_OK) code = EXIT_USAGE;
        if (code == EXIT_OK) code = summary;
    }
    for (size_t i = 0; cli->client != NULL && import.rows != NULL && i < import.file.count; i++)
        if (import.rows[i].state == IMPORT_UNDER_WAY) client_forget_calls(cli->client, &import.rows[i]);
    ledger_close(import.ledger);
    free(import.rows);
    mapping_free(&import.mapping);
    csv_file_free(&import.file);
    return code;
}

const struct cli_command command_import = {
    .path = "import",
    .synopsis = N_("FILE.csv"),
    .summary = N_("register the rows of a CSV file as complaints"),
    .details =
        N_("Running it again registers nothing twice, whatever happened to the run before. Texts are kept byte for "
           "byte. Exit code 6 says that some rows were refused."),
    .options = import_options,
    .at_least = 1,
    .at_most = 1,
    .run = run_import,
};

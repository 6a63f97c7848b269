/* SPDX-License-Identifier: Apache-2.0 */
/* Progress, report and summary of an import. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/import.h"
#include "client/cli/language.h"
#include "common/json.h"
#include "common/moment.h"

enum { BAR_COLUMNS = 30, LINE_EVERY_MS = 10 * SECOND_MS, BAR_EVERY_MS = 200 };

void import_progress(struct import *import, bool last) {
    int64_t now_ms = moment_now_ms();
    bool bar = isatty(STDERR_FILENO) == 1 && !import->cli->plain;
    int64_t every_ms = bar ? BAR_EVERY_MS : LINE_EVERY_MS;
    if (import->told_at_ms == 0 && !bar) import->told_at_ms = import->began_at_ms;
    if ((!last || !bar) && now_ms - import->told_at_ms < every_ms) return;
    import->told_at_ms = now_ms;
    size_t done = import_done(import), total = import->file.count;
    int64_t elapsed_ms = now_ms - import->began_at_ms;
    double rate = elapsed_ms > 0 ? (double)import->registered * SECOND_MS / (double)elapsed_ms : 0;
    if (!bar) {
        (void)fprintf(stderr, _("%zu of %zu rows, %zu refused\n"), done, total, import->refused);
        return;
    }
    int full = total == 0 ? BAR_COLUMNS : (int)(done * BAR_COLUMNS / total);
    (void)fprintf(stderr, "\r[%.*s%*s] ", full, "##############################", BAR_COLUMNS - full, "");
    (void)fprintf(stderr, _("%zu/%zu  %.0f/s  refused %zu"), done, total, rate, import->refused);
    (void)fprintf(stderr, "\033[K");
    if (last) (void)fprintf(stderr, "\n");
    (void)fflush(stderr);
}

static enum status append_csv(const struct import_row *row, struct bytes *out) {
    const struct import *import = row->import;
    size_t key = (size_t)import->mapping.key_index;
    enum status status = bytes_printf(out, "%zu,", row->row->line);
    if (status == STATUS_OK) status = csv_append_field(out, key < row->row->count ? row->row->fields[key] : "", false);
    if (status == STATUS_OK) status = csv_append_field(out, status_name(row->status), false);
    if (status == STATUS_OK) status = csv_append_field(out, row->field == NULL ? "" : row->field, false);
    return status == STATUS_OK ? csv_append_field(out, row->why == NULL ? "" : row->why, true) : status;
}

static enum status append_json(const struct import_row *row, struct bytes *out) {
    const struct import *import = row->import;
    size_t key = (size_t)import->mapping.key_index;
    enum status status = bytes_printf(out, "{\"line\":%zu,\"key\":", row->row->line);
    if (status == STATUS_OK) status = json_append_text(out, key < row->row->count ? row->row->fields[key] : "");
    if (status == STATUS_OK) status = bytes_printf(out, ",\"status\":\"%s\",\"field\":", status_name(row->status));
    if (status == STATUS_OK) status = json_append_text(out, row->field == NULL ? "" : row->field);
    if (status == STATUS_OK) status = bytes_append_text(out, ",\"why\":");
    if (status == STATUS_OK) status = json_append_text(out, row->why == NULL ? "" : row->why);
    return status == STATUS_OK ? bytes_append_text(out, "}\n") : status;
}

bool import_report(const struct import *import, const char *path) {
    size_t length = strlen(path);
    bool json = length > 5 && strcmp(path + length - 5, ".json") == 0;
    struct bytes out = {0};
    enum status status = json ? STATUS_OK : bytes_append_text(&out, "\xEF\xBB\xBFline,key,status,field,why\r\n");
    for (size_t i = 0; i < import->file.count && status == STATUS_OK; i++)
        if (import->rows[i].state == IMPORT_REFUSED)
            status = json ? append_json(&import->rows[i], &out) : append_csv(&import->rows[i], &out);
    FILE *file = fopen(path, "we");
    bool written = file != NULL && status == STATUS_OK && fwrite(out.data, 1, out.length, file) == out.length;
    if (file != NULL && fclose(file) != 0) written = false;
    if (!written) cli_error(import->cli, "%s: %s", path, strerror(errno));
    bytes_free(&out);
    return written;
}

static void tell_refused(const struct import *import) {
    enum { SHOWN = 10 };
    size_t shown = 0;
    for (size_t i = 0; i < import->file.count && shown < SHOWN; i++) {
        const struct import_row *row = &import->rows[i];
        if (row->state != IMPORT_REFUSED) continue;
        cli_error(import->cli, _("line %zu: %s %s"), row->row->line, row->field == NULL ? "" : row->field,
                  row->why == NULL ? "" : row->why);
        shown++;
    }
    if (import->refused > shown)
        cli_hint(import->cli, _("%zu more; --report FILE writes them all"), import->refused - shown);
}

int import_summary(const struct import *import, bool dry_run) {
    size_t left = import->file.count - import_done(import);
    if (import->cli->json)
        (void)printf("{\"rows\":%zu,\"dry_run\":%s,\"registered\":%zu,\"before\":%zu,\"refused\":%zu,\"left\":%zu}\n",
                     import->file.count, dry_run ? "true" : "false", import->registered, import->before,
                     import->refused, left);
    else if (dry_run)
        (void)printf(_("%zu rows: %zu would be sent, %zu refused; nothing was sent\n"), import->file.count, left,
                     import->refused);
    else
        (void)printf(_("%zu rows: %zu registered, %zu registered before, %zu refused, %zu left\n"), import->file.count,
                     import->registered, import->before, import->refused, left);
    if (!import->cli->json) tell_refused(import);
    return import->refused > 0 || (left > 0 && !dry_run) ? EXIT_PARTLY : EXIT_OK;
}

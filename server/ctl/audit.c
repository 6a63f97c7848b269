/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/bytes.h"
#include "common/check.h"
#include "common/json.h"
#include "common/moment.h"
#include "server/audit/verify.h"
#include "server/ctl/ctl.h"

struct report {
    const struct ctl *ctl;
    struct bytes sites, differences; /* JSON, each behind a comma */
    bool out_of_memory, terminal;
    int64_t told;
};

static const char *chain_word(enum audit_chain chain) {
    static const char *const words[] = {
        [AUDIT_JOURNAL] = "journal", [AUDIT_ACCESS] = "access_log", [AUDIT_ANCHORS] = "anchors"};
    return words[chain];
}

static const char *place_format(const struct ctl *ctl, enum audit_chain chain) {
    switch (chain) {
    case AUDIT_JOURNAL: return ctl_say(ctl, "%s：日志第 %" PRId64 " 条", "%s: journal entry %" PRId64);
    case AUDIT_ACCESS: return ctl_say(ctl, "%s：查看记录第 %" PRId64 " 条", "%s: access log entry %" PRId64);
    case AUDIT_ANCHORS: break;
    }
    return ctl_say(ctl, "%.0s锚定文件第 %" PRId64 " 行", "%.0sline %" PRId64 " of the anchors");
}

static void clear_progress(struct report *report) {
    if (report->terminal && report->told > 0) (void)fputs("\r\033[K", stderr);
    report->told = 0;
}

static void on_difference(void *owner, const struct audit_difference *difference) {
    struct report *report = owner;
    char at[MOMENT_TEXT_BYTES];
    clear_progress(report);
    moment_format(difference->at_ms, at);
    if (report->ctl->json) {
        enum status status = bytes_printf(
            &report->differences,
            ",{\"site\":\"%s\",\"chain\":\"%s\",\"number\":%" PRId64 ",\"at\":\"%s\",\"finding\":\"%s\"}",
            difference->site, chain_word(difference->chain), difference->seq, at, finding_word(difference->finding));
        report->out_of_memory = report->out_of_memory || status != STATUS_OK;
        return;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)printf(place_format(report->ctl, difference->chain), difference->site, difference->seq);
#pragma GCC diagnostic pop
    if (at[0] != '\0') (void)printf(ctl_say(report->ctl, "（%s）", " (%s)"), at);
    (void)printf(ctl_say(report->ctl, "：%s\n", ": %s\n"), finding_text(difference->finding, report->ctl->chinese));
}

static void on_site(void *owner, const struct audit_site *site) {
    struct report *report = owner;
    clear_progress(report);
    if (report->ctl->json) {
        enum status status = bytes_printf(
            &report->sites,
            ",{\"site\":\"%s\",\"sound\":%s,\"entries\":%" PRId64 ",\"accesses\":%" PRId64 ",\"anchors\":%" PRId64 "}",
            site->code, site->sound ? "true" : "false", site->entries, site->accesses, site->anchors);
        report->out_of_memory = report->out_of_memory || status != STATUS_OK;
        return;
    }
    (void)printf(ctl_say(report->ctl, "%s：%s：日志 %" PRId64 " 条，查看记录 %" PRId64 " 条，对照锚定 %" PRId64 " 个\n",
                         "%s: %s: %" PRId64 " journal entries, %" PRId64 " of the access log, against %" PRId64
                         " anchors\n"),
                 site->code, site->sound ? "OK" : ctl_say(report->ctl, "有差异", "DIFFERENT"), site->entries,
                 site->accesses, site->anchors);
}

/* To a person only. */
static void on_progress(void *owner, const char *site, int64_t seq, int64_t of) {
    struct report *report = owner;
    if (!report->terminal) return;
    (void)fprintf(stderr, "\r\033[K%s %" PRId64 "/%" PRId64, site, seq, of);
    report->told++;
}

/* Preparing */

static bool read_since(const struct ctl *ctl, int64_t *since_ms) {
    time_t now = time(NULL);
    struct tm local;
    *since_ms = 0;
    if (ctl->since == NULL) return true;
    if (localtime_r(&now, &local) == NULL) return false;
    char civil[MOMENT_TEXT_BYTES];
    (void)snprintf(civil, sizeof(civil), "%s%s", ctl->since,
                   strlen(ctl->since) == strlen("2026-11-01") ? " 00:00" : "");
    if (moment_parse(ctl->since, since_ms) || moment_parse_civil(civil, (int32_t)(local.tm_gmtoff / 60), since_ms))
        return true;
    ctl_fail(ctl,
             ctl_say(ctl, "--since：\"%s\" 不是时间；请写 \"2026-11-01 00:00\"",
                     "--since: \"%s\" is no time; write \"2026-11-01 00:00\""),
             ctl->since);
    return false;
}

/* The line of the file `database`, which the server of a private cluster leaves. */
static char *read_note(const struct ctl *ctl) {
    char line[2048] = "";
    FILE *file = fopen(ctl_path(ctl, "database"), "re");
    if (file == NULL) return NULL;
    bool read = fgets(line, sizeof(line), file) != NULL;
    (void)fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return read ? strdup(line) : NULL;
}

/* As given; else what the running server has; else what the settings say; else the private cluster. NULL: told. */
static char *find_database(const struct ctl *ctl) {
    enum ctl_exit code;
    char why[WHY_BYTES] = "";
    if (ctl->database != NULL) return strdup(ctl->database);
    char *conninfo = ctl_request(ctl, "en", "database", &code, why);
    if (conninfo != NULL && code == CTL_OK) return conninfo;
    free(conninfo);
    if (ctl->database_url[0] != '\0') return strdup(ctl->database_url);
    conninfo = read_note(ctl);
    if (conninfo == NULL) ctl_fail(ctl, "%s", why);
    return conninfo;
}

/* Without a key the signatures can't be judged, and the anchors prove little: that is a mistake, not a shorter audit.
 */
static bool find_key(const struct ctl *ctl, struct audit_key *key) {
    char why[WHY_BYTES] = "";
    if (ctl->without_anchors) return true;
    if (ctl->key != NULL) {
        if (audit_key_read(key, ctl->key)) return true;
        ctl_fail(ctl, "%s",
                 ctl_say(ctl, "--key：应为 64 位十六进制", "--key: write the 64 hexadecimal digits of a key"));
        return false;
    }
    if (audit_key_open(key, ctl_path(ctl, "audit/key"), false, why) == STATUS_OK) return true;
    ctl_fail(ctl,
             ctl_say(ctl, "%s；用 --key 给出公钥，或用 --without-anchors 不看锚定",
                     "%s; give the public key with --key, or leave the anchors out with --without-anchors"),
             why);
    return false;
}

static enum ctl_exit end(struct report *report, enum status status, const char *why) {
    const struct ctl *ctl = report->ctl;
    if (status == STATUS_NOT_FOUND) {
        ctl_fail(ctl, ctl_say(ctl, "没有项目 %s", "there is no site %s"), why);
        return CTL_USAGE;
    }
    if (status != STATUS_OK && status != STATUS_CONFLICT) {
        ctl_fail(ctl, ctl_say(ctl, "核对未能完成：%s", "the audit could not be finished: %s"), why);
        return CTL_NO_ANSWER;
    }
    if (ctl->json) {
        if (report->out_of_memory) return CTL_NO_ANSWER;
        (void)printf("{\"sound\":%s,\"differences\":[%.*s],\"sites\":[%.*s]}\n", status == STATUS_OK ? "true" : "false",
                     (int)(report->differences.length > 0 ? report->differences.length - 1 : 0),
                     report->differences.length > 0 ? (const char *)report->differences.data + 1 : "",
                     (int)(report->sites.length > 0 ? report->sites.length - 1 : 0),
                     report->sites.length > 0 ? (const char *)report->sites.data + 1 : "");
    } else if (status == STATUS_OK) {
        puts(ctl_say(ctl, "OK：没有差异", "OK: nothing was changed"));
    }
    return status == STATUS_OK ? CTL_OK : CTL_REFUSED;
}

enum ctl_exit ctl_audit_verify(struct ctl *ctl, const struct ctl_command *command) {
    struct report report = {.ctl = ctl, .terminal = isatty(STDERR_FILENO) == 1};
    struct audit_key key = {0};
    char why[WHY_BYTES] = "", anchors[PATH_MAX];
    (void)command;
    (void)snprintf(anchors, sizeof(anchors), "%s",
                   ctl->anchors != NULL ? ctl->anchors : ctl_path(ctl, "audit-anchors"));
    struct audit_request request = {
        .anchors = ctl->without_anchors ? NULL : anchors,
        .key = ctl->without_anchors ? NULL : &key,
        .site = ctl->site,
        .on_difference = on_difference,
        .on_site = on_site,
        .on_progress = on_progress,
        .owner = &report,
    };
    if (!read_since(ctl, &request.since_ms) || !find_key(ctl, &key)) return CTL_USAGE;
    char *conninfo = find_database(ctl);
    if (conninfo == NULL) return CTL_NO_ANSWER;
    request.conninfo = conninfo;
    enum status status = audit_verify(&request, why);
    clear_progress(&report);
    enum ctl_exit code = end(&report, status, why);
    audit_key_forget(&key);
    free(conninfo);
    bytes_free(&report.sites);
    bytes_free(&report.differences);
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Help and manual page, printed from the tables. */
#include "server/ctl/ctl.h"

#include <string.h>

static const struct {
    enum ctl_exit code;
    struct ctl_words meaning;
} exits[] = {
    {CTL_OK,        {"成功；核对无差异", "done; the audit is sound"}                                                     },
    {CTL_REFUSED,   {"服务器拒绝；核对发现差异", "refused by the server; the audit found a difference"}              },
    {CTL_USAGE,     {"用法有误", "called wrongly"}                                                                           },
    {CTL_NO_ANSWER, {"服务器没有运行，或数据库没有应答", "no server runs there, or the database does not answer"}},
};
enum { EXITS = sizeof(exits) / sizeof(exits[0]) };

static const struct ctl_words about = {
    "frontdeskctl：在服务器本机上管理 frontdeskd；须为 root 或服务器的运行用户。",
    "frontdeskctl: looks after frontdeskd on its own machine; to be run as root or as the server's user.",
};

static const char *words(const struct ctl *ctl, const struct ctl_words *of) {
    return ctl_say(ctl, of->zh, of->en);
}

static void option_name(const struct ctl_option *option, char name[48]) {
    (void)snprintf(name, 48, "--%s%s%s", option->name, option->value != NULL ? " " : "",
                   option->value != NULL ? option->value : "");
}

static void list_options(const struct ctl *ctl, FILE *out, const char *of) {
    char name[48];
    for (int i = 0; ctl_options[i].name != NULL; i++) {
        if (strcmp(ctl_options[i].of, of) != 0) continue;
        option_name(&ctl_options[i], name);
        (void)fprintf(out, "%s%-24s %s\n", of[0] == '\0' ? "  " : "      ", name, words(ctl, &ctl_options[i].help));
    }
}

void ctl_help(const struct ctl *ctl, FILE *out) {
    (void)fprintf(out, "%s\n\nfrontdeskctl [%s] %s\n\n", words(ctl, &about), ctl_say(ctl, "选项", "OPTION..."),
                  ctl_say(ctl, "命令", "COMMAND"));
    for (int i = 0; ctl_commands[i].path != NULL; i++) {
        (void)fprintf(out, "  %-14s %s\n", ctl_commands[i].path, words(ctl, &ctl_commands[i].summary));
        list_options(ctl, out, ctl_commands[i].path);
    }
    (void)fputc('\n', out);
    list_options(ctl, out, "");
    (void)fprintf(out, "\n%s\n", ctl_say(ctl, "退出码", "Exit status"));
    for (int i = 0; i < EXITS; i++) (void)fprintf(out, "  %d  %s\n", (int)exits[i].code, words(ctl, &exits[i].meaning));
}

/* Hyphens that can be copied. */
static void plain(FILE *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == '\\') (void)fputc('\\', out);
        (void)fputc(*text == '\\' ? 'e' : *text, out);
    }
}

static void pair(FILE *out, const char *left, const char *right) {
    (void)fputs(".TP\n\\fB", out);
    plain(out, left);
    (void)fputs("\\fR\n", out);
    plain(out, right);
    (void)fputc('\n', out);
}

static void section(const struct ctl *ctl, FILE *out, const char *chinese, const char *english) {
    (void)fprintf(out, ".SH %s\n", ctl_say(ctl, chinese, english));
}

static void manual_options(const struct ctl *ctl, FILE *out, bool common) {
    char name[48];
    for (int i = 0; ctl_options[i].name != NULL; i++) {
        char help[512];
        const struct ctl_option *option = &ctl_options[i];
        if ((option->of[0] == '\0') != common) continue;
        option_name(option, name);
        (void)snprintf(help, sizeof(help), common ? "%.0s%s" : "%s: %s", option->of, words(ctl, &option->help));
        pair(out, name, help);
    }
}

void ctl_manual(const struct ctl *ctl, FILE *out) {
    (void)fprintf(out, ".TH FRONTDESKCTL 8 \"\" \"frontdesk %s\"\n", FRONTDESK_VERSION);
    section(ctl, out, "名称", "NAME");
    (void)fprintf(out, "frontdeskctl \\- %s\n",
                  ctl_say(ctl, "管理本机的 frontdeskd", "look after frontdeskd on its machine"));
    section(ctl, out, "用法", "SYNOPSIS");
    (void)fprintf(out, ".B frontdeskctl\n[\\fI%s\\fR] \\fI%s\\fR\n", ctl_say(ctl, "选项", "OPTION\\fR...\\fI"),
                  ctl_say(ctl, "命令", "COMMAND"));
    section(ctl, out, "说明", "DESCRIPTION");
    plain(out, words(ctl, &about));
    (void)fputc('\n', out);
    section(ctl, out, "命令", "COMMANDS");
    for (int i = 0; ctl_commands[i].path != NULL; i++)
        pair(out, ctl_commands[i].path, words(ctl, &ctl_commands[i].summary));
    section(ctl, out, "选项", "OPTIONS");
    manual_options(ctl, out, true);
    manual_options(ctl, out, false);
    section(ctl, out, "退出码", "EXIT STATUS");
    for (int i = 0; i < EXITS; i++) {
        char code[4];
        (void)snprintf(code, sizeof(code), "%d", (int)exits[i].code);
        pair(out, code, words(ctl, &exits[i].meaning));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/bytes.h"
#include "common/json.h"
#include "server/audit/key.h"
#include "server/ctl/ctl.h"

static const struct {
    const char *name, *path;
    struct ctl_words what;
} lines[] = {
    {"control",         "control",             {"frontdeskctl 的套接字", "the socket of frontdeskctl"}                       },
    {"port",            "port",                {"正在使用的端口", "the port in use"}                                      },
    {"database",        "database",            {"如何连接私有数据库", "how the private database is reached"}            },
    {"certificate",     "tls/certificate.pem", {"证书", "the certificate"}                                                     },
    {"certificate_key", "tls/key.pem",         {"证书的私钥", "the certificate's key"}                                      },
    {"anchor",          "anchor",              {"服务器上次所见的日志位置", "where the journals were when last seen"}},
    {"audit_anchors",   "audit-anchors",       {"已签名的库外锚定", "the signed anchors outside the database"}           },
    {"audit_key",       "audit/key",           {"签署锚定的私钥", "the key that signs them"}                              },
};
enum { LINES = sizeof(lines) / sizeof(lines[0]) };

enum ctl_exit ctl_paths(struct ctl *ctl, const struct ctl_command *command) {
    (void)command;
    if (!ctl->json) {
        (void)printf("%-16s %s\n", "state", ctl->directory);
        for (int i = 0; i < LINES; i++)
            (void)printf("%-16s %-44s %s\n", lines[i].name, ctl_path(ctl, lines[i].path),
                         ctl_say(ctl, lines[i].what.zh, lines[i].what.en));
        return CTL_OK;
    }
    struct bytes out = {0};
    enum status status = bytes_append_text(&out, "{\"state\":");
    if (status == STATUS_OK) status = json_append_text(&out, ctl->directory);
    for (int i = 0; i < LINES && status == STATUS_OK; i++) {
        status = bytes_printf(&out, ",\"%s\":", lines[i].name);
        if (status == STATUS_OK) status = json_append_text(&out, ctl_path(ctl, lines[i].path));
    }
    if (status == STATUS_OK) status = bytes_append_text(&out, "}\n");
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return status == STATUS_OK ? CTL_OK : CTL_REFUSED;
}

enum ctl_exit ctl_audit_key(struct ctl *ctl, const struct ctl_command *command) {
    struct audit_key key;
    char why[WHY_BYTES] = "", text[AUDIT_KEY_TEXT_BYTES];
    (void)command;
    if (audit_key_open(&key, ctl_path(ctl, "audit/key"), false, why) != STATUS_OK) {
        ctl_fail(ctl, "%s", why);
        return CTL_NO_ANSWER;
    }
    audit_key_text(&key, text);
    audit_key_forget(&key);
    (void)printf(ctl->json ? "{\"key\":\"%s\"}\n" : "%s\n", text);
    return CTL_OK;
}

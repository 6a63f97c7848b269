/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "server/ctl/ctl.h"

/* One that only asks the running server is a line with ctl_ask here and one in server/orders.c. */
const struct ctl_command ctl_commands[] = {
    {"status",
     {"服务器的现状：连接、项目、数据库、定时", "how the server stands: connections, sites, database, timers"},
     ctl_ask},
    {"drain",
     {"请走所有客户端并不再接入，服务器继续运行", "send all clients elsewhere and let none in; the server stays up"},
     ctl_drain},
    {"undrain",        {"重新接入客户端", "let clients in again"}, ctl_ask},
    {"audit verify",
     {"逐条核对日志、归档、查看记录和库外锚定，证明无人改动",
      "prove that nothing of the past was changed: journal, archive, access log, anchors"},
     ctl_audit_verify},
    {"audit key",
     {"签署锚定的公钥，抄到别处保存", "the public key that signs the anchors; keep a copy elsewhere"},
     ctl_audit_key},
    {"paths",       {"各文件所在", "where everything lies"}, ctl_paths},
    {0},
};

#define FIELD(name) offsetof(struct ctl, name)

const struct ctl_option ctl_options[] = {
    {"json",                                                                                                                              NULL, FIELD(json), "", {"以 JSON 输出", "answer in JSON"}},
    {"state-directory",                                                                                                                        "DIR", FIELD(state_directory), "", {"服务器的状态目录", "the server's state directory"}},
    {"config",                                                                                              "FILE", FIELD(config), "", {"服务器的设置文件", "the server's settings file"}},
    {"lang",
     "zh|en", FIELD(language),
     "", {"语言；否则 LANG 以 en 开头为英文，其余为中文", "language; else English when LANG begins with en, else Chinese"}},
    {"help",                                                                                                             NULL, FIELD(help), "", {"显示本说明", "print this text"}},
    {"man",                                                                       NULL, FIELD(man), "", {"输出手册页", "print the manual page"}},
    {"version",                                                                                                                            NULL, FIELD(version), "", {"显示版本", "print the version"}},
    {"wait",                                                                                                                      NULL, FIELD(wait), "drain", {"等到最后一个客户端离开", "wait until the last client has gone"}},
    {"site",                                                                         "CODE", FIELD(site), "audit verify", {"只核对此项目", "this site only"}},
    {"since",
     "TIME", FIELD(since),
     "audit verify", {"只核对此时以后的，例如 \"2026-11-01 00:00\"",
      "entries and anchors from then on, for example \"2026-11-01 00:00\""}},
    {"anchors",
     "FILE", FIELD(anchors),
     "audit verify", {"用存于别处的锚定文件", "a copy of the anchors that was kept elsewhere"}},
    {"key", "HEX", FIELD(key), "audit verify", {"用抄在别处的公钥", "the public key as it was noted elsewhere"}},
    {"without-anchors",                                                                                                                              NULL, FIELD(without_anchors), "audit verify", {"不看库外锚定", "leave the anchors out"}},
    {"database",
     "URL", FIELD(database),
     "audit verify", {"数据库；否则问服务器", "the database; else the server is asked"}},
    {0                                                                                            },
};

/* SPDX-License-Identifier: Apache-2.0 */
/* What the audit can find wrong: one line each. */
#ifndef FRONTDESK_AUDIT_FINDING_H
#define FRONTDESK_AUDIT_FINDING_H

#include <stdbool.h>
#include <stdint.h>

/* X(name, zh, en) */
#define FINDING_LIST(X)                                                                                                \
    X(NONE, "", "")                                                                                                    \
    X(MISSING, "此条缺失", "this entry is missing")                                                                    \
    X(TWICE, "此条重复出现", "this entry is there twice")                                                              \
    X(CONTENT, "此条内容已被改动：与其封印不符", "this entry's content was changed: it is not what was sealed")        \
    X(CHAIN, "此条与前一条不相接：其中一条被改动、替换或移走",                                                         \
      "this entry does not follow from the one before: one of them was changed, swapped or taken away")                \
    X(NUMBER, "此条的编号与其记录不符", "this entry's number is not its record's")                                     \
    X(STEP_MISSING, "此条的过程记录缺失", "the step of this entry is missing")                                         \
    X(STEP_CHANGED, "此条的过程记录已被改动", "the step of this entry was changed")                                    \
    X(STEP_EXTRA, "过程记录多于日志条目", "there are more steps than entries")                                         \
    X(HEAD, "日志的结尾与项目记录不符：结尾被截去，或项目记录被改动",                                                  \
      "the end is not where the site's row says: the tail was cut, or the row was changed")                            \
    X(ANCHOR_OTHER, "库外锚定的是另一条：历史被改写",                                                                  \
      "the anchor outside the database saw another entry here: history was rewritten")                                 \
    X(ANCHOR_BEYOND, "库外锚定过此条，而库中已没有：结尾被截去",                                                       \
      "the anchor outside the database saw this entry, and it is gone: the tail was cut")                              \
    X(SITE_GONE, "库外锚定过此项目，而库中已没有", "the anchor outside the database knows this site, and it is gone")  \
    X(FILE_MISSING, "锚定文件缺失，而数据库记得它", "the file of anchors is missing, and the database remembers it")   \
    X(FILE_UNREADABLE, "锚定文件的此行无法读懂：文件被改动",                                                           \
      "this line of the anchors can't be read: the file was changed")                                                  \
    X(FILE_BROKEN, "锚定文件的此行与前一行不相接：文件被改动",                                                         \
      "this line of the anchors does not follow from the one before: the file was changed")                            \
    X(FILE_UNSIGNED, "锚定文件的此行签名不对：被改动，或由别的密钥签署",                                               \
      "this line of the anchors is not signed by the key: it was changed, or another key signed it")                   \
    X(FILE_CUT, "锚定文件的结尾被截去：数据库见过更后面的行",                                                          \
      "the tail of the anchors was cut: the database has seen a later line")                                           \
    X(FILE_OTHER, "锚定文件的此行不是数据库见过的那一行：文件被替换",                                                  \
      "this line of the anchors is not the one that the database has seen: the file was replaced")

enum finding {
#define X(name, zh, en) FINDING_##name,
    FINDING_LIST(X)
#undef X
        FINDING_COUNT,
};

const char *finding_text(enum finding finding, bool chinese);
const char *finding_word(enum finding finding); /* for programs: "MISSING", "ANCHOR_OTHER" … */

#endif

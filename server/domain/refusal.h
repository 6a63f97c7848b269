/* SPDX-License-Identifier: Apache-2.0 */
/* Why a command was refused, for people: one line a reason, in both languages. Say what is wrong and how to mend it. */
#ifndef FRONTDESK_DOMAIN_REFUSAL_H
#define FRONTDESK_DOMAIN_REFUSAL_H

#include <stdbool.h>

#define REFUSAL_LIST(X)                                                                                                \
    X(NONE, "", "")                                                                                                    \
    X(NOT_ALLOWED, "您在本项目的角色无权进行此操作", "your roles on this site do not allow this")                      \
    X(NOT_FOUND, "本项目没有这条记录，请核对编号", "no such record on this site: check the number")                    \
    X(FIELD_REQUIRED, "此项必填", "this field is required")                                                            \
    X(FIELD_TOO_LONG, "此项过长，请缩短", "this field is too long: shorten it")                                        \
    X(FIELD_INVALID, "此项的值无效", "this field has no valid value")                                                  \
    X(ANSWER_TOO_LARGE, "结果过多，请分页查询", "too much for one answer: ask in pages")                               \
    X(VERSION_MOVED, "记录已被他人更新，请刷新后再操作", "somebody changed the record meanwhile: look again")          \
    X(KEY_REUSED, "同一请求编号已用于其他内容", "this request key was used for something else")                        \
    X(KEY_REQUIRED, "写入操作缺少请求编号（UUIDv7）", "an operation that writes needs a key (UUIDv7)")                 \
    X(SITE_REQUIRED, "请指定项目", "name the site")                                                                    \
    X(BUSY, "系统繁忙，请稍候重试", "too much at once: try again in a moment")                                         \
    X(UNAVAILABLE, "暂时无法访问数据库，结果未知，将以同一编号重试",                                                   \
      "the database is away and the outcome unknown: repeat with the same key")                                        \
    X(INTERNAL, "系统内部错误，请通知管理员查看日志", "internal error: tell the administrator to read the log")        \
    X(UNKNOWN_OPERATION, "服务器不支持此操作，请升级", "this server does not know the operation: upgrade it")

enum refusal {
#define X(name, zh, en) REFUSAL_##name,
    REFUSAL_LIST(X)
#include "server/domain/refusal_topics.h"
#undef X
        REFUSAL_COUNT,
};

/* Static text. */
const char *refusal_text(enum refusal refusal, bool chinese);

#endif

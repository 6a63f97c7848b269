/* SPDX-License-Identifier: Apache-2.0 */
/* Why a session ends: what its Goodbye says, and what the log. One line a reason. */
#ifndef FRONTDESK_NETWORK_FAREWELL_H
#define FRONTDESK_NETWORK_FAREWELL_H

#include <stdbool.h>

#include "frontdesk/v1/wire.pb-c.h"

/* X(name, status, kind, log, zh, en) */
#define FAREWELL_LIST(X)                                                                                               \
    X(NONE, OK, PLAIN, "", "", "")                                                                                     \
    X(ASKED, OK, PLAIN, "the client said goodbye", "再见", "goodbye")                                                  \
    X(SIGNED_OUT, OK, PLAIN, "signed out", "已退出登录", "signed out")                                                 \
    X(EMPTY, INVALID, FAULT, "a frame of length 0", "消息长度为零", "a frame of length 0")                             \
    X(TOO_LARGE, TOO_LARGE, FAULT, "a frame over the limit", "消息过长，请分批发送",                                   \
      "the frame is over the limit: send it in parts")                                                                 \
    X(UNDECODABLE, INVALID, FAULT, "a frame that does not decode", "无法理解的消息", "the frame does not decode")      \
    X(UNEXPECTED, INVALID, FAULT, "a frame out of turn", "此时不应发送这种消息", "this frame is out of turn")          \
    X(VERSION, INVALID, FAULT, "no version in common", "服务器支持协议版本 1；请升级客户端或服务器",                   \
      "this server speaks version 1: upgrade client or server")                                                        \
    X(NOT_SIGNED_IN, UNAUTHENTICATED, FAULT, "a frame before sign-in", "请先登录", "sign in first")                    \
    X(SIGNED_IN_TWICE, INVALID, FAULT, "a second sign-in", "此连接已登录；请另建连接",                                 \
      "already signed in: use another connection")                                                                     \
    X(GREETING_LATE, UNAUTHENTICATED, FAULT, "no greeting in time", "连接后未及时问候", "the greeting did not come")   \
    X(SIGN_IN_LATE, UNAUTHENTICATED, FAULT, "no sign-in in time", "未及时登录，请重新连接",                            \
      "the sign-in did not come: connect again")                                                                       \
    X(FRAME_SLOW, INVALID, FAULT, "an unfinished frame", "消息未在时限内发完", "the frame was not finished in time")   \
    X(SILENT, UNAVAILABLE, PLAIN, "silence", "长时间没有回应", "nothing was heard for too long")                       \
    X(STALLED, BUSY, FAULT, "output does not move", "客户端不接收数据", "the client does not take its output")         \
    X(OUTPUT_FULL, BUSY, FAULT, "too much output waits", "客户端接收过慢", "the client takes its output too slowly")   \
    X(CROWDED, BUSY, RETRY, "made room for a newcomer", "连接过多，请稍后再试", "too many connections: come later")    \
    X(SITE_FOREIGN, NOT_FOUND, FAULT, "a cursor of a foreign site", "没有这个项目", "no such site")                    \
    X(SITE_TWICE, INVALID, FAULT, "two cursors of one site", "同一项目只能订阅一次", "a site can be followed once")    \
    X(SITES_TOO_MANY, TOO_LARGE, FAULT, "too many cursors", "订阅的项目过多", "too many sites in one subscription")    \
    X(PASSWORD_FIRST, DENIED, FAULT, "a subscription before the password was changed", "请先修改密码",                 \
      "change the password first")                                                                                     \
    X(RIGHTS_GONE, UNAUTHENTICATED, PLAIN, "no place on any site is left", "您已不在任何项目任职，已退出登录",         \
      "you have no place on any site any more")                                                                        \
    X(REVOKED, UNAVAILABLE, RETRY, "sign-ins of the person were ended", "账号的登录已变更，正在重新核对",              \
      "sign-ins of this account were ended: yours is checked again")                                                   \
    X(AWAY, UNAVAILABLE, RETRY, "something needed is away", "服务暂时不可用，请稍后再试",                              \
      "the service is away for the moment: come later")                                                                \
    X(DRAINED, UNAVAILABLE, RETRY, "the server sends its clients elsewhere",                                           \
      "本服务器暂停接待，请连接其他服务器或稍后再连", "this server lets its clients go: connect elsewhere or later")   \
    X(STOPPING, UNAVAILABLE, RETRY, "the server stops", "服务器即将停止，请稍后重新连接",                              \
      "the server stops: connect again in a moment")

enum farewell {
#define X(name, status, kind, log, zh, en) FAREWELL_##name,
    FAREWELL_LIST(X)
#undef X
        FAREWELL_COUNT,
};

/* Kinds: PLAIN nobody's fault, FAULT the peer's, RETRY come back after a while. */
bool farewell_is_fault(enum farewell farewell);
const char *farewell_log(enum farewell farewell);
/* Fills the message: static text, and a random retry_after_ms, so that not all come back at once. */
void farewell_fill(enum farewell farewell, bool chinese, Fd__Goodbye *goodbye);

#endif

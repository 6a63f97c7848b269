/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals of requests that no rule gives: signing in, names that are taken. They go on where enum refusal ends, so
 * that one number and one call give the text of either. */
#ifndef FRONTDESK_OPERATIONS_REASON_H
#define FRONTDESK_OPERATIONS_REASON_H

#include "server/domain/refusal.h"

#define REASON_LIST(X)                                                                                                 \
    X(SIGN_IN_FAILED, "登录名或密码不正确", "login or password is wrong")                                              \
    X(SIGN_IN_FIRST, "请先登录", "sign in first")                                                                      \
    X(SIGNED_IN_ALREADY, "此连接已登录", "this connection is signed in already")                                       \
    X(SESSION_OVER, "登录已失效，请重新登录", "the session is over: sign in again")                                    \
    X(TOO_MANY_TRIES, "尝试次数过多，请稍候再试", "too many wrong tries: wait before the next one")                    \
    X(OLD_PASSWORD_WRONG, "原密码不正确", "the old password is wrong")                                                 \
    X(PASSWORD_SAME, "新密码不能与原密码相同", "the new password is the old one: choose another")                      \
    X(PASSWORD_MUST_CHANGE, "请先修改密码", "change your password first")                                              \
    X(LIMIT_RANGE, "每页数量为 1 至 200", "a page has 1 to 200 lines")                                                 \
    X(NAME_TAKEN, "此名称已被使用，请另选", "this name is taken: choose another")                                      \
    X(CODE_TAKEN, "此项目代码已被使用，请另选", "this site code is taken: choose another")                             \
    X(ALREADY_HERE, "此人已在本项目；请修改其角色", "this person is on the site already: change their roles")

#define X(name, zh, en) REASON_OFFSET_##name,
enum reason_offset { REASON_LIST(X) REASON_OFFSET_COUNT };
#undef X

#define REASON(name) ((enum refusal)((int)REFUSAL_COUNT + (int)REASON_OFFSET_##name))

/* Static text of a refusal or a reason. */
const char *reason_text(enum refusal refusal, bool chinese);

#endif

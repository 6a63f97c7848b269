/* SPDX-License-Identifier: Apache-2.0 */
/* Included by refusal.h and refusal.c: the reasons of the topics. Needs X(name, zh, en) defined. */
X(BAD_STATE, "当前状态下不能进行此操作", "the record's present state does not allow this")
X(ALREADY_CLOSED, "投诉已关闭；如需继续请先重新打开", "the complaint is closed: reopen it first")

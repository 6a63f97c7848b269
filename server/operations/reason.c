/* SPDX-License-Identifier: Apache-2.0 */
#include "server/operations/reason.h"

static const struct {
    const char *zh, *en;
} texts[REASON_OFFSET_COUNT] = {
#define X(name, zh, en) [REASON_OFFSET_##name] = {zh, en},
    REASON_LIST(X)
#undef X
};

const char *reason_text(enum refusal refusal, bool chinese) {
    int offset = (int)refusal - (int)REFUSAL_COUNT;
    if (offset < 0 || offset >= (int)REASON_OFFSET_COUNT) return refusal_text(refusal, chinese);
    return chinese ? texts[offset].zh : texts[offset].en;
}

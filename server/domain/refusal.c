/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/refusal.h"

static const struct {
    const char *zh, *en;
} texts[REFUSAL_COUNT] = {
#define X(name, zh, en) [REFUSAL_##name] = {zh, en},
    REFUSAL_LIST(X)
#include "server/domain/refusal_topics.h"
#undef X
};

const char *refusal_text(enum refusal refusal, bool chinese) {
    if ((unsigned)refusal >= REFUSAL_COUNT) refusal = REFUSAL_INTERNAL;
    return chinese ? texts[refusal].zh : texts[refusal].en;
}

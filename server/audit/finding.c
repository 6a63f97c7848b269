/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit/finding.h"

static const struct {
    const char *word, *zh, *en;
} lines[FINDING_COUNT] = {
#define X(name, zh, en) [FINDING_##name] = {#name, zh, en},
    FINDING_LIST(X)
#undef X
};

const char *finding_text(enum finding finding, bool chinese) {
    return chinese ? lines[finding].zh : lines[finding].en;
}

const char *finding_word(enum finding finding) {
    return lines[finding].word;
}

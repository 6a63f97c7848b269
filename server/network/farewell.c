/* SPDX-License-Identifier: Apache-2.0 */
#include "server/network/farewell.h"

#include <sodium.h>
#include <stdint.h>

enum { RETRY_LEAST_MS = 500, RETRY_SPREAD_MS = 4500 };
enum kind { PLAIN, FAULT, RETRY };

struct line {
    Fd__Status status;
    enum kind kind;
    const char *log, *zh, *en;
};

static const struct line lines[FAREWELL_COUNT] = {
#define X(name, status, kind, log, zh, en) [FAREWELL_##name] = {FD__STATUS__STATUS_##status, kind, log, zh, en},
    FAREWELL_LIST(X)
#undef X
};

bool farewell_is_fault(enum farewell farewell) {
    return lines[farewell].kind == FAULT;
}

const char *farewell_log(enum farewell farewell) {
    return lines[farewell].log;
}

void farewell_fill(enum farewell farewell, bool chinese, Fd__Goodbye *goodbye) {
    const struct line *line = &lines[farewell];
    goodbye->status = line->status;
    goodbye->message = (char *)(uintptr_t)(chinese ? line->zh : line->en);
    if (line->kind == RETRY) goodbye->retry_after_ms = RETRY_LEAST_MS + (int64_t)randombytes_uniform(RETRY_SPREAD_MS);
}

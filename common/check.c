/* SPDX-License-Identifier: Apache-2.0 */
#include "common/check.h"

#include <stdlib.h>

#include "common/log.h"

_Noreturn void check_failed(const char *condition, const char *file, int line) {
    LOG(ERROR, "check failed", LOG_TEXT("condition", condition), LOG_TEXT("file", file), LOG_NUMBER("line", line));
    abort();
}

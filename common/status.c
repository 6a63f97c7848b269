/* SPDX-License-Identifier: Apache-2.0 */
#include "common/status.h"

const char *status_name(enum status status) {
    switch (status) {
#define X(name, number, text)                                                                                          \
    case STATUS_##name: return text;
        STATUS_LIST(X)
#undef X
    }
    return "unknown";
}

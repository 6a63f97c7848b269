/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever stands in a settings file, it is either read into valid values or refused with a sentence. */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/check.h"
#include "common/settings.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"

struct configuration {
    char *host, *url;
    int64_t port, timeout_ms, limit_bytes;
    bool embedded;
};

static const struct setting table[] = {
    {"server",   "host",     SETTING_TEXT,     offsetof(struct configuration, host),        "::",    0, 0,       "Address."          },
    {"server",   "port",     SETTING_NUMBER,   offsetof(struct configuration, port),        "7443",  1, 65535,   "Port."             },
    {"server",   "timeout",  SETTING_DURATION, offsetof(struct configuration, timeout_ms),  "5s",    1, 3600000, "Wait."             },
    {"database", "url",      SETTING_TEXT,     offsetof(struct configuration, url),         NULL,    0, 0,       "Connection string."},
    {"database", "embedded", SETTING_BOOLEAN,  offsetof(struct configuration, embedded),    "yes",   0, 0,       "Own one."          },
    {"database", "limit",    SETTING_SIZE,     offsetof(struct configuration, limit_bytes), "64KiB", 0, 0,       "Memory."           },
};
enum { SETTINGS = sizeof table / sizeof table[0] };

static void check_values(const struct configuration *configuration) {
    CHECK(configuration->port >= 1 && configuration->port <= 65535);
    CHECK(configuration->timeout_ms >= 1 && configuration->timeout_ms <= 3600000);
    CHECK(configuration->limit_bytes >= 0);
    CHECK(text_valid(configuration->host, strlen(configuration->host)));
    CHECK(text_valid(configuration->url, strlen(configuration->url)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct configuration configuration;
    struct setting_error error;
    char path[64];
    int file = memfd_create("settings", MFD_CLOEXEC);
    CHECK(file >= 0 && write(file, data, size) == (ssize_t)size);
    int length = snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    CHECK(length > 0 && length < (int)sizeof path);
    if (settings_load(table, SETTINGS, path, &configuration, &error) == STATUS_OK) {
        check_values(&configuration);
    } else {
        CHECK(error.message[0] != '\0' && error.line >= 0);
        CHECK(configuration.host == NULL && configuration.url == NULL);
    }
    settings_free(table, SETTINGS, &configuration);
    (void)close(file);
    return 0;
}

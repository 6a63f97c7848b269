/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for the administrator on stderr: logfmt (default) or JSON; with <N> priorities under journald.
 * Never log a payload, a name, a phone number or a token: ids and counts only. */
#ifndef FRONTDESK_COMMON_LOG_H
#define FRONTDESK_COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6, LOG_DEBUG = 7 };

struct log_field {
    const char *name;
    const char *text; /* NULL: number is meant */
    int64_t number;
};

void log_setup(enum log_level level, bool json);
void log_write(enum log_level level, const char *event, const struct log_field *fields, int count);

#define LOG_TEXT(field, value) ((struct log_field){.name = (field), .text = (value) != NULL ? (value) : ""})
#define LOG_NUMBER(field, value) ((struct log_field){.name = (field), .number = (int64_t)(value)})
/* LOG(INFO, "session closed", LOG_TEXT("why", why), LOG_NUMBER("bytes", n)); */
#define LOG(level, event, ...)                                                                                         \
    log_write(LOG_##level, event, (struct log_field[]){{0}, ##__VA_ARGS__} + 1,                                        \
              (int)(sizeof((struct log_field[]){{0}, ##__VA_ARGS__}) / sizeof(struct log_field)) - 1)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One table of settings: an INI file (libinih), each also FRONTDESK_<SECTION>_<KEY> in the environment, which wins.
 * The same table prints the documented default file, checks one and makes the manual. */
#ifndef FRONTDESK_COMMON_SETTINGS_H
#define FRONTDESK_COMMON_SETTINGS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/status.h"

enum setting_kind {
    SETTING_TEXT,     /* char *, owned by the configuration, freed by settings_free */
    SETTING_NUMBER,   /* int64_t, between minimum and maximum */
    SETTING_BOOLEAN,  /* bool: true/false, yes/no, on/off, 1/0 */
    SETTING_DURATION, /* int64_t milliseconds: "250ms", "5s", "10min", "4h", "7d" */
    SETTING_SIZE,     /* int64_t bytes: "64KiB", "2MiB" */
};

struct setting {
    const char *section;
    const char *key;
    enum setting_kind kind;
    size_t offset;            /* of the field in the configuration struct */
    const char *fallback;     /* the default, as it would stand in the file */
    int64_t minimum, maximum; /* numbers, durations and sizes; both 0: any that is not negative */
    const char *help;         /* a sentence, printed as the comment above it */
};

struct setting_error {
    int line;          /* 0: from the environment */
    char message[256]; /* what is wrong and how to mend it */
};

/* Fills *configuration: defaults, then the file (path NULL: none), then the environment.
 * Unknown section or key, bad value, unreadable file: INVALID with the first error told. */
MUST_USE enum status settings_load(const struct setting *table, size_t count, const char *path, void *configuration,
                                   struct setting_error *error);
void settings_free(const struct setting *table, size_t count, void *configuration);
void settings_print(const struct setting *table, size_t count, FILE *out);

#endif

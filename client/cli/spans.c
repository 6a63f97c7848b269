/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/spans.h"

#include <string.h>

#include "client/cli/language.h"

enum { HOUR_MINUTES = 60, DAY_MINUTES = 24 * 60 };

static const struct {
    const char *word;
    int64_t minutes;
} units[] = {
    {"minutes", 1           },
    {"min",     1           },
    {"m",       1           },
    {"hours",   HOUR_MINUTES},
    {"h",       HOUR_MINUTES},
    {"days",    DAY_MINUTES },
    {"d",       DAY_MINUTES },
    {"分钟",  1           },
    {"分",     1           },
    {"小时",  HOUR_MINUTES},
    {"天",     DAY_MINUTES },
};

/* The unit at *text, advancing it; 0: none that is known. A number alone is minutes. */
static int64_t unit_at(const char **text) {
    if (**text == '\0') return 1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].word);
        if (strncmp(*text, units[i].word, length) != 0) continue;
        *text += length;
        return units[i].minutes;
    }
    return 0;
}

bool spans_parse(const char *text, int32_t *minutes) {
    int64_t sum = 0;
    *minutes = 0;
    if (strcmp(text, "none") == 0 || strcmp(text, "无") == 0) return true;
    if (*text == '\0') return false;
    while (*text != '\0') {
        int64_t count = 0;
        if (*text < '0' || *text > '9') return false;
        for (; *text >= '0' && *text <= '9' && count < INT32_MAX; text++) count = count * 10 + (*text - '0');
        while (*text == ' ') text++;
        int64_t each = unit_at(&text);
        while (*text == ' ') text++;
        sum += count * each;
        if (each == 0 || sum > INT32_MAX) return false;
    }
    *minutes = (int32_t)sum;
    return true;
}

const char *spans_text(struct arena *arena, int32_t minutes) {
    int32_t days = minutes / DAY_MINUTES, hours = minutes % DAY_MINUTES / HOUR_MINUTES, rest = minutes % HOUR_MINUTES;
    const char *text = "";
    if (minutes <= 0) return "—";
    if (days > 0) text = arena_printf(arena, _("%d d"), (int)days);
    if (hours > 0 && text != NULL)
        text =
            arena_printf(arena, "%s%s%s", text, text[0] == '\0' ? "" : " ", arena_printf(arena, _("%d h"), (int)hours));
    if (rest > 0 && text != NULL)
        text = arena_printf(arena, "%s%s%s", text, text[0] == '\0' ? "" : " ",
                            arena_printf(arena, _("%d min"), (int)rest));
    return text == NULL ? "" : text;
}

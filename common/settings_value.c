/* SPDX-License-Identifier: Apache-2.0 */
#include "common/settings_value.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/check.h"
#include "common/moment.h"
#include "common/text.h"

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit duration_units[] = {
    {"ms",  1        },
    {"s",   SECOND_MS},
    {"min", MINUTE_MS},
    {"h",   HOUR_MS  },
    {"d",   DAY_MS   }
};
static const struct unit size_units[] = {
    {"B",   1               },
    {"KiB", INT64_C(1) << 10},
    {"MiB", INT64_C(1) << 20},
    {"GiB", INT64_C(1) << 30}
};
static const struct unit no_units[] = {
    {"", 1}
};

struct units {
    const struct unit *list;
    size_t count;
};

static struct units units_of(enum setting_kind kind) {
    switch (kind) {
    case SETTING_DURATION: return (struct units){duration_units, sizeof duration_units / sizeof duration_units[0]};
    case SETTING_SIZE: return (struct units){size_units, sizeof size_units / sizeof size_units[0]};
    case SETTING_TEXT:
    case SETTING_NUMBER:
    case SETTING_BOOLEAN: break;
    }
    return (struct units){no_units, 1};
}

static char *field(const struct setting *setting, void *configuration) {
    return (char *)configuration + setting->offset;
}

static bool parse_digits(const char **text, int64_t *value) {
    const char *at = *text;
    *value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, *at - '0', value)) return false;
    }
    bool some = at > *text;
    *text = at;
    return some;
}

static bool in_range(const struct setting *setting, int64_t value) {
    if (setting->minimum == 0 && setting->maximum == 0) return value >= 0;
    return value >= setting->minimum && value <= setting->maximum;
}

static bool parse_number(const struct setting *setting, const char *text, int64_t *value) {
    bool negative = setting->kind == SETTING_NUMBER && *text == '-';
    if (negative) text++;
    if (!parse_digits(&text, value)) return false;
    if (negative) *value = -*value;
    while (*text == ' ') text++;
    if (*value == 0 && *text == '\0') return in_range(setting, 0); /* nothing is nothing in any unit */
    struct units units = units_of(setting->kind);
    for (size_t i = 0; i < units.count; i++) {
        if (strcmp(text, units.list[i].name) != 0) continue;
        return !__builtin_mul_overflow(*value, units.list[i].factor, value) && in_range(setting, *value);
    }
    return false;
}

static bool parse_boolean(const char *text, bool *value) {
    static const char *const words[][2] = {
        {"false", "true"},
        {"no",    "yes" },
        {"off",   "on"  },
        {"0",     "1"   }
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (int truth = 0; truth < 2; truth++) {
            if (strcasecmp(text, words[i][truth]) != 0) continue;
            *value = truth == 1;
            return true;
        }
    }
    return false;
}

static enum status store_text(char *address, const char *value) {
    if (!text_valid(value, strlen(value))) return STATUS_INVALID;
    char *copy = strdup(value);
    if (copy == NULL) return STATUS_TOO_LARGE;
    char *old = NULL;
    memcpy(&old, address, sizeof old);
    free(old);
    memcpy(address, &copy, sizeof copy);
    return STATUS_OK;
}

enum status setting_store(const struct setting *setting, const char *value, void *configuration) {
    char *address = field(setting, configuration);
    if (value == NULL) value = "";
    if (setting->kind == SETTING_TEXT) return store_text(address, value);
    if (setting->kind == SETTING_BOOLEAN) {
        bool truth = false;
        if (!parse_boolean(value, &truth)) return STATUS_INVALID;
        memcpy(address, &truth, sizeof truth);
        return STATUS_OK;
    }
    int64_t number = 0;
    if (!parse_number(setting, value, &number)) return STATUS_INVALID;
    memcpy(address, &number, sizeof number);
    return STATUS_OK;
}

void setting_forget(const struct setting *setting, void *configuration) {
    static const char *const nothing = NULL;
    memcpy(field(setting, configuration), &nothing, sizeof nothing);
}

void settings_free(const struct setting *table, size_t count, void *configuration) {
    for (size_t i = 0; i < count; i++) {
        if (table[i].kind != SETTING_TEXT) continue;
        char *text = NULL;
        memcpy(&text, field(&table[i], configuration), sizeof text);
        free(text);
        setting_forget(&table[i], configuration);
    }
}

/* In the largest unit that leaves no rest: 90000 is "90s". */
static void print_amount(enum setting_kind kind, int64_t value, char text[32]) {
    struct units units = units_of(kind);
    size_t i = units.count - 1;
    while (i > 0 && (value == 0 || value % units.list[i].factor != 0)) i--;
    int length = snprintf(text, 32, "%" PRId64 "%s", value / units.list[i].factor, units.list[i].name);
    CHECK(length > 0 && length < 32);
}

static const char *kind_in_words(enum setting_kind kind) {
    switch (kind) {
    case SETTING_TEXT: return "plain text in UTF-8";
    case SETTING_NUMBER: return "a whole number";
    case SETTING_BOOLEAN: return "true or false";
    case SETTING_DURATION: return "a time such as 250ms, 5s, 10min, 4h or 7d";
    case SETTING_SIZE: return "a size such as 64KiB, 2MiB or 1GiB";
    }
    return "";
}

void setting_form(const struct setting *setting, char form[SETTING_FORM_BYTES]) {
    const char *kind = kind_in_words(setting->kind);
    bool bounded = setting->minimum != 0 || setting->maximum != 0;
    bool amount = setting->kind != SETTING_TEXT && setting->kind != SETTING_BOOLEAN;
    char low[32];
    char high[32];
    print_amount(setting->kind, setting->minimum, low);
    print_amount(setting->kind, setting->maximum, high);
    int length = amount && bounded ? snprintf(form, SETTING_FORM_BYTES, "%s, from %s to %s", kind, low, high)
                                   : snprintf(form, SETTING_FORM_BYTES, "%s", kind);
    CHECK(length > 0 && length < SETTING_FORM_BYTES);
}

/* Comments break at about 100 columns, between words. */
static void print_comment(const char *text, FILE *out) {
    enum { COLUMNS = 100 };
    while (*text != '\0') {
        size_t length = strlen(text);
        if (length > COLUMNS) {
            length = COLUMNS;
            while (length > 1 && text[length] != ' ') length--;
        }
        (void)fprintf(out, "# %.*s\n", (int)length, text);
        text += length;
        while (*text == ' ') text++;
    }
}

void settings_print(const struct setting *table, size_t count, FILE *out) {
    const char *section = "";
    for (size_t i = 0; i < count; i++) {
        const struct setting *setting = &table[i];
        char form[SETTING_FORM_BYTES];
        char variable[SETTING_VARIABLE_BYTES];
        if (strcmp(section, setting->section) != 0) {
            (void)fprintf(out, "%s[%s]\n", i == 0 ? "" : "\n", setting->section);
            section = setting->section;
        }
        setting_form(setting, form);
        setting_variable(setting, variable);
        (void)fputc('\n', out);
        print_comment(setting->help, out);
        (void)fprintf(out, "# Allowed: %s. Environment: %s\n", form, variable);
        (void)fprintf(out, "%s = %s\n", setting->key, setting->fallback == NULL ? "" : setting->fallback);
    }
}

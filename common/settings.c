/* SPDX-License-Identifier: Apache-2.0 */
#include "common/settings.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/settings_value.h"

struct load {
    const struct setting *table;
    size_t count;
    void *configuration;
    struct setting_error *error;
    bool *given; /* per setting: stood in the file */
    FILE *file;
    char *text; /* getline's */
    size_t text_capacity;
    const char *long_value; /* of the line the library is at, when that was too long for it */
    int line;
    bool failed;
};

__attribute__((format(printf, 3, 4))) static void fail(struct load *load, int line, const char *format, ...) {
    if (load->failed) return; /* the first one is told */
    load->failed = true;
    load->error->line = line;
    va_list arguments;
    va_start(arguments, format);
    /* A message that is too long is cut: the beginning says what is wrong. */
    (void)vsnprintf(load->error->message, sizeof load->error->message, format, arguments);
    va_end(arguments);
    for (char *c = load->error->message; *c != '\0'; c++) {
        if (iscntrl((unsigned char)*c)) *c = '?';
    }
}

static size_t smallest(size_t a, size_t b, size_t c) {
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's distance; words longer than the row count as far apart. */
static size_t distance(const char *a, const char *b) {
    enum { WORD = 64 };
    size_t row[WORD + 1];
    size_t length = strlen(b);
    if (strlen(a) > WORD || length > WORD) return WORD;
    for (size_t j = 0; j <= length; j++) row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

static bool known_section(const struct load *load, const char *section) {
    for (size_t i = 0; i < load->count; i++) {
        if (strcmp(load->table[i].section, section) == 0) return true;
    }
    return false;
}

static void fail_section(struct load *load, const char *section) {
    const char *nearest = load->table[0].section;
    for (size_t i = 1; i < load->count; i++) {
        if (distance(section, load->table[i].section) < distance(section, nearest)) nearest = load->table[i].section;
    }
    if (*section == '\0') {
        fail(load, load->line, "a setting stands before the first section; put a line such as [%s] above it", nearest);
    } else {
        fail(load, load->line, "[%.60s]: there is no such section; did you mean [%s]?", section, nearest);
    }
}

static void fail_key(struct load *load, const char *section, const char *key) {
    const struct setting *nearest = NULL;
    for (size_t i = 0; i < load->count; i++) {
        const struct setting *setting = &load->table[i];
        if (strcmp(setting->section, section) != 0) {
            if (strcmp(setting->key, key) != 0) continue;
            fail(load, load->line, "[%s] %.60s: this setting belongs in section [%s]", section, key, setting->section);
            return;
        }
        if (nearest == NULL || distance(key, setting->key) < distance(key, nearest->key)) nearest = setting;
    }
    CHECK(nearest != NULL); /* the section is known, so it has a setting */
    fail(load, load->line, "[%s] %.60s: there is no such setting; did you mean %s?", section, key, nearest->key);
}

static void set(struct load *load, const struct setting *setting, const char *value, int line, const char *source) {
    switch (setting_store(setting, value, load->configuration)) {
    case STATUS_OK: return;
    case STATUS_INVALID: {
        char form[SETTING_FORM_BYTES];
        setting_form(setting, form);
        fail(load, line, "%s%s[%s] %s = \"%.60s\" is not allowed; write %s", source, *source == '\0' ? "" : ": ",
             setting->section, setting->key, value, form);
        return;
    }
    default: fail(load, line, "[%s] %s: no memory", setting->section, setting->key);
    }
}

/* libinih's handler: 1 to go on. */
static int on_setting(void *user, const char *section, const char *key, const char *value) {
    struct load *load = user;
    if (load->failed) return 1;
    if (load->long_value != NULL) value = load->long_value;
    if (!known_section(load, section)) {
        fail_section(load, section);
        return 1;
    }
    for (size_t i = 0; i < load->count; i++) {
        const struct setting *setting = &load->table[i];
        if (strcmp(setting->section, section) != 0 || strcmp(setting->key, key) != 0) continue;
        if (load->given[i]) {
            fail(load, load->line, "[%s] %s is given twice; remove one of the two lines", section, key);
        } else {
            set(load, setting, value, load->line, "");
        }
        load->given[i] = true;
        return 1;
    }
    fail_key(load, section, key);
    return 1;
}

/* libinih takes lines of 199 bytes, and a connection string may be longer: it then sees `key=` only, and the value goes
 * around it, trimmed by the library's rules. False when there is no key that fits. */
static bool shorten(struct load *load, char *line, size_t size) {
    char *value = line + strcspn(line, "=:");
    if (*value == '\0' || (size_t)(value - line) + 2 > size) return false;
    value += 1 + strspn(value + 1, " \t");
    for (char *c = value; *c != '\0'; c++) {
        if (*c == ';' && isspace((unsigned char)c[-1])) *c-- = '\0';
    }
    size_t length = strlen(value);
    while (length > 0 && isspace((unsigned char)value[length - 1])) length--;
    value[length] = '\0';
    load->long_value = value;
    return true;
}

/* libinih's reader. It counts lines, because the library does not tell them to its handler, and takes the indentation
 * away, because the library would glue an indented setting to the one above it. */
static char *next_line(char *out, int size, void *user) {
    struct load *load = user;
    errno = 0;
    load->long_value = NULL;
    ssize_t length = getline(&load->text, &load->text_capacity, load->file);
    if (length < 0) {
        if (!feof(load->file)) fail(load, load->line, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    load->line++;
    char *text = load->text;
    if (strlen(text) != (size_t)length) fail(load, load->line, "the line holds a NUL character; write plain text");
    text += strspn(text, " \t");
    bool comment = *text == '#' || *text == ';';
    size_t taken = comment ? 0 : strlen(text);
    if (taken >= (size_t)size) {
        if (!shorten(load, text, (size_t)size)) fail(load, load->line, "the line is too long, and no key = value");
        taken = strcspn(text, "=:") + 1;
    }
    if (load->failed) return NULL;
    memcpy(out, text, taken);
    out[taken] = '\0';
    return out;
}

static void load_file(struct load *load, const char *path) {
    load->file = fopen(path, "re");
    if (load->file == NULL) {
        fail(load, 0, "%.120s cannot be opened: %s", path, strerror(errno));
        return;
    }
    int wrong = ini_parse_stream(next_line, load, on_setting, load);
    if (wrong > 0 && wrong < load->error->line)
        load->failed = false; /* the library told it last, but it stands first */
    if (wrong > 0) fail(load, wrong, "this line is neither [section] nor key = value; mend or remove it");
    if (wrong < 0) fail(load, 0, "no memory to read %.120s", path);
    (void)fclose(load->file);
    free(load->text);
}

void setting_variable(const struct setting *setting, char name[SETTING_VARIABLE_BYTES]) {
    int length = snprintf(name, SETTING_VARIABLE_BYTES, "FRONTDESK_%s_%s", setting->section, setting->key);
    CHECK(length > 0 && length < SETTING_VARIABLE_BYTES);
    for (char *c = name; *c != '\0'; c++) *c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
}

static void load_environment(struct load *load) {
    for (size_t i = 0; i < load->count && !load->failed; i++) {
        char name[SETTING_VARIABLE_BYTES];
        setting_variable(&load->table[i], name);
        const char *value = getenv(name);
        if (value != NULL) set(load, &load->table[i], value, 0, name);
    }
}

static void load_defaults(struct load *load) {
    for (size_t i = 0; i < load->count; i++) {
        if (load->table[i].kind == SETTING_TEXT) setting_forget(&load->table[i], load->configuration);
    }
    for (size_t i = 0; i < load->count; i++) {
        const struct setting *setting = &load->table[i];
        enum status status = setting_store(setting, setting->fallback, load->configuration);
        CHECK(status != STATUS_INVALID); /* the table's own default */
        if (status != STATUS_OK) fail(load, 0, "[%s] %s: no memory", setting->section, setting->key);
    }
}

enum status settings_load(const struct setting *table, size_t count, const char *path, void *configuration,
                          struct setting_error *error) {
    struct setting_error unused;
    struct load load = {.table = table, .count = count, .configuration = configuration};
    load.error = error == NULL ? &unused : error;
    *load.error = (struct setting_error){0};
    load.given = calloc(count + 1, sizeof *load.given);
    if (load.given == NULL) fail(&load, 0, "no memory");
    load_defaults(&load);
    if (!load.failed && path != NULL) load_file(&load, path);
    if (!load.failed) load_environment(&load);
    free(load.given);
    if (!load.failed) return STATUS_OK;
    settings_free(table, count, configuration);
    return STATUS_INVALID;
}

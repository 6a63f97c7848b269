/* SPDX-License-Identifier: Apache-2.0 */
#include "common/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/moment.h"
#include "common/text.h"

/* Set once at start, before any thread. */
static enum log_level threshold = LOG_INFO;
static bool as_json;
static bool under_journald;

/* One line is one write, so lines of several processes do not mix; what does not fit is left out, never half-escaped.
 */
enum { LINE_BYTES = 4096, LINE_END_BYTES = 8 /* closing quote, brace, newline */ };

struct line {
    char text[LINE_BYTES];
    size_t length;
    bool full;
};

static bool fits(struct line *line, size_t more) {
    if (line->length + more > LINE_BYTES - LINE_END_BYTES) line->full = true;
    return !line->full;
}

static void put(struct line *line, const char *text, size_t length) {
    if (!fits(line, length)) return;
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void put_text(struct line *line, const char *text) {
    put(line, text, strlen(text));
}

/* Closing signs have room kept for them. */
static void put_end(struct line *line, const char *text) {
    size_t length = strlen(text);
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static const char *short_escape(uint32_t code_point) {
    switch (code_point) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return NULL;
    }
}

/* The escapes of JSON serve logfmt too. Bytes that are no UTF-8 become the replacement character. */
static void put_escaped(struct line *line, const char *text) {
    while (*text != '\0' && !line->full) {
        const char *from = text;
        uint32_t code_point = text_next(&text);
        const char *escape = short_escape(code_point);
        if (escape != NULL) {
            put_text(line, escape);
        } else if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) {
            char hexadecimal[8];
            (void)snprintf(hexadecimal, sizeof hexadecimal, "\\u%04x", (unsigned)(code_point & 0xff));
            put_text(line, hexadecimal);
        } else if (code_point == 0xfffd) {
            put_text(line, "\xef\xbf\xbd");
        } else {
            put(line, from, (size_t)(text - from));
        }
    }
}

static void put_quoted(struct line *line, const char *text) {
    if (!fits(line, 1)) return;
    put(line, "\"", 1);
    put_escaped(line, text);
    put_end(line, "\"");
}

static bool needs_quotes(const char *text) {
    if (*text == '\0') return true;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') return true;
    }
    return false;
}

static void put_name(struct line *line, const char *name) {
    if (as_json) {
        put_text(line, line->text[line->length - 1] == '{' ? "\"" : ",\"");
        put_text(line, name);
        put_text(line, "\":");
    } else {
        bool first = line->length == 0 || line->text[line->length - 1] == '>';
        if (!first) put(line, " ", 1);
        put_text(line, name);
        put(line, "=", 1);
    }
}

static void put_field(struct line *line, const struct log_field *field) {
    enum { NAME_AND_NUMBER_BYTES = 32 };
    if (!fits(line, strlen(field->name) + NAME_AND_NUMBER_BYTES)) return;
    put_name(line, field->name);
    if (field->text == NULL) {
        char number[24];
        (void)snprintf(number, sizeof number, "%" PRId64, field->number);
        put_text(line, number);
    } else if (as_json || needs_quotes(field->text)) {
        put_quoted(line, field->text);
    } else {
        put_text(line, field->text);
    }
}

static const char *level_name(enum log_level level) {
    switch (level) {
    case LOG_ERROR: return "error";
    case LOG_WARNING: return "warning";
    case LOG_NOTICE: return "notice";
    case LOG_INFO: return "info";
    case LOG_DEBUG: return "debug";
    }
    return "error";
}

/* JOURNAL_STREAM is inherited by children whose stderr goes elsewhere; it names the journal's device and inode
 * (systemd.exec(5)). */
static bool stderr_is_journal(void) {
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    char here[64];
    if (stream == NULL || fstat(STDERR_FILENO, &status) != 0) return false;
    (void)snprintf(here, sizeof here, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(stream, here) == 0;
}

void log_setup(enum log_level level, bool json) {
    threshold = level;
    as_json = json;
    under_journald = stderr_is_journal();
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, int count) {
    if (level > threshold) return;
    struct line line = {.length = 0};
    if (under_journald) {
        const char priority[] = {'<', (char)('0' + (int)level), '>'};
        put(&line, priority, sizeof priority);
    }
    if (as_json) put_text(&line, "{");
    if (!under_journald) { /* the journal has its own */
        char now[MOMENT_TEXT_BYTES];
        moment_format(moment_now_ms(), now);
        put_field(&line, &(struct log_field){.name = "time", .text = now});
    }
    put_field(&line, &(struct log_field){.name = "level", .text = level_name(level)});
    put_field(&line, &(struct log_field){.name = "event", .text = event});
    for (int i = 0; i < count; i++) put_field(&line, &fields[i]);
    put_end(&line, as_json ? "}\n" : "\n");
    ssize_t written = write(STDERR_FILENO, line.text, line.length);
    (void)written; /* nobody left to tell */
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/letters.h"

#include <csv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/moment.h"
#include "tests/support/test.h"

enum { CHINA_MINUTES = 8 * 60, COLUMN_WRITTEN_AT = 2, COLUMN_SUBJECT = 3, COLUMN_TEXT = 4 };

static struct letter *add(struct letters *letters) {
    letters->items = realloc(letters->items, (letters->count + 1) * sizeof *letters->items);
    assert_non_null(letters->items);
    letters->items[letters->count] = (struct letter){0};
    return &letters->items[letters->count++];
}

struct reading {
    struct letters *letters;
    struct letter letter;
    int column, row;
};

static void on_field(void *data, size_t length, void *owner) {
    struct reading *reading = owner;
    char *text = strndup(data, length);
    switch (reading->column++) {
    case COLUMN_WRITTEN_AT:
        if (reading->row > 0) assert_true(moment_parse_civil(text, CHINA_MINUTES, &reading->letter.written_ms));
        free(text);
        break;
    case COLUMN_SUBJECT: reading->letter.subject = text; break;
    case COLUMN_TEXT: reading->letter.text = text; break;
    default: free(text);
    }
}

static void on_row(int terminator, void *owner) {
    struct reading *reading = owner;
    (void)terminator;
    if (reading->row++ > 0) {
        *add(reading->letters) = reading->letter;
    } else {
        free(reading->letter.subject);
        free(reading->letter.text);
    }
    reading->letter = (struct letter){0};
    reading->column = 0;
}

static void read_file(struct letters *letters, const char *path) {
    struct csv_parser parser;
    struct reading reading = {.letters = letters};
    char block[65536];
    size_t length;
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("FRONTDESK_LETTERS: cannot read %s", path);
    assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_APPEND_NULL), 0);
    csv_set_space_func(&parser, (int (*)(unsigned char))NULL);
    while ((length = fread(block, 1, sizeof block, file)) > 0) {
        assert_int_equal(csv_parse(&parser, block, length, on_field, on_row, &reading), length);
    }
    csv_fini(&parser, on_field, on_row, &reading);
    csv_free(&parser);
    fclose(file);
}

/* What real letters hold: line breaks, quotes, commas, full-width spaces, tabs, backslashes, long and short ones. */
static void make(struct letters *letters) {
    static const char *const pieces[] = {
        "楼上夜间噪音扰民，",     "电梯经常停运；\n",          "“物业”不作为, \"多次\"反映无果。",
        "　　停车费收取不合理\t", "C:\\照片\\1.jpg {a,b} $1 ", "望领导重视！",
        "It's 2nd time. "};
    for (int i = 0; i < LETTERS; i++) {
        size_t wanted = i == 7 ? 13900 : 60 + (size_t)(i * 7919 % 3000);
        char *text = calloc(1, wanted + 128);
        assert_non_null(text);
        for (size_t length = 0, j = (size_t)i; length < wanted; j++) {
            const char *piece = pieces[j % (sizeof pieces / sizeof pieces[0])];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
        }
        struct letter *letter = add(letters);
        assert_true(asprintf(&letter->subject, "关于第%d号楼的反映", i) > 0);
        letter->text = text;
        letter->written_ms = INT64_C(1577836800000) + (int64_t)i * HOUR_MS;
    }
}

void letters_load(struct letters *letters) {
    const char *path = getenv("FRONTDESK_LETTERS");
    *letters = (struct letters){0};
    if (path != NULL && path[0] != '\0') {
        read_file(letters, path);
    } else {
        make(letters);
    }
    assert_int_equal(letters->count, LETTERS);
}

void letters_free(struct letters *letters) {
    for (size_t i = 0; i < letters->count; i++) {
        free(letters->items[i].subject);
        free(letters->items[i].text);
    }
    free(letters->items);
}

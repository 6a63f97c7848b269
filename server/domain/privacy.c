/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/privacy.h"

#include <string.h>

#include "common/message.h"
#include "common/text.h"
#include "server/domain/privacy_fields.h"

enum {
    RUN_DIGITS = 7,    /* fewer are no phone and no identity number */
    PLACE_DIGITS = 11, /* and fewer than these in a row are a room or a number plate, where such are written */
};

static int digit_value(uint32_t point) {
    if (point >= '0' && point <= '9') return (int)(point - '0');
    if (point >= 0xFF10 && point <= 0xFF19) return (int)(point - 0xFF10); /* full-width */
    return -1;
}

/* Spaces, dashes, dots, brackets and what has no width. Not commas and slashes: those stand between rooms. */
static bool is_separator(uint32_t point) {
    static const uint32_t others[] = {' ',    '-',    '.',    '_',    '(',    ')',    0xA0,   0xB7,
                                      0x2060, 0x3000, 0x30FB, 0xFEFF, 0xFF08, 0xFF09, 0xFF0D, 0xFF0E};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (point == others[i]) return true;
    return point >= 0x2000 && point <= 0x2015;
}

struct run {
    const char *end; /* behind its last digit */
    int digits;
    char first[3], last[4];
};

/* The run of digits that begins at `text`, with the spaces and dashes between them unless it is a place's. */
static struct run run_at(const char *text, bool place) {
    struct run run = {.end = text};
    for (uint32_t point = text_next(&text); point != 0; point = text_next(&text)) {
        int value = digit_value(point);
        if (value < 0 && (place || !is_separator(point))) break;
        if (value < 0) continue;
        if (run.digits < 3) run.first[run.digits] = (char)('0' + value);
        memmove(run.last, run.last + 1, 3);
        run.last[3] = (char)('0' + value);
        run.digits++;
        run.end = text;
    }
    return run;
}

/* 138****5678; from a number of fewer than 11 digits two at either end stay, so that as much is hidden. */
static char *write_masked(char *out, const struct run *run) {
    size_t head = run->digits >= 11 ? 3 : 2, tail = run->digits >= 11 ? 4 : 2;
    memcpy(out, run->first, head);
    memcpy(out + head, "****", 4);
    memcpy(out + head + 4, run->last + 4 - tail, tail);
    return out + head + 4 + tail;
}

static char *mask_numbers(struct arena *arena, const char *text, bool place) {
    int least = place ? PLACE_DIGITS : RUN_DIGITS;
    if (text == NULL) text = "";
    /* A masked run may be longer than it was: 7 digits become 8 signs. */
    size_t length = strlen(text);
    char *masked = arena_take(arena, length + length / RUN_DIGITS + 2);
    if (masked == NULL) return NULL;
    char *out = masked;
    while (*text != '\0') {
        const char *next = text;
        if (digit_value(text_next(&next)) >= 0) {
            struct run run = run_at(text, place);
            next = run.end;
            if (run.digits >= least) {
                out = write_masked(out, &run);
                text = next;
                continue;
            }
        }
        memcpy(out, text, (size_t)(next - text));
        out += next - text;
        text = next;
    }
    *out = '\0';
    return masked;
}

char *privacy_mask_numbers(struct arena *arena, const char *text) {
    return mask_numbers(arena, text, false);
}

char *privacy_mask_name(struct arena *arena, const char *name) {
    if (text_empty(name)) return arena_string(arena, "");
    const char *next = name;
    uint32_t first = text_next(&next);
    return arena_printf(arena, "%.*s%s", (int)(next - name), name, first < 0x2E80 ? "***" : "**");
}

/* A number too short to be found in text is hidden whole. */
static char *mask_phone(struct arena *arena, const char *phone) {
    if (text_empty(phone)) return arena_string(arena, "");
    char *masked = privacy_mask_numbers(arena, phone);
    return masked != NULL && strcmp(masked, phone) == 0 ? arena_string(arena, "****") : masked;
}

static const struct privacy_field {
    const char *name;
    enum privacy_class class;
} fields[] = {
  /* who and what a record is, and the words of the staff's own trade */
    {"id",               PRIVACY_KEEP    },
    {"site_id",          PRIVACY_KEEP    },
    {"record_id",        PRIVACY_KEEP    },
    {"number",           PRIVACY_KEEP    },
    {"duplicate_of",     PRIVACY_KEEP    },
    {"desk",             PRIVACY_KEEP    },
    {"code",             PRIVACY_KEEP    },
    {"time_zone",        PRIVACY_KEEP    },
    {"kind",             PRIVACY_KEEP    },
    {"pass",             PRIVACY_KEEP    },
 /* a site's working time */
    {"monday",           PRIVACY_KEEP    },
    {"tuesday",          PRIVACY_KEEP    },
    {"wednesday",        PRIVACY_KEEP    },
    {"thursday",         PRIVACY_KEEP    },
    {"friday",           PRIVACY_KEEP    },
    {"saturday",         PRIVACY_KEEP    },
    {"sunday",           PRIVACY_KEEP    },
    {"days_off",         PRIVACY_KEEP    },
    {"days_on",          PRIVACY_KEEP    },
 /* the staff, known to each other by name */
    {"login",            PRIVACY_KEEP    },
    {"name",             PRIVACY_KEEP    },
    {"registered_by",    PRIVACY_KEEP    },
    {"handler_id",       PRIVACY_KEEP    },
    {"host_id",          PRIVACY_KEEP    },
    {"closed_by",        PRIVACY_KEEP    },
    {"followed_up_by",   PRIVACY_KEEP    },
    {"planned_by",       PRIVACY_KEEP    },
    {"asked_by",         PRIVACY_KEEP    },
    {"decided_by",       PRIVACY_KEEP    },
    {"to_id",            PRIVACY_KEEP    },
    {"acknowledged_by",  PRIVACY_KEEP    },
    {"person_ids",       PRIVACY_KEEP    },
    {"addressee_ids",    PRIVACY_KEEP    },
    {"stand_in_ids",     PRIVACY_KEEP    },
    {"substitute_id",    PRIVACY_KEEP    },
    {"actor_id",         PRIVACY_KEEP    },
    {"actor_name",       PRIVACY_KEEP    },
 /* where to go: the queue and the gate cannot work without it; a phone number in it is a slip */
    {"unit",             PRIVACY_PLACE   },
    {"host_unit",        PRIVACY_PLACE   },
    {"vehicle",          PRIVACY_PLACE   },
 /* customers and visitors */
    {"customer_name",    PRIVACY_NAME    },
    {"visitor_name",     PRIVACY_NAME    },
    {"customer_phone",   PRIVACY_PHONE   },
    {"visitor_phone",    PRIVACY_PHONE   },
 /* short free text */
    {"subject",          PRIVACY_TEXT    },
    {"place",            PRIVACY_TEXT    },
    {"purpose",          PRIVACY_TEXT    },
    {"cause",            PRIVACY_TEXT    },
    {"remedy",           PRIVACY_TEXT    },
    {"note",             PRIVACY_TEXT    },
    {"plan",             PRIVACY_TEXT    },
    {"reason",           PRIVACY_TEXT    },
    {"answer",           PRIVACY_TEXT    },
 /* the customer's own words: only for those who open the record */
    {"description",      PRIVACY_LEFT_OUT},
    {"wanted_outcome",   PRIVACY_LEFT_OUT},
    {"customer_opinion", PRIVACY_LEFT_OUT},
};

enum privacy_class privacy_class_of(const char *field_name) {
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].name, field_name) == 0) return fields[i].class;
    return PRIVACY_UNCLASSED;
}

static char *mask_text(struct arena *arena, enum privacy_class class, char *text) {
    switch (class) {
    case PRIVACY_KEEP: return text;
    case PRIVACY_NAME: return privacy_mask_name(arena, text);
    case PRIVACY_PHONE: return mask_phone(arena, text);
    case PRIVACY_TEXT: return mask_numbers(arena, text, false);
    case PRIVACY_PLACE: return mask_numbers(arena, text, true);
    case PRIVACY_UNCLASSED:
    case PRIVACY_LEFT_OUT: break;
    }
    return message_no_text();
}

/* Every element of a field, be it one or many. False: no memory. */
static bool mask_field(struct arena *arena, ProtobufCMessage *copy, const ProtobufCFieldDescriptor *field) {
    bool text = field->type == PROTOBUF_C_TYPE_STRING;
    if (!text && field->type != PROTOBUF_C_TYPE_MESSAGE) return true;
    void **elements = message_field(copy, field);
    size_t count = 1;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        count = *message_count(copy, field);
        if (count == 0) return true;
        elements = arena_copy(arena, *elements, count * sizeof *elements);
        if (elements == NULL) return false;
        *(void **)message_field(copy, field) = elements;
    }
    enum privacy_class class = privacy_class_of(field->name);
    for (size_t i = 0; i < count; i++) {
        if (elements[i] == NULL) continue;
        elements[i] = text ? (void *)mask_text(arena, class, elements[i]) : (void *)privacy_mask(arena, elements[i]);
        if (elements[i] == NULL) return false;
    }
    return true;
}

ProtobufCMessage *privacy_mask(struct arena *arena, const ProtobufCMessage *record) {
    ProtobufCMessage *copy = message_copy(arena, record);
    if (copy == NULL) return NULL;
    for (unsigned i = 0; i < record->descriptor->n_fields; i++)
        if (!mask_field(arena, copy, &record->descriptor->fields[i])) return NULL;
    return copy;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a file as a command. */
#include <stdio.h>
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/mapping.h"
#include "client/cli/words.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"

static bool refuse(struct row_fault *fault, const char *field, const char *why) {
    *fault = (struct row_fault){.field = field, .why = why};
    return false;
}

/* CR LF and CR become LF. */
static char *normalised(struct arena *arena, const char *text) {
    char *own = arena_string(arena, text), *out = own;
    if (own == NULL) return NULL;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\r' && at[1] == '\n') continue;
        *out++ = *at == '\r' ? '\n' : *at;
    }
    *out = '\0';
    return own;
}

static bool set_text(const struct mapping *mapping, struct arena *arena, const char *value, const char *field,
                     char **out, struct row_fault *fault) {
    char *own = mapping->normalise ? normalised(arena, value) : arena_string(arena, value);
    if (own == NULL) return refuse(fault, field, _("out of memory"));
    if (strchr(own, '\r') != NULL)
        return refuse(fault, field, _("has carriage returns: mend the file, or set normalise = yes in the mapping"));
    if (!text_valid(own, strlen(own)))
        return refuse(fault, field, _("has control characters or is not UTF-8: save the file as UTF-8"));
    if (strlen(own) > MESSAGE_TEXT_LIMIT) return refuse(fault, field, _("is too long (32 KiB at most)"));
    *out = own;
    return true;
}

/* "2011/8/3 18:24" as spreadsheets write it becomes "2011-08-03 18:24"; anything else stays. */
static const char *tidy_time(struct arena *arena, const char *text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
    char first = 0, next = 0;
    int parts = sscanf(text, "%4d%c%2d%c%2d %2d:%2d%n:%2d%n", &year, &first, &month, &next, &day, &hour, &minute, &used,
                       &second, &used);
    if (parts < 7 || text[used] != '\0' || (first != '/' && first != '-') || next != first) return text;
    const char *tidy = arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour, minute, second);
    return tidy == NULL ? text : tidy;
}

static bool set_time(const struct mapping *mapping, struct arena *arena, const char *value, const char *field,
                     int64_t *out, struct row_fault *fault) {
    if (moment_parse(value, out) || moment_parse_civil(value, mapping->offset_minutes, out)) return true;
    if (moment_parse_civil(tidy_time(arena, value), mapping->offset_minutes, out)) return true;
    return refuse(fault, field, _("is no time: YYYY-MM-DD HH:MM[:SS] is expected"));
}

static bool set_flag(const char *value, const char *field, protobuf_c_boolean *out, struct row_fault *fault) {
    static const char *const yes[] = {"yes", "true", "1", "是"}, *const no[] = {"no", "false", "0", "否"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (strcmp(value, yes[i]) == 0) {
            *out = true;
            return true;
        }
        if (strcmp(value, no[i]) == 0) return true;
    }
    return refuse(fault, field, _("is neither yes nor no"));
}

static bool set_field(const struct mapping *mapping, struct arena *arena, const struct mapped_field *mapped,
                      const char *value, ProtobufCMessage *message, struct row_fault *fault) {
    const ProtobufCFieldDescriptor *field = mapped->field;
    void *place = message_field(message, field);
    if (value[0] == '\0') return true;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: return set_text(mapping, arena, value, field->name, place, fault);
    case PROTOBUF_C_TYPE_INT64: return set_time(mapping, arena, value, field->name, place, fault);
    case PROTOBUF_C_TYPE_BOOL: return set_flag(value, field->name, place, fault);
    case PROTOBUF_C_TYPE_ENUM:
        return word_parse(field->descriptor, value, place) || refuse(fault, field->name, _("has an unknown word"));
    default: return refuse(fault, field->name, _("cannot be imported"));
    }
}

bool mapping_row(const struct mapping *mapping, const struct csv_row *row, struct arena *arena,
                 Fd__RegisterComplaintRequest *request, struct row_fault *fault) {
    fd__register_complaint_request__init(request);
    if (row->broken) return refuse(fault, "", _("has a NUL character"));
    if ((size_t)mapping->key_index >= row->count || row->fields[mapping->key_index][0] == '\0')
        return refuse(fault, mapping->key, _("is empty, but is to tell the rows apart"));
    for (size_t i = 0; i < mapping->count; i++) {
        const struct mapped_field *mapped = &mapping->fields[i];
        if (mapped->column != NULL && (size_t)mapped->index >= row->count)
            return refuse(fault, mapped->column, _("is missing: the row has fewer columns than the header"));
        const char *value = mapped->column != NULL ? row->fields[mapped->index] : mapped->constant;
        if (!set_field(mapping, arena, mapped, value, &request->base, fault)) return false;
    }
    if (text_empty(request->subject)) return refuse(fault, "subject", _("is empty"));
    return true;
}

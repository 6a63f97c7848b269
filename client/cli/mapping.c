/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/mapping.h"

#include <errno.h>
#include <ini.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/language.h"
#include "common/moment.h"
#include "common/text.h"

enum { MAPPING_ARENA_BYTES = 256 * 1024, OFFSET_LIMIT_MINUTES = 14 * 60, FIELD_NAME_BYTES = 64 };

struct mapping_reading {
    struct mapping *mapping;
    char *why;
};

/* "received_at" is the field received_at_ms. */
static const ProtobufCFieldDescriptor *field_named(const char *name) {
    char long_name[FIELD_NAME_BYTES];
    const ProtobufCMessageDescriptor *kind = &fd__register_complaint_request__descriptor;
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(kind, name);
    (void)snprintf(long_name, sizeof long_name, "%s_ms", name);
    return field != NULL ? field : protobuf_c_message_descriptor_get_field_by_name(kind, long_name);
}

static bool add_field(struct mapping *mapping, const char *name, const char *column, const char *constant, char *why) {
    const ProtobufCFieldDescriptor *field = field_named(name);
    if (field == NULL) {
        (void)snprintf(why, MAPPING_WHY_BYTES, _("a complaint has no field \"%.60s\""), name);
        return false;
    }
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->fields[i].field != field) continue;
        (void)snprintf(why, MAPPING_WHY_BYTES, _("\"%.60s\" is given twice"), name);
        return false;
    }
    if (mapping->count == MAPPING_FIELDS_LIMIT) return false;
    mapping->fields[mapping->count++] =
        (struct mapped_field){.field = field, .column = column, .constant = constant, .index = -1};
    return true;
}

static bool parse_offset(const char *text, int32_t *minutes) {
    int hours = 0, rest = 0, used = 0;
    char sign = 0;
    if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &rest, &used) != 3 || text[used] != '\0') return false;
    *minutes = (sign == '-' ? -1 : 1) * (hours * 60 + rest);
    return (sign == '+' || sign == '-') && rest >= 0 && rest < 60 && abs(*minutes) <= OFFSET_LIMIT_MINUTES;
}

static bool set_import(struct mapping *mapping, const char *name, const char *value, char *why) {
    if (strcmp(name, "key") == 0) {
        mapping->key = arena_string(&mapping->memory, value);
        return true;
    }
    if (strcmp(name, "namespace") == 0) {
        mapping->name_space = arena_string(&mapping->memory, value);
        return true;
    }
    if (strcmp(name, "time_offset") == 0) {
        if (parse_offset(value, &mapping->offset_minutes)) return true;
        (void)snprintf(why, MAPPING_WHY_BYTES, _("time_offset is written +08:00, not \"%.40s\""), value);
        return false;
    }
    if (strcmp(name, "normalise") == 0) {
        mapping->normalise = strcmp(value, "yes") == 0;
        if (mapping->normalise || strcmp(value, "no") == 0) return true;
        (void)snprintf(why, MAPPING_WHY_BYTES, _("normalise is yes or no, not \"%.40s\""), value);
        return false;
    }
    (void)snprintf(why, MAPPING_WHY_BYTES, _("[import] has no \"%.60s\""), name);
    return false;
}

static int on_line(void *owner, const char *section, const char *name, const char *value) {
    struct mapping_reading *reading = owner;
    struct mapping *mapping = reading->mapping;
    if (reading->why[0] != '\0') return 0;
    if (strcmp(section, "import") == 0) return set_import(mapping, name, value, reading->why);
    bool column = strcmp(section, "columns") == 0;
    if (!column && strcmp(section, "constants") != 0) {
        (void)snprintf(reading->why, MAPPING_WHY_BYTES, _("there is no section [%.60s]"), section);
        return 0;
    }
    const char *own = arena_string(&mapping->memory, value);
    if (own == NULL) return 0;
    return add_field(mapping, name, column ? own : NULL, column ? NULL : own, reading->why);
}

static void begin(struct mapping *mapping) {
    *mapping = (struct mapping){.name_space = "", .key_index = -1};
    arena_init(&mapping->memory, MAPPING_ARENA_BYTES);
}

static enum status finish(struct mapping *mapping, int line, char why[MAPPING_WHY_BYTES]) {
    char reason[MAPPING_WHY_BYTES];
    (void)snprintf(reason, sizeof reason, "%.200s", why[0] == '\0' ? _("not written as name = value") : why);
    if (line != 0) {
        (void)snprintf(why, MAPPING_WHY_BYTES, _("line %d: %.200s"), line, reason);
    } else if (text_empty(mapping->key)) {
        (void)snprintf(why, MAPPING_WHY_BYTES, "%s",
                       _("[import] key = COLUMN is missing: which column tells rows apart?"));
    } else {
        return STATUS_OK;
    }
    mapping_free(mapping);
    return STATUS_INVALID;
}

enum status mapping_parse(struct mapping *mapping, const char *text, char why[MAPPING_WHY_BYTES]) {
    begin(mapping);
    why[0] = '\0';
    struct mapping_reading reading = {.mapping = mapping, .why = why};
    return finish(mapping, ini_parse_string(text, on_line, &reading), why);
}

enum status mapping_read(struct mapping *mapping, const char *path, char why[MAPPING_WHY_BYTES]) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        (void)snprintf(why, MAPPING_WHY_BYTES, "%s", strerror(errno));
        return STATUS_INVALID;
    }
    begin(mapping);
    why[0] = '\0';
    struct mapping_reading reading = {.mapping = mapping, .why = why};
    int line = ini_parse_file(file, on_line, &reading);
    (void)fclose(file);
    return finish(mapping, line, why);
}

enum status mapping_from_header(struct mapping *mapping, const struct csv_file *file, char why[MAPPING_WHY_BYTES]) {
    begin(mapping);
    why[0] = '\0';
    if (csv_file_column(file, "id") >= 0) mapping->key = "id";
    if (csv_file_column(file, "key") >= 0) mapping->key = "key";
    for (size_t i = 0; i < file->header.count; i++) {
        const char *name = arena_string(&mapping->memory, file->header.fields[i]);
        if (name == NULL || field_named(name) == NULL) continue;
        if (!add_field(mapping, name, name, NULL, why)) {
            mapping_free(mapping);
            return STATUS_INVALID;
        }
    }
    if (mapping->key != NULL && mapping->count > 0) return STATUS_OK;
    (void)snprintf(why, MAPPING_WHY_BYTES, "%s",
                   _("the columns are not called like a complaint's fields, or there is no column \"id\": "
                     "write a mapping file and name it with --mapping"));
    mapping_free(mapping);
    return STATUS_INVALID;
}

void mapping_free(struct mapping *mapping) {
    arena_free(&mapping->memory);
    mapping->count = 0;
}

static enum status bind_one(const struct csv_file *file, const char *column, int *index, char *why) {
    *index = csv_file_column(file, column);
    if (*index >= 0) return STATUS_OK;
    (void)snprintf(why, MAPPING_WHY_BYTES, _("the file has no column \"%.80s\""), column);
    return STATUS_INVALID;
}

enum status mapping_bind(struct mapping *mapping, const struct csv_file *file, char why[MAPPING_WHY_BYTES]) {
    enum status status = bind_one(file, mapping->key, &mapping->key_index, why);
    for (size_t i = 0; i < mapping->count && status == STATUS_OK; i++)
        if (mapping->fields[i].column != NULL)
            status = bind_one(file, mapping->fields[i].column, &mapping->fields[i].index, why);
    return status;
}

void mapping_key(const struct mapping *mapping, const struct csv_row *row, const char *site_id,
                 char key[UUID_TEXT_BYTES]) {
    enum { DIGEST_BYTES = 16, VERSION_BYTE = 6, VARIANT_BYTE = 8 };
    const char *parts[] = {"frontdesk import", site_id, mapping->name_space, row->fields[mapping->key_index]};
    uint8_t digest[DIGEST_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof digest);
    /* With their ends: "ab" + "c" is not "a" + "bc". */
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        crypto_generichash_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
    crypto_generichash_final(&state, digest, sizeof digest);
    digest[VERSION_BYTE] = (uint8_t)((digest[VERSION_BYTE] & 0x0F) | 0x80);
    digest[VARIANT_BYTE] = (uint8_t)((digest[VARIANT_BYTE] & 0x3F) | 0x80);
    char *out = key;
    for (int i = 0; i < DIGEST_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        (void)snprintf(out, 3, "%02x", digest[i]);
        out += 2;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How the columns of a CSV file become complaints: an INI file.
 *
 *   [import]    key = id               the column that tells rows apart, for running twice
 *               namespace = letters    keeps equal ids of different sources apart
 *               time_offset = +08:00   of times without a zone
 *               normalise = no         yes: CR LF and CR become LF; no: such rows are refused
 *   [columns]   subject = title        field = column
 *   [constants] channel = letter       field = value for every row
 */
#ifndef FRONTDESK_CLIENT_CLI_MAPPING_H
#define FRONTDESK_CLIENT_CLI_MAPPING_H

#include "client/cli/csv_file.h"
#include "common/uuid.h"
#include "frontdesk/v1/complaint.pb-c.h"

enum { MAPPING_FIELDS_LIMIT = 16, MAPPING_WHY_BYTES = 256 };

struct mapped_field {
    const ProtobufCFieldDescriptor *field;
    const char *column, *constant; /* one of them */
    int index;                     /* of the column, after binding */
};

struct mapping {
    struct arena memory;
    const char *key, *name_space;
    int key_index;
    int32_t offset_minutes;
    bool normalise;
    struct mapped_field fields[MAPPING_FIELDS_LIMIT];
    size_t count;
};

struct row_fault {
    const char *field, *why; /* static or in the arena */
};

/* INVALID with line and reason in `why`. */
MUST_USE enum status mapping_read(struct mapping *mapping, const char *path, char why[MAPPING_WHY_BYTES]);
MUST_USE enum status mapping_parse(struct mapping *mapping, const char *text, char why[MAPPING_WHY_BYTES]);
/* Without a file: each column that is called like a field is that field; "id" or "key" is the key. */
MUST_USE enum status mapping_from_header(struct mapping *mapping, const struct csv_file *file,
                                         char why[MAPPING_WHY_BYTES]);
void mapping_free(struct mapping *mapping);
/* Finds the columns. INVALID: one is missing, named in `why`. */
MUST_USE enum status mapping_bind(struct mapping *mapping, const struct csv_file *file, char why[MAPPING_WHY_BYTES]);

/* One row as a command; strings live in the arena. False: *fault says why not. */
bool mapping_row(const struct mapping *mapping, const struct csv_row *row, struct arena *arena,
                 Fd__RegisterComplaintRequest *request, struct row_fault *fault);
/* The request key of a row: the same row gives the same key, on any machine, for ever (UUID version 8). */
void mapping_key(const struct mapping *mapping, const struct csv_row *row, const char *site_id,
                 char key[UUID_TEXT_BYTES]);

#endif

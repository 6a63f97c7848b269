/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of each row that is imported. */
#ifndef FRONTDESK_TESTS_FUZZ_IMPORT_H
#define FRONTDESK_TESTS_FUZZ_IMPORT_H

#include <string.h>

#include "client/cli/mapping.h"
#include "common/check.h"
#include "common/message.h"

/* The server decodes it: valid texts, known words, moments of this age. */
static inline void import_command(const Fd__RegisterComplaintRequest *request) {
    struct bytes packed = {0};
    struct arena arena;
    ProtobufCMessage *message = NULL;
    CHECK(message_append(&packed, &request->base) == STATUS_OK);
    arena_init(&arena, SIZE_MAX);
    CHECK(message_unpack(request->base.descriptor, &arena, packed.data, packed.length, &message, NULL) == STATUS_OK);
    arena_free(&arena);
    bytes_free(&packed);
}

static inline void import_rows(const struct mapping *mapping, const struct csv_file *file) {
    for (size_t i = 0; i < file->count; i++) {
        char key[UUID_TEXT_BYTES], again[UUID_TEXT_BYTES];
        struct arena arena;
        struct row_fault fault = {0};
        Fd__RegisterComplaintRequest request;
        arena_init(&arena, 1024 * 1024);
        if (mapping_row(mapping, &file->rows[i], &arena, &request, &fault)) {
            import_command(&request);
            mapping_key(mapping, &file->rows[i], "site", key);
            mapping_key(mapping, &file->rows[i], "site", again);
            CHECK(uuid_valid(key) && memcmp(key, again, sizeof key) == 0);
        } else {
            CHECK(fault.field != NULL && fault.why != NULL && fault.why[0] != '\0');
        }
        arena_free(&arena);
    }
}

#endif

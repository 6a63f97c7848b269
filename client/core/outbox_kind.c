/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/outbox_kind.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/message.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"

#define MESSAGES(name) &fd__##name##_request__descriptor, &fd__##name##_response__descriptor

static const struct outbox_kind kinds[] = {
    {"complaint.register",      MESSAGES(register_complaint), "complaint", true,  "received_at_ms"},
    {"complaint.record_action", MESSAGES(record_action),      "complaint", false, NULL            },
    {"visit.announce",          MESSAGES(announce_visit),     "visit",     true,  NULL            },
    {"visit.walk_in",           MESSAGES(walk_in_visit),      "visit",     true,  NULL            },
    {"visit.arrive",            MESSAGES(arrive_visit),       "visit",     false, NULL            },
    {"visit.leave",             MESSAGES(leave_visit),        "visit",     false, NULL            },
    {"visit.emergency",         MESSAGES(raise_emergency),    "visit",     false, NULL            },
};

const struct outbox_kind *outbox_kind_of(const char *operation) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].operation, operation) == 0) return &kinds[i];
    return NULL;
}

int64_t outbox_local_number(const char *number) {
    const char *digits = NULL;
    if (number != NULL && number[0] == '~') digits = number + 1;
    if (number != NULL && toupper((unsigned char)number[0]) == 'W' && number[1] == '-') digits = number + 2;
    if (digits == NULL || digits[0] < '1' || digits[0] > '9') return 0;
    char *end = NULL;
    long long place = strtoll(digits, &end, 10);
    return *end == '\0' && place < INT64_MAX ? place : 0;
}

static ProtobufCMessage *unpack(const struct outbox_kind *kind, struct arena *arena, const uint8_t *body,
                                size_t length) {
    ProtobufCMessage *message = NULL;
    arena_init(arena, message_budget(length));
    return message_unpack_newer(kind->request, arena, length == 0 ? (const uint8_t *)"" : body, length, &message,
                                NULL) == STATUS_OK
               ? message
               : NULL;
}

static void *place(const ProtobufCMessage *message, const char *name) {
    const ProtobufCFieldDescriptor *field =
        name == NULL ? NULL : protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    return field == NULL ? NULL : message_field(message, field);
}

int64_t outbox_kind_names(const struct outbox_kind *kind, const uint8_t *body, size_t length) {
    struct arena arena;
    const ProtobufCMessage *message = unpack(kind, &arena, body, length);
    char **number = message == NULL ? NULL : place(message, "number");
    int64_t named = number == NULL ? 0 : outbox_local_number(*number);
    arena_free(&arena);
    return named;
}

int64_t outbox_kind_received_ms(const struct outbox_kind *kind, const uint8_t *body, size_t length) {
    struct arena arena;
    const ProtobufCMessage *message = unpack(kind, &arena, body, length);
    const int64_t *received = message == NULL ? NULL : place(message, kind->received);
    int64_t at_ms = received == NULL ? 0 : *received;
    arena_free(&arena);
    return at_ms;
}

bool outbox_kind_alarms(const struct outbox_kind *kind, const uint8_t *body, size_t length) {
    if (kind->request == &fd__raise_emergency_request__descriptor) return true;
    if (kind->request != &fd__register_complaint_request__descriptor) return false;
    struct arena arena;
    const ProtobufCMessage *message = unpack(kind, &arena, body, length);
    bool major = message != NULL && ((const Fd__RegisterComplaintRequest *)(const void *)message)->severity ==
                                        FD__SEVERITY__SEVERITY_MAJOR;
    arena_free(&arena);
    return major;
}

enum status outbox_kind_fill(const struct outbox_kind *kind, const uint8_t *body, size_t length, const char *number,
                             int64_t received_at_ms, struct bytes *out) {
    struct arena arena;
    ProtobufCMessage *message = unpack(kind, &arena, body, length);
    enum status status = message == NULL ? STATUS_INVALID : STATUS_OK;
    char **number_place = message == NULL ? NULL : place(message, "number");
    int64_t *received_place = message == NULL ? NULL : place(message, kind->received);
    if (number_place != NULL && number != NULL) *number_place = (char *)(uintptr_t)number;
    if (received_place != NULL && received_at_ms != 0) *received_place = received_at_ms;
    if (status == STATUS_OK) status = message_append(out, message);
    arena_free(&arena);
    return status;
}

const char *outbox_kind_number(const struct outbox_kind *kind, const ProtobufCMessage *response) {
    ProtobufCMessage **record = response == NULL ? NULL : place(response, kind->record);
    char **number = record == NULL || *record == NULL ? NULL : place(*record, "number");
    return number == NULL ? "" : *number;
}

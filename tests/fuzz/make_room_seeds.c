/* SPDX-License-Identifier: Apache-2.0 */
/* The seeds of the targets that play a room: sessions, a hostile server, rules, files. What the bytes mean stands at
 * the top of each target. */
#include <stdio.h>
#include <string.h>

#include "common/check.h"
#include "common/message.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/rules.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "server/audit/anchors.h"
#include "server/request/table.h"
#include "tests/fuzz/audit_key.h"
#include "tests/fuzz/seeds.h"

static void put(struct bytes *seed, const void *data, size_t length) {
    CHECK(length == 0 || bytes_append(seed, data, length) == STATUS_OK);
}

static void put_byte(struct bytes *seed, unsigned byte) {
    uint8_t value = (uint8_t)byte;
    put(seed, &value, 1);
}

static void put_length(struct bytes *seed, size_t length) {
    put_byte(seed, (unsigned)(length >> 8));
    put_byte(seed, (unsigned)(length & 255));
}

#define PUT(seed, ...) put(seed, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static bool ends_with_day(const char *name) {
    size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, "day") == 0;
}

/* Figures that a site may set: a sample's are not. */
static void fill_figures(ProtobufCMessage *message) {
    static int32_t levels[] = {0, 1}, minutes[] = {10, 30};
    static char *hours[] = {"09:00-12:00", "13:30-18:00"};
    if (message->descriptor == &fd__set_deadlines_request__descriptor) {
        Fd__SetDeadlinesRequest *command = (Fd__SetDeadlinesRequest *)(void *)message;
        command->accept_minutes = 5;
        command->contact_minutes = 30;
        command->feedback_minutes = 120;
        command->close_minutes = 1440;
        command->close_working_days = 0;
        command->working_time = false;
        command->plan_days = 1;
        command->first_level = 1;
        command->n_climb_levels = command->n_climb_minutes = 2;
        command->climb_levels = levels;
        command->climb_minutes = minutes;
        command->repeat_minutes = 5;
        command->acknowledgement_minutes = 30;
    }
    if (message->descriptor != &fd__set_calendar_request__descriptor) return;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        size_t *count = message_count(message, field);
        if (count == NULL) continue;
        *count = ends_with_day(field->name) ? 2 : 0;
        *(char ***)message_field(message, field) = hours;
    }
}

/* A command as a client would send it about that record, whatever its version. */
static void pack_sample(struct bytes *out, const ProtobufCMessageDescriptor *descriptor, const char *record) {
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    ProtobufCMessage *message = sample(&arena, descriptor, 0);
    const ProtobufCFieldDescriptor *number = protobuf_c_message_descriptor_get_field_by_name(descriptor, "number");
    const ProtobufCFieldDescriptor *version = protobuf_c_message_descriptor_get_field_by_name(descriptor, "version");
    if (number != NULL) *(const char **)message_field(message, number) = record;
    if (version != NULL && version->type == PROTOBUF_C_TYPE_INT64) *(int64_t *)message_field(message, version) = 0;
    fill_figures(message);
    CHECK(message_append(out, message) == STATUS_OK);
    arena_free(&arena);
}

/* --- session --- */

/* Peer 0 comes, greets, signs in as the role and is let in. */
static void put_member(struct bytes *seed, unsigned role) {
    PUT(seed, 5, 3, 0, 4);
    put_byte(seed, role - 1);
    PUT(seed, 7, 0, 8, 0, 7, 0, 10, 255, 6);
}

static void put_request(struct bytes *seed, size_t operation, const ProtobufCMessageDescriptor *descriptor,
                        const char *number) {
    struct bytes body = {0};
    pack_sample(&body, descriptor, number);
    put_byte(seed, 2);
    put_byte(seed, (unsigned)operation);
    put_byte(seed, 0);
    put_length(seed, body.length);
    put(seed, body.data, body.length);
    PUT(seed, 7, 0, 7, 0, 10, 255);
    bytes_free(&body);
}

static size_t operation_index(const char *name) {
    for (size_t i = 0; operation_at(i) != NULL; i++)
        if (strcmp(operation_at(i)->name, name) == 0) return i;
    check_failed("an operation of that name", __FILE__, __LINE__);
    return 0;
}

/* Each operation by a supervisor and by a manager, about the first complaint or the first visit. */
static void save_operations(const char *folder, size_t *saved) {
    size_t registers = operation_index("complaint.register"), walks_in = operation_index("visit.walk_in");
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        bool visit = strncmp(operation_at(i)->name, "visit.", 6) == 0;
        size_t before = visit ? walks_in : registers;
        for (unsigned role = FD__ROLE__ROLE_SUPERVISOR; role <= FD__ROLE__ROLE_MANAGER; role++) {
            struct bytes seed = {0};
            put_member(&seed, role);
            put_request(&seed, before, operation_at(before)->request, "");
            put_request(&seed, i, operation_at(i)->request, visit ? "V-1" : "C-1");
            PUT(&seed, 15, 0x40, 12, 40, 10, 255, 13, 32, 9, 100, 11, 0, 6);
            save(folder, "session", (*saved)++, &seed);
            bytes_free(&seed);
        }
    }
}

/* Each frame of a client, as a member. */
static void save_frames_of_members(const char *folder, size_t *saved) {
    for (unsigned chosen = 0; chosen < fd__client_frame__descriptor.n_fields; chosen++) {
        struct bytes seed = {0}, body = {0};
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        CHECK(message_append(&body, sample(&arena, &fd__client_frame__descriptor, chosen)) == STATUS_OK);
        put_member(&seed, FD__ROLE__ROLE_MANAGER);
        put_byte(&seed, 0);
        put_length(&seed, body.length);
        put_byte(&seed, chosen);
        put(&seed, body.data, body.length);
        save(folder, "session", (*saved)++, &seed);
        arena_free(&arena);
        bytes_free(&body);
        bytes_free(&seed);
    }
}

static void save_resumes(const char *folder, size_t *saved) {
    /* Resumed; resumed with a copy of the token; and the password changed. */
    static const uint8_t resumes[][16] = {
        {5,   3,   0, 4, 32 + 16, 7, 0, 10, 255, 6},
        {5,   3,   0, 4, 64 + 16, 7, 0, 7,  0,   7, 0, 10, 255, 6},
        {5, 3, 0, 4,  16,         7,         0,         10,          255,          6 },
    };
    for (size_t i = 0; i < sizeof resumes / sizeof resumes[0]; i++) {
        struct bytes seed = {0};
        put(&seed, resumes[i], 10 + (i == 1 ? 4 : 0));
        save(folder, "session", (*saved)++, &seed);
        bytes_free(&seed);
    }
}

/* The password changed. */
static void save_password_change(const char *folder, size_t *saved) {
    struct bytes change = {0}, passwords = {0};
    Fd__ChangePasswordRequest command = FD__CHANGE_PASSWORD_REQUEST__INIT;
    command.old_password = "right words";
    command.new_password = "quite other words 7";
    CHECK(message_append(&passwords, &command.base) == STATUS_OK);
    put_member(&change, FD__ROLE__ROLE_MANAGER);
    put_byte(&change, 2);
    put_byte(&change, (unsigned)operation_index("session.change_password"));
    put_byte(&change, 3);
    put_length(&change, passwords.length);
    put(&change, passwords.data, passwords.length);
    PUT(&change, 7, 0, 8, 0, 8, 0, 7, 0, 7, 0, 10, 255);
    save(folder, "session", (*saved)++, &change);
    bytes_free(&passwords);
    bytes_free(&change);
}

static void save_crowds(const char *folder, size_t *saved) {
    /* A flood behind a sign-in that is under way, and as a member. */
    static const uint8_t floods[] = {5, 3, 0, 1,  254, 4, 4, 1,   255, 7,  0,   8,
                                     0, 7, 0, 10, 255, 6, 1, 255, 6,   10, 255, 6};
    struct bytes flood = {0};
    put(&flood, floods, sizeof floods);
    save(folder, "session", (*saved)++, &flood);
    bytes_free(&flood);
    static const uint8_t crowd[] = {5, 0x15, 0x25, 0x35, 3,  0, 0x13, 0,    4, 3,   0x14, 5,  7, 0, 7,  0, 8, 0,
                                    8, 0,    7,    0,    7,  0, 15,   0x48, 9, 100, 6,    14, 0, 9, 8,  6, 6, 0x11,
                                    3, 0,    0x01, 0x00, 11, 1, 0x1b, 2,    6, 9,   0xff, 6,  5, 3, 14, 1, 6};
    struct bytes seed = {0};
    put(&seed, crowd, sizeof crowd);
    save(folder, "session", (*saved)++, &seed);
    bytes_free(&seed);
}

static void save_sessions(const char *folder) {
    size_t saved = 0;
    save_operations(folder, &saved);
    save_frames_of_members(folder, &saved);
    save_resumes(folder, &saved);
    save_password_change(folder, &saved);
    save_crowds(folder, &saved);
}

/* --- server_frame --- */

/* Up with both sites: greeted, asked to sign in, answered. */
static void put_up(struct bytes *seed) {
    PUT(seed, 11, 2, 4, 8, 128, 3, 2, 3, 32);
}

static void put_record(struct bytes *seed, unsigned step, unsigned how, unsigned where,
                       const ProtobufCMessageDescriptor *descriptor) {
    struct bytes record = {0};
    pack_sample(&record, descriptor, "C-1");
    put_byte(seed, step);
    put_byte(seed, how);
    put_length(seed, record.length);
    if (step == 4) put_byte(seed, where);
    put(seed, record.data, record.length);
    bytes_free(&record);
}

static void save_server_frames(const char *folder) {
    struct bytes seed = {0};
    put_up(&seed);
    PUT(&seed, 5, 16, 9);
    put_record(&seed, 6, 4 + 8, 0, &fd__complaint__descriptor);
    put_record(&seed, 4, 16, 2, &fd__complaint__descriptor);
    put_record(&seed, 4, 32, 2, &fd__visit__descriptor);
    put_record(&seed, 4, 0, 2, &fd__person__descriptor);
    PUT(&seed, 8, 0, 3, 70, 0, 9, 200, 7, 64, 9, 255, 10, 1, 9, 20);
    save(folder, "server_frame", 0, &seed);
    bytes_clear(&seed);
    PUT(&seed, 11, 2, 255, 1, 5, 0, 0, 0, 1, 255, 9, 255, 11, 7, 200, 9, 255);
    save(folder, "server_frame", 1, &seed);
    for (unsigned chosen = 0; chosen < fd__server_frame__descriptor.n_fields; chosen++) {
        struct bytes body = {0};
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        CHECK(message_append(&body, sample(&arena, &fd__server_frame__descriptor, chosen)) == STATUS_OK);
        bytes_clear(&seed);
        put_up(&seed);
        put_byte(&seed, 0);
        put_length(&seed, body.length);
        put_byte(&seed, 3);
        put(&seed, body.data, body.length);
        save(folder, "server_frame", 2 + chosen, &seed);
        arena_free(&arena);
        bytes_free(&body);
    }
    bytes_free(&seed);
}

/* --- rule --- */

static void put_command(struct bytes *seed, const ProtobufCMessageDescriptor *descriptor) {
    struct bytes command = {0};
    pack_sample(&command, descriptor, "C-1");
    put_byte(seed, command.length < 256 ? (unsigned)command.length : 255);
    put(seed, command.data, command.length < 256 ? command.length : 255);
    bytes_free(&command);
}

/* The rules in the order of the table in fuzz_rule.c. */
static void save_rules(const char *folder) {
    static const ProtobufCMessageDescriptor *const commands[] = {
        &fd__accept_complaint_request__descriptor,    &fd__assign_complaint_request__descriptor,
        &fd__record_action_request__descriptor,       &fd__classify_complaint_request__descriptor,
        &fd__pause_complaint_request__descriptor,     &fd__resume_complaint_request__descriptor,
        &fd__escalate_complaint_request__descriptor,  &fd__acknowledge_complaint_request__descriptor,
        &fd__take_over_complaint_request__descriptor, &fd__send_back_complaint_request__descriptor,
        &fd__close_complaint_request__descriptor,     &fd__follow_up_complaint_request__descriptor,
        &fd__reopen_complaint_request__descriptor,    &fd__link_complaint_request__descriptor,
        &fd__plan_complaint_request__descriptor,      &fd__ask_extension_request__descriptor,
        &fd__decide_extension_request__descriptor,    &fd__arrive_visit_request__descriptor,
        &fd__meet_visit_request__descriptor,          &fd__leave_visit_request__descriptor,
        &fd__cancel_visit_request__descriptor,        &fd__raise_emergency_request__descriptor,
        &fd__acknowledge_visit_request__descriptor,   &fd__set_deadlines_request__descriptor,
        &fd__set_calendar_request__descriptor,
    };
    enum { COMMANDS = sizeof commands / sizeof commands[0] };
    for (unsigned start = 0; start < COMMANDS; start++) {
        struct bytes seed = {0};
        PUT(&seed, 0, (uint8_t)start, 9, 0, 0);
        if (start % 3 == 0) {
            bytes_clear(&seed);
            put_command(&seed, &fd__register_complaint_request__descriptor);
            put_command(&seed, &fd__walk_in_visit_request__descriptor);
            put_command(&seed, &fd__announce_visit_request__descriptor);
        }
        for (unsigned i = 0; i < COMMANDS; i++) {
            unsigned rule = (start + i * 5) % COMMANDS;
            put_byte(&seed, i % 2);
            put_byte(&seed, rule);
            put_byte(&seed, 2 + (start + i) % 6);
            put_byte(&seed, i * 37 % 256);
            put_command(&seed, commands[rule]);
        }
        save(folder, "rule", start, &seed);
        bytes_free(&seed);
    }
}

/* --- files and lines --- */

static void save_texts(const char *folder, const char *topic, const char *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct bytes seed = {0};
        CHECK(bytes_append_text(&seed, texts[i]) == STATUS_OK);
        save(folder, topic, i, &seed);
        bytes_free(&seed);
    }
}

#define SAVE_TEXTS(folder, topic, ...)                                                                                 \
    save_texts(folder, topic, (const char *const[]){__VA_ARGS__},                                                      \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

#define SITE "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void save_anchors(const char *folder) {
    SAVE_TEXTS(folder, "anchor", "frontdesk anchor 1\nend 0\n",
               "frontdesk anchor 1\n" SITE " 1 42 " HASH " 3\n" SITE " 7 0 - 0\nend 2\n",
               "frontdesk anchor 1\n" SITE " 1 42 " HASH "\nend 1\n", "frontdesk anchor 1\n" SITE " 1 42");
}

static void save_audit_anchors(const char *folder) {
    struct audit_key key;
    struct bytes seed = {0};
    struct anchor_line line = {.at_ms = INT64_C(1795434127125), .site_id = SITE, .epoch = 1, .hash = HASH};
    memcpy(line.access_hash, HASH, sizeof HASH);
    audit_key_of_seeds(&key);
    for (line.line = 1; line.line <= 4; line.line++) {
        line.seq += 9;
        line.accesses += 2;
        CHECK(anchor_line_append(&seed, &line, &key) == STATUS_OK);
        memcpy(line.before, line.own, sizeof line.before);
        save(folder, "audit_anchors", (size_t)line.line, &seed);
    }
    seed.length -= 40; /* torn */
    save(folder, "audit_anchors", 0, &seed);
    bytes_clear(&seed);
    line.line = INT64_MAX; /* the last that can be counted */
    CHECK(anchor_line_append(&seed, &line, &key) == STATUS_OK);
    memcpy(line.before, line.own, sizeof line.before);
    line.line = INT64_MIN;
    CHECK(anchor_line_append(&seed, &line, &key) == STATUS_OK);
    save(folder, "audit_anchors", 9, &seed);
    bytes_free(&seed);
}

static void save_lines(const char *folder) {
    SAVE_TEXTS(folder, "control", "1json status\n", "2zh sync now\n", "3en sync now\n", "4json audit tell\n",
               "5en nothing\n", "6status\n", "7json status\nzh status\n", "8no end");
    SAVE_TEXTS(folder, "csv",
               "id,subject,description,channel,severity,received_at\r\n"
               "1,漏水,\"厨房\r\n\"\"水管\"\"\",phone,major,2026-11-23 13:00\r\n2,=1+1,x,letter,,\r\n",
               "\xEF\xBB\xBFkey,subject\n1,a\n\n2,b", "id;subject\n1;2\n", "a\"b\n", "\"open\n1,2\n",
               "id,subject,subject\n1\n");
    SAVE_TEXTS(
        folder, "mapping",
        "[import]\nkey = id\nnamespace = letters\ntime_offset = +08:00\nnormalise = yes\n\n[columns]\n"
        "subject = title\ncustomer_name = name\ncustomer_phone = phone\nreceived_at = when\ndescription = text\n\n"
        "[constants]\nchannel = letter\nseverity = general\n",
        "[import]\nkey = id\n[columns]\nsubject = title\ntype = kind\n", "[import]\nkey=no\ntime_offset = -14:00\n",
        "[columns]\nnothing = x\n", "[other]\n");
}

/* --- rows and files of the client --- */

static void save_rows(const char *folder) {
    for (unsigned kind = 0; kind < 7; kind++) {
        for (unsigned sound = 0; sound < 2; sound++) {
            struct bytes seed = {0};
            put_byte(&seed, kind);
            put_byte(&seed, sound);
            for (unsigned field = 0; field < 16; field++) {
                PUT(&seed, (uint8_t)(field + kind), (uint8_t)(field * 3), 8);
                PUT(&seed, 0, 0, 0, 1, 0, 3, 'm', 'a', 'j', 'o', 'r');
            }
            save(folder, "rows", kind * 2 + sound, &seed);
            bytes_free(&seed);
        }
    }
}

static void save_outboxes(const char *folder) {
    static const uint8_t changes[][12] = {
        {0,    0, 0  },
        {    1,    0,  0    },
        { 0, 0,    0,   0, 0, 'x', 0, 1, 'y'},
        {      1,    0,  0, 0, 16, 0x20, 0, 18, 9, 0, 60, 7},
        {   0,     0x40,      0,     0, 100, 0},
        {     0, 0x10,0,    0, 28, 1, 0, 101, 5},
        {  1,  0x20,       10,    0x10, 0, 13},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct bytes seed = {0};
        put(&seed, changes[i], sizeof changes[i]);
        save(folder, "outbox", i, &seed);
        bytes_free(&seed);
    }
}

/* Zones of this machine, of several kinds, as far as they are there; and the smallest there can be. */
static void save_zones(const char *folder) {
    static const char *const names[] = {"Asia/Shanghai",       "Europe/Berlin", "America/New_York", "Africa/Casablanca",
                                        "Australia/Lord_Howe", "Europe/Dublin", "America/Nuuk",     "Etc/UTC"};
    static const char smallest[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
                                   "\0\0\0\0\0\0UTC\0"
                                   "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
                                   "\0\0\0\0\0\0UTC\0\nUTC0\n";
    struct bytes seed = {0};
    put(&seed, smallest, sizeof smallest - 1);
    save(folder, "zone", 0, &seed);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        uint8_t data[8192];
        (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", names[i]);
        FILE *file = fopen(path, "rb");
        if (file == NULL) continue;
        bytes_clear(&seed);
        put(&seed, data, fread(data, 1, sizeof data, file));
        CHECK(fclose(file) == 0);
        save(folder, "zone", i + 1, &seed);
    }
    bytes_free(&seed);
}

void save_rooms(const char *folder) {
    save_sessions(folder);
    save_server_frames(folder);
    save_rules(folder);
    save_anchors(folder);
    save_audit_anchors(folder);
    save_lines(folder);
    save_rows(folder);
    save_outboxes(folder);
    save_zones(folder);
}

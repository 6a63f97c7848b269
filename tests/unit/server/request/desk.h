/* SPDX-License-Identifier: Apache-2.0 */
/* A house of two sites with one person of each role, and a desk that sends requests to the engine. */
#ifndef FRONTDESK_TESTS_REQUEST_DESK_H
#define FRONTDESK_TESTS_REQUEST_DESK_H

#include "common/uuid.h"
#include "server/request/request.h"
#include "server/request/table.h"
#include "tests/unit/server/request/fake_database.h"

#define SITE "00000000-0000-7000-8000-00000000000a"
#define OTHER_SITE "00000000-0000-7000-8000-00000000000b"
#define DEVICE "00000000-0000-7000-8000-0000000000dd"

enum { ROLES = FD__ROLE__ROLE_HQ_ADMIN };

struct desk {
    struct services services;
    struct identity identity;
    struct caller caller;
    int replies, identities;
    Fd__Reply *reply; /* the last one */
    char key[UUID_TEXT_BYTES];
};

/* Person of a role on SITE; nobody of them is on OTHER_SITE. */
static inline const char *person_of(int role) {
    static char ids[ROLES + 1][UUID_TEXT_BYTES];
    snprintf(ids[role], sizeof(ids[role]), "00000000-0000-7000-8000-00000000010%c", (char)('0' + role % 10));
    return ids[role];
}

static inline void apply_record(struct directory *directory, const char *type, const ProtobufCMessage *record) {
    struct bytes packed = {0};
    CHECK(message_append(&packed, record) == STATUS_OK);
    directory_apply(directory, type, packed.data, packed.length);
    bytes_free(&packed);
}

static inline void put_person(struct directory *directory, int role, int64_t version, bool active) {
    Fd__Person person = FD__PERSON__INIT;
    Fd__Role roles[] = {(Fd__Role)role};
    person.id = (char *)(uintptr_t)person_of(role);
    person.site_id = SITE;
    person.version = version;
    person.login = person.name = "staff";
    person.roles = roles;
    person.n_roles = 1;
    person.team = FD__TEAM__TEAM_ENGINEERING;
    person.active = active;
    apply_record(directory, "person", &person.base);
}

static inline void desk_on_ready(void *owner, enum status status) {
    (void)owner;
    CHECK(status == STATUS_OK);
}

static inline void desk_on_reply(struct caller *caller, const Fd__Reply *reply) {
    struct desk *desk = list_item(caller, struct desk, caller);
    if (desk->reply != NULL) fd__reply__free_unpacked(desk->reply, NULL);
    desk->reply = fake_keep(&reply->base);
    desk->replies++;
}

static inline void desk_on_identity(struct caller *caller) {
    list_item(caller, struct desk, caller)->identities++;
}

/* The sites come with two reads of the directory, which the fake answers with nothing: so they are put in afterwards.
 */
static inline struct directory *make_directory(void) {
    struct directory *directory;
    CHECK(directory_open(&directory, NULL, desk_on_ready, NULL) == STATUS_OK);
    struct transaction *look = fake.pending[0];
    fake.pending_count = 0;
    Fd__Site sites[] = {FD__SITE__INIT, FD__SITE__INIT};
    sites[0].id = sites[0].site_id = SITE;
    sites[1].id = sites[1].site_id = OTHER_SITE;
    look->statements[0].result = rows_new(&fd__site__descriptor);
    look->statements[1].result = rows_new(&fd__person__descriptor);
    for (int i = 0; i < 2; i++) {
        sites[i].version = 1;
        sites[i].code = sites[i].name = "site";
        sites[i].time_zone = "Asia/Shanghai";
        rows_add(look->statements[0].result, &sites[i].base);
    }
    look->on_done(look, STATUS_OK);
    CHECK(fake.pending_count == 0);
    for (int role = 1; role <= ROLES; role++) put_person(directory, role, 1, true);
    return directory;
}

static inline void desk_open(struct desk *desk) {
    memset(desk, 0, sizeof(*desk));
    fake_reset();
    desk->services.directory = make_directory();
    desk->services.throttle = throttle_new();
    desk->services.session_lifetime_ms = 1000 * 1000;
    desk->caller = (struct caller){
        .services = &desk->services,
        .identity = &desk->identity,
        .on_reply = desk_on_reply,
        .on_identity = desk_on_identity,
    };
    list_init(&desk->caller.requests);
    snprintf(desk->identity.address, sizeof(desk->identity.address), "192.0.2.1");
    fake.reads = fake.writes = 0;
}

static inline void desk_close(struct desk *desk) {
    fake_run();
    CHECK(list_empty(&desk->caller.requests) && desk->caller.count == 0);
    directory_close(desk->services.directory);
    throttle_free(desk->services.throttle);
    if (desk->reply != NULL) fd__reply__free_unpacked(desk->reply, NULL);
    fake_reset();
}

static inline void desk_is(struct desk *desk, int role) {
    desk->identity.signed_in = true;
    snprintf(desk->identity.person_id, sizeof(desk->identity.person_id), "%s", person_of(role));
    snprintf(desk->identity.session_id, sizeof(desk->identity.session_id), "%s", DEVICE);
    snprintf(desk->identity.device_id, sizeof(desk->identity.device_id), "%s", DEVICE);
}

static inline void desk_begin(struct desk *desk, const char *operation, const char *site_id, const char *key,
                              const ProtobufCMessage *command) {
    Fd__Request envelope = FD__REQUEST__INIT;
    struct bytes body = {0};
    CHECK(message_append(&body, command) == STATUS_OK);
    envelope.id = 42;
    envelope.operation = (char *)(uintptr_t)operation;
    envelope.site_id = (char *)(uintptr_t)site_id;
    envelope.key = (char *)(uintptr_t)key;
    envelope.body = (ProtobufCBinaryData){body.length, body.data};
    request_begin(&desk->caller, &envelope);
    bytes_free(&body);
}

static inline const char *desk_fresh_key(struct desk *desk) {
    uuid_make(desk->key, fake.now_ms);
    return desk->key;
}

/* Sends, lets the database work, gives the status. */
static inline enum status desk_ask(struct desk *desk, const char *operation, const char *key,
                                   const ProtobufCMessage *command) {
    int before = desk->replies;
    desk_begin(desk, operation, SITE, key, command);
    fake_run();
    CHECK(desk->replies == before + 1 && desk->reply->id == 42);
    return (enum status)desk->reply->status;
}

static inline Fd__RegisterComplaintRequest complaint_of(const char *subject) {
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    command.channel = FD__CHANNEL__CHANNEL_PHONE;
    command.customer_name = "李四";
    command.customer_phone = "13812345678";
    command.unit = "3-2-1201";
    command.subject = (char *)(uintptr_t)subject;
    command.description = "从早上开始";
    command.type = FD__COMPLAINT_TYPE__COMPLAINT_TYPE_ENGINEERING;
    command.severity = FD__SEVERITY__SEVERITY_GENERAL;
    return command;
}

#endif

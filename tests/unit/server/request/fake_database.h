/* SPDX-License-Identifier: Apache-2.0 */
/* The database room, faked at link time: a few records, receipts and one account in memory, with the same answers that
 * the statements give. Transactions wait until fake_run, as they do on the loop. */
#ifndef FRONTDESK_TESTS_FAKE_DATABASE_H
#define FRONTDESK_TESTS_FAKE_DATABASE_H

#include <stdio.h>

#include "frontdesk/server/v1/session.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "server/database/database.h"
#include "server/sql/queries.h"
#include "tests/unit/server/accounts/fake_rows.h"

enum { FAKE_RECORDS = 64, FAKE_PENDING = 64 };

struct fake_record {
    ProtobufCMessage *record; /* as stored, its number with it */
    Fd__Change *change;
    int64_t seq;
};

static struct {
    struct fake_record records[FAKE_RECORDS]; /* in order of storing; the last one of an id is the current */
    size_t count;
    struct transaction *pending[FAKE_PENDING];
    bool pending_writes[FAKE_PENDING];
    size_t pending_count;
    int complaints, visits;
    int reads, writes; /* transactions */
    int lose;          /* so many stores give no row */
    enum status fail;  /* what the next transaction says, once */
    bool commit_first; /* … though it was done */
    Fd__Account *account;
    bool renews, suspects;
    char last_site_id[64]; /* "*": the service's own view */
    int64_t now_ms;
} fake;

static inline void *fake_keep(const ProtobufCMessage *message) {
    struct bytes packed = {0};
    CHECK(message_append(&packed, message) == STATUS_OK);
    void *copy = protobuf_c_message_unpack(message->descriptor, NULL, packed.length, packed.data);
    bytes_free(&packed);
    CHECK(copy != NULL);
    return copy;
}

static inline void fake_reset(void) {
    for (size_t i = 0; i < fake.count; i++) {
        protobuf_c_message_free_unpacked(fake.records[i].record, NULL);
        protobuf_c_message_free_unpacked(&fake.records[i].change->base, NULL);
    }
    CHECK(fake.pending_count == 0);
    memset(&fake, 0, sizeof(fake));
    fake.now_ms = INT64_C(1795436798877);
}

int64_t database_now_ms(const struct database *database) {
    (void)database;
    return fake.now_ms;
}

bool database_up(const struct database *database) {
    (void)database;
    return true;
}

static inline void fake_wait(struct transaction *transaction, bool write) {
    CHECK(fake.pending_count < FAKE_PENDING);
    fake.pending[fake.pending_count] = transaction;
    fake.pending_writes[fake.pending_count++] = write;
    const char *site_id = transaction->site_id != NULL ? transaction->site_id : "*";
    CHECK(snprintf(fake.last_site_id, sizeof(fake.last_site_id), "%s", site_id) > 0);
    if (write)
        fake.writes++;
    else
        fake.reads++;
}

void database_read(struct database *database, struct transaction *transaction) {
    (void)database;
    fake_wait(transaction, false);
}

void database_write(struct database *database, struct transaction *transaction) {
    (void)database;
    fake_wait(transaction, true);
}

/* A text parameter of the statement; NULL: none of that name. */
static inline const char *fake_text(const struct statement *statement, const char *name) {
    for (int i = 0; i < STATEMENT_SOURCES; i++) {
        if (statement->sources[i] == NULL) continue;
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(statement->sources[i]->descriptor, name);
        if (field != NULL) return *(char *const *)message_field(statement->sources[i], field);
    }
    return NULL;
}

static inline const char *fake_field(const ProtobufCMessage *record, unsigned number) {
    return *(char *const *)message_field(record, protobuf_c_message_descriptor_get_field(record->descriptor, number));
}

static inline int64_t fake_version(const ProtobufCMessage *record) {
    return *(int64_t *)message_field(record, protobuf_c_message_descriptor_get_field(record->descriptor, 4));
}

/* By id (field 1) or number (field 3). */
static inline struct fake_record *fake_find(const ProtobufCMessageDescriptor *descriptor, unsigned field,
                                            const char *value) {
    for (size_t i = fake.count; i-- > 0;)
        if (fake.records[i].record->descriptor == descriptor &&
            strcmp(fake_field(fake.records[i].record, field), value) == 0)
            return &fake.records[i];
    return NULL;
}

static inline struct fake_record *fake_by_key(const char *key) {
    for (size_t i = 0; i < fake.count; i++)
        if (key[0] != '\0' && strcmp(fake.records[i].change->key, key) == 0) return &fake.records[i];
    return NULL;
}

static inline PGresult *fake_receipt(const struct fake_record *stored) {
    PGresult *rows = rows_new(&fd__receipt__descriptor);
    if (stored == NULL) return rows;
    Fd__Receipt receipt = FD__RECEIPT__INIT;
    receipt.request_digest = stored->change->request_digest;
    receipt.actor_id = stored->change->actor_id;
    receipt.seq = stored->seq;
    receipt.number = (char *)(uintptr_t)fake_field(stored->record, 3);
    receipt.entry = stored->change->entry;
    rows_add(rows, &receipt.base);
    return rows;
}

static inline void fake_number(ProtobufCMessage *record) {
    char *number = NULL;
    if (record->descriptor == &fd__complaint__descriptor)
        CHECK(asprintf(&number, "C-%d", ++fake.complaints) > 0);
    else if (record->descriptor == &fd__visit__descriptor)
        CHECK(asprintf(&number, "V-%d", ++fake.visits) > 0);
    else
        return;
    *(char **)message_field(record, protobuf_c_message_descriptor_get_field(record->descriptor, 3)) = number;
}

static inline PGresult *fake_store(const struct statement *statement) {
    const ProtobufCMessage *record = statement->sources[0];
    const Fd__Change *change = (const Fd__Change *)statement->sources[1];
    const struct fake_record *held = fake_find(record->descriptor, 1, fake_field(record, 1));
    bool lost = fake_version(record) != (held != NULL ? fake_version(held->record) : 0) + 1;
    if (fake.lose > 0) {
        fake.lose--;
        lost = true;
    }
    if (lost || fake_by_key(change->key) != NULL) return fake_receipt(NULL);
    CHECK(fake.count < FAKE_RECORDS);
    struct fake_record *made = &fake.records[fake.count++];
    made->record = fake_keep(record);
    made->change = fake_keep(&change->base);
    made->seq = (int64_t)fake.count;
    if (held == NULL) fake_number(made->record);
    return fake_receipt(made);
}

/* A record that was there before. */
static inline void fake_seed(const ProtobufCMessage *record) {
    Fd__Change change = FD__CHANGE__INIT;
    CHECK(fake.count < FAKE_RECORDS);
    fake.records[fake.count++] = (struct fake_record){fake_keep(record), fake_keep(&change.base), 0};
}

static inline PGresult *fake_current(const ProtobufCMessageDescriptor *descriptor, const struct fake_record *stored) {
    PGresult *rows = rows_new(descriptor);
    if (stored != NULL) rows_add(rows, stored->record);
    return rows;
}

static inline PGresult *fake_list(const ProtobufCMessageDescriptor *descriptor) {
    PGresult *rows = rows_new(descriptor);
    for (size_t i = 0; i < fake.count; i++)
        if (fake.records[i].record->descriptor == descriptor) rows_add(rows, fake.records[i].record);
    return rows;
}

static inline PGresult *fake_account(bool there) {
    PGresult *rows = rows_new(&fd__account__descriptor);
    if (there && fake.account != NULL) rows_add(rows, &fake.account->base);
    return rows;
}

static inline bool fake_stores(const struct query *query) {
    for (int i = 0; i < query->parameter_count; i++)
        if (strcmp(query->parameters[i], "entry") == 0) return true;
    return false;
}

static inline PGresult *fake_answer(const struct statement *statement) {
    const struct query *query = statement->query;
    if (fake_stores(query)) return fake_store(statement);
    if (query == &sql_receipt_find) return fake_receipt(fake_by_key(fake_text(statement, "key")));
    if (query == &sql_complaint_load)
        return fake_current(&fd__complaint__descriptor,
                            fake_find(&fd__complaint__descriptor, 3, fake_text(statement, "number")));
    if (query == &sql_complaint_load_by_id)
        return fake_current(&fd__complaint__descriptor,
                            fake_find(&fd__complaint__descriptor, 1, fake_text(statement, "id")));
    if (query == &sql_visit_load)
        return fake_current(&fd__visit__descriptor,
                            fake_find(&fd__visit__descriptor, 3, fake_text(statement, "number")));
    if (query == &sql_complaint_list) return fake_list(&fd__complaint__descriptor);
    if (query == &sql_complaint_steps || query == &sql_visit_steps) return rows_new(&fd__step__descriptor);
    if (query == &sql_session_account_by_login || query == &sql_person_by_login)
        return fake_account(fake.account != NULL && strcmp(fake.account->login, fake_text(statement, "login")) == 0);
    if (query == &sql_session_account) return fake_account(true);
    if (query == &sql_session_renew) return fake_account(fake.renews);
    if (query == &sql_session_suspect) return fake_account(fake.suspects);
    if (query == &sql_person_load_by_id)
        return fake_current(&fd__person__descriptor, fake_find(&fd__person__descriptor, 1, fake_text(statement, "id")));
    return rows_new(&fd__account__descriptor);
}

/* Every statement must bind, whatever it is. */
static inline void fake_perform(struct transaction *transaction) {
    for (int i = 0; i < transaction->count; i++) {
        struct parameters parameters;
        struct parameters_plan plan = {0};
        CHECK(parameters_bind(&plan, transaction->arena, &transaction->statements[i], &parameters) == STATUS_OK);
        parameters_plan_free(&plan);
        transaction->statements[i].result = fake_answer(&transaction->statements[i]);
    }
}

static inline void fake_run_one(void) {
    struct transaction *transaction = fake.pending[0];
    fake.pending_count--;
    memmove(fake.pending, fake.pending + 1, fake.pending_count * sizeof(fake.pending[0]));
    enum status status = fake.fail;
    fake.fail = STATUS_OK;
    if (status == STATUS_OK || fake.commit_first) fake_perform(transaction);
    if (status != STATUS_OK) transaction_clear(transaction);
    transaction->on_done(transaction, status);
}

static inline void fake_run(void) {
    while (fake.pending_count > 0) fake_run_one();
}

#endif

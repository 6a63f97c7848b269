/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/outbox_file.h"
#include "common/moment.h"
#include "common/uuid.h"

enum { NUMBERS_KEPT = 10000 };

#define ITEM                                                                                                           \
    "select o.position, o.state, o.operation, o.key, o.site_id, o.person_id, o.person_name, o.body, o.made_at_ms, "    \
    "o.received_at_ms, o.sent_at_ms, o.depends_on, o.status, o.message, o.field from outbox o "

static const char *text(sqlite3_stmt *row, int column) {
    const unsigned char *value = sqlite3_column_text(row, column);
    return value == NULL ? "" : (const char *)value;
}

struct reading {
    outbox_each each;
    void *owner;
};

static void read_item(sqlite3_stmt *row, void *owner) {
    const struct reading *reading = owner;
    struct outbox_item item = {
        .position = sqlite3_column_int64(row, 0),
        .state = (enum outbox_state)sqlite3_column_int(row, 1),
        .kind = outbox_kind_of(text(row, 2)),
        .key = text(row, 3),
        .site_id = text(row, 4),
        .person_id = text(row, 5),
        .person_name = text(row, 6),
        .body = sqlite3_column_blob(row, 7),
        .length = (size_t)sqlite3_column_bytes(row, 7),
        .made_at_ms = sqlite3_column_int64(row, 8),
        .received_at_ms = sqlite3_column_int64(row, 9),
        .sent_at_ms = sqlite3_column_int64(row, 10),
        .depends_on = sqlite3_column_int64(row, 11),
        .status = (enum status)sqlite3_column_int(row, 12),
        .message = text(row, 13),
        .field = text(row, 14),
        .number = "",
    };
    /* An older program does not know what a newer one has kept: it leaves it alone. */
    if (item.kind != NULL) reading->each(reading->owner, &item);
}

bool outbox_next(struct outbox *outbox, const char *person_id, outbox_each each, void *owner) {
    struct reading reading = {each, owner};
    return outbox_run(outbox, ITEM "where server = ? and person_id = ? and state in (0, 1) order by position limit 1",
                      read_item, &reading, "ss", outbox->server, person_id) == SQLITE_ROW;
}

bool outbox_find(struct outbox *outbox, int64_t position, outbox_each each, void *owner) {
    struct reading reading = {each, owner};
    return outbox_run(outbox, ITEM "where server = ? and position = ?", read_item, &reading, "si", outbox->server,
                      position) == SQLITE_ROW;
}

void outbox_list(struct outbox *outbox, outbox_each each, void *owner) {
    struct reading reading = {each, owner};
    (void)outbox_run(outbox, ITEM "where server = ? order by position", read_item, &reading, "s", outbox->server);
}

static void read_counts(sqlite3_stmt *row, void *owner) {
    *(struct outbox_counts *)owner = (struct outbox_counts){
        .waiting = sqlite3_column_int(row, 0),
        .refused = sqlite3_column_int(row, 1),
        .others = sqlite3_column_int(row, 2),
        .elsewhere = sqlite3_column_int(row, 3),
    };
}

struct outbox_counts outbox_count(struct outbox *outbox, const char *person_id) {
    struct outbox_counts counts = {0};
    (void)outbox_run(outbox,
                     "select count(*) filter (where server = ?1 and person_id = ?2 and state in (0, 1)), "
                     "count(*) filter (where server = ?1 and person_id = ?2 and state in (2, 3)), "
                     "count(*) filter (where server = ?1 and person_id <> ?2), count(*) filter (where server <> ?1) "
                     "from outbox",
                     read_counts, &counts, "ss", outbox->server, person_id);
    return counts;
}

static void read_number(sqlite3_stmt *row, void *owner) {
    (void)snprintf(owner, OUTBOX_NUMBER_BYTES, "%s", text(row, 0));
}

bool outbox_number(struct outbox *outbox, int64_t position, char number[OUTBOX_NUMBER_BYTES]) {
    number[0] = '\0';
    return outbox_run(outbox, "select number from made where server = ? and position = ?", read_number, number, "si",
                      outbox->server, position) == SQLITE_ROW &&
           number[0] != '\0';
}

struct target {
    const struct outbox_item *item;
    enum status status;
};

static void check_target(void *owner, const struct outbox_item *made) {
    struct target *target = owner;
    const struct outbox_item *item = target->item;
    bool fits = made->kind->creates && strcmp(made->kind->record, item->kind->record) == 0 &&
                strcmp(made->person_id, item->person_id) == 0 && strcmp(made->site_id, item->site_id) == 0;
    if (fits) target->status = made->state == OUTBOX_REFUSED ? STATUS_CONFLICT : STATUS_OK;
}

/* The record that the command names must be one that waits here, or that was made from here. */
static enum status find_target(struct outbox *outbox, struct outbox_item *item) {
    char number[OUTBOX_NUMBER_BYTES];
    struct target target = {item, STATUS_NOT_FOUND};
    item->depends_on = outbox_kind_names(item->kind, item->body, item->length);
    if (item->depends_on == 0 || outbox_number(outbox, item->depends_on, number)) return STATUS_OK;
    (void)outbox_find(outbox, item->depends_on, check_target, &target);
    return target.status;
}

static void read_total(sqlite3_stmt *row, void *owner) {
    *(int *)owner = sqlite3_column_int(row, 0);
}

static enum status put(struct outbox *outbox, struct outbox_item *item) {
    int total = 0;
    if (!outbox_begin(outbox)) return STATUS_UNAVAILABLE;
    enum status status = find_target(outbox, item);
    (void)outbox_run(outbox, "select count(*) from outbox", read_total, &total, "");
    if (status == STATUS_OK && total >= OUTBOX_LIMIT) status = STATUS_BUSY;
    if (status == STATUS_OK &&
        outbox_run(outbox,
                   "insert into outbox (server, person_id, person_name, site_id, operation, key, body, made_at_ms, "
                   "received_at_ms, depends_on, state) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                   NULL, NULL, "ssssssbiii", outbox->server, item->person_id, item->person_name, item->site_id,
                   item->kind->operation, item->key, item->body, item->length, item->made_at_ms, item->received_at_ms,
                   item->depends_on) != SQLITE_DONE)
        status = STATUS_UNAVAILABLE;
    if (status == STATUS_OK) item->position = sqlite3_last_insert_rowid(outbox->database);
    return outbox_end(outbox, status);
}

enum status outbox_put(struct outbox *outbox, struct outbox_item *item) {
    /* A file that was set aside or taken away under our feet is not written to: what goes there is never sent. */
    if (!outbox_file_present(outbox) && !outbox_reopen(outbox)) return STATUS_UNAVAILABLE;
    enum status status = put(outbox, item);
    if (status == STATUS_UNAVAILABLE && outbox->corrupt && outbox_reopen(outbox)) status = put(outbox, item);
    return status;
}

enum status outbox_sending(struct outbox *outbox, int64_t position, const struct bytes *body, int64_t now_ms) {
    return outbox_run(outbox,
                      "update outbox set state = 1, body = ?, sent_at_ms = ? where position = ? and state in (0, 1)",
                      NULL, NULL, "bii", body->data, body->length, now_ms, position) == SQLITE_DONE
               ? STATUS_OK
               : STATUS_UNAVAILABLE;
}

enum status outbox_done(struct outbox *outbox, int64_t position, const char *number) {
    if (!outbox_begin(outbox)) return STATUS_UNAVAILABLE;
    bool good = outbox_run(outbox, "insert or replace into made (position, server, number) values (?, ?, ?)", NULL,
                           NULL, "iss", position, outbox->server, number) == SQLITE_DONE &&
                outbox_run(outbox, "delete from made where position < ?", NULL, NULL, "i", position - NUMBERS_KEPT) ==
                    SQLITE_DONE &&
                outbox_run(outbox, "delete from outbox where position = ?", NULL, NULL, "i", position) == SQLITE_DONE;
    enum status status = outbox_end(outbox, good ? STATUS_OK : STATUS_UNAVAILABLE);
    if (status == STATUS_OK) outbox_clean(outbox);
    return status;
}

enum status outbox_refused(struct outbox *outbox, int64_t position, enum status status, const char *message,
                           const char *field) {
    if (!outbox_begin(outbox)) return STATUS_UNAVAILABLE;
    bool good =
        outbox_run(outbox, "update outbox set state = 2, status = ?, message = ?, field = ? where position = ?", NULL,
                   NULL, "issi", (int64_t)status, message, field, position) == SQLITE_DONE &&
        outbox_run(outbox,
                   "update outbox set state = 3, status = ?, message = ? where depends_on = ? and state in (0, 1)",
                   NULL, NULL, "isi", (int64_t)status, message, position) == SQLITE_DONE;
    return outbox_end(outbox, good ? STATUS_OK : STATUS_UNAVAILABLE);
}

enum status outbox_drop(struct outbox *outbox, int64_t position) {
    int result = outbox_run(outbox, "delete from outbox where server = ?1 and (position = ?2 or depends_on = ?2)", NULL,
                            NULL, "si", outbox->server, position);
    if (result != SQLITE_DONE) return STATUS_UNAVAILABLE;
    if (sqlite3_changes(outbox->database) == 0) return STATUS_NOT_FOUND;
    outbox_clean(outbox);
    return STATUS_OK;
}

void outbox_told(struct outbox *outbox, int64_t position) {
    (void)outbox_run(outbox,
                     "delete from outbox where position = ?1 and state = 2 "
                     "and not exists (select 1 from outbox d where d.depends_on = ?1)",
                     NULL, NULL, "i", position);
    outbox_clean(outbox);
}

enum status outbox_mend(struct outbox *outbox, int64_t position, const struct bytes *body) {
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    if (!outbox_begin(outbox)) return STATUS_UNAVAILABLE;
    bool good = outbox_run(outbox,
                           "update outbox set state = 0, key = ?, body = ?, sent_at_ms = 0, status = 0, message = '', "
                           "field = '' where position = ? and state = 2",
                           NULL, NULL, "sbi", key, body->data, body->length, position) == SQLITE_DONE;
    enum status status = !good                                    ? STATUS_UNAVAILABLE
                         : sqlite3_changes(outbox->database) == 0 ? STATUS_CONFLICT
                                                                  : STATUS_OK;
    if (status == STATUS_OK &&
        outbox_run(outbox, "update outbox set state = 0, status = 0, message = '' where depends_on = ? and state = 3",
                   NULL, NULL, "i", position) != SQLITE_DONE)
        status = STATUS_UNAVAILABLE;
    return outbox_end(outbox, status);
}

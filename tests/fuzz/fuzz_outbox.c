/* SPDX-License-Identifier: Apache-2.0 */
/* The client's files with any bytes changed, cut off anywhere: each opens, or says why not; a damaged outbox is set
 * aside whole and a fresh one works; what is read out of either is within its bounds.
 * Input: which file, how much of it is left, then places and the bytes that are written there. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/core/outbox.h"
#include "client/core/store.h"
#include "common/bytes.h"
#include "common/check.h"
#include "common/message.h"
#include "common/uuid.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/played_log.h"

#define SERVER "desk.example:7443"
#define PERSON "00000000-0000-7000-8000-0000000000aa"
#define SITE "00000000-0000-7000-8000-00000000000a"

enum { CHANGES = 64, PATH_LENGTH = 128 };

static char folder[64] = "/dev/shm/frontdesk-fuzz-XXXXXX";
static struct bytes sound[2]; /* outbox.db and state.db as the client leaves them */
static const char *const names[] = {"outbox.db", "state.db"};

static void path_of(char path[PATH_LENGTH], const char *name) {
    int length = snprintf(path, PATH_LENGTH, "%s/%s", folder, name);
    CHECK(length > 0 && length < PATH_LENGTH);
}

static void empty_folder(void) {
    DIR *entries = opendir(folder);
    CHECK(entries != NULL);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        char path[PATH_LENGTH * 3];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.') CHECK(remove(path) == 0);
    }
    CHECK(closedir(entries) == 0);
}

static void remove_folder(void) {
    empty_folder();
    (void)remove(folder);
}

static void read_file(const char *path, struct bytes *out) {
    uint8_t piece[4096];
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    for (size_t count; (count = fread(piece, 1, sizeof piece, file)) > 0;)
        CHECK(bytes_append(out, piece, count) == STATUS_OK);
    CHECK(fclose(file) == 0);
}

static void write_file(const char *path, const struct bytes *data) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(data->length == 0 || fwrite(data->data, 1, data->length, file) == data->length);
    CHECK(fclose(file) == 0);
}

/* --- the files as they should be --- */

static enum status put(struct outbox *outbox, const char *subject) {
    char key[UUID_TEXT_BYTES];
    struct bytes body = {0};
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    command.subject = (char *)(uintptr_t)subject;
    CHECK(message_append(&body, &command.base) == STATUS_OK);
    uuid_make(key, INT64_C(1795434127125));
    struct outbox_item item = {.kind = outbox_kind_of("complaint.register"),
                               .key = key,
                               .site_id = SITE,
                               .person_id = PERSON,
                               .person_name = "李娜",
                               .body = body.data,
                               .length = body.length,
                               .made_at_ms = INT64_C(1795434127125)};
    enum status status = outbox_put(outbox, &item);
    bytes_free(&body);
    return status;
}

static void make_outbox(void) {
    struct outbox *outbox;
    char why[WHY_BYTES];
    CHECK(outbox_open(&outbox, folder, SERVER, why) == STATUS_OK);
    for (int i = 0; i < 8; i++) CHECK(put(outbox, "电梯停在三楼") == STATUS_OK);
    CHECK(outbox_refused(outbox, 2, STATUS_INVALID, "because", "subject") == STATUS_OK);
    CHECK(outbox_done(outbox, 1, "C-17") == STATUS_OK);
    outbox_close(outbox);
}

static void make_store(void) {
    static const uint8_t pin[TLS_PIN_BYTES] = {1, 2, 3};
    struct store *store;
    char why[WHY_BYTES];
    CHECK(store_open(&store, folder, SERVER, why) == STATUS_OK);
    store_keep_pin(store, pin);
    store_keep_token(store, "token");
    store_keep_desk(store, "一号台");
    store_keep_cursor(store, SITE, 3, 99);
    store_remember(store, "person", "abc", 3);
    store_close(store);
}

static void make_files(void) {
    char path[PATH_LENGTH];
    CHECK(mkdtemp(folder) != NULL);
    (void)atexit(remove_folder);
    make_outbox();
    make_store();
    for (size_t i = 0; i < 2; i++) {
        path_of(path, names[i]);
        read_file(path, &sound[i]);
    }
}

/* --- what must hold of what is read --- */

static void on_item(void *owner, const struct outbox_item *item) {
    int *count = owner;
    ++*count;
    CHECK(item->kind != NULL && (item->length == 0 || item->body != NULL));
    size_t read = strlen(item->key) + strlen(item->site_id) + strlen(item->person_id) + strlen(item->person_name) +
                  strlen(item->message) + strlen(item->field) + strlen(item->number);
    for (size_t i = 0; i < item->length; i++) read += item->body[i];
    CHECK(read < SIZE_MAX);
    (void)outbox_kind_names(item->kind, item->body, item->length);
    (void)outbox_kind_alarms(item->kind, item->body, item->length);
}

static void use_outbox(struct outbox *outbox) {
    int listed = 0, next = 0;
    char number[OUTBOX_NUMBER_BYTES];
    outbox_list(outbox, on_item, &listed);
    struct outbox_counts counts = outbox_count(outbox, PERSON);
    CHECK(counts.waiting >= 0 && counts.refused >= 0 && counts.others >= 0 && counts.elsewhere >= 0);
    (void)outbox_next(outbox, PERSON, on_item, &next);
    CHECK(next <= 1);
    (void)outbox_number(outbox, 1, number);
    CHECK(strnlen(number, sizeof number) < sizeof number);
    (void)!outbox_drop(outbox, 2);
    enum status status = put(outbox, "停水");
    CHECK(status == STATUS_OK || status == STATUS_UNAVAILABLE);
    CHECK(status == STATUS_OK || outbox_why(outbox)[0] != '\0');
}

/* What was set aside is the very file: SQLite may have written its header's counters, but nothing was thrown away. */
static void check_aside(const struct outbox *outbox, const struct bytes *changed) {
    struct bytes aside = {0};
    if (outbox_damaged(outbox) == NULL) return;
    read_file(outbox_damaged(outbox), &aside);
    CHECK(aside.length >= changed->length);
    bytes_free(&aside);
}

static void try_outbox(const struct bytes *changed) {
    struct outbox *outbox = NULL;
    char why[WHY_BYTES] = "";
    if (outbox_open(&outbox, folder, SERVER, why) != STATUS_OK) {
        CHECK(why[0] != '\0' && strnlen(why, sizeof why) < sizeof why);
        return;
    }
    check_aside(outbox, changed);
    bool fresh = outbox_damaged(outbox) != NULL;
    if (fresh) CHECK(put(outbox, "停电") == STATUS_OK);
    use_outbox(outbox);
    outbox_close(outbox);
}

static void try_store(void) {
    struct store *store = NULL;
    struct bytes memo = {0};
    uint8_t pin[TLS_PIN_BYTES];
    char why[WHY_BYTES] = "", token[STORE_TOKEN_BYTES];
    int64_t epoch = 0, seq = 0;
    if (store_open(&store, folder, SERVER, why) != STATUS_OK) {
        CHECK(why[0] != '\0');
        return;
    }
    CHECK(uuid_valid(store_device(store)));
    size_t read = 0;
    if (store_pin(store, pin))
        for (size_t i = 0; i < sizeof pin; i++) read += pin[i];
    CHECK(read <= 255 * sizeof pin && strlen(store_desk(store)) < 128);
    (void)store_token(store, token);
    CHECK(strnlen(token, sizeof token) < sizeof token);
    (void)store_cursor(store, SITE, &epoch, &seq);
    (void)store_recall(store, "person", &memo);
    store_keep_token(store, "another");
    store_keep_cursor(store, SITE, 4, 1);
    bytes_free(&memo);
    store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    char path[PATH_LENGTH];
    struct bytes changed = {0};
    if (sound[0].length == 0) make_files();
    empty_folder();
    size_t which = input_byte(&input) % 2;
    size_t left = input_number(&input, 2);
    CHECK(bytes_append(&changed, sound[which].data, sound[which].length) == STATUS_OK);
    if (left != 0 && left < changed.length) changed.length = left;
    for (int i = 0; i < CHANGES && input.left > 0; i++) {
        size_t at = input_number(&input, 2) % changed.length;
        changed.data[at] = input_byte(&input);
    }
    path_of(path, names[which]);
    write_file(path, &changed);
    if (which == 0)
        try_outbox(&changed);
    else
        try_store();
    bytes_free(&changed);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/journal/fake.h"

#include <endian.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "common/check.h"
#include "common/message.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "frontdesk/v1/account.pb-c.h"
#include "server/journal/journal.h"

struct fake fake;

/* What stands in for a PGresult. */
struct rows {
    struct arena arena;
    ProtobufCMessage *items[1024];
    int count;
};

void fake_reset(void) {
    memset(&fake, 0, sizeof(fake));
    list_init(&fake.asked);
    list_init(&fake.taken);
    fake.timeline = 1;
    for (int i = 0; i < FAKE_SITES; i++)
        snprintf(fake.sites[i].id, sizeof(fake.sites[i].id), "00000000-0000-7000-8000-00000000000%d", i);
}

void fake_found(int site) {
    struct fake_site *of = &fake.sites[site];
    if (of->exists) return;
    of->exists = true;
    of->epoch = ++fake.epochs;
    of->seq = 0;
    of->oldest = 1;
    memset(of->entries[0].hash, '0', sizeof(of->entries[0].hash) - 1);
}

static void chain(const struct fake_entry *before, int64_t seq, struct fake_entry *entry) {
    uint8_t hash[crypto_hash_sha256_BYTES];
    uint64_t number = htobe64((uint64_t)seq);
    crypto_hash_sha256_state state;
    CHECK(sodium_hex2bin(hash, sizeof(hash), before->hash, 64, NULL, NULL, NULL) == 0);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, hash, sizeof(hash));
    crypto_hash_sha256_update(&state, (const uint8_t *)&number, sizeof(number));
    crypto_hash_sha256_update(&state, entry->digest, sizeof(entry->digest));
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(entry->hash, sizeof(entry->hash), hash, sizeof(hash));
}

void fake_append(int site) {
    struct fake_site *of = &fake.sites[site];
    if (!of->exists || of->seq + 1 >= FAKE_HISTORY) return;
    of->seq++;
    of->entries[of->seq] = (struct fake_entry){.epoch = of->epoch, .content = ++fake.content};
    memcpy(of->entries[of->seq].digest, &fake.content, sizeof(fake.content));
    chain(&of->entries[of->seq - 1], of->seq, &of->entries[of->seq]);
}

void fake_prune(int site, int64_t oldest) {
    struct fake_site *of = &fake.sites[site];
    if (oldest > of->seq) oldest = of->seq; /* the newest stays */
    if (of->exists && oldest > of->oldest) of->oldest = oldest;
}

void fake_restore(int site, int64_t seq, bool raise) {
    struct fake_site *of = &fake.sites[site];
    if (!of->exists || seq > of->seq || seq < 0) return;
    of->seq = seq;
    if (of->oldest > seq) of->oldest = seq > 0 ? seq : 1;
    if (raise) of->epoch = ++fake.epochs;
}

void fake_promote(void) {
    fake.timeline++;
}

void fake_ring(int site) {
    if (fake.on_bell != NULL) fake.on_bell(fake.bell_owner, fake.sites[site].id);
}

int fake_site_of(const char *site_id) {
    for (int i = 0; i < FAKE_SITES; i++)
        if (strcmp(fake.sites[i].id, site_id) == 0) return i;
    CHECK(!"a site of the test");
    return 0;
}

/* ---- Statements ---- */

static struct rows *new_rows(void) {
    struct rows *rows = calloc(1, sizeof(*rows));
    CHECK(rows != NULL);
    arena_init(&rows->arena, 16 * 1024 * 1024);
    return rows;
}

static void *add(struct rows *rows, const ProtobufCMessageDescriptor *descriptor) {
    CHECK(rows->count < 1024);
    void *message = message_new(&rows->arena, descriptor);
    CHECK(message != NULL);
    rows->items[rows->count++] = message;
    return message;
}

static Fd__JournalHead *add_head(struct rows *rows, struct fake_site *of) {
    Fd__JournalHead *head = add(rows, &fd__journal_head__descriptor);
    head->site_id = of->id;
    head->epoch = of->epoch;
    head->seq = of->seq;
    head->timeline = fake.timeline;
    head->hash = arena_string(&rows->arena, of->seq > 0 ? of->entries[of->seq].hash : "");
    return head;
}

static void head(struct rows *rows, const Fd__JournalKnown *known) {
    for (int i = 0; i < FAKE_SITES; i++) {
        struct fake_site *of = &fake.sites[i];
        bool same = false, behind = false;
        for (size_t k = 0; k < known->n_site_ids; k++) {
            if (strcmp(known->site_ids[k], of->id) != 0) continue;
            behind = known->epochs[k] > of->epoch ||
                     (known->epochs[k] == of->epoch &&
                      (known->seqs[k] > of->seq || (known->timelines[k] != 0 && known->timelines[k] != fake.timeline)));
            same = known->epochs[k] == of->epoch && known->seqs[k] == of->seq && known->timelines[k] == fake.timeline &&
                   (known->hashes[k][0] == '\0' || strcmp(known->hashes[k], of->entries[of->seq].hash) == 0);
        }
        if (of->exists && !same) add_head(rows, of)->rewritten = behind;
    }
}

static bool rewritten(const struct fake_site *of, int64_t epoch, int64_t seq, int64_t timeline,
                      const char *known_hash) {
    if (epoch != of->epoch) return epoch > of->epoch;
    if (seq > of->seq || (timeline != 0 && timeline != fake.timeline)) return true;
    if (known_hash[0] == '\0' || seq < of->oldest || seq == 0) return false;
    return strcmp(of->entries[seq].hash, known_hash) != 0;
}

static void head_known(struct rows *rows, const Fd__JournalKnown *known) {
    for (size_t k = 0; k < known->n_site_ids; k++) {
        struct fake_site *of = &fake.sites[fake_site_of(known->site_ids[k])];
        if (!of->exists) continue;
        Fd__JournalHead *found = add_head(rows, of);
        found->rewritten = rewritten(of, known->epochs[k], known->seqs[k], known->timelines[k], known->hashes[k]);
    }
}

static const Fd__JournalRow *add_entry(struct rows *rows, struct fake_site *of, int64_t seq) {
    Fd__JournalRow *row = add(rows, &fd__journal_row__descriptor);
    row->event = message_new(&rows->arena, &fd__event__descriptor);
    row->hash = of->entries[seq].hash;
    row->number = arena_string(&rows->arena, "C-1");
    row->event->site_id = of->id;
    row->event->epoch = of->entries[seq].epoch;
    row->event->seq = seq;
    row->event->at_ms = of->entries[seq].content; /* so that a test can tell one entry from another */
    row->event->kind = arena_string(&rows->arena, "desk.changed");
    row->event->record_type = arena_string(&rows->arena, "desk");
    return row;
}

void fake_commit(struct journal *journal, int site) {
    struct fake_site *of = &fake.sites[site];
    int64_t before = of->seq;
    fake_append(site);
    if (of->seq == before) return;
    struct rows *rows = new_rows();
    Fd__JournalRow row = *add_entry(rows, of, of->seq);
    row.digest = (ProtobufCBinaryData){sizeof(of->entries[of->seq].digest), of->entries[of->seq].digest};
    row.timeline = fake.timeline;
    journal_committed(journal, &row);
    arena_free(&rows->arena);
    free(rows);
}

static void follow(struct rows *rows, const Fd__JournalKnown *known) {
    for (size_t k = 0; k < known->n_site_ids; k++) {
        struct fake_site *of = &fake.sites[fake_site_of(known->site_ids[k])];
        int64_t seq = known->seqs[k] + 1 > of->oldest ? known->seqs[k] + 1 : of->oldest;
        for (int64_t n = 0; of->exists && seq <= of->seq && n < known->limit; n++, seq++) add_entry(rows, of, seq);
    }
}

/* The snapshot of a site is one desk a hundred entries, named after the newest entry's content. */
static void snapshot(struct rows *rows, const Fd__Cursor *cursor) {
    struct fake_site *of = &fake.sites[fake_site_of(cursor->site_id)];
    for (int64_t i = 0; i <= of->seq / 100; i++) {
        Fd__Desk *desk = add(rows, &fd__desk__descriptor);
        desk->site_id = of->id;
        desk->name = arena_string(&rows->arena, of->entries[of->seq].hash);
    }
}

static void raise_epoch(struct rows *rows, const Fd__Cursor *cursor) {
    struct fake_site *of = &fake.sites[fake_site_of(cursor->site_id)];
    if (of->epoch > cursor->epoch) return;
    if (fake.epochs < cursor->epoch) fake.epochs = cursor->epoch;
    of->epoch = ++fake.epochs;
    add_head(rows, of);
}

static void run(struct statement *statement) {
    struct rows *rows = new_rows();
    const char *name = statement->query->name;
    const void *source = statement->sources[0];
    if (strcmp(name, "journal/head") == 0)
        head(rows, source);
    else if (strcmp(name, "journal/head_known") == 0)
        head_known(rows, source);
    else if (strcmp(name, "journal/follow") == 0)
        follow(rows, source);
    else if (strcmp(name, "journal/head_raise") == 0)
        raise_epoch(rows, source);
    else if (strcmp(name, "test/snapshot") == 0)
        snapshot(rows, source);
    statement->result = (PGresult *)(void *)rows;
}

static struct list *pick(struct list *list, unsigned which) {
    unsigned count = 0;
    list_each(node, list) count++;
    if (count == 0) return NULL;
    which %= count;
    struct list *found = list->next;
    while (which-- > 0) found = found->next;
    return found;
}

bool fake_take(unsigned which) {
    struct list *node = pick(&fake.asked, which);
    if (node == NULL) return false;
    struct transaction *transaction = list_item(node, struct transaction, node);
    for (int i = 0; i < transaction->count; i++) run(&transaction->statements[i]);
    list_remove(node);
    list_append(&fake.taken, node);
    return true;
}

bool fake_answer(unsigned which, bool failing) {
    struct list *node = pick(&fake.taken, which);
    if (node == NULL) return false;
    struct transaction *transaction = list_item(node, struct transaction, node);
    list_remove(node);
    if (failing) transaction_clear(transaction);
    transaction->on_done(transaction, failing ? STATUS_UNAVAILABLE : STATUS_OK);
    return true;
}

/* ---- In place of the database room ---- */

void transaction_init(struct transaction *transaction, struct arena *arena, const char *site_id,
                      void (*on_done)(struct transaction *, enum status)) {
    memset(transaction, 0, sizeof(*transaction));
    transaction->arena = arena;
    transaction->site_id = site_id;
    transaction->on_done = on_done;
}

struct statement *transaction_add(struct transaction *transaction, const struct query *query) {
    CHECK(transaction->count < TRANSACTION_STATEMENTS);
    struct statement *statement = &transaction->statements[transaction->count++];
    statement->query = query;
    return statement;
}

void transaction_clear(struct transaction *transaction) {
    for (int i = 0; i < transaction->count; i++) {
        struct rows *rows = (struct rows *)(void *)transaction->statements[i].result;
        if (rows != NULL) arena_free(&rows->arena);
        free(rows);
        transaction->statements[i].result = NULL;
    }
}

ProtobufCMessage *row_to_message(struct arena *arena, const PGresult *result, int row,
                                 const ProtobufCMessageDescriptor *descriptor) {
    const struct rows *rows = (const struct rows *)(const void *)result;
    CHECK(row < rows->count && rows->items[row]->descriptor == descriptor);
    return message_copy(arena, rows->items[row]);
}

int PQntuples(const PGresult *result) {
    return ((const struct rows *)(const void *)result)->count;
}

void database_read(struct database *database, struct transaction *transaction) {
    (void)database;
    fake.reads++;
    list_append(&fake.asked, &transaction->node);
}

void database_write(struct database *database, struct transaction *transaction) {
    (void)database;
    fake.writes++;
    list_append(&fake.asked, &transaction->node);
}

void database_on_bell(struct database *database, void (*on_bell)(void *owner, const char *site_id), void *owner) {
    (void)database;
    fake.on_bell = on_bell;
    fake.bell_owner = owner;
}

/* In place of libuv's clock: one timer, which the test moves. */

static uv_timer_t *timer;
static uv_timer_cb timer_callback;
static uv_handle_t *closed_handle;
static uv_close_cb close_callback;

int uv_timer_init(uv_loop_t *loop, uv_timer_t *handle) {
    (void)loop;
    timer = handle;
    return 0;
}

int uv_timer_start(uv_timer_t *handle, uv_timer_cb callback, uint64_t timeout, uint64_t repeat) {
    (void)timeout;
    (void)repeat;
    CHECK(handle == timer);
    timer_callback = callback;
    return 0;
}

uint64_t uv_now(const uv_loop_t *loop) {
    (void)loop;
    return (uint64_t)fake.now_ms;
}

void uv_close(uv_handle_t *handle, uv_close_cb callback) {
    closed_handle = handle;
    close_callback = callback;
    timer = NULL;
}

void fake_tick(void) {
    fake.now_ms += 1000;
    if (timer != NULL) timer_callback(timer);
}

void fake_turn(void) {
    uv_handle_t *handle = closed_handle;
    closed_handle = NULL;
    if (handle != NULL) close_callback(handle);
}

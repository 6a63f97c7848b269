/* SPDX-License-Identifier: Apache-2.0 */
/* A history that was rewritten under us (a restored copy, a failover that lost commits) gets another epoch, so that
 * cursors of the lost one are told RESET. The anchor remembers across restarts what this node has seen. */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "server/journal/room.h"
#include "server/sql/queries.h"

struct raise {
    struct journal_read write;
    struct journal_site *site;
    Fd__Cursor known;
};

static void on_raised(struct transaction *transaction, enum status status) {
    struct raise *raise = list_item(transaction, struct raise, write.transaction);
    struct journal *journal = raise->write.journal;
    if (status != STATUS_OK)
        LOG(ERROR, "the epoch can't be raised yet", LOG_TEXT("site", raise->site->id),
            LOG_TEXT("status", status_name(status)));
    struct journal_site *site = raise->site;
    bool closing = journal->closing;
    site->raise = NULL;
    journal_read_end(&raise->write);
    free(raise);
    if (closing || status != STATUS_OK) return; /* the look each second finds it again */
    site->raising = false;
    journal->heads_due = true;
    follower_doubt(site);
}

void history_raise(struct journal_site *site, int64_t known_epoch) {
    site->raising = true;
    if (site->raise != NULL) return;
    struct raise *raise = calloc(1, sizeof(*raise));
    if (raise == NULL) return;
    LOG(WARNING, "the database has lost entries that were seen, or was promoted and may have: raising the epoch",
        LOG_TEXT("site", site->id), LOG_NUMBER("known_epoch", known_epoch));
    site->raise = raise;
    raise->site = site;
    raise->known = (Fd__Cursor)FD__CURSOR__INIT;
    raise->known.site_id = site->id;
    raise->known.epoch = known_epoch;
    journal_read_init(&raise->write, site->journal, site->id, on_raised);
    transaction_add(&raise->write.transaction, &sql_journal_head_raise)->sources[0] = &raise->known.base;
    database_write(site->journal->database, &raise->write.transaction);
}

static enum status add_site(struct bytes *text, const struct journal_site *site) {
    struct anchor_head head = {.epoch = site->epoch, .seq = site->head, .timeline = site->timeline};
    memcpy(head.site_id, site->id, sizeof(head.site_id));
    memcpy(head.hash, site->hash, sizeof(head.hash));
    return anchor_add(text, &head);
}

/* Sites that this database does not have keep their place: it may be another one by mistake. */
static enum status add_all(struct journal *journal, struct bytes *text, size_t *count) {
    enum status status = anchor_begin(text);
    for (size_t i = 0; i < SITE_BUCKETS && status == STATUS_OK; i++) list_each(node, &journal->buckets[i]) {
            if (status == STATUS_OK) status = add_site(text, list_item(node, struct journal_site, node));
            (*count)++;
        }
    for (size_t i = 0; i < journal->anchor.count && status == STATUS_OK; i++) {
        if (journal_site_find(journal, journal->anchor.heads[i].site_id) != NULL) continue;
        status = anchor_add(text, &journal->anchor.heads[i]);
        (*count)++;
    }
    return status;
}

void history_write_anchor(struct journal *journal) {
    if (!journal->ready || !journal->changed || journal->options.anchor_path == NULL) return;
    struct bytes text = {0};
    size_t count = 0;
    enum status status = add_all(journal, &text, &count);
    if (status == STATUS_OK) status = anchor_write(&text, count, journal->options.anchor_path);
    bytes_free(&text);
    if (status == STATUS_OK)
        journal->changed = false;
    else
        LOG(ERROR, "the anchor can't be written: check space and rights of the state directory",
            LOG_TEXT("path", journal->options.anchor_path));
}

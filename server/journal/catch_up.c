/* SPDX-License-Identifier: Apache-2.0 */
/* One page of entries from the database for one subscription, with where its site stands in the same moment. */
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "server/journal/broken.h"
#include "server/journal/known.h"
#include "server/journal/room.h"
#include "server/sql/queries.h"

struct catch_up {
    struct journal_read read;
    struct subscription *subscription; /* NULL: gone, forget the page */
    struct journal_site *site;
    struct known_site of_site;         /* is the history still the one that the follower knows? */
    struct known_site of_subscription; /* where the page begins */
    char hash[ANCHOR_HASH_BYTES];
};

static void end(struct catch_up *catch_up) {
    journal_read_end(&catch_up->read);
    free(catch_up);
}

/* False: it refused, or it is gone, or it was given another start: nothing more of this page. */
static bool give(struct catch_up *catch_up, struct subscription *subscription, const Fd__JournalRow *row) {
    const struct journal_site *site = catch_up->site;
    struct packed packed;
    const Fd__Event *event = packed_event(&catch_up->read.arena, row);
    if (event == NULL || packed_make(&packed, event, site->journal->options.item(event->record_type)) != STATUS_OK) {
        site->journal->retry = true;
        return false;
    }
    bool taken = subscription_give(subscription, &packed, event) == TAKEN;
    packed_free(&packed);
    return taken;
}

static const ProtobufCMessage *row_at(struct catch_up *catch_up, int statement, int row,
                                      const ProtobufCMessageDescriptor *descriptor) {
    return row_to_message(&catch_up->read.arena, catch_up->read.transaction.statements[statement].result, row,
                          descriptor);
}

/* True: the subscription is there, took all, and may go on. */
static bool give_page(struct catch_up *catch_up, struct subscription *subscription, const Fd__JournalHead *head) {
    int rows = PQntuples(catch_up->read.transaction.statements[1].result);
    if (subscription->seq == head->seq) return true; /* more has come since the page was read */
    if (rows == 0) {
        subscription_reset(subscription, FD__RESET_REASON__RESET_REASON_PRUNED);
        return false;
    }
    for (int i = 0; i < rows; i++) {
        const Fd__JournalRow *row = (const Fd__JournalRow *)row_at(catch_up, 1, i, &fd__journal_row__descriptor);
        if (row == NULL) {
            catch_up->site->journal->retry = true;
            return false;
        }
        CHECK(row->event != NULL);
        if (broken("comparing")) subscription->seq = row->event->seq - 1;
        if (row->event->seq != subscription->seq + 1) {
            subscription_reset(subscription, FD__RESET_REASON__RESET_REASON_PRUNED);
            return false;
        }
        /* What lies behind the entry that was compared could be of another history: it comes live, or by another page.
         */
        if (row->event->seq > catch_up->of_site.seqs[0]) return true;
        if (row->event->epoch != subscription->epoch) {
            subscription_reset(subscription, FD__RESET_REASON__RESET_REASON_EPOCH);
            return false;
        }
        if (!give(catch_up, subscription, row)) return false;
    }
    return true;
}

static void go_on(struct catch_up *catch_up, struct subscription *subscription, const Fd__JournalHead *head) {
    struct journal_site *site = catch_up->site;
    bool behind = head->seq < site->head && subscription->seq > head->seq;
    if (head->rewritten || head->epoch != site->epoch || behind) {
        follower_doubt(site);
    } else if (subscription->epoch != head->epoch) {
        subscription_reset(subscription, FD__RESET_REASON__RESET_REASON_EPOCH);
    } else if (subscription->seq > head->seq) {
        LOG(WARNING, "cursor past the head", LOG_TEXT("site", site->id), LOG_NUMBER("cursor", subscription->seq),
            LOG_NUMBER("head", head->seq));
        subscription_reset(subscription, FD__RESET_REASON__RESET_REASON_AHEAD);
    } else if (subscription->seq > site->head) {
        follower_doubt(site); /* it has heard from another node what we have still to read */
    } else if (subscription->seq == site->head) {
        subscription->live = true;
    } else if (give_page(catch_up, subscription, head)) {
        subscription_advance(subscription);
    }
}

static void on_page(struct transaction *transaction, enum status status) {
    struct catch_up *catch_up = list_item(transaction, struct catch_up, read.transaction);
    struct subscription *subscription = catch_up->subscription;
    if (subscription != NULL) {
        subscription->catch_up = NULL;
        const Fd__JournalHead *head = NULL;
        if (status == STATUS_OK && PQntuples(transaction->statements[0].result) == 1)
            head = (const Fd__JournalHead *)row_at(catch_up, 0, 0, &fd__journal_head__descriptor);
        if (head != NULL)
            go_on(catch_up, subscription, head);
        else
            catch_up->site->journal->retry = true;
    }
    end(catch_up);
}

void catch_up_start(struct subscription *subscription) {
    struct journal_site *site = subscription->site;
    struct catch_up *catch_up = calloc(1, sizeof(*catch_up));
    if (catch_up == NULL) {
        site->journal->retry = true;
        return;
    }
    catch_up->site = site;
    memcpy(catch_up->hash, site->hash, sizeof(catch_up->hash));
    known_site_init(&catch_up->of_site, site->id, site->epoch, site->head, catch_up->hash, site->timeline,
                    PAGE_ENTRIES);
    known_site_init(&catch_up->of_subscription, site->id, subscription->epoch, subscription->seq, "", 0, PAGE_ENTRIES);
    catch_up->subscription = subscription;
    subscription->catch_up = catch_up;
    journal_read_init(&catch_up->read, site->journal, site->id, on_page);
    transaction_add(&catch_up->read.transaction, &sql_journal_head_known)->sources[0] = &catch_up->of_site.message.base;
    transaction_add(&catch_up->read.transaction, &sql_journal_follow)->sources[0] =
        &catch_up->of_subscription.message.base;
    journal_read_start(&catch_up->read);
}

void catch_up_detach(struct subscription *subscription) {
    if (subscription->catch_up != NULL) subscription->catch_up->subscription = NULL;
    subscription->catch_up = NULL;
}

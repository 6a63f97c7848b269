/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/subscriptions.h"

#include <stdlib.h>
#include <string.h>

#include "client/core/client.h"
#include "common/log.h"

enum { SAVE_MS = 100 };

static struct subscribed_site *find(struct subscriptions *subscriptions, const char *site_id) {
    list_each(node, &subscriptions->sites) {
        struct subscribed_site *site = list_item(node, struct subscribed_site, node);
        if (strcmp(site->site_id, site_id) == 0) return site;
    }
    return NULL;
}

static void save(struct subscriptions *subscriptions) {
    list_each(node, &subscriptions->sites) {
        struct subscribed_site *site = list_item(node, struct subscribed_site, node);
        if (!site->kept || !site->unsaved) continue;
        site->unsaved = false;
        store_keep_cursor(subscriptions->client->store, site->site_id, site->whole ? site->epoch : 0, site->seq);
    }
}

static void on_save(uv_timer_t *timer) {
    save(timer->data);
}

/* Gathered: a cursor that is a little old only makes the server repeat what was seen. */
static void save_soon(struct subscriptions *subscriptions, struct subscribed_site *site) {
    site->unsaved = true;
    if (site->kept && !uv_is_active((uv_handle_t *)&subscriptions->save))
        uv_timer_start(&subscriptions->save, on_save, SAVE_MS, 0);
}

void subscriptions_open(struct subscriptions *subscriptions, struct client *client) {
    *subscriptions = (struct subscriptions){.client = client};
    list_init(&subscriptions->sites);
    uv_timer_init(client->loop, &subscriptions->save);
    subscriptions->save.data = subscriptions;
    subscriptions->timer_open = true;
}

void subscriptions_close(struct subscriptions *subscriptions, uv_close_cb on_timer_closed) {
    save(subscriptions);
    list_each_safe(node, &subscriptions->sites) {
        struct subscribed_site *site = list_item(node, struct subscribed_site, node);
        list_remove(&site->node);
        free(site);
    }
    subscriptions->timer_open = false;
    uv_close((uv_handle_t *)&subscriptions->save, on_timer_closed);
}

enum status subscriptions_add(struct subscriptions *subscriptions, const char *site_id, bool kept) {
    if (!uuid_valid(site_id)) return STATUS_INVALID;
    struct subscribed_site *known = find(subscriptions, site_id);
    if (known != NULL) {
        bool was_foreign = known->foreign;
        known->foreign = false;
        if (was_foreign) subscriptions_send(subscriptions);
        return STATUS_OK;
    }
    struct subscribed_site *site = calloc(1, sizeof *site);
    if (site == NULL) return STATUS_TOO_LARGE;
    memcpy(site->site_id, site_id, UUID_TEXT_BYTES);
    site->kept = kept;
    if (kept) site->whole = store_cursor(subscriptions->client->store, site_id, &site->epoch, &site->seq);
    list_append(&subscriptions->sites, &site->node);
    subscriptions_send(subscriptions);
    return STATUS_OK;
}

void subscriptions_check(struct subscriptions *subscriptions, const Fd__SignInResponse *person) {
    list_each(node, &subscriptions->sites) {
        struct subscribed_site *site = list_item(node, struct subscribed_site, node);
        site->foreign = true;
        site->asked_again = false;
        for (size_t i = 0; i < person->n_memberships; i++) {
            const Fd__Site *place = person->memberships[i]->site;
            if (place != NULL && strcmp(place->id, site->site_id) == 0) site->foreign = false;
        }
    }
}

static void send_cursors(struct client *client, size_t count, Fd__Cursor **cursors) {
    Fd__Subscribe subscribe = FD__SUBSCRIBE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    subscribe.n_cursors = count;
    subscribe.cursors = cursors;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    client_send(client, &frame);
}

void subscriptions_send(struct subscriptions *subscriptions) {
    struct client *client = subscriptions->client;
    if (client->line.state != CLIENT_LINE_UP || list_empty(&subscriptions->sites)) return;
    /* The server closes a line that asks for this before the first password was changed. */
    if (client->person->password_must_change) return;
    size_t count = 0;
    list_each(node, &subscriptions->sites) count++;
    Fd__Cursor *cursors = calloc(count, sizeof *cursors);
    Fd__Cursor **pointers = calloc(count, sizeof *pointers);
    if (cursors != NULL && pointers != NULL) {
        size_t i = 0;
        list_each(node, &subscriptions->sites) {
            struct subscribed_site *site = list_item(node, struct subscribed_site, node);
            if (site->foreign) continue;
            fd__cursor__init(&cursors[i]);
            cursors[i].site_id = site->site_id;
            cursors[i].epoch = site->whole ? site->epoch : 0;
            cursors[i].seq = site->whole ? site->seq : 0;
            pointers[i] = &cursors[i];
            i++;
        }
        if (i > 0) send_cursors(client, i, pointers);
    } else {
        line_drop(&client->line, client_say(client, "内存不足", "out of memory"), 0);
    }
    free(cursors);
    free(pointers);
}

/* Once until something in order comes: what is under way after a gap is out of order too. */
static void ask_again(struct subscriptions *subscriptions, struct subscribed_site *site, const char *why) {
    if (site->asked_again) return;
    site->asked_again = true;
    LOG(WARNING, "journal out of order, asking again", LOG_TEXT("why", why), LOG_NUMBER("seq", site->seq));
    subscriptions_send(subscriptions);
}

void subscriptions_on_event(struct subscriptions *subscriptions, const Fd__Event *event) {
    struct subscribed_site *site = find(subscriptions, event->site_id);
    if (site == NULL) return;
    if (event->epoch != site->epoch) {
        ask_again(subscriptions, site, "epoch");
        return;
    }
    if (event->seq <= site->seq) return;
    if (event->seq != site->seq + 1) {
        ask_again(subscriptions, site, "gap");
        return;
    }
    site->seq = event->seq;
    site->whole = true;
    site->asked_again = false;
    save_soon(subscriptions, site);
    struct client *client = subscriptions->client;
    bool blank = event->kind[0] == '\0';
    if (!blank && client->callbacks.on_event != NULL) client->callbacks.on_event(client, event);
    if (blank && client->callbacks.on_blank != NULL) client->callbacks.on_blank(client, event);
}

void subscriptions_on_reset(struct subscriptions *subscriptions, const Fd__Reset *reset) {
    struct subscribed_site *site = find(subscriptions, reset->site_id);
    if (site == NULL) return;
    site->epoch = reset->epoch;
    site->seq = reset->seq;
    site->whole = false;
    site->asked_again = false;
    save_soon(subscriptions, site);
    struct client *client = subscriptions->client;
    if (client->callbacks.on_reset != NULL) client->callbacks.on_reset(client, reset);
}

void subscriptions_on_snapshot(struct subscriptions *subscriptions, const Fd__Snapshot *snapshot) {
    struct subscribed_site *site = find(subscriptions, snapshot->site_id);
    if (site == NULL || site->whole || snapshot->seq != site->seq) return;
    if (snapshot->last) {
        site->whole = true;
        save_soon(subscriptions, site);
    }
    struct client *client = subscriptions->client;
    if (client->callbacks.on_snapshot != NULL) client->callbacks.on_snapshot(client, snapshot);
}

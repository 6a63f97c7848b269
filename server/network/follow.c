/* SPDX-License-Identifier: Apache-2.0 */
/* The sites a session follows, and which of their entries its person sees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/network/room.h"

/* Lent by the directory for one look at the person's rights. */
enum { MEMBERSHIPS_ARENA_BYTES = 1024 * 1024 };

struct follow {
    struct subscription subscription;
    struct list node; /* among its session's */
    struct session *session;
    uint32_t visible; /* a bit for each authority_item */
    char site_id[UUID_TEXT_BYTES];
};

_Static_assert(ITEM_COUNT <= 32, "visible has a bit for each item");

struct places {
    struct arena arena;
    Fd__Membership **memberships;
    size_t count;
};

static void places_load(struct places *places, const struct session *session) {
    *places = (struct places){0};
    arena_init(&places->arena, MEMBERSHIPS_ARENA_BYTES);
    places->count = directory_memberships(session->sessions->services->directory, session->identity.person_id,
                                          &places->arena, &places->memberships);
}

static const Fd__Person *places_find(const struct places *places, const char *site_id) {
    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->memberships[i]->site->id, site_id) == 0) return places->memberships[i]->person;
    return NULL;
}

static uint32_t visible_to(const Fd__Person *person) {
    uint32_t visible = 0;
    for (int item = 0; item < ITEM_COUNT; item++)
        if (authority_allows((enum authority_item)item, ACTION_SEE, person->roles, person->n_roles))
            visible |= UINT32_C(1) << item;
    return visible;
}

static bool sees(const struct follow *follow, enum authority_item item) {
    return (follow->visible >> item & 1) != 0;
}

/* What the journal calls */

static bool deliver(const struct follow *follow, const struct bytes *frame) {
    struct session *session = follow->session;
    if (session->state == SESSION_CLOSING || session->due != FAREWELL_NONE || !session_has_room(session)) return false;
    return session_write(session, frame->data, frame->length);
}

static bool on_entry(struct subscription *subscription, const struct journal_entry *entry) {
    const struct follow *follow = subscription->owner;
    return deliver(follow, sees(follow, entry->item) ? &entry->frame : &entry->blank);
}

static bool on_frame(struct subscription *subscription, const struct bytes *frame) {
    return deliver(subscription->owner, frame);
}

static bool may_see(struct subscription *subscription, enum authority_item item) {
    return sees(subscription->owner, item);
}

static const struct subscription_callbacks callbacks = {on_entry, on_frame, may_see};

/* Beginning and ending */

static void follow_end(struct follow *follow) {
    journal_unsubscribe(&follow->subscription);
    list_remove(&follow->node);
    free(follow);
}

void follows_end(struct session *session) {
    list_each_safe(node, &session->follows) follow_end(list_item(node, struct follow, node));
}

static bool follows_site(const struct session *session, const char *site_id) {
    list_each(node, &session->follows) {
        if (strcmp(list_item(node, struct follow, node)->site_id, site_id) == 0) return true;
    }
    return false;
}

static enum farewell begin(struct session *session, const struct places *places, const Fd__Cursor *cursor) {
    const Fd__Person *person = places_find(places, cursor->site_id);
    if (person == NULL) return arena_exhausted(&places->arena) ? FAREWELL_AWAY : FAREWELL_SITE_FOREIGN;
    if (follows_site(session, cursor->site_id)) return FAREWELL_SITE_TWICE;
    struct follow *follow = calloc(1, sizeof *follow);
    if (follow == NULL) return FAREWELL_AWAY;
    follow->session = session;
    follow->visible = visible_to(person);
    (void)snprintf(follow->site_id, sizeof follow->site_id, "%s", cursor->site_id);
    list_append(&session->follows, &follow->node);
    enum status status =
        journal_subscribe(session->sessions->journal, &follow->subscription, cursor, &callbacks, follow);
    if (status == STATUS_OK) return FAREWELL_NONE;
    return status == STATUS_NOT_FOUND ? FAREWELL_SITE_FOREIGN : FAREWELL_AWAY;
}

void follows_replace(struct session *session, const Fd__Subscribe *subscribe) {
    enum farewell farewell = FAREWELL_NONE;
    struct places places;
    if (session->identity.password_must_change) {
        session_leave(session, FAREWELL_PASSWORD_FIRST);
        return;
    }
    if (subscribe->n_cursors > SUBSCRIPTIONS_LIMIT) {
        session_leave(session, FAREWELL_SITES_TOO_MANY);
        return;
    }
    follows_end(session);
    places_load(&places, session);
    for (size_t i = 0; i < subscribe->n_cursors && farewell == FAREWELL_NONE; i++)
        farewell = begin(session, &places, subscribe->cursors[i]);
    arena_free(&places.arena);
    if (farewell != FAREWELL_NONE) session_leave(session, farewell);
}

/* The one that was served last goes to the end, so that the first one does not take all the room each time. */
void follows_resume(struct session *session) {
    size_t count = 0;
    list_each(node, &session->follows) count++;
    for (; count > 0 && session_has_room(session); count--) {
        struct follow *follow = list_item(session->follows.next, struct follow, node);
        list_remove(&follow->node);
        list_append(&session->follows, &follow->node);
        journal_resume(&follow->subscription);
    }
}

bool follows_recheck(struct session *session) {
    struct places places;
    places_load(&places, session);
    if (arena_exhausted(&places.arena)) { /* what its rights are is not known: it comes back and asks again */
        arena_free(&places.arena);
        session_leave_soon(session, FAREWELL_AWAY);
        return true;
    }
    list_each_safe(node, &session->follows) {
        struct follow *follow = list_item(node, struct follow, node);
        const Fd__Person *person = places_find(&places, follow->site_id);
        if (person == NULL)
            follow_end(follow);
        else
            follow->visible = visible_to(person);
    }
    arena_free(&places.arena);
    return places.count > 0;
}

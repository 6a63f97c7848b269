/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody of every site and each site's figures, in memory: who may do what, and what is due when, is answered
 * without the database and changes with the journal, so a withdrawn right ends everywhere as soon as its entry is read,
 * and a new deadline holds. */
#ifndef FRONTDESK_ACCOUNTS_DIRECTORY_H
#define FRONTDESK_ACCOUNTS_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "server/database/database.h"
#include "server/domain/roster.h"

struct directory;

/* Loads all; on_ready once, with OK or why not. */
MUST_USE enum status directory_open(struct directory **directory, struct database *database,
                                    void (*on_ready)(void *owner, enum status status), void *owner);
void directory_close(struct directory *directory);

/* An entry was read from the journal: people, sites and their figures are taken in, other records are nothing to it. */
void directory_apply(struct directory *directory, const char *record_type, const void *record, size_t length);
/* Loads all again: history was rewritten, entries were missed, or the database is back. */
void directory_reload(struct directory *directory);
/* The same where there was no memory or no answer for a change; nothing otherwise. To be called now and then. */
void directory_refresh(struct directory *directory);
/* Called after each change of a person, so that sessions can look at their rights again. */
void directory_on_change(struct directory *directory, void (*on_change)(void *owner, const char *person_id),
                         void *owner);

/* NULL: no such site. Valid until the next change: use it and let go. */
const struct roster *directory_roster(const struct directory *directory, const char *site_id);
/* The person's active places, in the arena; returns how many. 0 as well when the arena is exhausted: ask it. */
size_t directory_memberships(const struct directory *directory, const char *person_id, struct arena *arena,
                             Fd__Membership ***memberships);
/* Whether this machine has the time zone; it is kept when it does. */
bool directory_knows_zone(struct directory *directory, const char *name);
size_t directory_site_count(const struct directory *directory);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* People, desks and sites (D1). See decision.h for the contract. */
#ifndef FRONTDESK_DOMAIN_ACCOUNT_H
#define FRONTDESK_DOMAIN_ACCOUNT_H

#include "frontdesk/v1/account.pb-c.h"
#include "server/domain/decision.h"

enum { DESK_NAME_BYTES = 64 }; /* with the NUL: it travels with every session */

/* At least 8 characters, not the login, not among the most common. */
enum status account_password_acceptable(const char *login, const char *password, struct decision *);

/* Nobody gives a role above their own; only hq_admin gives hq roles. */
enum status person_create(const struct situation *, const void *command, const void *loaded, struct decision *);
/* Whether an administering actor stands no lower than the person, both on one site; actor NULL: has no place there. */
bool person_within_reach(const Fd__Person *actor, const Fd__Person *person);
/* Nobody takes their own last administering role away. */
enum status person_update(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status person_reset_password(const struct situation *, const void *command, const void *loaded, struct decision *);
/* Of the server itself: what a change of one's own password, a sign-out everywhere and a copied token leave behind. */
enum status person_change_password(const struct situation *, const void *command, const void *loaded,
                                   struct decision *);
enum status person_sign_out(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status person_session_copied(const struct situation *, const void *command, const void *loaded, struct decision *);
/* After an entry of this kind some or all sign-ins of its person hold no longer. */
bool account_ends_sign_ins(const char *kind);
/* Oneself, the supervisor for staff and team leaders, whoever administers the site for all. */
enum status person_set_absence(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status person_clear_absence(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status desk_create(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status site_create(const struct situation *, const void *command, const void *loaded, struct decision *);

/* The auditor's: everybody on the site hears that nobody looks after its deadlines; at most every 5 minutes. */
enum status site_alarm(const struct situation *, const void *command, const void *loaded, struct decision *);

#endif

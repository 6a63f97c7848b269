/* SPDX-License-Identifier: Apache-2.0 */
/* A site sets its own figures (D6: "defaults per site"; D17: reference data), or goes back to D6's. See decision.h for
 * the contract. `loaded` is always there: where the site never had its own, with version 0 and without an id.
 *
 * Kinds of entries: deadlines.set, deadlines.reset, calendar.set, calendar.reset. */
#ifndef FRONTDESK_DOMAIN_RULES_CHANGE_H
#define FRONTDESK_DOMAIN_RULES_CHANGE_H

#include "frontdesk/v1/rules.pb-c.h"
#include "server/domain/decision.h"

enum status rules_set_deadlines(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status rules_reset_deadlines(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status rules_set_calendar(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status rules_reset_calendar(const struct situation *, const void *command, const void *loaded, struct decision *);

#endif

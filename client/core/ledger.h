/* SPDX-License-Identifier: Apache-2.0 */
/* What was imported before, for longer than the server remembers request keys: one SQLite file in the state directory.
 */
#ifndef FRONTDESK_CLIENT_CORE_LEDGER_H
#define FRONTDESK_CLIENT_CORE_LEDGER_H

#include <stdbool.h>

#include "common/status.h"

struct ledger;

enum { LEDGER_NUMBER_BYTES = 32 };

/* INVALID with a sentence in `why` (256 bytes). */
MUST_USE enum status ledger_open(struct ledger **ledger, const char *directory, const char *site_id, char *why);
void ledger_close(struct ledger *ledger); /* writes what is gathered */
/* True: the key was registered before, as `number`. */
bool ledger_find(struct ledger *ledger, const char *key, char number[LEDGER_NUMBER_BYTES]);
/* Gathered and written every so often: what a power cut takes away is asked again under the same key. */
void ledger_add(struct ledger *ledger, const char *key, const char *number);

#endif

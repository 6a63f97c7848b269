/* SPDX-License-Identifier: Apache-2.0 */
/* Retention: entries nobody can resume from go to the archive; receipts and ended sessions go after a day. */
#ifndef FRONTDESK_JOURNAL_PRUNE_H
#define FRONTDESK_JOURNAL_PRUNE_H

#include "server/journal/journal.h"

void prune_start(struct journal *journal); /* one small batch; what is left over waits for the next */

#endif

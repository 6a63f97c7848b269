/* SPDX-License-Identifier: Apache-2.0 */
/* The time zones of the sites, each read once. */
#ifndef FRONTDESK_ACCOUNTS_ZONES_H
#define FRONTDESK_ACCOUNTS_ZONES_H

#include "common/list.h"
#include "common/zone.h"

struct zones {
    struct list kept;
};

void zones_init(struct zones *zones);
void zones_free(struct zones *zones);
/* Lent until zones_free. NULL: this machine does not know it; the log says so. */
const struct zone *zones_find(struct zones *zones, const char *name);

#endif

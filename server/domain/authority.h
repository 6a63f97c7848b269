/* SPDX-License-Identifier: Apache-2.0 */
/* The authority table (D3): for each work item, what staff, the supervisor and the manager may do. Data, and the only
 * way in: every operation names an item and an action, and the roles a person holds on the site decide. */
#ifndef FRONTDESK_DOMAIN_AUTHORITY_H
#define FRONTDESK_DOMAIN_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>

#include "frontdesk/v1/account.pb-c.h"

enum authority_item {
    ITEM_NONE, /* not of the table: one's own affairs, and what the office administrator or head office keeps (D1) */
    ITEM_P1,
    ITEM_P2,
    ITEM_P3,
    ITEM_P4,
    ITEM_S1,
    ITEM_S2,
    ITEM_S3,
    ITEM_S4,
    ITEM_S5,
    ITEM_E1,
    ITEM_E2,
    ITEM_E3,
    ITEM_M1,
    ITEM_M2,
    ITEM_M3,
    ITEM_Q1,
    ITEM_Q2,
    ITEM_Q3,
    ITEM_G1,
    ITEM_R1,
    ITEM_COUNT,
};

/* What an operation does to an item. Which rights allow which action is D3's last paragraph. */
enum authority_action {
    ACTION_SELF,       /* a signed-in person's own affairs: always */
    ACTION_SEE,        /* read */
    ACTION_CONTRIBUTE, /* comment, attach, fill */
    ACTION_WORK,       /* create and work on day-to-day records */
    ACTION_SUBMIT,     /* submit for approval */
    ACTION_DECIDE,     /* decide on day-to-day records, reassign */
    ACTION_APPROVE,
    ACTION_ADMINISTER, /* people, desks: administrator of the site, manager, head office's administrator */
    ACTION_FOUND,      /* sites: head office's administrator */
    ACTION_GOVERN,     /* the site's figures: manager, head office's administrator */
    ACTION_COUNT,
};

struct authority_line {
    const char *id; /* "S3" */
    const char *element, *element_zh;
    const char *name, *name_zh;
    Fd__Right staff, supervisor, manager;
};

/* Indexed by item; [ITEM_NONE] is empty. */
extern const struct authority_line authority_table[ITEM_COUNT];

/* The highest right that any of the roles gives on the item; head office has none in the table. */
Fd__Right authority_right(enum authority_item item, const Fd__Role *roles, size_t count);
/* Head office sees every item; what lies outside the table is D1's. */
bool authority_allows(enum authority_item item, enum authority_action action, const Fd__Role *roles, size_t count);

#endif

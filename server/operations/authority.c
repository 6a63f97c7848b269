/* SPDX-License-Identifier: Apache-2.0 */
#include "server/operations/authority.h"

#include "common/message.h"
#include "server/domain/authority.h"

static Fd__AuthorityItem *line_message(struct arena *arena, const struct authority_line *line, bool chinese) {
    Fd__AuthorityItem *item = message_new(arena, &fd__authority_item__descriptor);
    if (item == NULL) return NULL;
    item->id = arena_string(arena, line->id);
    item->element = arena_string(arena, chinese ? line->element_zh : line->element);
    item->name = arena_string(arena, chinese ? line->name_zh : line->name);
    item->staff = line->staff;
    item->supervisor = line->supervisor;
    item->manager = line->manager;
    return item;
}

const Fd__ListAuthorityResponse *authority_list(struct arena *arena, bool chinese) {
    Fd__ListAuthorityResponse *response = message_new(arena, &fd__list_authority_response__descriptor);
    Fd__AuthorityItem **items = arena_take(arena, ITEM_COUNT * sizeof(Fd__AuthorityItem *));
    if (response == NULL || items == NULL) return NULL;
    response->items = items;
    for (int item = ITEM_NONE + 1; item < ITEM_COUNT; item++)
        items[response->n_items++] = line_message(arena, &authority_table[item], chinese);
    return arena_exhausted(arena) ? NULL : response;
}

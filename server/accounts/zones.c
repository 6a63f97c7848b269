/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/zones.h"

#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"

struct kept_zone {
    struct list node;
    char name[ZONE_NAME_BYTES];
    struct zone zone;
};

void zones_init(struct zones *zones) {
    list_init(&zones->kept);
}

void zones_free(struct zones *zones) {
    list_each_safe(node, &zones->kept) {
        struct kept_zone *kept = list_item(node, struct kept_zone, node);
        list_remove(node);
        zone_free(&kept->zone);
        free(kept);
    }
}

static const struct zone *keep(struct zones *zones, const char *name, const struct zone *zone) {
    struct kept_zone *kept = calloc(1, sizeof(*kept));
    CHECK(kept != NULL);
    memcpy(kept->name, name, strlen(name) + 1);
    kept->zone = *zone;
    list_append(&zones->kept, &kept->node);
    return &kept->zone;
}

const struct zone *zones_find(struct zones *zones, const char *name) {
    struct zone zone;
    list_each(node, &zones->kept) {
        const struct kept_zone *kept = list_item(node, struct kept_zone, node);
        if (strcmp(kept->name, name) == 0) return &kept->zone;
    }
    enum status status = zone_load(name, &zone);
    if (status == STATUS_OK) return keep(zones, name, &zone);
    LOG(WARNING, "time zone not known", LOG_TEXT("zone", name), LOG_TEXT("status", status_name(status)));
    return NULL;
}

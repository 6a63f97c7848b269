/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever stands in a file of a time zone: it is refused, or its changes are in order and within bounds, and at each
 * of them, before and after, civil time leads back to the first moment that shows it.
 * Input: the file. */
#include "common/check.h"
#include "common/moment.h"
#include "common/zone.h"
#include "tests/fuzz/fuzz.h"

enum { OFFSET_LIMIT_SECONDS = 26 * 3600 };

static void check_changes(const struct zone *zone) {
    int64_t from_ms = 0;
    int32_t offset_seconds = zone->offset_seconds;
    CHECK(offset_seconds > -OFFSET_LIMIT_SECONDS && offset_seconds < OFFSET_LIMIT_SECONDS);
    for (size_t i = 0; i < zone->count; i++) {
        const struct zone_change *change = &zone->changes[i];
        CHECK(change->from_ms > from_ms && change->from_ms <= MOMENT_LAST_MS);
        CHECK(change->offset_seconds > -OFFSET_LIMIT_SECONDS && change->offset_seconds < OFFSET_LIMIT_SECONDS);
        CHECK(change->offset_seconds != offset_seconds);
        from_ms = change->from_ms;
        offset_seconds = change->offset_seconds;
    }
}

/* No moment before the one that is given shows the time, or a later one: civil time only falls at a change, so it is
 * enough to look right before it and right before each change. */
static int64_t check_civil(const struct zone *zone, int64_t civil_ms) {
    int64_t first_ms = zone_moment_ms(zone, civil_ms);
    CHECK(zone_civil_ms(zone, first_ms) >= civil_ms && zone_civil_ms(zone, first_ms - 1) < civil_ms);
    for (size_t i = 0; i < zone->count && zone->changes[i].from_ms <= first_ms; i++)
        CHECK(zone_civil_ms(zone, zone->changes[i].from_ms - 1) < civil_ms);
    return first_ms;
}

static void check_moment(const struct zone *zone, int64_t at_ms) {
    CHECK(check_civil(zone, zone_civil_ms(zone, at_ms)) <= at_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct zone zone;
    enum status status = zone_read(data, size, &zone);
    CHECK(status == STATUS_OK || (zone.count == 0 && zone.changes == NULL));
    if (status == STATUS_OK) {
        check_changes(&zone);
        check_moment(&zone, 0);
        check_moment(&zone, MOMENT_LAST_MS);
        for (size_t i = 0; i < zone.count; i += zone.count / 16 + 1) {
            const int64_t from_ms = zone.changes[i].from_ms;
            check_moment(&zone, from_ms - 1);
            check_moment(&zone, from_ms);
            check_moment(&zone, from_ms + HOUR_MS);
            check_moment(&zone, from_ms - HOUR_MS);
            (void)check_civil(&zone, zone_civil_ms(&zone, from_ms) - 1); /* skipped, where the clock goes forward */
        }
    }
    zone_free(&zone);
    return 0;
}

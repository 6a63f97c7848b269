/* SPDX-License-Identifier: Apache-2.0 */
#include "common/zone.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/moment.h"
#include "common/zone_rule.h"

enum {
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    FIRST_YEAR = 1970,
    LAST_YEAR = 2199,
    TIMES_LIMIT = 4096, /* of the files there are, none has 300 */
    CHANGES_LIMIT = TIMES_LIMIT + 2 * (LAST_YEAR - FIRST_YEAR + 1),
    OFFSET_SECONDS_LIMIT = 26 * 3600, /* RFC 8536 3.2: between -25 and +26 hours */
};

/* One block of a file, with what its header counts (RFC 8536 3.1). */
struct block {
    const uint8_t *times, *indexes, *types;
    size_t time_bytes, time_count, type_count;
    const uint8_t *end;
};

struct reader {
    const uint8_t *at, *end;
};

static uint32_t read_u32(const uint8_t *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

static int64_t read_time(const uint8_t *at, size_t bytes) {
    if (bytes == 4) return (int32_t)read_u32(at);
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return (int64_t)be64toh(value);
}

/* NULL: so many are not there. */
static const uint8_t *take(struct reader *reader, size_t count, size_t each) {
    if (reader->at == NULL || count * each > (size_t)(reader->end - reader->at)) return reader->at = NULL;
    const uint8_t *taken = reader->at;
    reader->at += count * each;
    return taken;
}

/* False: broken, or one with leap seconds, which no clock of ours counts. */
static bool read_block(struct reader *reader, size_t time_bytes, struct block *block, uint8_t *version) {
    const uint8_t *header = take(reader, 1, HEADER_BYTES);
    if (header == NULL || memcmp(header, "TZif", 4) != 0) return false;
    uint32_t counts[6]; /* isut, isstd, leap, time, type, char */
    for (int i = 0; i < 6; i++) {
        counts[i] = read_u32(header + 20 + 4 * i);
        if (counts[i] > TIMES_LIMIT) return false;
    }
    *version = header[4];
    *block = (struct block){.time_bytes = time_bytes, .time_count = counts[3], .type_count = counts[4]};
    block->times = take(reader, counts[3], time_bytes);
    block->indexes = take(reader, counts[3], 1);
    block->types = take(reader, counts[4], TYPE_BYTES);
    (void)take(reader, counts[5], 1);
    (void)take(reader, counts[2], time_bytes + 4);
    (void)take(reader, counts[1], 1);
    block->end = take(reader, counts[0], 1);
    return block->end != NULL && counts[2] == 0;
}

static bool type_offset(const struct block *block, size_t type, int32_t *offset_seconds) {
    if (type >= block->type_count) return false;
    int64_t offset = (int32_t)read_u32(block->types + type * TYPE_BYTES);
    *offset_seconds = (int32_t)offset;
    return offset > -OFFSET_SECONDS_LIMIT && offset < OFFSET_SECONDS_LIMIT;
}

/* The list under construction. */
struct changes {
    struct zone *zone;
    struct zone_change *items;
    int64_t last_ms; /* of the table's changes, also of one that left the offset as it was */
};

/* What happened before 1970 only tells how it was then. */
static void add_change(struct changes *changes, int64_t from_ms, int32_t offset_seconds) {
    struct zone *zone = changes->zone;
    if (from_ms <= 0) {
        zone->offset_seconds = offset_seconds;
        return;
    }
    if (from_ms > MOMENT_LAST_MS) return;
    int32_t before = zone->count > 0 ? changes->items[zone->count - 1].offset_seconds : zone->offset_seconds;
    if (before != offset_seconds) changes->items[zone->count++] = (struct zone_change){from_ms, offset_seconds};
}

static bool add_table(struct changes *changes, const struct block *block) {
    int64_t last = INT64_MIN;
    if (!type_offset(block, 0, &changes->zone->offset_seconds)) return false;
    for (size_t i = 0; i < block->time_count; i++) {
        int64_t at = read_time(block->times + i * block->time_bytes, block->time_bytes);
        int32_t offset_seconds = 0;
        if ((i > 0 && at <= last) || !type_offset(block, block->indexes[i], &offset_seconds)) return false;
        last = at;
        int64_t from_ms = at <= 0 ? 0 : at > MOMENT_LAST_MS / SECOND_MS ? INT64_MAX : at * SECOND_MS;
        add_change(changes, from_ms, offset_seconds);
        changes->last_ms = from_ms;
    }
    return true;
}

/* Daylight saving all the year is written as an end that is the next year's start: there the second one counts. */
static void replace_change(struct changes *changes, int32_t offset_seconds) {
    struct zone *zone = changes->zone;
    int32_t before = zone->count > 1 ? changes->items[zone->count - 2].offset_seconds : zone->offset_seconds;
    changes->items[zone->count - 1].offset_seconds = offset_seconds;
    if (before == offset_seconds) zone->count--;
}

/* Both changes of a year, the earlier one first, as far as they come after the table's last. */
static void add_year(struct changes *changes, const struct zone_rule *rule, int64_t year) {
    struct zone_change pair[] = {
        {zone_rule_start_ms(rule, year), rule->daylight_seconds},
        {zone_rule_end_ms(rule,   year), rule->standard_seconds},
    };
    bool swapped = pair[1].from_ms < pair[0].from_ms;
    for (int i = 0; i < 2; i++) {
        const struct zone_change *change = &pair[swapped ? 1 - i : i];
        size_t count = changes->zone->count;
        if (change->from_ms < changes->last_ms) continue;
        if (count > 0 && changes->items[count - 1].from_ms == change->from_ms)
            replace_change(changes, change->offset_seconds);
        else
            add_change(changes, change->from_ms, change->offset_seconds);
        changes->last_ms = change->from_ms;
    }
}

static bool add_footer(struct changes *changes, const char *text) {
    struct zone_rule rule;
    struct zone *zone = changes->zone;
    if (*text == '\0') return true; /* nobody knows: it stays as it is */
    if (!zone_rule_parse(text, &rule)) return false;
    if (!rule.daylight) {
        if (zone->count == 0) zone->offset_seconds = rule.standard_seconds;
        return true;
    }
    for (int64_t year = FIRST_YEAR; year <= LAST_YEAR; year++) add_year(changes, &rule, year);
    return true;
}

/* "\n" rule "\n" behind the second block. False: not there. */
static bool read_footer(struct reader *reader, char text[ZONE_NAME_BYTES]) {
    size_t length = 0;
    const uint8_t *sign = take(reader, 1, 1);
    if (sign == NULL || *sign != '\n') return false;
    for (sign = take(reader, 1, 1); sign != NULL && *sign != '\n'; sign = take(reader, 1, 1)) {
        if (length + 1 >= ZONE_NAME_BYTES || *sign == '\0') return false;
        text[length++] = (char)*sign;
    }
    text[length] = '\0';
    return sign != NULL;
}

static enum status read_all(struct reader *reader, struct changes *changes) {
    struct block block;
    uint8_t version = 0;
    char footer[ZONE_NAME_BYTES] = "";
    if (!read_block(reader, 4, &block, &version)) return STATUS_INVALID;
    if (version != 0) {
        if (!read_block(reader, 8, &block, &version) || !read_footer(reader, footer)) return STATUS_INVALID;
    }
    return add_table(changes, &block) && add_footer(changes, footer) ? STATUS_OK : STATUS_INVALID;
}

enum status zone_read(const uint8_t *data, size_t length, struct zone *zone) {
    *zone = (struct zone){0};
    if (data == NULL || length > ZONE_FILE_BYTES) return STATUS_INVALID;
    struct reader reader = {data, data + length};
    struct changes changes = {zone, calloc(CHANGES_LIMIT, sizeof(struct zone_change)), INT64_MIN};
    if (changes.items == NULL) return STATUS_TOO_LARGE;
    enum status status = read_all(&reader, &changes);
    struct zone_change *kept = NULL;
    if (status == STATUS_OK && zone->count > 0) {
        kept = reallocarray(changes.items, zone->count, sizeof *kept);
        zone->changes = kept != NULL ? kept : changes.items;
        return STATUS_OK;
    }
    free(changes.items);
    if (status != STATUS_OK) *zone = (struct zone){0};
    return status;
}

void zone_free(struct zone *zone) {
    free((void *)(uintptr_t)zone->changes);
    *zone = (struct zone){0};
}

/* How many changes lie at or before the moment. */
static size_t changes_until(const struct zone *zone, int64_t at_ms) {
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].from_ms <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int64_t offset_ms(const struct zone *zone, size_t changes) {
    int32_t seconds = changes == 0 ? zone->offset_seconds : zone->changes[changes - 1].offset_seconds;
    return (int64_t)seconds * SECOND_MS;
}

int64_t zone_civil_ms(const struct zone *zone, int64_t at_ms) {
    return at_ms + offset_ms(zone, changes_until(zone, at_ms));
}

int64_t zone_moment_ms(const struct zone *zone, int64_t civil_ms) {
    size_t i = changes_until(zone, civil_ms - (int64_t)OFFSET_SECONDS_LIMIT * SECOND_MS);
    int64_t at_ms = civil_ms - offset_ms(zone, i);
    while (i < zone->count && at_ms >= zone->changes[i].from_ms) {
        int64_t from_ms = zone->changes[i++].from_ms;
        at_ms = civil_ms - offset_ms(zone, i);
        if (at_ms < from_ms) at_ms = from_ms;
    }
    return at_ms;
}

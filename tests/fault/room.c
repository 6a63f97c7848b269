/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/room.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"

enum { FIGURES = 32, BAR = 40, LINE_EVERY_MS = 10 * 1000, BAR_EVERY_MS = 200 };

static struct {
    const char *name, *promise;
    long rounds;
    int64_t began_ms, told_ms;
    uint64_t chance;
    bool bar_drawn;
    struct figure {
        const char *name;
        int64_t value;
    } figures[FIGURES];
    int count;
} room;

int64_t steady_ms(void) {
    return (int64_t)(uv_hrtime() / 1000000);
}

unsigned chance(unsigned limit) {
    room.chance ^= room.chance << 13;
    room.chance ^= room.chance >> 7;
    room.chance ^= room.chance << 17;
    return (unsigned)((room.chance >> 16) % limit);
}

void room_open(const char *name, const char *promise, long rounds, int argc, char **argv) {
    const char *seed = getenv("FRONTDESK_FAULT_SEED");
    room.name = name;
    room.promise = promise;
    room.rounds = rounds;
    if (argc == 3 && strcmp(argv[1], "--rounds") == 0) room.rounds = strtol(argv[2], NULL, 10);
    if ((argc != 1 && argc != 3) || room.rounds <= 0) {
        fprintf(stderr, "usage: %s [--rounds N]\n", argv[0]);
        exit(2);
    }
    room.chance = seed != NULL ? strtoull(seed, NULL, 10) : uv_hrtime();
    if (room.chance == 0) room.chance = 1;
    log_setup(LOG_ERROR, false); /* the desks' own complaints about lines that were cut on purpose */
    fprintf(stderr, "%s: %ld rounds, FRONTDESK_FAULT_SEED=%" PRIu64 "\n", name, room.rounds, room.chance);
    room.began_ms = room.told_ms = steady_ms();
}

long room_rounds(void) {
    return room.rounds;
}

static void draw_bar(long done, const char *unit) {
    char bar[BAR + 1];
    long filled = done >= room.rounds ? BAR : done * BAR / room.rounds;
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)filled);
    bar[BAR] = '\0';
    fprintf(stderr, "\r%s [%s] %ld of %ld %s, %" PRId64 " s ", room.name, bar, done, room.rounds, unit,
            (steady_ms() - room.began_ms) / 1000);
    room.bar_drawn = true;
}

void room_progress(long done, const char *unit) {
    bool terminal = isatty(STDERR_FILENO);
    int64_t now_ms = steady_ms();
    if (now_ms - room.told_ms < (terminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    room.told_ms = now_ms;
    if (terminal)
        draw_bar(done, unit);
    else
        fprintf(stderr, "%s: %ld of %ld %s after %" PRId64 " s\n", room.name, done, room.rounds, unit,
                (now_ms - room.began_ms) / 1000);
}

static struct figure *figure_of(const char *name) {
    for (int i = 0; i < room.count; i++)
        if (strcmp(room.figures[i].name, name) == 0) return &room.figures[i];
    CHECK(room.count < FIGURES);
    room.figures[room.count].name = name;
    return &room.figures[room.count++];
}

void room_figure(const char *name, int64_t value) {
    figure_of(name)->value = value;
}

int64_t room_value(const char *name) {
    return figure_of(name)->value;
}

void room_count(const char *name, int64_t more) {
    figure_of(name)->value += more;
}

static void write_json(bool holds, int64_t seconds) {
    char path[512];
    const char *directory = getenv("FRONTDESK_FAULT_RESULTS");
    if (directory == NULL || directory[0] == '\0') return;
    int length = snprintf(path, sizeof path, "%s/%s.json", directory, room.name);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "we") : NULL;
    if (file == NULL) {
        fprintf(stderr, "%s: cannot write %s\n", room.name, path);
        return;
    }
    fprintf(file, "{\"room\": \"%s\", \"promise\": \"%s\", \"holds\": %s, \"rounds\": %ld, \"seconds\": %" PRId64,
            room.name, room.promise, holds ? "true" : "false", room.rounds, seconds);
    for (int i = 0; i < room.count; i++)
        fprintf(file, ", \"%s\": %" PRId64, room.figures[i].name, room.figures[i].value);
    fputs("}\n", file);
    fclose(file);
}

int room_close(int failed) {
    int64_t seconds = (steady_ms() - room.began_ms) / 1000;
    if (room.bar_drawn) fputc('\n', stderr);
    fprintf(stderr, "%s %s: %s. %ld rounds in %" PRId64 " s", room.name, failed == 0 ? "holds" : "BROKEN", room.promise,
            room.rounds, seconds);
    for (int i = 0; i < room.count; i++) {
        fprintf(stderr, ", %" PRId64 " ", room.figures[i].value);
        for (const char *sign = room.figures[i].name; *sign != '\0'; sign++) fputc(*sign == '_' ? ' ' : *sign, stderr);
    }
    fputc('\n', stderr);
    write_json(failed == 0, seconds);
    return failed == 0 ? 0 : 1;
}

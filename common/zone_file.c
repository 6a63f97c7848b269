/* SPDX-License-Identifier: Apache-2.0 */
/* Zones as they lie on this machine (Debian's tzdata). */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "common/zone.h"

static bool is_letter(char sign) {
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
}

bool zone_name_valid(const char *name) {
    bool part_begins = true;
    if (strlen(name) >= ZONE_NAME_BYTES) return false;
    for (; *name != '\0'; name++) {
        bool letter = is_letter(*name);
        if (part_begins && !letter) return false;
        if (!letter && !(*name >= '0' && *name <= '9') && strchr("/_+-", *name) == NULL) return false;
        part_begins = *name == '/';
    }
    return !part_begins;
}

/* At most `limit` bytes; -1 when there are more, or it can't be read. */
static ssize_t read_file(int file, uint8_t *data, size_t limit) {
    struct stat found;
    if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode) || found.st_size > (off_t)limit) return -1;
    size_t length = 0;
    for (;;) {
        ssize_t got = read(file, data + length, limit - length);
        if (got < 0) return -1;
        if (got == 0 || length + (size_t)got == limit) return (ssize_t)length + got;
        length += (size_t)got;
    }
}

static enum status load(int file, struct zone *zone) {
    uint8_t *data = malloc(ZONE_FILE_BYTES);
    if (data == NULL) return STATUS_TOO_LARGE;
    ssize_t length = read_file(file, data, ZONE_FILE_BYTES);
    enum status status = length < 0 ? STATUS_INVALID : zone_read(data, (size_t)length, zone);
    free(data);
    return status;
}

enum status zone_load(const char *name, struct zone *zone) {
    char path[PATH_MAX];
    const char *directory = getenv("TZDIR");
    *zone = (struct zone){0};
    if (!zone_name_valid(name)) return STATUS_NOT_FOUND;
    int length = snprintf(path, sizeof path, "%s/%s", text_empty(directory) ? "/usr/share/zoneinfo" : directory, name);
    if (length < 0 || (size_t)length >= sizeof path) return STATUS_NOT_FOUND;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return STATUS_NOT_FOUND;
    enum status status = load(file, zone);
    close(file);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char title[] = "frontdesk anchor 1\n";

static bool hash_valid(const char *hash) {
    return strspn(hash, "0123456789abcdef") == ANCHOR_HASH_BYTES - 1 && hash[ANCHOR_HASH_BYTES - 1] == '\0';
}

/* "site epoch seq hash timeline", where "-" is no hash; older files have no timeline. */
static bool parse_head(const char *line, struct anchor_head *head) {
    char hash[ANCHOR_HASH_BYTES + 1];
    int end = 0, more = 0;
    head->timeline = 0;
    if (sscanf(line, "%36s %" SCNd64 " %" SCNd64 " %65s%n", head->site_id, &head->epoch, &head->seq, hash, &end) != 4)
        return false;
    if (line[end] == ' ' && sscanf(line + end, " %" SCNd64 "%n", &head->timeline, &more) == 1) end += more;
    if (line[end] != '\n' || head->timeline < 0 || !uuid_valid(head->site_id) || head->epoch < 0 || head->seq < 0)
        return false;
    if (strcmp(hash, "-") == 0) hash[0] = '\0';
    if (hash[0] != '\0' && !hash_valid(hash)) return false;
    memcpy(head->hash, hash, ANCHOR_HASH_BYTES);
    return true;
}

/* The last line counts the others, so that a torn file is known as one. */
static enum status parse(struct anchor *anchor, FILE *file) {
    char line[256];
    size_t capacity = 0;
    if (fgets(line, sizeof(line), file) == NULL || strcmp(line, title) != 0) return STATUS_INVALID;
    while (fgets(line, sizeof(line), file) != NULL) {
        size_t count;
        if (sscanf(line, "end %zu", &count) == 1) return count == anchor->count ? STATUS_OK : STATUS_INVALID;
        if (anchor->count == capacity) {
            capacity = capacity * 2 + 16;
            struct anchor_head *heads = realloc(anchor->heads, capacity * sizeof(*heads));
            if (heads == NULL) return STATUS_TOO_LARGE;
            anchor->heads = heads;
        }
        if (!parse_head(line, &anchor->heads[anchor->count])) return STATUS_INVALID;
        anchor->count++;
    }
    return STATUS_INVALID;
}

enum status anchor_read(struct anchor *anchor, const char *path) {
    memset(anchor, 0, sizeof(*anchor));
    FILE *file = fopen(path, "re");
    if (file == NULL) return errno == ENOENT ? STATUS_OK : STATUS_INVALID;
    enum status status = parse(anchor, file);
    fclose(file);
    if (status != STATUS_OK) anchor_free(anchor);
    return status;
}

void anchor_free(struct anchor *anchor) {
    free(anchor->heads);
    memset(anchor, 0, sizeof(*anchor));
}

int64_t anchor_epoch(const struct anchor *anchor, const char *site_id) {
    for (size_t i = 0; i < anchor->count; i++)
        if (strcmp(anchor->heads[i].site_id, site_id) == 0) return anchor->heads[i].epoch;
    return 0;
}

enum status anchor_begin(struct bytes *text) {
    bytes_clear(text);
    return bytes_append_text(text, title);
}

enum status anchor_add(struct bytes *text, const struct anchor_head *head) {
    return bytes_printf(text, "%s %" PRId64 " %" PRId64 " %s %" PRId64 "\n", head->site_id, head->epoch, head->seq,
                        head->hash[0] != '\0' ? head->hash : "-", head->timeline);
}

static bool write_all(int file, const uint8_t *data, size_t length) {
    while (length > 0) {
        ssize_t written = write(file, data, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        data += written;
        length -= (size_t)written;
    }
    return true;
}

enum status anchor_write(struct bytes *text, size_t count, const char *path) {
    char beside[PATH_MAX];
    int length = snprintf(beside, sizeof(beside), "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof(beside)) return STATUS_INVALID;
    enum status status = bytes_printf(text, "end %zu\n", count);
    if (status != STATUS_OK) return status;
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return STATUS_UNAVAILABLE;
    bool written = write_all(file, text->data, text->length);
    if (close(file) != 0 || !written || rename(beside, path) != 0) {
        unlink(beside);
        return STATUS_UNAVAILABLE;
    }
    return STATUS_OK;
}

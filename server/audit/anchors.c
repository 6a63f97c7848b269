/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit/anchors.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/moment.h"

static const char nothing_before[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void hash_text(const char *text, size_t length, char hash[ANCHORS_HASH_BYTES]) {
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const uint8_t *)text, length);
    sodium_bin2hex(hash, ANCHORS_HASH_BYTES, digest, sizeof(digest));
}

enum status anchor_line_append(struct bytes *out, struct anchor_line *line, const struct audit_key *key) {
    char text[ANCHORS_LINE_BYTES], time[MOMENT_TEXT_BYTES], signature[AUDIT_SIGNATURE_TEXT_BYTES];
    moment_format(line->at_ms, time);
    const char *before = line->before[0] != '\0' ? line->before : nothing_before;
    int length =
        snprintf(text, sizeof(text), "1 %" PRId64 " %s %s %" PRId64 " %" PRId64 " %s %" PRId64 " %s %s", line->line,
                 time, line->site_id, line->epoch, line->seq, line->hash, line->accesses, line->access_hash, before);
    if (length < 0 || (size_t)length + sizeof(signature) + 1 > sizeof(text)) return STATUS_TOO_LARGE;
    audit_key_sign(key, text, (size_t)length, signature);
    int whole = length + snprintf(text + length, sizeof(text) - (size_t)length, " %s", signature);
    hash_text(text, (size_t)whole, line->own);
    return bytes_printf(out, "%s\n", text);
}

static bool is_hash(const char *text) {
    return strlen(text) == ANCHORS_HASH_BYTES - 1 && strspn(text, "0123456789abcdef") == ANCHORS_HASH_BYTES - 1;
}

/* Without its end. */
static bool parse(const char *text, struct anchor_line *line, char signature[AUDIT_SIGNATURE_TEXT_BYTES]) {
    char time[MOMENT_TEXT_BYTES] = "";
    int end = 0;
    memset(line, 0, sizeof(*line));
    if (sscanf(text, "1 %" SCNd64 " %31s %36s %" SCNd64 " %" SCNd64 " %64s %" SCNd64 " %64s %64s %128s%n", &line->line,
               time, line->site_id, &line->epoch, &line->seq, line->hash, &line->accesses, line->access_hash,
               line->before, signature, &end) != 10)
        return false;
    return text[end] == '\0' && uuid_valid(line->site_id) && moment_parse(time, &line->at_ms) && is_hash(line->hash) &&
           is_hash(line->access_hash) && is_hash(line->before);
}

static bool follows(const struct anchor_reader *reader, const struct anchor_line *line) {
    const struct anchor_line *last = &reader->last;
    if (last->line > 0) return line->line > 1 && line->line - 1 == last->line && strcmp(line->before, last->own) == 0;
    /* The oldest file that is kept may begin later than the first line. */
    return line->line > 1 || (line->line == 1 && strcmp(line->before, nothing_before) == 0);
}

static enum anchor_fault look_at(struct anchor_reader *reader, const char *text, size_t length) {
    struct anchor_line line;
    char signature[AUDIT_SIGNATURE_TEXT_BYTES] = "";
    if (!parse(text, &line, signature)) return ANCHOR_UNREADABLE;
    if (!follows(reader, &line)) return ANCHOR_BROKEN;
    size_t signed_length = length - strlen(signature) - 1;
    if (reader->key != NULL && !audit_key_verify(reader->key, text, signed_length, signature)) return ANCHOR_UNSIGNED;
    hash_text(text, length, line.own);
    reader->last = line;
    if (reader->on_line != NULL) reader->on_line(reader->owner, &line);
    return ANCHOR_SOUND;
}

enum status anchors_read(struct anchor_reader *reader, const char *path, enum anchor_fault *fault) {
    char text[ANCHORS_LINE_BYTES];
    *fault = ANCHOR_SOUND;
    FILE *file = fopen(path, "re");
    if (file == NULL) return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_UNAVAILABLE;
    reader->at_line = 0;
    reader->whole_bytes = 0;
    reader->torn = false;
    while (*fault == ANCHOR_SOUND && fgets(text, sizeof(text), file) != NULL) {
        size_t length = strlen(text);
        reader->at_line++;
        if (length == 0 || text[length - 1] != '\n') {
            /* Without its end: a crash while it was written, if nothing stands behind it. */
            reader->torn = feof(file) != 0;
            if (!reader->torn) *fault = ANCHOR_UNREADABLE;
            break;
        }
        text[--length] = '\0';
        *fault = look_at(reader, text, length);
        if (*fault == ANCHOR_SOUND) reader->whole_bytes += (long)length + 1;
    }
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    return failed ? STATUS_UNAVAILABLE : STATUS_OK;
}

void anchors_old_path(const char *path, char old[PATH_MAX]) {
    (void)snprintf(old, PATH_MAX, "%.*s.old", PATH_MAX - 8, path);
}

enum status anchors_read_both(struct anchor_reader *reader, const char *path, enum anchor_fault *fault) {
    char old[PATH_MAX];
    enum anchor_fault old_fault = ANCHOR_SOUND;
    anchors_old_path(path, old);
    enum status status = anchors_read(reader, old, &old_fault);
    if (status == STATUS_UNAVAILABLE) return status;
    int64_t at_line = reader->at_line;
    struct anchor_line last = reader->last;
    if (old_fault != ANCHOR_SOUND) memset(&reader->last, 0, sizeof(reader->last));
    status = anchors_read(reader, path, fault);
    if (reader->last.line == 0) reader->last = last;
    if (*fault != ANCHOR_SOUND || old_fault == ANCHOR_SOUND) return status;
    *fault = old_fault;
    reader->at_line = at_line;
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever stands in the file of heads that a node has seen: it is read into valid heads or refused as a whole, and
 * what was read can be written and is read again as the same. Input: the file. */
#include <string.h>

#include "common/check.h"
#include "server/journal/anchor.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/played_log.h"

static void check_head(const struct anchor_head *head) {
    CHECK(uuid_valid(head->site_id));
    CHECK(head->epoch >= 0 && head->seq >= 0 && head->timeline >= 0);
    size_t length = strnlen(head->hash, ANCHOR_HASH_BYTES);
    CHECK(length == 0 || length == ANCHOR_HASH_BYTES - 1);
}

static void write_again(const struct anchor *anchor) {
    struct bytes text = {0};
    struct anchor again;
    char path[FILE_PATH_BYTES];
    CHECK(anchor_begin(&text) == STATUS_OK);
    for (size_t i = 0; i < anchor->count; i++) CHECK(anchor_add(&text, &anchor->heads[i]) == STATUS_OK);
    size_t heads = text.length;
    CHECK(bytes_printf(&text, "end %zu\n", anchor->count + 1) == STATUS_OK);
    int file = file_open(text.data, text.length, path); /* one is missing */
    CHECK(anchor_read(&again, path) == STATUS_INVALID);
    file_close(file);
    text.length = heads;
    CHECK(bytes_printf(&text, "end %zu\n", anchor->count) == STATUS_OK);
    file = file_open(text.data, text.length, path);
    CHECK(anchor_read(&again, path) == STATUS_OK && again.count == anchor->count);
    for (size_t i = 0; i < again.count; i++) {
        CHECK(strcmp(again.heads[i].site_id, anchor->heads[i].site_id) == 0);
        CHECK(strcmp(again.heads[i].hash, anchor->heads[i].hash) == 0);
        CHECK(again.heads[i].epoch == anchor->heads[i].epoch && again.heads[i].seq == anchor->heads[i].seq);
        CHECK(again.heads[i].timeline == anchor->heads[i].timeline);
    }
    file_close(file);
    anchor_free(&again);
    bytes_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct anchor anchor;
    char path[FILE_PATH_BYTES];
    int file = file_open(data, size, path);
    enum status status = anchor_read(&anchor, path);
    CHECK(status == STATUS_OK || status == STATUS_INVALID);
    CHECK(status == STATUS_OK || (anchor.count == 0 && anchor.heads == NULL));
    for (size_t i = 0; i < anchor.count; i++) {
        check_head(&anchor.heads[i]);
        CHECK(anchor_epoch(&anchor, anchor.heads[i].site_id) >= 0);
    }
    if (status == STATUS_OK) write_again(&anchor);
    anchor_free(&anchor);
    file_close(file);
    return 0;
}

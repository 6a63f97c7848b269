/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/packed.h"

#include <string.h>

#include "common/check.h"
#include "common/frame.h"
#include "common/message.h"

enum { TAG_NUMBER = 0x1a, NUMBER_LIMIT = 127 }; /* field 3, length-delimited; a length of one byte */

/* Later bytes of a packed message win, so the number is put behind the record as it was stored. */
static bool put_number(struct arena *arena, ProtobufCBinaryData *record, const char *number) {
    size_t length = strlen(number);
    CHECK(length <= NUMBER_LIMIT);
    uint8_t *data = arena_take(arena, record->len + 2 + length);
    if (data == NULL) return false;
    if (record->len > 0) memcpy(data, record->data, record->len);
    data[record->len] = TAG_NUMBER;
    data[record->len + 1] = (uint8_t)length;
    memcpy(data + record->len + 2, number, length);
    record->data = data;
    record->len += 2 + length;
    return true;
}

const Fd__Event *packed_event(struct arena *arena, const Fd__JournalRow *row) {
    CHECK(row->event != NULL);
    Fd__Event *event = message_copy(arena, &row->event->base);
    if (event == NULL) return NULL;
    if (row->number[0] != '\0' && !put_number(arena, &event->record, row->number)) return NULL;
    return event;
}

static enum status append_event(struct bytes *out, Fd__Event *event) {
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    frame.body_case = FD__SERVER_FRAME__BODY_EVENT;
    frame.event = event;
    return message_append_frame(out, &frame.base);
}

enum status packed_make(struct packed *packed, const Fd__Event *event, enum authority_item item) {
    memset(packed, 0, sizeof(*packed));
    packed->seq = event->seq;
    packed->item = item;
    Fd__Event whole = *event;
    Fd__Event blank = FD__EVENT__INIT;
    blank.site_id = event->site_id;
    blank.epoch = event->epoch;
    blank.seq = event->seq;
    enum status status = append_event(&packed->blank, &blank);
    if (status == STATUS_OK) status = append_event(&packed->frame, &whole);
    if (status != STATUS_OK) {
        /* A record too large for a frame must not stop the site: whoever wants it reads it by its id. */
        whole.record = (ProtobufCBinaryData){0};
        status = append_event(&packed->frame, &whole);
    }
    if (status != STATUS_OK) packed_free(packed);
    return status;
}

void packed_free(struct packed *packed) {
    bytes_free(&packed->frame);
    bytes_free(&packed->blank);
}

size_t packed_bytes(const struct packed *packed) {
    return packed->frame.capacity + packed->blank.capacity;
}

const Fd__Event *packed_unpack(struct arena *arena, const struct packed *packed) {
    const Fd__ServerFrame *frame = fd__server_frame__unpack(
        &arena->allocator, packed->frame.length - FRAME_HEADER_BYTES, packed->frame.data + FRAME_HEADER_BYTES);
    return frame != NULL ? frame->event : NULL;
}

struct journal_entry packed_entry(const struct packed *packed, const Fd__Event *event) {
    return (struct journal_entry){
        .seq = packed->seq, .item = packed->item, .event = event, .frame = packed->frame, .blank = packed->blank};
}

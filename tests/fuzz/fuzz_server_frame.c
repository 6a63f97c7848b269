/* SPDX-License-Identifier: Apache-2.0 */
/* The client library under a server that says anything, cut anywhere: entries come in order and once, what is folded
 * from them never goes back, each question is answered once, and whatever the client says itself a sound server
 * decodes. Input: steps, a byte each, followed by what the step takes. */
#include <netdb.h>
#include <stdlib.h>

#include "client/core/client.h"
#include "client/core/model.h"
#include "common/message.h"
#include "common/moment.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/played_log.h"
#include "tests/fuzz/played_names.h"

#define SITE "00000000-0000-7000-8000-00000000000a"
#define OTHER_SITE "00000000-0000-7000-8000-00000000000b"
#define PERSON "00000000-0000-7000-8000-0000000000aa"

enum { STEPS = 200, QUESTIONS = 40, CLIENT_BYTES = 64 * 1024 };

/* Where the entries of a site stand, as the callbacks tell it. */
struct follow {
    int64_t epoch, seq;
    bool told; /* by a reset, or by a first entry */
    bool whole;
};

static struct {
    struct client *client;
    struct model model;
    struct follow follows[2];
    struct frame_reader reader; /* what the client says */
    uint64_t last_request;
    size_t records; /* that were handed to the model */
    int asked, answered;
    bool closed;
} desk;

static const char *const sites[] = {SITE, OTHER_SITE};

static struct follow *follow_of(const char *site_id) {
    for (size_t i = 0; i < 2; i++)
        if (strcmp(sites[i], site_id) == 0) return &desk.follows[i];
    check_failed("a site that was not asked for", __FILE__, __LINE__);
    return NULL;
}

/* --- what the client tells --- */

static void on_line(struct client *client, enum client_line line, const char *why) {
    (void)client;
    CHECK(line <= CLIENT_LINE_REFUSED && why != NULL);
}

static void in_order(const Fd__Event *event) {
    struct follow *follow = follow_of(event->site_id);
    if (follow->told) CHECK(event->epoch == follow->epoch && event->seq - 1 == follow->seq);
    follow->epoch = event->epoch;
    follow->seq = event->seq;
    follow->told = follow->whole = true;
}

static void check_model(void) {
    struct arena arena;
    CHECK(desk.model.count <= desk.records && desk.model.people_count <= desk.records);
    for (size_t i = 1; i < desk.model.count; i++)
        CHECK(strcmp(desk.model.cases[i - 1]->id, desk.model.cases[i]->id) < 0);
    arena_init(&arena, 1024 * 1024);
    const struct model_case **order = model_in_order(&desk.model, &arena);
    CHECK(order != NULL);
    for (size_t i = 0; i < desk.model.count; i++) {
        CHECK(model_find(&desk.model, order[i]->id) == order[i]);
        (void)model_alert_names(model_alert(order[i]), PERSON);
    }
    arena_free(&arena);
}

static void on_event(struct client *client, const Fd__Event *event) {
    (void)client;
    enum model_change change;
    in_order(event);
    const struct model_case *held = model_find(&desk.model, event->record_id);
    int64_t version = held != NULL ? held->version : INT64_MIN;
    desk.records++;
    (void)!model_event(&desk.model, event, &change);
    held = model_find(&desk.model, event->record_id);
    CHECK(held == NULL || held->version >= version);
    check_model();
}

static void on_blank(struct client *client, const Fd__Event *event) {
    (void)client;
    in_order(event);
}

static void on_reset(struct client *client, const Fd__Reset *reset) {
    (void)client;
    struct follow *follow = follow_of(reset->site_id);
    *follow = (struct follow){.epoch = reset->epoch, .seq = reset->seq, .told = true};
    model_reset(&desk.model, reset->site_id);
    check_model();
}

static void on_snapshot(struct client *client, const Fd__Snapshot *snapshot) {
    (void)client;
    struct follow *follow = follow_of(snapshot->site_id);
    CHECK(!follow->whole && (!follow->told || snapshot->seq == follow->seq));
    if (snapshot->last) follow->whole = true;
    desk.records += snapshot->n_records;
    (void)!model_snapshot(&desk.model, snapshot);
    check_model();
}

static const struct client_callbacks callbacks = {
    .on_line = on_line, .on_event = on_event, .on_reset = on_reset, .on_snapshot = on_snapshot, .on_blank = on_blank};

static void on_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    bool *answered = owner;
    CHECK(!*answered);
    *answered = true;
    CHECK((reply->status == FD__STATUS__STATUS_OK) == (response != NULL));
    desk.answered++;
}

/* --- what the client says --- */

static void check_request(const Fd__Request *request) {
    CHECK(uuid_valid(request->key));
    desk.last_request = request->id;
}

static void listen_to_client(void) {
    struct stream *stream = names_stream();
    struct bytes said = {0};
    const uint8_t *payload;
    size_t length;
    if (stream == NULL) return;
    CHECK(stream_queued(stream) <= STEPS * CLIENT_BYTES);
    played_take(stream, SIZE_MAX, &said);
    CHECK(said.length == 0 || frame_reader_push(&desk.reader, said.data, said.length) == STATUS_OK);
    bytes_free(&said);
    while (frame_reader_next(&desk.reader, &payload, &length) == STATUS_OK) {
        struct arena arena;
        ProtobufCMessage *message = NULL;
        arena_init(&arena, SIZE_MAX);
        CHECK(message_unpack(&fd__client_frame__descriptor, &arena, payload, length, &message, NULL) == STATUS_OK);
        const Fd__ClientFrame *frame = (const Fd__ClientFrame *)(void *)message;
        if (frame->body_case == FD__CLIENT_FRAME__BODY_REQUEST) check_request(frame->request);
        arena_free(&arena);
        frame_reader_pop(&desk.reader);
    }
}

/* --- what the server says --- */

static void say(const void *data, size_t length, size_t piece) {
    struct stream *stream = names_stream();
    const uint8_t *bytes = data;
    for (size_t at = 0; played_lives(stream) && at < length; at += piece) {
        played_establish(stream);
        if (!played_lives(stream)) return;
        size_t part = length - at < piece ? length - at : piece;
        uint8_t *copy = malloc(part); /* of its exact size, for the sanitizer */
        CHECK(copy != NULL);
        memcpy(copy, bytes + at, part);
        played_receive(stream, copy, part);
        free(copy);
    }
    listen_to_client();
}

static void say_frame(Fd__ServerFrame *frame) {
    struct bytes packed = {0};
    if (message_append_frame(&packed, &frame->base) == STATUS_OK) say(packed.data, packed.length, SIZE_MAX / 2);
    bytes_free(&packed);
}

static void step_frame(struct input *input) {
    size_t length = input_number(input, 2);
    size_t piece = 1 + (size_t)input_byte(input) * 16;
    const uint8_t *payload = input_bytes(input, &length);
    struct bytes frame = {0};
    uint8_t header[FRAME_HEADER_BYTES];
    frame_header(header, length);
    CHECK(bytes_append(&frame, header, sizeof header) == STATUS_OK);
    CHECK(length == 0 || bytes_append(&frame, payload, length) == STATUS_OK);
    say(frame.data, frame.length, piece);
    bytes_free(&frame);
}

static void step_raw(struct input *input) {
    size_t length = input_byte(input);
    const uint8_t *data = input_bytes(input, &length);
    if (length > 0) say(data, length, length);
}

static void step_welcome(struct input *input) {
    Fd__Welcome welcome = FD__WELCOME__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    uint8_t how = input_byte(input);
    welcome.version = how == 255 ? 2 : 1;
    welcome.requests_in_flight = how % 8;
    welcome.now_ms = INT64_C(1795434127125);
    frame.body_case = FD__SERVER_FRAME__BODY_WELCOME;
    frame.welcome = &welcome;
    say_frame(&frame);
}

/* To the newest question or sign-in; with a person who has both sites, or one, or bytes of the input. */
static void step_reply(struct input *input) {
    static const int64_t waits_ms[] = {0, 1, SECOND_MS, INT64_MAX, INT64_MIN, -1};
    uint8_t how = input_byte(input);
    Fd__Site places[] = {FD__SITE__INIT, FD__SITE__INIT};
    Fd__Membership memberships[] = {FD__MEMBERSHIP__INIT, FD__MEMBERSHIP__INIT};
    Fd__Membership *pointers[] = {&memberships[0], &memberships[1]};
    Fd__SignInResponse response = FD__SIGN_IN_RESPONSE__INIT;
    Fd__Reply reply = FD__REPLY__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    struct bytes body = {0};
    for (size_t i = 0; i < 2; i++) {
        places[i].id = (char *)(uintptr_t)sites[i];
        memberships[i].site = &places[i];
    }
    response.token = (how & 2) == 0 ? "token" : "";
    response.person_id = (how & 4) == 0 ? PERSON : OTHER_SITE;
    response.password_must_change = (how & 24) == 24;
    response.memberships = pointers;
    response.n_memberships = how % 3;
    CHECK(message_append(&body, &response.base) == STATUS_OK);
    reply.id = desk.last_request - (how >= 240 ? 1 : 0);
    reply.status = how < 128 ? FD__STATUS__STATUS_OK : (Fd__Status)(how % 12);
    reply.retry_after_ms = waits_ms[how % 6];
    reply.body = (ProtobufCBinaryData){body.length, body.data};
    if (how >= 64 && how < 128) {
        reply.body.len = input_byte(input);
        reply.body.data = (uint8_t *)(uintptr_t)input_bytes(input, &reply.body.len);
    }
    frame.body_case = FD__SERVER_FRAME__BODY_REPLY;
    frame.reply = &reply;
    say_frame(&frame);
    bytes_free(&body);
}

/* Near the cursor, or at the ends of the range. */
static int64_t near_the_cursor(uint8_t how, int64_t cursor) {
    if (how >= 250) return INT64_MAX;
    if (how >= 246) return INT64_MIN;
    return (int64_t)((uint64_t)cursor + how % 8 - 1);
}

static void step_event(struct input *input) {
    Fd__Event event = FD__EVENT__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    uint8_t how = input_byte(input);
    size_t length = input_number(input, 2);
    const struct follow *follow = &desk.follows[how % 2];
    event.site_id = (char *)(uintptr_t)sites[how % 2];
    event.epoch = (how & 6) == 6 ? follow->epoch + (follow->epoch < INT64_MAX) : follow->epoch;
    event.seq = near_the_cursor(input_byte(input), follow->seq);
    event.kind = (how & 8) != 0 ? "" : "complaint.registered";
    event.record_type = (how & 16) != 0 ? "complaint" : (how & 32) != 0 ? "visit" : "person";
    event.record_id = PERSON;
    event.record.data = (uint8_t *)(uintptr_t)input_bytes(input, &length);
    event.record.len = length;
    frame.body_case = FD__SERVER_FRAME__BODY_EVENT;
    frame.event = &event;
    say_frame(&frame);
}

static void step_reset(struct input *input) {
    Fd__Reset reset = FD__RESET__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    uint8_t how = input_byte(input);
    reset.site_id = (char *)(uintptr_t)sites[how % 2];
    reset.epoch = how / 16;
    reset.seq = near_the_cursor(input_byte(input), desk.follows[how % 2].seq);
    frame.body_case = FD__SERVER_FRAME__BODY_RESET;
    frame.reset = &reset;
    say_frame(&frame);
}

static void step_snapshot(struct input *input) {
    Fd__Snapshot snapshot = FD__SNAPSHOT__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    uint8_t how = input_byte(input);
    size_t length = input_number(input, 2);
    ProtobufCBinaryData record = {0};
    record.data = (uint8_t *)(uintptr_t)input_bytes(input, &length);
    record.len = length;
    snapshot.site_id = (char *)(uintptr_t)sites[how % 2];
    snapshot.seq = desk.follows[how % 2].seq + ((how & 2) != 0 && desk.follows[how % 2].seq < INT64_MAX);
    snapshot.record_type = (how & 4) != 0 ? "complaint" : "visit";
    snapshot.last = (how & 8) != 0;
    snapshot.records = &record;
    snapshot.n_records = 1;
    frame.body_case = FD__SERVER_FRAME__BODY_SNAPSHOT;
    frame.snapshot = &snapshot;
    say_frame(&frame);
}

static void step_goodbye(struct input *input) {
    static const int64_t waits_ms[] = {0, SECOND_MS, INT64_MAX, INT64_MIN};
    Fd__Goodbye goodbye = FD__GOODBYE__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    uint8_t how = input_byte(input);
    goodbye.status = (Fd__Status)(how % 12);
    goodbye.retry_after_ms = waits_ms[how / 64];
    frame.body_case = FD__SERVER_FRAME__BODY_GOODBYE;
    frame.goodbye = &goodbye;
    say_frame(&frame);
}

/* --- what the person does --- */

static bool answered[QUESTIONS];

static void step_ask(struct input *input) {
    uint8_t how = input_byte(input);
    if (desk.asked == QUESTIONS) return;
    Fd__ListComplaintsRequest command = FD__LIST_COMPLAINTS_REQUEST__INIT;
    answered[desk.asked] = false;
    bool *owner = &answered[desk.asked];
    enum status status = how < 128 ? client_call(desk.client, "complaint.list", SITE, NULL, &command.base,
                                                 &fd__list_complaints_response__descriptor, on_reply, owner)
                                   : client_sign_in(desk.client, "anna", "right words", on_reply, owner);
    if (status == STATUS_OK) desk.asked++;
    listen_to_client();
}

static void turn(void) {
    names_turn();
    played_turn();
    listen_to_client();
    names_let_go(&desk.reader);
}

static void step(struct input *input) {
    struct stream *stream = names_stream();
    switch (input_byte(input) % 12) {
    case 0: step_frame(input); break;
    case 1: step_raw(input); break;
    case 2: step_welcome(input); break;
    case 3: step_reply(input); break;
    case 4: step_event(input); break;
    case 5: step_reset(input); break;
    case 6: step_snapshot(input); break;
    case 7: step_goodbye(input); break;
    case 8: step_ask(input); break;
    case 9: played_pass((uint64_t)input_byte(input) * 200); break;
    case 10:
        if (played_lives(stream)) played_finish(stream, (enum stream_end)(1 + input_byte(input) % 4));
        break;
    default:
        if (stream != NULL) played_establish(stream);
    }
    turn();
}

static void check_all(void) {
    const struct stream *stream = names_stream();
    CHECK(desk.client->calls.count >= 0 && desk.client->calls.under_way >= 0);
    CHECK(desk.client->calls.under_way <= desk.client->calls.count);
    CHECK(desk.client->calls.count <= desk.asked - desk.answered + 1); /* and a resume */
    CHECK(desk.client->line.failures >= 0 && (stream == NULL || stream->reading || !played_lives(stream)));
    CHECK(!arena_exhausted(&desk.client->known_memory));
}

static void on_closed(void *owner) {
    (void)owner;
    desk.closed = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    const struct client_options options = {
        .host = "desk.example", .port = 7443, .language = "en", .name = "fuzz", .desk = ""};
    memset(&desk, 0, sizeof desk);
    desk.reader.limit = CLIENT_BYTES;
    CHECK(client_open(&desk.client, &played.loop, &options, &callbacks, NULL) == STATUS_OK);
    CHECK(client_subscribe(desk.client, SITE) == STATUS_OK && client_observe(desk.client, OTHER_SITE) == STATUS_OK);
    turn();
    for (int steps = 0; input.left > 0 && steps < STEPS; steps++) {
        step(&input);
        check_all();
    }
    played_pass(10 * (uint64_t)MINUTE_MS);
    turn();
    client_close(desk.client, on_closed);
    for (int i = 0; i < 10 && !desk.closed; i++) turn();
    CHECK(desk.closed && desk.answered == desk.asked);
    model_free(&desk.model);
    frame_reader_free(&desk.reader);
    played_end();
    return 0;
}

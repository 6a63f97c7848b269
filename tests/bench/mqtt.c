/* SPDX-License-Identifier: Apache-2.0 */
/* As much of MQTT 3.1.1 (OASIS standard) as a subscriber and a publisher with QoS 0 or 1 need. */
#include <stdio.h>
#include <string.h>

#include "tests/bench/load.h"

enum {
    MQTT_CONNECT = 0x10,
    MQTT_CONNACK = 0x20,
    MQTT_PUBLISH = 0x30,
    MQTT_QOS1 = 0x02, /* of a publication's flags, section 3.3.1 */
    MQTT_QOS = 0x06,
    MQTT_PUBACK = 0x40,
    MQTT_SUBSCRIBE = 0x82,
    MQTT_SUBACK = 0x90,
    MQTT_HEADER_LIMIT = 5,
};

static const char topic[] = "site/1/journal";

/* Type and remaining length, 7 bits a byte (section 2.2.3). */
static size_t write_header(uint8_t *out, uint8_t type, size_t length) {
    size_t used = 0;
    out[used++] = type;
    do {
        uint8_t byte = (uint8_t)(length & 0x7f);
        length >>= 7;
        out[used++] = length > 0 ? (uint8_t)(byte | 0x80) : byte;
    } while (length > 0);
    return used;
}

static size_t write_text(uint8_t *out, const char *text) {
    size_t length = strlen(text);
    out[0] = (uint8_t)(length >> 8);
    out[1] = (uint8_t)length;
    memcpy(out + 2, text, length);
    return length + 2;
}

static void greet(struct peer *peer) {
    uint8_t body[64], packet[80];
    char name[24];
    size_t used = write_text(body, "MQTT");
    body[used++] = 4; /* protocol level of 3.1.1 */
    body[used++] = 2; /* clean session */
    body[used++] = 0; /* keep-alive off */
    body[used++] = 0;
    int length = snprintf(name, sizeof name, "bench-%ld", (long)load_index(peer));
    if (length < 0) return;
    used += write_text(body + used, name);
    size_t header = write_header(packet, MQTT_CONNECT, used);
    memcpy(packet + header, body, used);
    load_send(peer, packet, header + used);
}

static void subscribe(struct peer *peer) {
    uint8_t body[64] = {0, 1}, packet[80]; /* packet identifier 1 */
    size_t used = 2 + write_text(body + 2, topic);
    body[used++] = (uint8_t)peer->load->options.qos;
    size_t header = write_header(packet, MQTT_SUBSCRIBE, used);
    memcpy(packet + header, body, used);
    load_send(peer, packet, header + used);
}

static void publish(struct peer *peer) {
    uint8_t head[MQTT_HEADER_LIMIT + sizeof topic + 4];
    static const uint8_t payload[64 * 1024];
    size_t size = (size_t)peer->load->options.payload_bytes;
    uint16_t identifier = (uint16_t)(1 + peer->next_id++ % 65000);
    bool acknowledged = peer->load->options.qos > 0;
    uint8_t type = acknowledged ? MQTT_PUBLISH | MQTT_QOS1 : MQTT_PUBLISH;
    size_t used = write_header(head, type, sizeof topic - 1 + 2 + (acknowledged ? 2 : 0) + size);
    used += write_text(head + used, topic);
    if (acknowledged) {
        head[used++] = (uint8_t)(identifier >> 8);
        head[used++] = (uint8_t)identifier;
    }
    load_send(peer, head, used);
    load_send(peer, payload, size);
}

static void take_publication(struct peer *peer, bool acknowledged, const uint8_t *body, size_t length) {
    size_t topic_length = length < 2 ? length : (size_t)(body[0] << 8 | body[1]);
    size_t head = 2 + topic_length + (acknowledged ? 2 : 0);
    if (length < head) {
        load_failed(peer->load, "mqtt", "a short publication");
        return;
    }
    if (acknowledged) {
        uint8_t acknowledgement[4] = {MQTT_PUBACK, 2, body[2 + topic_length], body[3 + topic_length]};
        load_send(peer, acknowledgement, sizeof acknowledgement);
    }
    load_delivered(peer, length - head);
}

static void take_packet(struct peer *peer, uint8_t type, const uint8_t *body, size_t length) {
    if (type == MQTT_CONNACK) {
        if (length != 2 || body[1] != 0)
            load_failed(peer->load, "mqtt", "connection refused");
        else if (!load_greeted(peer))
            return;
        else if (peer->subscriber)
            subscribe(peer);
        else
            load_ready(peer);
    } else if (type == MQTT_SUBACK) {
        load_ready(peer);
    } else if (type == MQTT_PUBACK) {
        load_answered(peer);
    } else if ((type & 0xf0) == MQTT_PUBLISH) {
        take_publication(peer, (type & MQTT_QOS) != 0, body, length);
    } else {
        load_failed(peer->load, "mqtt", "an unexpected packet");
    }
}

/* Length of the packet at the front with its header, 0 when it is not whole yet. */
static size_t whole_packet(const uint8_t *data, size_t length, size_t *header) {
    size_t remaining = 0;
    for (size_t i = 1; i < length && i < MQTT_HEADER_LIMIT; i++) {
        remaining |= (size_t)(data[i] & 0x7f) << (7 * (i - 1));
        if ((data[i] & 0x80) == 0) {
            *header = i + 1;
            return i + 1 + remaining <= length ? i + 1 + remaining : 0;
        }
    }
    return 0;
}

static void take(struct peer *peer, const uint8_t *data, size_t length) {
    if (bytes_append(&peer->in, data, length) != STATUS_OK) {
        load_failed(peer->load, "mqtt", "no memory");
        return;
    }
    unsigned conversation = peer->conversation;
    size_t done = 0, header = 0, whole;
    while (conversation == peer->conversation &&
           (whole = whole_packet(peer->in.data + done, peer->in.length - done, &header)) > 0) {
        const uint8_t *packet = peer->in.data + done;
        take_packet(peer, packet[0], packet + header, whole - header);
        done += whole;
    }
    if (conversation == peer->conversation) bytes_consume(&peer->in, done);
}

const struct tongue tongue_mqtt = {.name = "mqtt", .greet = greet, .take = take, .publish = publish};

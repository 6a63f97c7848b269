/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/servers.h"

#include <stdlib.h>
#include <string.h>

static bool read_port(const char *text, size_t length, int *port) {
    char digits[8] = "";
    if (length == 0 || length >= sizeof digits) return false;
    memcpy(digits, text, length);
    char *rest = NULL;
    long number = strtol(digits, &rest, 10);
    if (digits[0] < '0' || digits[0] > '9' || *rest != '\0' || number < 1 || number > 65535) return false;
    *port = (int)number;
    return true;
}

static const char *last_colon(const char *text, size_t length) {
    return memrchr(text, ':', length);
}

static bool read_one(struct server_address *address, const char *text, size_t length) {
    const char *colon = last_colon(text, length), *end = text + length, *host = text;
    size_t host_length;
    if (length > 0 && text[0] == '[') {
        const char *bracket = memchr(text, ']', length);
        if (bracket == NULL) return false;
        host = text + 1;
        host_length = (size_t)(bracket - host);
        colon = bracket + 1 < end && bracket[1] == ':' ? bracket + 1 : NULL;
    } else {
        if (colon != NULL && memchr(text, ':', length) != colon) colon = NULL; /* a bare IPv6 address */
        host_length = colon == NULL ? length : (size_t)(colon - host);
    }
    if (host_length == 0 || host_length >= sizeof address->host) return false;
    *address = (struct server_address){.port = SERVER_PORT_DEFAULT};
    memcpy(address->host, host, host_length);
    return colon == NULL || read_port(colon + 1, (size_t)(end - colon - 1), &address->port);
}

bool servers_read(struct servers *servers, const char *text) {
    servers->count = 0;
    for (;;) {
        size_t length = strcspn(text, ",");
        if (servers->count == SERVERS_LIMIT || !read_one(&servers->items[servers->count], text, length)) return false;
        servers->count++;
        if (text[length] == '\0') return true;
        text += length + 1;
        while (*text == ' ') text++;
    }
}

size_t servers_next(const struct servers *servers, size_t from, int64_t now_ms) {
    size_t soonest = (from + 1) % servers->count;
    for (size_t i = 1; i <= servers->count; i++) {
        size_t at = (from + i) % servers->count;
        if (servers->items[at].not_before_ms <= now_ms) return at;
        if (servers->items[at].not_before_ms < servers->items[soonest].not_before_ms) soonest = at;
    }
    return soonest;
}

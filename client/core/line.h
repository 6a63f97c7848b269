/* SPDX-License-Identifier: Apache-2.0 */
/* The connection that mends itself: names resolved, addresses tried in turn, TLS, the pin, frames, silence, and after
 * each end a delay that doubles with jitter.
 *
 *   DOWN --timer--> CONNECTING --welcome--> STRANGER --signed in--> UP --lost--> DOWN      any --> REFUSED (for ever)
 */
#ifndef FRONTDESK_CLIENT_CORE_LINE_H
#define FRONTDESK_CLIENT_CORE_LINE_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/core/frontdesk.h"
#include "common/frame.h"
#include "common/stream.h"

struct line_figures {
    int64_t connect_ms; /* until the greeting has come */
    int64_t ping_ms;    /* of silence before asking */
    int64_t dead_ms;    /* of silence before giving up */
    int64_t backoff_ms; /* first delay; doubles, half of it random */
    int64_t backoff_limit_ms;
    int64_t look_ms; /* how often silence is measured */
};

enum { LINE_ASKED_LIMIT_MS = 60 * 60 * 1000 };

extern const struct line_figures line_figures_default;

struct line_stream; /* one connection; outlives its line until libuv lets go */

struct line {
    struct client *client;
    enum client_line state;
    struct line_figures figures;
    struct tls_context *tls;
    struct stream_loop *shared;
    struct line_stream *stream; /* NULL: none */
    uv_getaddrinfo_t lookup;
    uv_timer_t retry, silence;
    struct addrinfo *addresses, *next_address;
    size_t server; /* of the client's, that is tried or answers */
    size_t tried;  /* in vain since the last delay */
    int failures;  /* in a row, since the line was last UP; all servers in vain are one */
    int64_t heard_at_ms, began_at_ms;
    int handles;  /* open ones */
    bool reached; /* the server greeted on this connection or the one before */
    bool looking_up, pinged, greeted, closing, shared_open;
};

MUST_USE enum status line_open(struct line *line, struct client *client, char *why);
/* client_on_line_closed follows, when every handle is gone. */
void line_close(struct line *line);

void line_connect(struct line *line); /* now, without waiting for the timer; nothing when it is already on its way */
/* Ends the connection, if there is one, and comes back after a delay (at least `delay_ms`), to the next server if there
 * are several. */
void line_drop(struct line *line, const char *why, int64_t delay_ms);
void line_refuse(struct line *line, const char *why); /* for ever */
void line_set(struct line *line, enum client_line state, const char *why);
void line_greeted(struct line *line); /* the peer speaks our protocol: the deadline is off */
bool line_connected(const struct line *line);
void line_send(struct line *line, const ProtobufCMessage *frame);
bool line_peer_pin(const struct line *line, uint8_t pin[TLS_PIN_BYTES]);
/* What a server asks to be left alone for, between 0 and LINE_ASKED_LIMIT_MS: none has a reason to send a client away
 * for longer. */
int64_t line_asked_ms(int64_t asked_ms);
/* Delay before attempt number `failures`: between half and the whole of the doubled figure. */
int64_t line_delay_ms(const struct line_figures *figures, int failures);

#endif

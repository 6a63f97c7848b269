/* SPDX-License-Identifier: Apache-2.0 */
/* A line that can be cut: a TCP proxy on the test's own loop, between desks and nodes. It counts the bytes of each
 * connection, cuts after the byte it is told, stands still, or drops everybody. It sees ciphertext only. */
#ifndef FRONTDESK_TESTS_PROXY_H
#define FRONTDESK_TESTS_PROXY_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct proxy;

enum { PROXY_TARGETS = 4 };
enum proxy_way { PROXY_UP, PROXY_DOWN, PROXY_WAYS }; /* to the server, to the desk */

struct proxy *proxy_open(uv_loop_t *loop);
/* Every handle is gone when it returns; it turns the loop. */
void proxy_close(struct proxy *proxy);
int proxy_port(const struct proxy *proxy);

/* New connections go to one of these in turn; none: they are closed at once. */
void proxy_aim(struct proxy *proxy, const int *ports, int count);
/* The next connection ends when so many bytes have passed that way. Only the next one. */
void proxy_cut_next(struct proxy *proxy, enum proxy_way way, int64_t after_bytes);
/* The connections that are there end now, and what was under way in them is lost. */
void proxy_cut(struct proxy *proxy);
/* One of them, by chance. */
void proxy_cut_one(struct proxy *proxy, unsigned chance);
/* Nothing passes, and nobody is told. */
void proxy_pause(struct proxy *proxy, bool paused);
/* Of the newest connection. */
int64_t proxy_passed(const struct proxy *proxy, enum proxy_way way);
int proxy_cuts(const struct proxy *proxy); /* so far */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "server/network/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/check.h"
#include "common/log.h"
#include "server/network/room.h"

enum { BACKLOG = 4096 }; /* a whole estate that comes back at once waits in the kernel */

static void on_connection(uv_stream_t *tcp, int status) {
    struct listener *listener = list_item(tcp, struct listener, tcp);
    if (status != 0) {
        LOG(WARNING, "connection not accepted", LOG_TEXT("why", uv_strerror(status)));
        return;
    }
    listener->waiting = !sessions_take(listener->sessions, tcp);
}

void listener_retry(struct listener *listener) {
    if (listener->waiting) listener->waiting = !sessions_take(listener->sessions, (uv_stream_t *)&listener->tcp);
}

static void on_closed(uv_handle_t *handle) {
    struct listener *listener = list_item(handle, struct listener, tcp);
    struct sessions *sessions = listener->sessions;
    free(listener);
    sessions_part_closed(sessions);
}

void listener_close(struct listener *listener) {
    list_remove(&listener->node);
    uv_close((uv_handle_t *)&listener->tcp, on_closed);
}

static void set_port(struct sockaddr *address, int port) {
    if (address->sa_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)(void *)address)->sin_port = htons((uint16_t)port);
}

static int get_port(const struct listener *listener) {
    struct sockaddr_storage address;
    int length = sizeof address;
    if (uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &length) != 0) return 0;
    if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

/* 0, or libuv's error; the first address that listens settles the port of the others. */
static int listen_on(struct sessions *sessions, struct sockaddr *address, int *port, struct list *opened) {
    struct listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL) return UV_ENOMEM;
    CHECK(uv_tcp_init(sessions->services->loop, &listener->tcp) == 0);
    listener->sessions = sessions;
    list_append(opened, &listener->node);
    sessions->handles++;
    set_port(address, *port);
    int result = uv_tcp_bind(&listener->tcp, address, 0);
    if (result == 0) result = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
    if (result == 0)
        *port = get_port(listener);
    else
        listener_close(listener);
    return result;
}

static void explain(int result, const char *host, int port, char *why) {
    const char *mend = "check host and port under [listen]";
    if (result == UV_EADDRINUSE) mend = "stop what uses the port, or set another one";
    if (result == UV_EACCES) mend = "ports below 1024 need rights: set a higher one";
    if (result == UV_EADDRNOTAVAIL) mend = "this machine has no such address: set one that it has";
    (void)snprintf(why, WHY_BYTES, "cannot listen on %.100s port %d: %s; %s", host, port, uv_strerror(result), mend);
}

/* An address family that this machine does not have is no failure while another one listens. */
static bool is_absent(int result) {
    return result == UV_EAFNOSUPPORT || result == UV_EADDRNOTAVAIL;
}

enum status listeners_open(struct sessions *sessions, const char *host, int *port, char *why) {
    uv_getaddrinfo_t lookup;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    int result = uv_getaddrinfo(sessions->services->loop, &lookup, NULL, host, NULL, &hints);
    if (result != 0) {
        explain(result, host, *port, why);
        return STATUS_INVALID;
    }
    int failure = 0;
    struct list opened;
    list_init(&opened);
    for (struct addrinfo *address = lookup.addrinfo; address != NULL; address = address->ai_next) {
        result = listen_on(sessions, address->ai_addr, port, &opened);
        if (result != 0 && (failure == 0 || !is_absent(result))) failure = result;
    }
    uv_freeaddrinfo(lookup.addrinfo);
    bool listens = failure == 0 || (!list_empty(&opened) && is_absent(failure));
    if (!listens) explain(failure, host, *port, why);
    list_each_safe(node, &opened) {
        struct listener *listener = list_item(node, struct listener, node);
        list_remove(node);
        list_append(&sessions->listeners, node);
        if (!listens) listener_close(listener);
    }
    return listens ? STATUS_OK : STATUS_INVALID;
}

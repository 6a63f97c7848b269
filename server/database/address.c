/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/address.h"

#include <libpq-fe.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"

/* Looks up one host after the other; `host` and `port` walk through their lists. */
struct address_search {
    uv_getaddrinfo_t request;
    uv_loop_t *loop;
    char *hosts, *ports; /* copies, cut at their commas on the way */
    char *host, *port;
    char *next_host, *next_port;
    struct addresses found;
    bool cancelled;
    void (*on_found)(void *owner, enum status, const struct addresses *);
    void *owner;
};

static void advance(struct address_search *search);

static void search_free(struct address_search *search) {
    free(search->hosts);
    free(search->ports);
    bytes_free(&search->found.host);
    bytes_free(&search->found.hostaddr);
    bytes_free(&search->found.port);
    free(search);
}

static bool terminate(struct bytes *list) {
    return bytes_append(list, "", 1) == STATUS_OK;
}

static void end(struct address_search *search, enum status status) {
    struct addresses *found = &search->found;
    if (status == STATUS_OK && !(terminate(&found->host) && terminate(&found->hostaddr) && terminate(&found->port)))
        status = STATUS_UNAVAILABLE;
    if (!search->cancelled) search->on_found(search->owner, status, &search->found);
    search_free(search);
}

/* The entry at *rest, which moves behind its comma; NULL at the end. */
static char *next_entry(char **rest) {
    return *rest != NULL ? strsep(rest, ",") : NULL;
}

static bool append_entry(struct bytes *list, const char *text) {
    if (list->length > 0 || list->data != NULL) {
        if (bytes_append_text(list, ",") != STATUS_OK) return false;
    } else if (bytes_reserve(list, 64) != STATUS_OK) {
        return false;
    }
    return bytes_append_text(list, text) == STATUS_OK;
}

static bool append_address(struct address_search *search, const char *address) {
    return append_entry(&search->found.host, search->host) && append_entry(&search->found.hostaddr, address) &&
           append_entry(&search->found.port, search->port);
}

static void on_address(uv_getaddrinfo_t *request, int status, struct addrinfo *list) {
    struct address_search *search = request->data;
    if (status < 0 && !search->cancelled)
        LOG(WARNING, "database host has no address", LOG_TEXT("host", search->host),
            LOG_TEXT("why", uv_strerror(status)));
    for (struct addrinfo *entry = list; entry != NULL && !search->cancelled; entry = entry->ai_next) {
        char text[INET6_ADDRSTRLEN];
        if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0) continue;
        if (!append_address(search, text)) break;
    }
    uv_freeaddrinfo(list);
    advance(search);
}

/* Moves to the next host, and ends when there is none. */
static void advance(struct address_search *search) {
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    for (;;) {
        search->host = next_entry(&search->next_host);
        if (search->host == NULL || search->cancelled) {
            end(search, search->found.host.length > 0 ? STATUS_OK : STATUS_UNAVAILABLE);
            return;
        }
        /* One port for all hosts, or one for each. */
        char *port = next_entry(&search->next_port);
        if (port != NULL) search->port = port;
        if (search->host[0] != '/' && search->host[0] != '@' && search->host[0] != '\0') break;
        if (!append_address(search, "")) continue;
    }
    search->request.data = search;
    int status = uv_getaddrinfo(search->loop, &search->request, on_address, search->host, NULL, &hints);
    if (status < 0) on_address(&search->request, status, NULL);
}

static const char *option(const PQconninfoOption *options, const char *keyword) {
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0 && options->val != NULL) return options->val;
    return "";
}

static bool needs_search(const PQconninfoOption *options) {
    if (option(options, "hostaddr")[0] != '\0') return false;
    const char *hosts = option(options, "host");
    for (const char *host = hosts; host != NULL && *host != '\0';) {
        if (*host != '/' && *host != '@' && *host != ',') return true;
        host = strchr(host, ',');
        if (host != NULL) host++;
    }
    return false;
}

enum status address_search_begin(struct address_search **search, uv_loop_t *loop, const char *conninfo,
                                 void (*on_found)(void *owner, enum status, const struct addresses *), void *owner) {
    *search = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    if (options == NULL) return STATUS_INVALID;
    if (!needs_search(options)) {
        PQconninfoFree(options);
        struct addresses none = {0};
        on_found(owner, STATUS_OK, &none);
        return STATUS_OK;
    }
    struct address_search *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        PQconninfoFree(options);
        return STATUS_TOO_LARGE;
    }
    made->loop = loop;
    made->on_found = on_found;
    made->owner = owner;
    made->next_host = made->hosts = strdup(option(options, "host"));
    made->next_port = made->ports = strdup(option(options, "port"));
    PQconninfoFree(options);
    if (made->hosts == NULL || made->ports == NULL) {
        free(made->hosts);
        free(made->ports);
        free(made);
        return STATUS_TOO_LARGE;
    }
    made->port = made->ports;
    *search = made;
    advance(made);
    return STATUS_OK;
}

void address_search_cancel(struct address_search *search) {
    if (search == NULL) return;
    search->cancelled = true;
    uv_cancel((uv_req_t *)&search->request); /* a look-up already under way ends when it ends */
}

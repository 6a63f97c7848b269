/* SPDX-License-Identifier: Apache-2.0 */
/* The administrator founds sites and hires clerks, who share the sites out: site i is the place of clerk i modulo their
 * number. A reply can hold the places of some hundred sites, so it takes several clerks to work on a thousand. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/check.h"
#include "common/moment.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/bench/load.h"

enum {
    WINDOW = 16, /* commands under way */
    HASHES = 2,  /* new accounts under way: each costs the server a password's hash */
    AGAIN_US = 10 * 1000,
};

/* In this order: the sites, each clerk's account on the first site of theirs, the places on the others. */
static struct {
    char (*sites)[UUID_TEXT_BYTES];
    int founded, hired; /* asked for; `hired` counts sites */
    int under_way;
    int *site_of; /* [request id]: whose clerk it hires; 0: none, for the first site is always known */
    size_t asked;
} work;

static void found(struct peer *peer) {
    Fd__CreateSiteRequest command = FD__CREATE_SITE_REQUEST__INIT;
    char code[24], name[40];
    (void)snprintf(code, sizeof code, "bench-%d", work.founded);
    (void)snprintf(name, sizeof name, "示范项目 %d", work.founded);
    command.code = code;
    command.name = name;
    uuid_make(work.sites[work.founded], moment_now_ms()); /* the key becomes the site's id */
    frontdesk_ask(peer, "site.create", peer->sites[0], work.sites[work.founded++], &command.base);
    work.under_way++;
}

static void remember(uint64_t request, int site) {
    if (request >= work.asked) {
        size_t more = work.asked == 0 ? 1024 : 2 * work.asked;
        work.site_of = realloc(work.site_of, more * sizeof *work.site_of);
        CHECK(work.site_of != NULL && request < more);
        for (; work.asked < more; work.asked++) work.site_of[work.asked] = 0;
    }
    work.site_of[request] = site;
}

static int site_of(uint64_t request) {
    return request < work.asked ? work.site_of[request] : 0;
}

static void hire(struct peer *peer, int site) {
    const struct load_options *options = &peer->load->options;
    Fd__CreatePersonRequest command = FD__CREATE_PERSON_REQUEST__INIT;
    Fd__Role roles[] = {FD__ROLE__ROLE_DESK_CLERK};
    char login[24], key[UUID_TEXT_BYTES];
    (void)snprintf(login, sizeof login, "bench-%d", site % options->clerks);
    command.login = login;
    command.name = login;
    command.roles = roles;
    command.n_roles = 1;
    command.team = FD__TEAM__TEAM_DESK;
    command.password = (char *)(uintptr_t)options->password;
    uuid_make(key, moment_now_ms());
    frontdesk_ask(peer, "person.create", work.sites[site], key, &command.base);
    remember(peer->next_id, site);
    work.under_way++;
}

/* A phase begins when all of the one before it is answered. */
static void go_on(struct peer *peer) {
    const struct load_options *options = &peer->load->options;
    while (work.founded < options->sites && work.under_way < WINDOW) found(peer);
    if (work.founded < options->sites || (work.hired == 0 && work.under_way > 0)) return;
    while (work.hired < options->clerks && work.under_way < HASHES) hire(peer, work.hired++);
    if (work.hired < options->clerks || (work.hired == options->clerks && work.under_way > 0)) return;
    while (work.hired < options->sites && work.under_way < WINDOW) hire(peer, work.hired++);
    if (work.under_way > 0) return;
    free(work.sites);
    free(work.site_of);
    load_ready(peer);
}

void frontdesk_setup(struct peer *peer) {
    const struct load_options *options = &peer->load->options;
    CHECK(options->sites > 0 && options->clerks <= options->sites);
    work.sites = calloc((size_t)options->sites, sizeof *work.sites);
    CHECK(work.sites != NULL);
    (void)snprintf(work.sites[0], sizeof work.sites[0], "%s", peer->sites[0]);
    work.founded = 1;
    go_on(peer);
}

/* A site that was founded just now is not known to the directory yet: the same again a little later. */
void frontdesk_setup_answered(struct peer *peer, uint64_t request, int status, const char *message) {
    work.under_way--;
    if (status == FD__STATUS__STATUS_NOT_FOUND && site_of(request) > 0) {
        (void)usleep(AGAIN_US);
        hire(peer, site_of(request));
    } else if (status != FD__STATUS__STATUS_OK) {
        load_failed(peer->load, "the set-up was refused", message);
    } else {
        go_on(peer);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "tests/bench/load.h"

enum { PAYLOAD_LIMIT = 64 * 1024 };

static const struct tongue *const tongues[] = {&tongue_frontdesk, &tongue_mqtt, &tongue_nats, &tongue_bare};
static const struct mode *const modes[] = {&mode_setup,   &mode_register, &mode_push,   &mode_idle,
                                           &mode_connect, &mode_storm,    &mode_replay, &mode_work};

#define OPTION(name, needs, letter)                                                                                    \
    { name, needs, NULL, letter }

static const struct option table[] = {
    OPTION("tongue", required_argument, 't'),
    OPTION("port", required_argument, 'p'),
    OPTION("login", required_argument, 'l'),
    OPTION("password", required_argument, 'w'),
    OPTION("new-password", required_argument, 'n'),
    OPTION("clients", required_argument, 'c'),
    OPTION("subscribers", required_argument, 's'),
    OPTION("window", required_argument, 'i'),
    OPTION("publications", required_argument, 'k'),
    OPTION("rate", required_argument, 'r'),
    OPTION("entries", required_argument, 'e'),
    OPTION("payload", required_argument, 'b'),
    OPTION("seconds", required_argument, 'd'),
    OPTION("sites", required_argument, 'S'),
    OPTION("clerks", required_argument, 'C'),
    OPTION("qos", required_argument, 'q'),
    OPTION("greet-only", no_argument, 'g'),
    OPTION("resume", no_argument, 'R'),
    OPTION(NULL, 0, 0),
};

static int number(const char *text) {
    char *end;
    long value = strtol(text, &end, 10);
    CHECK(*end == '\0' && value >= 0 && value < 1000000);
    return (int)value;
}

static const struct tongue *tongue_of(const char *name) {
    for (size_t i = 0; i < sizeof tongues / sizeof tongues[0]; i++)
        if (strcmp(tongues[i]->name, name) == 0) return tongues[i];
    exit(2);
}

static const struct mode *mode_of(const char *name) {
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(modes[i]->name, name) == 0) return modes[i];
    exit(2);
}

/* Of the options with a number, where it goes. */
static int *place_of(struct load_options *options, int option) {
    switch (option) {
    case 'p': return &options->port;
    case 'c': return &options->clients;
    case 's': return &options->subscribers;
    case 'i': return &options->window;
    case 'k': return &options->publications;
    case 'r': return &options->rate;
    case 'e': return &options->entries;
    case 'b': return &options->payload_bytes;
    case 'd': return &options->seconds;
    case 'S': return &options->sites;
    case 'C': return &options->clerks;
    case 'q': return &options->qos;
    default: exit(2);
    }
}

void load_options_read(struct load_options *options, int argc, char **argv) {
    *options = (struct load_options){.tongue = &tongue_frontdesk, .clients = 1, .window = 1, .seconds = 1, .qos = 1};
    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        switch (option) {
        case 't': options->tongue = tongue_of(optarg); break;
        case 'l': options->login = optarg; break;
        case 'w': options->password = optarg; break;
        case 'n': options->new_password = optarg; break;
        case 'g': options->greet_only = true; break;
        case 'R': options->resume = true; break;
        default: *place_of(options, option) = number(optarg);
        }
    }
    if (optind + 1 != argc || options->port == 0 || options->payload_bytes > PAYLOAD_LIMIT) exit(2);
    options->mode = mode_of(argv[optind]);
}

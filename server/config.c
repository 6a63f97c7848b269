/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/check.h"
#include "common/text.h"

#define FIELD(name) offsetof(struct config, name)

static const struct setting table[] = {
    {"listen",   "host",               SETTING_TEXT,     FIELD(listen_host),                   "0.0.0.0",       0,     0,
     "Address to listen on: an IPv4 or IPv6 address of this machine, 0.0.0.0 or :: for all."                                                                                          },
    {"listen",   "port",               SETTING_NUMBER,   FIELD(listen_port),                   "7443",          0,     65535,
     "TCP port. With 0 the system chooses one, written into the file `port` of the state directory."                                                                                  },
    {"state",    "directory",          SETTING_TEXT,     FIELD(state_directory),               "",              0,     0,
     "Where certificate, private PostgreSQL and anchor lie. Empty: /var/lib/frontdesk as root, otherwise "
     "$XDG_STATE_HOME/frontdesk or ~/.local/state/frontdesk."                                                                                                                         },
    {"database", "url",                SETTING_TEXT,     FIELD(database_url),                  "",              0,     0,
     "Connection string or URL of a PostgreSQL that is already there, as the owner of its schema. Empty: a private "
     "one."                                                                                                                                                                           },
    {"database", "run_as",             SETTING_TEXT,     FIELD(database_run_as),               "postgres",      0,     0,
     "System user of the private PostgreSQL when the server runs as root."                                                                                                            },
    {"database", "readers",            SETTING_NUMBER,   FIELD(database_readers),              "4",             1,     64,                    "Connections for reading."              },
    {"database", "writers",            SETTING_NUMBER,   FIELD(database_writers),              "2",             1,     16,
     "Connections for storing; each site keeps to one of them."                                                                                                                       },
    {"database", "batch",              SETTING_NUMBER,   FIELD(database_batch),                "64",            1,     1024,                  "Changes in one commit at most."        },
    {"database", "statement_timeout",  SETTING_DURATION, FIELD(database_statement_timeout_ms), "4s",            100,   600000,
     "A statement that runs longer is given up, a lock is waited for half as long, and a PostgreSQL that says nothing "
     "for a second more is taken for gone: whoever waits is told to try again."                                                                                                       },
    {"database", "durability",         SETTING_TEXT,     FIELD(database_durability),           "on",            0,     0,
     "What a commit waits for (PostgreSQL's synchronous_commit): on, remote_write, remote_apply; off loses "
     "acknowledged records at a crash."                                                                                                                                               },
    {"log",      "level",              SETTING_TEXT,     FIELD(log_level),                     "info",          0,     0,                     "error, warning, notice, info or debug."},
    {"log",      "format",             SETTING_TEXT,     FIELD(log_format),                    "logfmt",        0,     0,                     "logfmt or json."                       },
    {"limits",   "handshake",          SETTING_DURATION, FIELD(handshake_ms),                  "5s",            100,   600000,
     "From connecting until TLS stands and the greeting has come."                                                                                                                    },
    {"limits",   "sign_in",            SETTING_DURATION, FIELD(sign_in_ms),                    "5s",            100,   3600000,               "From the greeting to signing in."      },
    {"limits",   "frame",              SETTING_DURATION, FIELD(frame_ms),                      "10s",           100,   600000,                "For one frame to arrive whole."        },
    {"limits",   "ping",               SETTING_DURATION, FIELD(ping_ms),                       "20s",           100,   3600000,
     "After this much silence the client is asked whether it is there."                                                                                                               },
    {"limits",   "dead",               SETTING_DURATION, FIELD(dead_ms),                       "45s",           100,   3600000,
     "After this much silence it is taken for gone."                                                                                                                                  },
    {"limits",   "stalled",            SETTING_DURATION, FIELD(stalled_ms),                    "10s",           100,   3600000,
     "A client that has taken nothing for so long while something waits is closed; it resumes when it comes back."                                                                    },
    {"limits",   "output",             SETTING_SIZE,     FIELD(output_bytes),                  "256KiB",        65536, 1073741824,
     "A client with more than this waiting is closed."                                                                                                                                },
    {"limits",   "output_mark",        SETTING_SIZE,     FIELD(output_mark_bytes),             "64KiB",         4096,  1073741824,
     "Above this events wait in the journal until the client has caught up."                                                                                                          },
    {"limits",   "requests_in_flight", SETTING_NUMBER,   FIELD(requests_in_flight),            "32",            1,     1024,
     "Requests of one client under way; above it nothing is read from it."                                                                                                            },
    {"limits",   "frames_per_turn",    SETTING_NUMBER,   FIELD(frames_per_turn),               "16",            1,     1024,
     "Frames of one client handled before the others have their turn."                                                                                                                },
    {"limits",   "strangers",          SETTING_NUMBER,   FIELD(strangers),                     "4096",          1,     1000000,
     "Connections that have not signed in."                                                                                                                                           },
    {"limits",   "connections",        SETTING_NUMBER,   FIELD(connections),                   "10000",         1,     1000000,               "Connections at all."                   },
    {"limits",   "drain",              SETTING_DURATION, FIELD(drain_ms),                      "5s",            0,     600000,
     "How long a stop waits for requests under way."                                                                                                                                  },
    {"limits",   "spread",             SETTING_DURATION, FIELD(spread_ms),                     "5s",            0,     600000,
     "Before a stop and by `frontdeskctl drain` many clients are sent away over this time, so that they do not all "
     "come "
     "to the other servers at once."                                                                                                                                                  },
    {"audit",    "anchor",             SETTING_DURATION, FIELD(audit_anchor_ms),               "1min",          100,   86400000,
     "How often the heads of the journals are signed into the file `audit-anchors`, where they moved."                                                                                },
    {"audit",    "anchor_file",        SETTING_SIZE,     FIELD(audit_anchor_bytes),            "64MiB",         4096,  1073741824,
     "A fuller file goes to `audit-anchors.old`, in place of the one before."                                                                                                         },
    {"audit",    "anchor_log",         SETTING_BOOLEAN,  FIELD(audit_anchor_log),              "no",            0,     0,
     "Whether each anchor also goes into the log, for a copy on another machine."                                                                                                     },
    {"session",  "lifetime",           SETTING_DURATION, FIELD(session_lifetime_ms),           "14d",           60000, INT64_C(31536000000),
     "A device stays signed in this long after it was used last."                                                                                                                     },
    {"journal",  "keep",               SETTING_DURATION, FIELD(journal_keep_ms),               "7d",            60000, INT64_C(315360000000),
     "A client that was away no longer than this resumes; after it, it gets a snapshot. Older entries go to the "
     "archive."                                                                                                                                                                       },
    {"timers",   "enabled",            SETTING_BOOLEAN,  FIELD(timers_enabled),                "true",          0,     0,
     "Whether this server fires deadlines. With false another server on the same database must."                                                                                      },
    {"node",     "name",               SETTING_TEXT,     FIELD(node_name),                     "",              0,     0,
     "What this server calls itself beside others on one database. Empty: the host name."                                                                                             },
    {"site",     "code",               SETTING_TEXT,     FIELD(site_code),                     "main",          0,     0,
     "Short name of the first site, made at the first start."                                                                                                                         },
    {"site",     "name",               SETTING_TEXT,     FIELD(site_name),                     "示范项目",  0,     0,                     "Its name for people."                  },
    {"site",     "time_zone",          SETTING_TEXT,     FIELD(site_time_zone),                "Asia/Shanghai", 0,     0,                     "Its time zone (IANA name)."            },
};
enum { SETTINGS = sizeof(table) / sizeof(table[0]) };

static const struct {
    const char *name;
    enum log_level level;
} levels[] = {
    {"error",   LOG_ERROR  },
    {"warning", LOG_WARNING},
    {"notice",  LOG_NOTICE },
    {"info",    LOG_INFO   },
    {"debug",   LOG_DEBUG  },
};

void config_set(char **setting, const char *value) {
    char *copy = strdup(value);
    CHECK(copy != NULL);
    free(*setting);
    *setting = copy;
}

static void default_node(struct config *config) {
    char name[HOST_NAME_MAX + 1] = "";
    if (!text_empty(config->node_name)) return;
    if (gethostname(name, sizeof(name) - 1) != 0 || name[0] == '\0') memcpy(name, "frontdesk", sizeof("frontdesk"));
    config_set(&config->node_name, name);
}

static void default_state(struct config *config) {
    char path[PATH_MAX];
    const char *base = getenv("XDG_STATE_HOME"), *below = "/frontdesk";
    if (!text_empty(config->state_directory)) return;
    if (geteuid() == 0) {
        config_set(&config->state_directory, "/var/lib/frontdesk");
        return;
    }
    if (text_empty(base) || base[0] != '/') {
        const struct passwd *user = getpwuid(geteuid());
        base = getenv("HOME");
        if (text_empty(base)) base = user != NULL ? user->pw_dir : "";
        below = "/.local/state/frontdesk";
    }
    int length = snprintf(path, sizeof(path), "%s%s", base, below);
    if (length > 0 && (size_t)length < sizeof(path)) config_set(&config->state_directory, path);
}

enum status config_load(struct config *config, const char *path, struct setting_error *error) {
    memset(config, 0, sizeof(*config));
    return settings_load(table, SETTINGS, path, config, error);
}

static void make_absolute(struct config *config) {
    char here[PATH_MAX], path[PATH_MAX];
    if (config->state_directory[0] == '/' || getcwd(here, sizeof(here)) == NULL) return;
    int length = snprintf(path, sizeof(path), "%s/%s", here, config->state_directory);
    if (length > 0 && (size_t)length < sizeof(path)) config_set(&config->state_directory, path);
}

static enum status fault(char *why, const char *format, const char *value) {
    (void)snprintf(why, WHY_BYTES, format, value); /* the beginning says what is wrong */
    return STATUS_INVALID;
}

static bool is_durability(const char *word) {
    static const char *const words[] = {"on", "remote_write", "remote_apply", "off"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], word) == 0) return true;
    return false;
}

enum status config_check(struct config *config, char *why) {
    default_node(config);
    default_state(config);
    make_absolute(config);
    bool known = false;
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        known = known || strcmp(levels[i].name, config->log_level) == 0;
    if (!known) return fault(why, "log.level is %s: error, warning, notice, info or debug", config->log_level);
    if (!is_durability(config->database_durability))
        return fault(why, "database.durability is %s: on, remote_write, remote_apply or off",
                     config->database_durability);
    if (strcmp(config->log_format, "logfmt") != 0 && strcmp(config->log_format, "json") != 0)
        return fault(why, "log.format is %s: logfmt or json", config->log_format);
    if (config->state_directory[0] != '/')
        return fault(why, "state.directory is %s: write a whole path, beginning with /", config->state_directory);
    if (config->output_mark_bytes >= config->output_bytes)
        return fault(why, "limits.output_mark is not below limits.output%s", "");
    if (config->ping_ms >= config->dead_ms) return fault(why, "limits.ping is not below limits.dead%s", "");
    return STATUS_OK;
}

void config_free(struct config *config) {
    settings_free(table, SETTINGS, config);
}

void config_print(FILE *out) {
    settings_print(table, SETTINGS, out);
}

bool config_set_listen(struct config *config, const char *address) {
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon[1] == '\0') return false;
    char *end;
    errno = 0;
    long port = strtol(colon + 1, &end, 10);
    if (errno != 0 || *end != '\0' || port < 0 || port > 65535) return false;
    size_t length = (size_t)(colon - address);
    if (length >= 2 && address[0] == '[' && colon[-1] == ']') {
        address++;
        length -= 2;
    } else if (memchr(address, ':', length) != NULL) {
        return false; /* which colon is the port's would be a guess */
    }
    config->listen_port = port;
    if (length == 0) return true;
    char *host = strndup(address, length);
    CHECK(host != NULL);
    free(config->listen_host);
    config->listen_host = host;
    return true;
}

enum log_level config_log_level(const struct config *config) {
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strcmp(levels[i].name, config->log_level) == 0) return levels[i].level;
    return LOG_INFO;
}

struct session_limits config_limits(const struct config *config) {
    return (struct session_limits){
        .handshake_ms = config->handshake_ms,
        .sign_in_ms = config->sign_in_ms,
        .frame_ms = config->frame_ms,
        .ping_ms = config->ping_ms,
        .dead_ms = config->dead_ms,
        .stalled_ms = config->stalled_ms,
        .output_bytes = config->output_bytes,
        .output_mark_bytes = config->output_mark_bytes,
        .spread_ms = config->spread_ms,
        .requests_in_flight = (int)config->requests_in_flight,
        .frames_per_turn = (int)config->frames_per_turn,
        .strangers = (int)config->strangers,
        .connections = (int)config->connections,
    };
}

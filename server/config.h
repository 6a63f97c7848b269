/* SPDX-License-Identifier: Apache-2.0 */
/* The server's settings, all in one table. */
#ifndef FRONTDESK_SERVER_CONFIG_H
#define FRONTDESK_SERVER_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "common/log.h"
#include "common/settings.h"
#include "server/network/session.h"

struct config {
    char *listen_host;
    int64_t listen_port;
    char *state_directory;
    char *database_url; /* empty: a private cluster */
    char *database_run_as;
    int64_t database_readers, database_writers, database_batch, database_statement_timeout_ms;
    char *database_durability;
    char *log_level, *log_format;
    int64_t handshake_ms, sign_in_ms, frame_ms, ping_ms, dead_ms, stalled_ms;
    int64_t output_bytes, output_mark_bytes;
    int64_t requests_in_flight, frames_per_turn, strangers, connections;
    int64_t drain_ms, spread_ms;
    int64_t audit_anchor_ms, audit_anchor_bytes;
    bool audit_anchor_log;
    int64_t session_lifetime_ms;
    int64_t journal_keep_ms;
    bool timers_enabled;
    char *node_name;
    char *site_code, *site_name, *site_time_zone;
};

/* INVALID with the first fault told. */
MUST_USE enum status config_load(struct config *config, const char *path, struct setting_error *error);
/* What the options changed is looked at with everything else. INVALID: `why` (WHY_BYTES) names the setting. */
MUST_USE enum status config_check(struct config *config, char *why);
void config_free(struct config *config);
void config_print(FILE *out);

/* Puts a copy in place of a text setting. */
void config_set(char **setting, const char *value);
/* "host:port", "[::1]:port" or ":port". False: not of that form. */
bool config_set_listen(struct config *config, const char *address);

enum log_level config_log_level(const struct config *config);
struct session_limits config_limits(const struct config *config);

#endif

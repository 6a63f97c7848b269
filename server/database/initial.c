/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/initial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"

static const char settings[] =
    "# Written by frontdeskd at every start. Your own settings: ALTER SYSTEM SET ... (they win over these).\n"
    "max_connections = 50\n"
    "shared_buffers = '128MB'\n"
    "wal_compression = on\n"
    "jit = off\n"
    "max_wal_size = '1GB'\n"
    "checkpoint_completion_target = 0.9\n"
    "random_page_cost = 1.1\n"
    "idle_in_transaction_session_timeout = '60s'\n"
    "log_min_messages = warning\n"
    "log_min_error_statement = panic\n" /* a statement's parameters may be anybody's name */
    "log_line_prefix = '%m [%p] %a '\n"
    "log_timezone = 'UTC'\n"
    "timezone = 'UTC'\n"
    "datestyle = 'iso, ymd'\n"
    "lc_messages = 'C'\n"
    "lc_monetary = 'C.UTF-8'\n"
    "lc_numeric = 'C.UTF-8'\n"
    "lc_time = 'C.UTF-8'\n"
    "default_text_search_config = 'pg_catalog.simple'\n";

static const char access_rules[] = "# Written by frontdeskd at every start: the socket only, by the kernel's word.\n"
                                   "local all all peer map=frontdesk\n"
                                   "local replication all peer map=frontdesk\n";

static enum status write_file(const struct place *place, const char *name, const char *text, char *why) {
    char path[PATH_MAX];
    enum status status = place_path(path, place->data, name, why);
    if (status != STATUS_OK) return status;
    if (child_write(&place->user, path, text)) return STATUS_OK;
    return explain(why, STATUS_UNAVAILABLE, "cannot write %s as %s: is the disk full?", path, place->user.name);
}

enum status initial_configuration(const struct place *place, char *why) {
    char users[512];
    /* Whoever runs the server and whoever runs PostgreSQL, as owner of the data and as PostgreSQL's administrator. */
    const char *ours = place->owner, *its = place->user.name;
    int length = snprintf(users, sizeof(users),
                          "# Written by frontdeskd at every start.\n"
                          "frontdesk \"%s\" frontdesk_owner\nfrontdesk \"%s\" postgres\n"
                          "frontdesk \"%s\" frontdesk_owner\nfrontdesk \"%s\" postgres\n",
                          ours, ours, its, its);
    if (length < 0 || (size_t)length >= sizeof(users))
        return explain(why, STATUS_INVALID, "the user's name is too long");
    enum status status = write_file(place, "postgresql.conf", settings, why);
    if (status == STATUS_OK) status = write_file(place, "pg_hba.conf", access_rules, why);
    if (status == STATUS_OK) status = write_file(place, "pg_ident.conf", users, why);
    return status;
}

static void remove_tree(const struct place *place, const char *path) {
    char output[64];
    const char *const arguments[] = {"/bin/rm", "-rf", "--", path, NULL};
    (void)child_run(arguments, &place->user, output, sizeof(output));
}

static enum status make_cluster(const struct place *place, char *why) {
    char program[PATH_MAX], draft[PATH_MAX], output[300];
    enum status status = place_path(program, place->programs, "initdb", why);
    if (status == STATUS_OK) status = place_path(draft, place->root, "data.new", why);
    if (status != STATUS_OK) return status;
    const char *const arguments[] = {
        program,    "-D",      draft,    "--username", "postgres",         "--encoding",        "UTF8",
        "--locale", "C.UTF-8", "--auth", "peer",       "--data-checksums", "--no-instructions", NULL};
    LOG(NOTICE, "making the database cluster", LOG_TEXT("directory", place->data));
    remove_tree(place, draft);
    if (child_run(arguments, &place->user, output, sizeof(output)) != 0) {
        remove_tree(place, draft);
        return explain(why, STATUS_UNAVAILABLE, "initdb could not make a cluster in %s: %s", place->data, output);
    }
    if (rename(draft, place->data) == 0) return STATUS_OK;
    return explain(why, STATUS_UNAVAILABLE, "cannot rename %s: %s", draft, strerror(errno));
}

enum status initial_cluster(const struct place *place, char *why) {
    char version[PATH_MAX];
    struct stat found;
    enum status status = place_path(version, place->data, "PG_VERSION", why);
    if (status != STATUS_OK) return status;
    if (stat(version, &found) == 0) return STATUS_OK;
    if (lstat(place->data, &found) == 0)
        return explain(why, STATUS_INVALID, "%s is there but holds no cluster (no PG_VERSION): move it away",
                       place->data);
    return make_cluster(place, why);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/place.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char debian_versions[] = "/usr/lib/postgresql";

enum status explain(char *why, enum status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, WHY_BYTES, format, arguments); /* a sentence cut short is still of use */
    va_end(arguments);
    return status;
}

enum status place_path(char path[PATH_MAX], const char *directory, const char *name, char *why) {
    int length = snprintf(path, PATH_MAX, "%s/%s", directory, name);
    if (length > 0 && length < PATH_MAX) return STATUS_OK;
    return explain(why, STATUS_INVALID, "the path %s is too long: choose a shorter state directory", directory);
}

/* ---- who ---- */

static enum status find_user(struct place *place, const char *run_as, char *why) {
    const struct passwd *self = getpwuid(geteuid());
    if (self == NULL || strlen(self->pw_name) >= sizeof(place->owner))
        return explain(why, STATUS_INVALID, "user id %u has no name: peer authentication needs one in /etc/passwd",
                       (unsigned)geteuid());
    (void)snprintf(place->owner, sizeof(place->owner), "%s", self->pw_name);
    place->user = (struct child_user){.uid = geteuid(), .gid = getegid()};
    (void)snprintf(place->user.name, sizeof(place->user.name), "%s", place->owner);
    if (geteuid() != 0) return STATUS_OK;
    if (run_as == NULL) run_as = "postgres";
    const struct passwd *found = getpwnam(run_as);
    if (found == NULL || strlen(found->pw_name) >= sizeof(place->user.name))
        return explain(why, STATUS_INVALID,
                       "PostgreSQL refuses to run as root, and there is no user \"%s\" to run it as: install "
                       "PostgreSQL with `apt-get install postgresql`, or `useradd --system %s`",
                       run_as, run_as);
    if (found->pw_uid == 0)
        return explain(why, STATUS_INVALID, "PostgreSQL refuses to run as root: name another user than \"%s\"", run_as);
    place->user.change = true;
    place->user.uid = found->pw_uid;
    place->user.gid = found->pw_gid;
    (void)snprintf(place->user.name, sizeof(place->user.name), "%s", found->pw_name);
    return STATUS_OK;
}

/* ---- where ---- */

static enum status make_directory(const char *path, mode_t mode, char *why) {
    if (mkdir(path, mode) == 0) {
        /* Whatever the umask says. */
        if (chmod(path, mode) == 0) return STATUS_OK;
    } else if (errno == EEXIST) {
        struct stat found;
        if (stat(path, &found) == 0 && S_ISDIR(found.st_mode)) return STATUS_OK;
        errno = ENOTDIR;
    }
    return explain(why, STATUS_UNAVAILABLE, "cannot make the directory %s: %s", path, strerror(errno));
}

static enum status make_state_directory(struct place *place, const char *wanted, char *why) {
    char path[PATH_MAX];
    if (wanted[0] == '\0' || strlen(wanted) >= sizeof(path))
        return explain(why, STATUS_INVALID, "the state directory has no usable name");
    (void)snprintf(path, sizeof(path), "%s", wanted);
    enum status status = STATUS_OK;
    for (char *slash = strchr(path + 1, '/'); slash != NULL && status == STATUS_OK; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        status = make_directory(path, 0755, why);
        *slash = '/';
    }
    /* 0711: PostgreSQL's user passes through, and sees nothing else of it. */
    if (status == STATUS_OK) status = make_directory(path, place->user.change ? 0711 : 0700, why);
    if (status != STATUS_OK) return status;
    if (realpath(path, place->state) == NULL)
        return explain(why, STATUS_UNAVAILABLE, "cannot read the path %s: %s", path, strerror(errno));
    return STATUS_OK;
}

/* Makes or takes a directory that belongs to PostgreSQL's user alone. What somebody else owns is refused: in /tmp
 * anybody could have made it before us. */
static enum status own_directory(const struct place *place, const char *path, char *why) {
    struct stat found;
    if (mkdir(path, 0700) == 0) {
        if (place->user.change && chown(path, place->user.uid, place->user.gid) != 0)
            return explain(why, STATUS_UNAVAILABLE, "cannot give %s to %s: %s", path, place->user.name,
                           strerror(errno));
    } else if (errno != EEXIST) {
        return explain(why, STATUS_UNAVAILABLE, "cannot make the directory %s: %s", path, strerror(errno));
    }
    if (lstat(path, &found) != 0 || !S_ISDIR(found.st_mode))
        return explain(why, STATUS_INVALID, "%s is not a directory: move it away", path);
    if (found.st_uid != place->user.uid)
        return explain(why, STATUS_INVALID, "%s does not belong to %s: `chown -R %s %s`, or choose another directory",
                       path, place->user.name, place->user.name, path);
    if ((found.st_mode & 077) != 0 && chmod(path, 0700) != 0)
        return explain(why, STATUS_UNAVAILABLE, "cannot close %s to others: `chmod 700 %s`", path, path);
    return STATUS_OK;
}

static enum status open_to_user(const struct place *place, char *why) {
    if (!place->user.change || child_can_enter(&place->user, place->state)) return STATUS_OK;
    struct stat found;
    if (stat(place->state, &found) == 0 && found.st_uid == geteuid() &&
        chmod(place->state, (found.st_mode & 07777) | 0111) == 0 && child_can_enter(&place->user, place->state))
        return STATUS_OK;
    return explain(why, STATUS_INVALID,
                   "user %s cannot enter %s: choose a state directory like /var/lib/frontdesk, or `chmod o+x` each "
                   "directory above it",
                   place->user.name, place->state);
}

/* FNV-1a of the path: the same short name at every start. */
static uint64_t hash_path(const char *path) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *path != '\0'; path++) hash = (hash ^ (unsigned char)*path) * UINT64_C(1099511628211);
    return hash;
}

static enum status find_socket(struct place *place, char *why) {
    struct sockaddr_un limit;
    enum status status = place_path(place->socket, place->root, "run", why);
    if (status != STATUS_OK) return status;
    char path[PATH_MAX + 32];
    int length = snprintf(path, sizeof(path), "%s/.s.PGSQL.%d", place->socket, PLACE_PORT);
    /* Too long for the kernel, or with a comma, which libpq takes for the end of a host. */
    if (length < 0 || (size_t)length >= sizeof(limit.sun_path) || strchr(place->socket, ',') != NULL) {
        const char *base = place->user.change ? "/run" : "/tmp";
        (void)snprintf(place->socket, sizeof(place->socket), "%s/frontdesk-%016llx", base,
                       (unsigned long long)hash_path(place->state));
    }
    return own_directory(place, place->socket, why);
}

/* ---- which PostgreSQL ---- */

static bool has_programs(const char *directory) {
    static const char *const programs[] = {"postgres", "initdb"};
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        char path[PATH_MAX];
        int length = snprintf(path, sizeof(path), "%s/%s", directory, programs[i]);
        if (length < 0 || length >= PATH_MAX || access(path, X_OK) != 0) return false;
    }
    return true;
}

/* The major version of the cluster on disk, "" when there is none yet. */
static void data_version(const struct place *place, char version[16]) {
    char path[PATH_MAX + 16];
    version[0] = '\0';
    (void)snprintf(path, sizeof(path), "%s/PG_VERSION", place->data);
    FILE *file = fopen(path, "re");
    if (file == NULL) return;
    if (fgets(version, 16, file) == NULL) version[0] = '\0';
    version[strcspn(version, "\n")] = '\0';
    (void)fclose(file);
}

static bool use_debian(struct place *place, const char *version) {
    int length = snprintf(place->programs, sizeof(place->programs), "%s/%s/bin", debian_versions, version);
    return length > 0 && length < PATH_MAX && has_programs(place->programs);
}

static bool use_highest_debian(struct place *place) {
    long best = 0;
    DIR *versions = opendir(debian_versions);
    if (versions == NULL) return false;
    for (struct dirent *entry; (entry = readdir(versions)) != NULL;) {
        char *end;
        long number = strtol(entry->d_name, &end, 10);
        if (*end == '\0' && number > best && use_debian(place, entry->d_name)) best = number;
    }
    (void)closedir(versions);
    char version[24];
    (void)snprintf(version, sizeof(version), "%ld", best);
    return best > 0 && use_debian(place, version);
}

static bool use_configured(struct place *place) {
    const char *const arguments[] = {"/usr/bin/pg_config", "--bindir", NULL};
    const struct child_user self = {0};
    if (child_run(arguments, &self, place->programs, sizeof(place->programs)) != 0) return false;
    return has_programs(place->programs);
}

/* "postgres (PostgreSQL) 15.4 (Debian …)": its major version. */
static long program_version(const struct place *place) {
    char program[PATH_MAX + 16], output[256];
    const struct child_user self = {0};
    (void)snprintf(program, sizeof(program), "%s/postgres", place->programs);
    const char *const arguments[] = {program, "--version", NULL};
    if (child_run(arguments, &self, output, sizeof(output)) != 0) return 0;
    const char *number = strstr(output, ") ");
    return number != NULL ? strtol(number + 2, NULL, 10) : 0;
}

static enum status find_programs(struct place *place, char *why) {
    char version[16];
    data_version(place, version);
    /* A cluster wants its own version, also when a newer one is installed beside it. */
    if (version[0] != '\0' && use_debian(place, version)) return STATUS_OK;
    if (!use_configured(place) && !use_highest_debian(place))
        return explain(why, STATUS_INVALID,
                       "no PostgreSQL server found: `apt-get install postgresql`, or give a database with --database");
    long found = program_version(place);
    if (version[0] == '\0' || strtol(version, NULL, 10) == found) return STATUS_OK;
    return explain(why, STATUS_INVALID,
                   "the cluster in %.200s is of PostgreSQL %s, but %ld is installed: `apt-get install postgresql-%s`, "
                   "or move it to %ld with pg_upgrade",
                   place->data, version, found, version, found);
}

enum status place_find(struct place *place, const char *state_directory, const char *run_as, char *why) {
    memset(place, 0, sizeof(*place));
    enum status status = find_user(place, run_as, why);
    if (status == STATUS_OK) status = make_state_directory(place, state_directory, why);
    if (status == STATUS_OK) status = open_to_user(place, why);
    if (status == STATUS_OK) status = place_path(place->root, place->state, "postgres", why);
    if (status == STATUS_OK) status = own_directory(place, place->root, why);
    if (status == STATUS_OK) status = place_path(place->data, place->root, "data", why);
    if (status == STATUS_OK) status = place_path(place->log, place->state, "postgres.log", why);
    if (status == STATUS_OK) status = find_socket(place, why);
    if (status == STATUS_OK) status = find_programs(place, why);
    return status;
}

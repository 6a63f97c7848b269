/* SPDX-License-Identifier: Apache-2.0 */
#include "server/prepare.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/text.h"
#include "server/accounts/bootstrap.h"
#include "server/database/schema.h"

__attribute__((format(printf, 2, 3))) static enum status fail(char *why, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, WHY_BYTES, format, arguments); /* the beginning says what is wrong */
    va_end(arguments);
    return STATUS_UNAVAILABLE;
}

static enum status path_in(char path[PATH_MAX], const char *directory, const char *name, char *why) {
    int length = snprintf(path, PATH_MAX, "%s/%s", directory, name);
    if (length > 0 && length < PATH_MAX) return STATUS_OK;
    return fail(why, "the path %s is too long: choose a shorter state directory", directory);
}

/* With the ones above it, which everybody may pass: PostgreSQL is another user. */
static enum status make_directory(const char *path, mode_t mode, char *why) {
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof(part)) return fail(why, "the path %s is too long", path);
    memcpy(part, path, length + 1);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST) break;
        *slash = '/';
    }
    struct stat found;
    if (mkdir(path, mode) != 0 && (errno != EEXIST || stat(path, &found) != 0 || !S_ISDIR(found.st_mode)))
        return fail(why, "cannot make the directory %s: %s; name another with --state-directory", path,
                    strerror(errno));
    return STATUS_OK;
}

enum status prepare_write_line(const char *path, const char *line, char *why) {
    char beside[PATH_MAX];
    int length = snprintf(beside, sizeof(beside), "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof(beside)) return fail(why, "the path %s is too long", path);
    FILE *file = fopen(beside, "we");
    if (file == NULL) return fail(why, "cannot write %s: %s", beside, strerror(errno));
    bool written = fprintf(file, "%s\n", line) > 0;
    written = fclose(file) == 0 && written;
    if (written && rename(beside, path) == 0) return STATUS_OK;
    return fail(why, "cannot write %s: %s", path, strerror(errno));
}

static enum status open_tls(struct ground *ground, const struct config *config, char *why) {
    char directory[PATH_MAX], certificate[PATH_MAX], key[PATH_MAX];
    enum status status = path_in(directory, config->state_directory, "tls", why);
    if (status == STATUS_OK) status = make_directory(directory, 0700, why);
    if (status == STATUS_OK) status = path_in(certificate, directory, "certificate.pem", why);
    if (status == STATUS_OK) status = path_in(key, directory, "key.pem", why);
    if (status == STATUS_OK && access(certificate, F_OK) != 0)
        status = tls_make_certificate(certificate, key, config->node_name, why);
    if (status == STATUS_OK) status = tls_context_server(&ground->tls, certificate, key, why);
    return status;
}

static enum status open_audit(struct ground *ground, const struct config *config, char *why) {
    char directory[PATH_MAX], key[PATH_MAX];
    enum status status = path_in(directory, config->state_directory, "audit", why);
    if (status == STATUS_OK) status = make_directory(directory, 0700, why);
    if (status == STATUS_OK) status = path_in(key, directory, "key", why);
    if (status == STATUS_OK) status = audit_key_open(&ground->audit_key, key, true, why);
    if (status == STATUS_OK) status = path_in(ground->audit_anchors, config->state_directory, "audit-anchors", why);
    return status;
}

/* Where the private cluster is found, for psql and backups; it holds no secret. */
static enum status note_database(const struct ground *ground, const struct config *config, char *why) {
    char path[PATH_MAX];
    enum status status = path_in(path, config->state_directory, "database", why);
    return status == STATUS_OK ? prepare_write_line(path, ground->conninfo, why) : status;
}

static enum status open_database(struct ground *ground, const struct config *config, char *why) {
    ground->conninfo = config->database_url;
    if (!text_empty(config->database_url)) return STATUS_OK;
    enum status status = embedded_start(&ground->embedded, config->state_directory, config->database_run_as, why);
    if (status != STATUS_OK) return status;
    ground->conninfo = embedded_conninfo(ground->embedded);
    return note_database(ground, config, why);
}

static void print_pin(const struct tls_context *tls) {
    uint8_t pin[TLS_PIN_BYTES];
    if (!tls_context_pin(tls, pin)) return;
    printf("certificate pin: ");
    for (size_t i = 0; i < sizeof(pin); i++) printf("%02x", pin[i]);
    putchar('\n');
}

/* Printed once: the password is stored nowhere else. */
static void print_sign_in(const struct ground *ground, const struct config *config,
                          const struct bootstrap_result *made) {
    printf("The first start has made the site \"%s\" and its administrator.\n"
           "login: %s\n"
           "password: %s\n",
           made->site_code, made->login, made->password);
    print_pin(ground->tls);
    printf("Sign in as below and choose a password of your own; this one is not shown again.\n");
    if (config->listen_port > 0)
        printf("    frontdesk --server 127.0.0.1:%" PRId64 " login %s\n", config->listen_port, made->login);
    else
        printf("    frontdesk --server 127.0.0.1:PORT login %s\n", made->login);
    fflush(stdout);
}

static enum status first_site(const struct ground *ground, const struct config *config,
                              const struct arguments *arguments, char *why) {
    struct bootstrap_request request = {
        .site_code = config->site_code,
        .site_name = config->site_name,
        .time_zone = config->site_time_zone,
        .login = arguments->first_administrator,
        .person_name = "系统管理员",
    };
    struct bootstrap_result made;
    enum status status = bootstrap(ground->conninfo, &request, &made, why);
    if (status == STATUS_OK && made.created) print_sign_in(ground, config, &made);
    explicit_bzero(&made, sizeof(made));
    return status;
}

enum status prepare(struct ground *ground, const struct config *config, const struct arguments *arguments, char *why) {
    memset(ground, 0, sizeof(*ground));
    enum status status = make_directory(config->state_directory, 0755, why);
    if (status == STATUS_OK) status = path_in(ground->anchor, config->state_directory, "anchor", why);
    if (status == STATUS_OK) status = path_in(ground->port, config->state_directory, "port", why);
    if (status == STATUS_OK) (void)unlink(ground->port); /* of the last run: whoever waits for it waits for this one */
    if (status == STATUS_OK) status = path_in(ground->control, config->state_directory, "control", why);
    if (status == STATUS_OK) status = open_tls(ground, config, why);
    if (status == STATUS_OK) status = open_audit(ground, config, why);
    if (status == STATUS_OK) status = open_database(ground, config, why);
    if (status == STATUS_OK) status = schema_migrate(ground->conninfo, why);
    if (status == STATUS_OK) status = first_site(ground, config, arguments, why);
    if (status != STATUS_OK) prepare_undo(ground);
    return status;
}

void prepare_undo(struct ground *ground) {
    tls_context_free(ground->tls);
    if (ground->embedded != NULL) embedded_stop(ground->embedded);
    audit_key_forget(&ground->audit_key);
    memset(ground, 0, sizeof(*ground));
}

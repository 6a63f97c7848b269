/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/bootstrap.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/message.h"
#include "common/text.h"
#include "common/uuid.h"
#include "common/zone.h"
#include "server/accounts/password.h"
#include "server/chain/seal.h"
#include "server/sql/queries.h"

enum { ARENA_BYTES = 1024 * 1024, PASSWORD_SIGNS = 16 };

static const char advisory_lock[] = "select pg_advisory_xact_lock(hashtext('frontdesk bootstrap'))";

struct work {
    PGconn *connection;
    struct arena arena;
    const struct bootstrap_request *request;
    struct bootstrap_result *result;
    char site_id[UUID_TEXT_BYTES], person_id[UUID_TEXT_BYTES], hash[PASSWORD_HASH_BYTES];
    int64_t now_ms;
    char *why;
};

static enum status tell(struct work *work, enum status status, const char *what) {
    snprintf(work->why, WHY_BYTES, "first start: %s: %.300s", what, PQerrorMessage(work->connection));
    return status;
}

static enum status failed(struct work *work, const char *what) {
    return tell(work, PQstatus(work->connection) == CONNECTION_OK ? STATUS_INTERNAL : STATUS_UNAVAILABLE, what);
}

/* Any statement without parameters. */
static enum status run(struct work *work, const char *text) {
    PGresult *result = PQexec(work->connection, text);
    ExecStatusType outcome = PQresultStatus(result);
    PQclear(result);
    return outcome == PGRES_COMMAND_OK || outcome == PGRES_TUPLES_OK ? STATUS_OK : failed(work, "the database refused");
}

/* For row-level security: the site the next statements work for, or '*' for a look at all. */
static enum status see(struct work *work, const char *site_id) {
    const char *values[] = {site_id};
    PGresult *result =
        PQexecParams(work->connection, "select set_config('frontdesk.site', $1, true)", 1, NULL, values, NULL, NULL, 0);
    ExecStatusType outcome = PQresultStatus(result);
    PQclear(result);
    return outcome == PGRES_TUPLES_OK ? STATUS_OK : failed(work, "the site could not be chosen");
}

/* Whether there is a site, and the database's clock. */
static enum status look(struct work *work, bool *any) {
    PGresult *result = PQexec(work->connection, "select (extract(epoch from clock_timestamp()) * 1000)::bigint, "
                                                "exists (select from site)");
    bool ok = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    if (ok) {
        work->now_ms = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
        *any = PQgetvalue(result, 0, 1)[0] == 't';
    }
    PQclear(result);
    return ok ? STATUS_OK : failed(work, "the sites could not be read");
}

/* A storing statement must give its row: nothing is there that it could collide with. */
static enum status store(struct work *work, const struct query *query, const ProtobufCMessage *record,
                         const Fd__Change *change) {
    struct statement statement = {
        .query = query, .sources = {record, &change->base}
    };
    struct parameters parameters;
    struct parameters_plan plan = {0};
    enum status status = parameters_bind(&plan, &work->arena, &statement, &parameters);
    parameters_plan_free(&plan);
    if (status != STATUS_OK) return status;
    PGresult *result = PQexecParams(work->connection, query->text, parameters.count, NULL, parameters.values,
                                    parameters.lengths, parameters.formats, 1);
    bool stored = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    PQclear(result);
    return stored ? STATUS_OK : failed(work, query->name);
}

static enum status seal(struct work *work, const char *record_type, const char *kind, ProtobufCMessage *record,
                        Fd__Change *change) {
    struct decision decision = {.record = record, .kind = kind};
    struct change_of of = {.record_type = record_type, .at_ms = work->now_ms};
    ProtobufCMessage *masked;
    return change_seal(&work->arena, &decision, &of, change, &masked);
}

/* Both keys are the records' own ids: nobody else will ever send them. */
static enum status create_site(struct work *work) {
    static const ProtobufCBinaryData nobody = {0};
    Fd__Site site = FD__SITE__INIT;
    Fd__Change change = FD__CHANGE__INIT;
    site.id = site.site_id = change.key = work->site_id;
    site.version = 1;
    site.code = arena_string(&work->arena, work->request->site_code);
    site.name = arena_string(&work->arena, work->request->site_name);
    site.time_zone = arena_string(&work->arena, work->request->time_zone);
    change.request_digest = nobody;
    enum status status = seal(work, "site", "site.created", &site.base, &change);
    return status == STATUS_OK ? store(work, &sql_site_create, &site.base, &change) : status;
}

static enum status create_person(struct work *work) {
    Fd__Role roles[] = {FD__ROLE__ROLE_ADMINISTRATOR, FD__ROLE__ROLE_HQ_ADMIN};
    Fd__Person person = FD__PERSON__INIT;
    Fd__Change change = FD__CHANGE__INIT;
    person.id = change.key = work->person_id;
    person.site_id = work->site_id;
    person.version = 1;
    person.login = arena_string(&work->arena, work->request->login);
    person.name = arena_string(&work->arena, work->request->person_name);
    person.roles = roles;
    person.n_roles = sizeof(roles) / sizeof(roles[0]);
    person.team = FD__TEAM__TEAM_OFFICE;
    person.active = true;
    change.password_hash = (ProtobufCBinaryData){strlen(work->hash), (uint8_t *)work->hash};
    enum status status = seal(work, "person", "person.created", &person.base, &change);
    return status == STATUS_OK ? store(work, &sql_person_create, &person.base, &change) : status;
}

/* Without signs that are mistaken for each other. */
static void make_password(char password[PASSWORD_SIGNS + 4]) {
    static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char *out = password;
    for (int i = 0; i < PASSWORD_SIGNS; i++) {
        if (i > 0 && i % 4 == 0) *out++ = '-';
        *out++ = signs[randombytes_uniform(sizeof(signs) - 1)];
    }
    *out = '\0';
}

static enum status create(struct work *work) {
    make_password(work->result->password);
    if (password_hash_now(work->result->password, work->hash) != STATUS_OK)
        return tell(work, STATUS_INTERNAL, "no memory for the password");
    uuid_make(work->site_id, work->now_ms);
    uuid_make(work->person_id, work->now_ms);
    enum status status = see(work, work->site_id);
    if (status == STATUS_OK) status = create_site(work);
    if (status == STATUS_OK) status = create_person(work);
    return status;
}

static enum status run_all(struct work *work) {
    bool any = false;
    enum status status = run(work, "begin");
    if (status == STATUS_OK) status = run(work, "set local role frontdesk_app");
    if (status == STATUS_OK) status = run(work, advisory_lock);
    if (status == STATUS_OK) status = see(work, "*");
    if (status == STATUS_OK) status = look(work, &any);
    if (status == STATUS_OK && !any) status = create(work);
    if (status == STATUS_OK) status = run(work, "commit");
    work->result->created = status == STATUS_OK && !any;
    return status;
}

static bool acceptable(const char *text, size_t size) {
    return !text_empty(text) && strlen(text) < size;
}

static bool zone_known(const char *name) {
    struct zone zone;
    bool known = zone_load(name, &zone) == STATUS_OK;
    if (known) zone_free(&zone);
    return known;
}

enum status bootstrap(const char *conninfo, const struct bootstrap_request *request, struct bootstrap_result *result,
                      char *why) {
    memset(result, 0, sizeof(*result));
    why[0] = '\0';
    if (!acceptable(request->site_code, sizeof(result->site_code)) ||
        !acceptable(request->login, sizeof(result->login)) || text_empty(request->site_name) ||
        text_empty(request->person_name) || text_empty(request->time_zone)) {
        snprintf(why, WHY_BYTES, "first start: name the site, its time zone and the administrator");
        return STATUS_INVALID;
    }
    if (!zone_known(request->time_zone)) {
        snprintf(why, WHY_BYTES,
                 "first start: site.time_zone is %s, which is no time zone here: write one like "
                 "Asia/Shanghai, or install the package tzdata",
                 request->time_zone);
        return STATUS_INVALID;
    }
    CHECK(sodium_init() >= 0);
    struct work work = {.request = request, .result = result, .why = why};
    arena_init(&work.arena, ARENA_BYTES);
    snprintf(result->site_code, sizeof(result->site_code), "%s", request->site_code);
    snprintf(result->login, sizeof(result->login), "%s", request->login);
    work.connection = PQconnectdb(conninfo);
    enum status status = PQstatus(work.connection) == CONNECTION_OK
                             ? run_all(&work)
                             : tell(&work, STATUS_UNAVAILABLE, "the database does not answer");
    PQfinish(work.connection);
    arena_free(&work.arena);
    if (!result->created) sodium_memzero(result->password, sizeof(result->password));
    return status;
}

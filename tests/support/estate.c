/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/estate.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static void change_password(struct desk *desk, const char *old_password, const char *new_password) {
    Fd__ChangePasswordRequest request = FD__CHANGE_PASSWORD_REQUEST__INIT;
    request.old_password = (char *)(uintptr_t)old_password;
    request.new_password = (char *)(uintptr_t)new_password;
    struct answer answer =
        desk_call(desk, "session.change_password", "", NULL, &request, &fd__change_password_response__descriptor);
    if (answer.status != STATUS_OK) fail_msg("change_password: %s", answer.message);
}

void estate_open(struct estate *estate) {
    if (estate->daemon.directory[0] == '\0') daemon_create(&estate->daemon);
    assert_int_equal(uv_loop_init(&estate->loop), 0);
    daemon_start(&estate->daemon);
    struct desk *desk = &estate->administrator;
    desk_open(desk, &estate->loop, &estate->daemon, "administrator");
    desk_sign_in(desk, "admin", estate->daemon.password);
    change_password(desk, estate->daemon.password, ESTATE_PASSWORD);
    Fd__ListSitesRequest request = FD__LIST_SITES_REQUEST__INIT;
    struct answer answer = desk_call(desk, "site.list", "", NULL, &request, &fd__list_sites_response__descriptor);
    if (answer.status != STATUS_OK) fail_msg("site.list: %s", answer.message);
    const Fd__ListSitesResponse *sites = answer.response;
    assert_int_equal(sites->n_memberships, 1);
    snprintf(estate->site_id, sizeof estate->site_id, "%s", sites->memberships[0]->site->id);
}

void estate_close(struct estate *estate) {
    desk_close(&estate->administrator);
    while (uv_run(&estate->loop, UV_RUN_NOWAIT) != 0) uv_sleep(1);
    assert_int_equal(uv_loop_close(&estate->loop), 0);
    daemon_remove(&estate->daemon);
}

void estate_hire(struct estate *estate, const char *site_id, const char *login, Fd__Role role, Fd__Team team,
                 char person_id[37]) {
    Fd__CreatePersonRequest request = FD__CREATE_PERSON_REQUEST__INIT;
    request.login = (char *)(uintptr_t)login;
    request.name = (char *)(uintptr_t)login;
    request.roles = &role;
    request.n_roles = 1;
    request.team = team;
    request.password = (char *)(uintptr_t) "first-password-1";
    struct answer answer = desk_call(&estate->administrator, "person.create", site_id, NULL, &request,
                                     &fd__create_person_response__descriptor);
    if (answer.status != STATUS_OK) fail_msg("person.create %s: %s (%s)", login, answer.message, answer.field);
    const Fd__CreatePersonResponse *response = answer.response;
    snprintf(person_id, 37, "%s", response->person->id);
}

void estate_person(struct estate *estate, struct desk *desk, const char *login, Fd__Role role, Fd__Team team) {
    char person_id[37];
    estate_hire(estate, estate->site_id, login, role, team, person_id);
    desk_open(desk, &estate->loop, &estate->daemon, login);
    desk_sign_in(desk, login, "first-password-1");
    change_password(desk, "first-password-1", ESTATE_PASSWORD);
    desk_subscribe(desk, estate->site_id);
}

static bool knows_site(struct estate *estate, const char *site_id) {
    Fd__ListPeopleRequest request = FD__LIST_PEOPLE_REQUEST__INIT;
    return desk_call(&estate->administrator, "person.list", site_id, NULL, &request,
                     &fd__list_people_response__descriptor)
               .status == STATUS_OK;
}

void estate_found(struct estate *estate, const char *code, char site_id[37]) {
    Fd__CreateSiteRequest request = FD__CREATE_SITE_REQUEST__INIT;
    request.code = (char *)(uintptr_t)code;
    request.name = (char *)(uintptr_t)code;
    request.time_zone = (char *)(uintptr_t) "Asia/Shanghai";
    struct answer answer = desk_call(&estate->administrator, "site.create", estate->site_id, NULL, &request,
                                     &fd__create_site_response__descriptor);
    if (answer.status != STATUS_OK) fail_msg("site.create: %s (%s)", answer.message, answer.field);
    const Fd__CreateSiteResponse *response = answer.response;
    snprintf(site_id, 37, "%s", response->site->id);
    desk_until(&estate->administrator, knows_site(estate, site_id)); /* the directory follows the journal */
}

const Fd__Complaint *estate_register(struct desk *desk, const char *site_id, Fd__Severity severity,
                                     const char *subject) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.channel = FD__CHANNEL__CHANNEL_COUNTER;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t)subject;
    request.severity = severity;
    request.type = FD__COMPLAINT_TYPE__COMPLAINT_TYPE_ENGINEERING;
    struct answer answer =
        desk_call(desk, "complaint.register", site_id, NULL, &request, &fd__register_complaint_response__descriptor);
    if (answer.status != STATUS_OK) fail_msg("complaint.register: %s (%s)", answer.message, answer.field);
    return ((const Fd__RegisterComplaintResponse *)answer.response)->complaint;
}

struct answer estate_acknowledge(struct desk *desk, const char *site_id, const char *number) {
    Fd__AcknowledgeComplaintRequest request = FD__ACKNOWLEDGE_COMPLAINT_REQUEST__INIT;
    request.number = (char *)(uintptr_t)number;
    return desk_call(desk, "complaint.acknowledge", site_id, NULL, &request,
                     &fd__acknowledge_complaint_response__descriptor);
}

struct answer estate_assign(struct desk *desk, const char *site_id, const char *number, const char *handler_id) {
    Fd__AssignComplaintRequest request = FD__ASSIGN_COMPLAINT_REQUEST__INIT;
    request.number = (char *)(uintptr_t)number;
    request.handler_id = (char *)(uintptr_t)handler_id;
    return desk_call(desk, "complaint.assign", site_id, NULL, &request, &fd__assign_complaint_response__descriptor);
}

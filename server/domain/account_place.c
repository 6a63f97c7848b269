/* SPDX-License-Identifier: Apache-2.0 */
/* Desks and sites (D1). */
#include <string.h>

#include "common/message.h"
#include "common/text.h"
#include "common/zone.h"
#include "server/domain/account.h"
#include "server/domain/field.h"

enum { CODE_SHORTEST = 2, CODE_LONGEST = 40 };

enum status desk_create(const struct situation *situation, const void *request, const void *loaded,
                        struct decision *decision) {
    (void)loaded;
    const Fd__CreateDeskRequest *command = request;
    const struct text_field name = {"name", command->name, FIELD_SHORT, true};
    enum status status = field_texts(decision, &name, 1);
    if (status != STATUS_OK) return status;
    if (strlen(command->name) >= DESK_NAME_BYTES)
        return refuse(decision, STATUS_TOO_LARGE, REFUSAL_FIELD_TOO_LONG, "name");
    Fd__Desk *desk = message_new(situation->arena, &fd__desk__descriptor);
    if (desk == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    desk->id = arena_string(situation->arena, situation->new_id);
    desk->site_id = arena_string(situation->arena, situation->roster->site->id);
    desk->version = 1;
    desk->name = command->name;
    desk->active = true;
    return decide(situation, decision, &desk->base, "desk.created", NULL);
}

static bool is_lower(char sign) {
    return sign >= 'a' && sign <= 'z';
}

static bool is_digit(char sign) {
    return sign >= '0' && sign <= '9';
}

static bool is_code(const char *code) {
    size_t length = strlen(code);
    if (length < CODE_SHORTEST || length > CODE_LONGEST || !is_lower(code[0])) return false;
    for (; *code != '\0'; code++)
        if (!is_lower(*code) && !is_digit(*code) && *code != '-') return false;
    return true;
}

/* A name of the IANA time zone database; whether it has that name, the machine knows. */
static enum status check_zone(const struct situation *situation, const char *zone, struct decision *decision) {
    if (text_empty(zone)) return STATUS_OK;
    if (strlen(zone) > CODE_LONGEST || !zone_name_valid(zone))
        return refuse(decision, STATUS_INVALID, REFUSAL_BAD_TIME_ZONE, "time_zone");
    if (situation->time_zone_unknown) return refuse(decision, STATUS_INVALID, REFUSAL_UNKNOWN_TIME_ZONE, "time_zone");
    return STATUS_OK;
}

enum status site_create(const struct situation *situation, const void *request, const void *loaded,
                        struct decision *decision) {
    (void)loaded;
    const Fd__CreateSiteRequest *command = request;
    const struct text_field fields[] = {
        {"code", command->code, FIELD_CODE, true},
        {"name", command->name, FIELD_NAME, true},
    };
    enum status status = field_texts(decision, fields, 2);
    if (status != STATUS_OK) return status;
    if (!is_code(command->code)) return refuse(decision, STATUS_INVALID, REFUSAL_BAD_CODE, "code");
    status = check_zone(situation, command->time_zone, decision);
    if (status != STATUS_OK) return status;
    Fd__Site *site = message_new(situation->arena, &fd__site__descriptor);
    if (site == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    site->id = site->site_id = arena_string(situation->arena, situation->new_id);
    site->version = 1;
    site->code = command->code;
    site->name = command->name;
    site->time_zone =
        text_empty(command->time_zone) ? arena_string(situation->arena, "Asia/Shanghai") : command->time_zone;
    return decide(situation, decision, &site->base, "site.created", NULL);
}

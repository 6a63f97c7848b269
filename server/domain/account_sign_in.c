/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a person's sign-ins is an entry of its own, so that every node hears of it. The record stays as it
 * is: only its version tells. */
#include <string.h>

#include "common/message.h"
#include "server/domain/account.h"

static enum status note(const struct situation *situation, const void *loaded, const char *kind,
                        struct decision *decision) {
    const Fd__Person *present = loaded;
    Fd__Person *person = message_copy(situation->arena, &present->base);
    if (person == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    person->version++;
    return decide(situation, decision, &person->base, kind, NULL);
}

enum status person_change_password(const struct situation *situation, const void *command, const void *loaded,
                                   struct decision *decision) {
    (void)command;
    return note(situation, loaded, "person.password_changed", decision);
}

enum status person_sign_out(const struct situation *situation, const void *command, const void *loaded,
                            struct decision *decision) {
    (void)command;
    return note(situation, loaded, "person.signed_out", decision);
}

enum status person_session_copied(const struct situation *situation, const void *command, const void *loaded,
                                  struct decision *decision) {
    (void)command;
    return note(situation, loaded, "person.session_copied", decision);
}

bool account_ends_sign_ins(const char *kind) {
    static const char *const kinds[] = {"person.password_reset", "person.password_changed", "person.signed_out",
                                        "person.session_copied"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0) return true;
    return false;
}

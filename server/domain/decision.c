/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/decision.h"

enum status refuse(struct decision *decision, enum status status, enum refusal refusal, const char *field) {
    decision->record = NULL;
    decision->refusal = refusal;
    decision->field = field;
    return status;
}

enum status decision_version(struct decision *decision, int64_t expected, int64_t loaded) {
    if (expected == 0 || expected == loaded) return STATUS_OK;
    return refuse(decision, STATUS_CONFLICT, REFUSAL_VERSION_MOVED, "version");
}

enum status decide(const struct situation *situation, struct decision *decision, ProtobufCMessage *record,
                   const char *kind, const char *note) {
    if (record == NULL || arena_exhausted(situation->arena))
        return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    decision->record = record;
    decision->kind = kind;
    decision->note = note == NULL || note[0] == '\0' ? NULL : note;
    return STATUS_OK;
}

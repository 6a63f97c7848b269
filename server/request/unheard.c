/* SPDX-License-Identifier: Apache-2.0 */
/* An alert that nobody hears (D16): a person must learn of it by another way, so it goes into the log. */
#include "common/log.h"
#include "common/message.h"
#include "server/domain/alert.h"
#include "server/domain/record.h"
#include "server/request/engine.h"

static const Fd__Alert *alert_of(const ProtobufCMessage *record) {
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(record->descriptor, "alert");
    if (field == NULL || field->descriptor != &fd__alert__descriptor) return NULL;
    return *(const Fd__Alert *const *)message_field(record, field);
}

void log_unheard(const struct request *request, const char *number) {
    const ProtobufCMessage *record = request->decision.record;
    const Fd__Alert *alert = record != NULL ? alert_of(record) : NULL;
    if (!alert_pending(alert) || alert->n_person_ids > 0) return;
    LOG(ERROR, "nobody to tell", LOG_TEXT("record", *record_id(record)), LOG_TEXT("number", number),
        LOG_TEXT("site", request->record_site_id), LOG_NUMBER("repeats", alert->repeats));
}

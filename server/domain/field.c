/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/field.h"

#include <string.h>

#include "common/text.h"

bool field_blank(const char *text) {
    if (text_empty(text)) return true;
    for (uint32_t point = text_next(&text); point != 0; point = text_next(&text))
        if (point != ' ' && point != '\t' && point != '\n' && point != 0x3000 && point != 0xA0) return false;
    return true;
}

static enum refusal over(int limit) {
    switch (limit) {
    case FIELD_SHORT: return REFUSAL_OVER_20;
    case FIELD_CODE: return REFUSAL_OVER_40;
    case FIELD_NAME: return REFUSAL_OVER_100;
    case FIELD_LINE: return REFUSAL_OVER_200;
    case FIELD_PARAGRAPH: return REFUSAL_OVER_2000;
    case FIELD_LETTER: return REFUSAL_OVER_10000;
    default: return REFUSAL_FIELD_TOO_LONG;
    }
}

enum status field_texts(struct decision *decision, const struct text_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct text_field *field = &fields[i];
        if (field->required && field_blank(field->text))
            return refuse(decision, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, field->name);
        if (!text_empty(field->text) && text_code_points(field->text) > (size_t)field->limit)
            return refuse(decision, STATUS_TOO_LARGE, over(field->limit), field->name);
    }
    return STATUS_OK;
}

enum status field_phone(struct decision *decision, const char *text, const char *name) {
    if (text_empty(text)) return STATUS_OK;
    if (strlen(text) > FIELD_CODE) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_OVER_40, name);
    int digits = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9')
            digits++;
        else if (*at != ' ' && *at != '-' && *at != '+')
            return refuse(decision, STATUS_INVALID, REFUSAL_BAD_PHONE, name);
    }
    return digits >= 3 ? STATUS_OK : refuse(decision, STATUS_INVALID, REFUSAL_BAD_PHONE, name);
}

enum status field_reason(struct decision *decision, const char *text, const char *name) {
    if (field_blank(text)) return refuse(decision, STATUS_INVALID, REFUSAL_REASON_REQUIRED, name);
    const struct text_field field = {name, text, FIELD_PARAGRAPH, true};
    return field_texts(decision, &field, 1);
}

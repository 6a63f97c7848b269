/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a command's fields, each refusing with the field's name and how to mend it. */
#ifndef FRONTDESK_DOMAIN_FIELD_H
#define FRONTDESK_DOMAIN_FIELD_H

#include <stdbool.h>

#include "server/domain/decision.h"

enum {
    FIELD_SHORT = 20,
    FIELD_CODE = 40,
    FIELD_NAME = 100,
    FIELD_LINE = 200,
    FIELD_PARAGRAPH = 2000,
    FIELD_LETTER = 10000, /* a resident's letter goes in whole; three bytes each stay below MESSAGE_TEXT_LIMIT */
};

struct text_field {
    const char *name; /* of the command */
    const char *text;
    int limit; /* code points, one of the above */
    bool required;
};

/* Nothing but spaces, tabs, line ends and ideographic spaces. */
bool field_blank(const char *text);
/* The first one at fault is refused: INVALID when missing, TOO_LARGE over the limit. */
enum status field_texts(struct decision *decision, const struct text_field *fields, size_t count);
/* Empty is fine: whether a phone is needed is the caller's rule. */
enum status field_phone(struct decision *decision, const char *text, const char *name);
/* A reason that must be there, at most a paragraph. */
enum status field_reason(struct decision *decision, const char *text, const char *name);

#endif

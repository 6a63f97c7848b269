/* SPDX-License-Identifier: Apache-2.0 */
/* The values of the wire's enums, the kinds of journal entries and the levels as people say them, and what colour and
 * sign go with a state. */
#ifndef FRONTDESK_CLIENT_CLI_WORDS_H
#define FRONTDESK_CLIENT_CLI_WORDS_H

#include <protobuf-c/protobuf-c.h>

#include "client/cli/table.h"
#include "client/core/model.h"

/* "—" for the zero value, the wire's own word where there is no better one. Static. */
const char *word_of(const ProtobufCEnumDescriptor *kind, int value);
/* The wire's word ("major") or what people say ("重大"), in either language. */
bool word_parse(const ProtobufCEnumDescriptor *kind, const char *text, int *value);
/* All words of the wire but the zero value, in Chinese with what people say beside: for help. */
char *word_list(struct arena *arena, const ProtobufCEnumDescriptor *kind);

const char *word_of_kind(const char *kind); /* "complaint.registered" */
const char *word_of_level(int level);       /* "" for 0 */

/* Sign + word + colour: never colour alone. */
struct mark {
    const char *sign; /* one or two ASCII signs */
    const char *word;
    enum paint paint;
};
struct mark mark_of(const struct model_case *item, int64_t now_ms);

#endif

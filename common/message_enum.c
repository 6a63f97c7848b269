/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/check.h"
#include "common/message.h"

/* Room for several times the enums there are; a program that outgrows it aborts at the first use, in its tests. */
enum { ENUM_LIMIT = 128, WORD_LIMIT = 2048, WORDS_BYTES = 32 * 1024 };

struct vocabulary {
    const ProtobufCEnumDescriptor *descriptor;
    const char **words; /* in the order of descriptor->values */
};

static struct vocabulary vocabularies[ENUM_LIMIT];
static size_t vocabulary_count;
static const char *words[WORD_LIMIT];
static size_t word_count;
static char characters[WORDS_BYTES];
static size_t character_count;

/* What all names begin with, up to and with an underscore: "SEVERITY_". */
static size_t prefix_length(const ProtobufCEnumDescriptor *descriptor) {
    const char *first = descriptor->values[0].name;
    size_t common = strlen(first);
    for (unsigned i = 1; i < descriptor->n_values; i++) {
        const char *name = descriptor->values[i].name;
        size_t same = 0;
        while (same < common && name[same] == first[same]) same++;
        common = same;
    }
    while (common > 0 && first[common - 1] != '_') common--;
    return common;
}

static const char *add_word(const char *name) {
    size_t size = strlen(name) + 1;
    CHECK(size <= WORDS_BYTES - character_count);
    char *word = characters + character_count;
    character_count += size;
    for (size_t i = 0; i < size; i++) {
        word[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    }
    return word;
}

static const struct vocabulary *vocabulary(const ProtobufCEnumDescriptor *descriptor) {
    for (size_t i = 0; i < vocabulary_count; i++) {
        if (vocabularies[i].descriptor == descriptor) return &vocabularies[i];
    }
    CHECK(vocabulary_count < ENUM_LIMIT && descriptor->n_values <= WORD_LIMIT - word_count);
    struct vocabulary *added = &vocabularies[vocabulary_count++];
    *added = (struct vocabulary){descriptor, words + word_count};
    size_t prefix = prefix_length(descriptor);
    for (unsigned i = 0; i < descriptor->n_values; i++) {
        words[word_count++] = add_word(descriptor->values[i].name + prefix);
    }
    return added;
}

const char *message_enum_word(const ProtobufCEnumDescriptor *descriptor, int value) {
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);
    return found == NULL ? NULL : vocabulary(descriptor)->words[found - descriptor->values];
}

bool message_enum_parse(const ProtobufCEnumDescriptor *descriptor, const char *word, int *value) {
    const struct vocabulary *known = vocabulary(descriptor);
    for (unsigned i = 0; word != NULL && i < descriptor->n_values; i++) {
        if (strcmp(known->words[i], word) != 0) continue;
        *value = descriptor->values[i].value;
        return true;
    }
    return false;
}

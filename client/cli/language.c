/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/language.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A GNU .mo file of this machine's byte order, made by msgfmt and embedded at build time. */
extern const unsigned char language_catalogue[];
extern const size_t language_catalogue_bytes;

enum { CATALOGUE_MAGIC = (int)0x950412de, CONTEXT_SEPARATOR = '\004', KEY_BYTES = 512 };

static bool chinese = true;

static bool begins_with_en(const char *text) {
    return strncmp(text, "en", 2) == 0 && (text[2] == '\0' || strchr("_.@", text[2]) != NULL);
}

void language_set(const char *language) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; language == NULL && i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') language = value;
    }
    chinese = language == NULL || !begins_with_en(language);
}

bool language_chinese(void) {
    return chinese;
}

const char *language_code(void) {
    return chinese ? "zh" : "en";
}

static uint32_t word_at(size_t offset) {
    uint32_t word = 0;
    if (offset + sizeof word <= language_catalogue_bytes) memcpy(&word, language_catalogue + offset, sizeof word);
    return word;
}

static const char *text_at(uint32_t table, uint32_t index) {
    return (const char *)language_catalogue + word_at(table + (size_t)index * 8 + 4);
}

/* NULL: not there. Messages are sorted as bytes. */
static const char *look_up(const char *key) {
    if (word_at(0) != (uint32_t)CATALOGUE_MAGIC) return NULL;
    uint32_t originals = word_at(12), translations = word_at(16);
    uint32_t low = 0, high = word_at(8);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(text_at(originals, middle), key);
        if (order == 0) return text_at(translations, middle);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *translate(const char *message) {
    if (!chinese || message[0] == '\0') return message;
    const char *found = look_up(message);
    return found == NULL ? message : found;
}

const char *language_in_chinese(const char *context, const char *message) {
    char key[KEY_BYTES];
    size_t context_length = strlen(context), length = strlen(message);
    if (context_length + length + 2 > sizeof key) return message;
    memcpy(key, context, context_length);
    key[context_length] = CONTEXT_SEPARATOR;
    memcpy(key + context_length + 1, message, length + 1);
    const char *found = look_up(key);
    return found == NULL ? message : found;
}

const char *translate_in(const char *context, const char *message) {
    return chinese ? language_in_chinese(context, message) : message;
}

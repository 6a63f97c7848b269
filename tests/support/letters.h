/* SPDX-License-Identifier: Apache-2.0 */
/* Letters of residents to register: the real ones of the CSV file named by FRONTDESK_LETTERS
 * (id,writer,written_at,subject,text,answer,answered_at), else as many made ones of the same shape. */
#ifndef FRONTDESK_TESTS_LETTERS_H
#define FRONTDESK_TESTS_LETTERS_H

#include <stddef.h>
#include <stdint.h>

enum { LETTERS = 1198 };

struct letter {
    char *subject;
    char *text;
    int64_t written_ms;
};

struct letters {
    struct letter *items;
    size_t count;
};

void letters_load(struct letters *letters);
void letters_free(struct letters *letters);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The screen's language: English is written in the code, Chinese comes from the catalogue that is built in, so that it
 * is there on any machine, whatever its locale, installed or not. */
#ifndef FRONTDESK_CLIENT_CLI_LANGUAGE_H
#define FRONTDESK_CLIENT_CLI_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

/* "zh" or "en"; NULL: from LC_ALL, LC_MESSAGES, LANG: English when it begins with "en", else Chinese. */
void language_set(const char *language);
bool language_chinese(void);
const char *language_code(void); /* "zh" or "en" */

/* Static text; the message itself when the catalogue does not have it. */
const char *translate(const char *message) __attribute__((format_arg(1)));
/* The same English word may need another Chinese one: the context tells them apart. */
const char *translate_in(const char *context, const char *message);
/* The Chinese whatever the language is: people type what they see on another screen. */
const char *language_in_chinese(const char *context, const char *message);

#define _(message) translate(message)
#define N_(message) message
#define NC_(context, message) message

#endif

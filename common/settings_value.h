/* SPDX-License-Identifier: Apache-2.0 */
/* One value of the table of settings: from its text into the configuration, and back into words for people. */
#ifndef FRONTDESK_COMMON_SETTINGS_VALUE_H
#define FRONTDESK_COMMON_SETTINGS_VALUE_H

#include "common/settings.h"

enum { SETTING_FORM_BYTES = 128, SETTING_VARIABLE_BYTES = 128 };

/* INVALID: not of the allowed form, the old value stays. TOO_LARGE: no memory. A NULL value is empty text. */
MUST_USE enum status setting_store(const struct setting *setting, const char *value, void *configuration);
void setting_forget(const struct setting *setting, void *configuration); /* the pointer of a text is not looked at */
/* "a whole number from 1 to 65535" */
void setting_form(const struct setting *setting, char form[SETTING_FORM_BYTES]);
/* The name in the environment. */
void setting_variable(const struct setting *setting, char name[SETTING_VARIABLE_BYTES]);

#endif

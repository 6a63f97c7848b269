/* SPDX-License-Identifier: Apache-2.0 */
/* How each text field is shown to many eyes; here for the test that walks the descriptors. */
#ifndef FRONTDESK_DOMAIN_PRIVACY_FIELDS_H
#define FRONTDESK_DOMAIN_PRIVACY_FIELDS_H

enum privacy_class {
    PRIVACY_UNCLASSED, /* nobody has thought about it: left out */
    PRIVACY_KEEP,
    PRIVACY_NAME,
    PRIVACY_PHONE,
    PRIVACY_TEXT,  /* numbers in it are masked */
    PRIVACY_PLACE, /* only what is as long as a phone number: rooms are numbers, too */
    PRIVACY_LEFT_OUT,
};

enum privacy_class privacy_class_of(const char *field_name);

#endif

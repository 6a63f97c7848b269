/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "server/database/column.h"
#include "tests/support/test.h"

static void test_names(void **state) {
    (void)state;
    static const struct {
        const ProtobufCMessageDescriptor *message;
        const char *name;
        const char *through; /* NULL: directly */
        const char *field;   /* NULL: no such column */
        bool moment;
    } cases[] = {
        {&fd__complaint__descriptor,  "id",                 NULL,     "id",              false},
        {&fd__complaint__descriptor,  "received_at",        NULL,     "received_at_ms",  true },
        {&fd__complaint__descriptor,  "received_at_ms",     NULL,     NULL,              false},
        {&fd__complaint__descriptor,  "active_until",       NULL,     "active_until_ms", true },
        {&fd__complaint__descriptor,  "alert",              NULL,     NULL,              false},
        {&fd__complaint__descriptor,  "alert_level",        "alert",  "level",           false},
        {&fd__complaint__descriptor,  "alert_raised_at",    "alert",  "raised_at_ms",    true },
        {&fd__complaint__descriptor,  "alert_raised_at_ms", NULL,     NULL,              false},
        {&fd__complaint__descriptor,  "alert_person_ids",   "alert",  "person_ids",      false},
        {&fd__complaint__descriptor,  "alertlevel",         NULL,     NULL,              false},
        {&fd__complaint__descriptor,  "nothing",            NULL,     NULL,              false},
        {&fd__membership__descriptor, "site_time_zone",     "site",   "time_zone",       false},
        {&fd__membership__descriptor, "person_site_id",     "person", "site_id",         false},
        {&fd__alert__descriptor,      "",                   NULL,     NULL,              false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct column column;
        bool found = column_find(cases[i].message, cases[i].name, &column);
        if (found != (cases[i].field != NULL)) fail_msg("%s: found %d", cases[i].name, found);
        if (!found) continue;
        assert_string_equal(column.field->name, cases[i].field);
        assert_int_equal(column.moment, cases[i].moment);
        assert_int_equal(column.depth, cases[i].through != NULL);
        if (column.depth > 0) assert_string_equal(column.through[0]->name, cases[i].through);
    }
}

static void test_long_name(void **state) {
    (void)state;
    char name[4096];
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    struct column column;
    assert_false(column_find(&fd__complaint__descriptor, name, &column));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_long_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

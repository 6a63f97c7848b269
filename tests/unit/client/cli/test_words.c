/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/cli/words.c and language.c */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/words.h"
#include "common/message.h"

static const ProtobufCEnumDescriptor *const kinds[] = {
    &fd__role__descriptor,
    &fd__team__descriptor,
    &fd__severity__descriptor,
    &fd__complaint_type__descriptor,
    &fd__channel__descriptor,
    &fd__complaint_state__descriptor,
    &fd__visit_state__descriptor,
    &fd__waiting_for__descriptor,
    &fd__verdict__descriptor,
    &fd__action_kind__descriptor,
    &fd__alert_reason__descriptor,
    &fd__right__descriptor,
    &fd__extension_state__descriptor,
    &fd__extension_decision__descriptor,
};

static bool is_chinese(const char *text) {
    return (unsigned char)text[0] >= 0xE4;
}

static void each_value_has_a_word_in_both_languages_that_leads_back(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (unsigned v = 0; v < kinds[k]->n_values; v++) {
            int value = kinds[k]->values[v].value, parsed = -1;
            if (value == 0) continue;
            language_set("zh");
            const char *chinese = word_of(kinds[k], value);
            if (!is_chinese(chinese)) fail_msg("%s has no Chinese: %s", kinds[k]->values[v].name, chinese);
            assert_true(word_parse(kinds[k], chinese, &parsed));
            assert_int_equal(parsed, value);
            language_set("en"); /* a word from another screen is understood too */
            assert_true(word_parse(kinds[k], chinese, &parsed));
            assert_int_equal(parsed, value);
            assert_true(word_parse(kinds[k], word_of(kinds[k], value), &parsed));
            assert_int_equal(parsed, value);
            assert_true(word_parse(kinds[k], message_enum_word(kinds[k], value), &parsed));
            assert_int_equal(parsed, value);
        }
        int parsed = 0;
        assert_string_equal(word_of(kinds[k], 0), "-");
        assert_string_equal(word_of(kinds[k], 999), "?");
        assert_false(word_parse(kinds[k], "unspecified", &parsed));
        assert_false(word_parse(kinds[k], "", &parsed));
    }
}

static void unknown_kinds_and_levels_are_shown_as_they_are(void **state) {
    (void)state;
    language_set("zh");
    assert_true(is_chinese(word_of_kind("complaint.registered")));
    assert_string_equal(word_of_kind("something.new"), "something.new");
    assert_string_equal(word_of_level(0), "");
    assert_string_equal(word_of_level(-1), "");
    assert_string_equal(word_of_level(5), "");
    assert_string_equal(word_of_level(3), "管理处经理");
}

static void language_comes_from_the_first_locale_variable_that_is_set(void **state) {
    (void)state;
    static const struct {
        const char *all, *messages, *lang;
        bool chinese;
    } cases[] = {
        {NULL,          NULL,          NULL,          true },
        {NULL,          NULL,          "C.UTF-8",     true },
        {NULL,          NULL,          "en_US.UTF-8", false},
        {NULL,          NULL,          "en",          false},
        {NULL,          NULL,          "zh_CN.UTF-8", true },
        {"zh_CN.UTF-8", NULL,          "en_US",       true },
        {"",            "en_GB.UTF-8", "zh_CN",       false},
        {"en.UTF-8",    "",            "",            false},
        {NULL,          NULL,          "enochian",    true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)unsetenv("LC_ALL");
        (void)unsetenv("LC_MESSAGES");
        (void)unsetenv("LANG");
        if (cases[i].all != NULL) (void)setenv("LC_ALL", cases[i].all, 1);
        if (cases[i].messages != NULL) (void)setenv("LC_MESSAGES", cases[i].messages, 1);
        if (cases[i].lang != NULL) (void)setenv("LANG", cases[i].lang, 1);
        language_set(NULL);
        assert_int_equal(language_chinese(), cases[i].chinese);
    }
}

static void catalogue_is_built_in(void **state) {
    (void)state;
    language_set("zh");
    assert_string_equal(translate("register a complaint"), "登记投诉");
    assert_string_equal(translate_in("state", "closed"), "已关闭");
    assert_string_equal(translate("nobody has translated this"), "nobody has translated this");
    assert_string_equal(translate(""), "");
    language_set("en");
    assert_string_equal(translate("register a complaint"), "register a complaint");
}

static void mark_is_sign_word_and_colour(void **state) {
    (void)state;
    Fd__Alert alert = FD__ALERT__INIT;
    alert.raised_at_ms = 1;
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    struct model_case item = {.complaint = &complaint};
    language_set("en");
    complaint.state = FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED;
    complaint.close_due_at_ms = 100;
    assert_string_equal(mark_of(&item, 50).sign, ".");
    assert_string_equal(mark_of(&item, 50).word, "new");
    assert_string_equal(mark_of(&item, 101).sign, "!");
    assert_int_equal(mark_of(&item, 101).paint, PAINT_RED);
    complaint.level = 2;
    assert_string_equal(mark_of(&item, 50).sign, "^");
    complaint.state = FD__COMPLAINT_STATE__COMPLAINT_STATE_CLOSED;
    assert_string_equal(mark_of(&item, 50).sign, "x"); /* nobody is to hurry any more */
    complaint.level = 0;
    complaint.state = FD__COMPLAINT_STATE__COMPLAINT_STATE_WAITING;
    assert_string_equal(mark_of(&item, 101).sign, "="); /* its clock stands still */
    complaint.alert = &alert;
    assert_string_equal(mark_of(&item, 50).sign, "!!");

    Fd__Visit visit = FD__VISIT__INIT;
    struct model_case visitor = {.visit = &visit};
    visit.state = FD__VISIT_STATE__VISIT_STATE_ARRIVED;
    assert_string_equal(mark_of(&visitor, 0).sign, "@");
    visit.emergency = true;
    assert_string_equal(mark_of(&visitor, 0).sign, "!");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_has_a_word_in_both_languages_that_leads_back),
        cmocka_unit_test(unknown_kinds_and_levels_are_shown_as_they_are),
        cmocka_unit_test(language_comes_from_the_first_locale_variable_that_is_set),
        cmocka_unit_test(catalogue_is_built_in),
        cmocka_unit_test(mark_is_sign_word_and_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/account.h"
#include "tests/unit/server/domain/cast.h"

static void a_desk(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum status status;
    } rows[] = {
        {"东门前台 1",                                                                   STATUS_OK       },
        {"",                                                                                 STATUS_INVALID  },
        {"　",                                                                              STATUS_INVALID  },
        {"一二三四五六七八九十一二三四五六七八九十",                     STATUS_OK       },
        {"一二三四五六七八九十一二三四五六七八九十一",                  STATUS_TOO_LARGE},
 /* twenty characters of four bytes do not fit the session's buffer */
        {"😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", STATUS_TOO_LARGE},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__CreateDeskRequest command = FD__CREATE_DESK_REQUEST__INIT;
        command.name = TEXT(rows[i].name);
        assert_int_equal(desk_create(&cast.situation, &command, NULL, &cast.decision), rows[i].status);
        if (rows[i].status != STATUS_OK) continue;
        const Fd__Desk *desk = (const Fd__Desk *)cast.decision.record;
        assert_string_equal(desk->name, rows[i].name);
        assert_string_equal(desk->id, "new");
        assert_string_equal(desk->site_id, "site-1");
        assert_int_equal(desk->version, 1);
        assert_true(desk->active);
        assert_string_equal(cast.decision.kind, "desk.created");
    }
    cast_close(&cast);
}

static void a_site(void **state) {
    (void)state;
    static const struct {
        const char *code, *name, *zone;
        enum refusal refusal;
    } rows[] = {
        {"tianfu-1",                                    "天府一期", "Asia/Shanghai",                  REFUSAL_NONE          },
        {"tianfu-1",                                    "天府一期", "",                               REFUSAL_NONE          },
        {"t2",                                          "x",            "America/Argentina/Buenos_Aires", REFUSAL_NONE          },
        {"t2",                                          "x",            "Etc/GMT+8",                      REFUSAL_NONE          },
        {"",                                            "x",            "",                               REFUSAL_FIELD_REQUIRED},
        {"t",                                           "x",            "",                               REFUSAL_BAD_CODE      },
        {"1t",                                          "x",            "",                               REFUSAL_BAD_CODE      },
        {"Tianfu",                                      "x",            "",                               REFUSAL_BAD_CODE      },
        {"天府",                                      "x",            "",                               REFUSAL_BAD_CODE      },
        {"a-code-that-is-longer-than-forty-characters", "x",            "",                               REFUSAL_OVER_40       },
        {"t2",                                          "",             "",                               REFUSAL_FIELD_REQUIRED},
        {"t2",                                          "x",            "/etc/passwd",                    REFUSAL_BAD_TIME_ZONE },
        {"t2",                                          "x",            "../zone",                        REFUSAL_BAD_TIME_ZONE },
        {"t2",                                          "x",            "Asia/",                          REFUSAL_BAD_TIME_ZONE },
        {"t2",                                          "x",            "北京",                         REFUSAL_BAD_TIME_ZONE },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__CreateSiteRequest command = FD__CREATE_SITE_REQUEST__INIT;
        command.code = TEXT(rows[i].code);
        command.name = TEXT(rows[i].name);
        command.time_zone = TEXT(rows[i].zone);
        cast.decision = (struct decision){0};
        enum status status = site_create(&cast.situation, &command, NULL, &cast.decision);
        assert_int_equal(status == STATUS_OK, rows[i].refusal == REFUSAL_NONE);
        assert_int_equal(cast.decision.refusal, rows[i].refusal);
        if (status != STATUS_OK) continue;
        const Fd__Site *site = (const Fd__Site *)cast.decision.record;
        assert_string_equal(site->id, "new");
        assert_string_equal(site->site_id, "new");
        assert_int_equal(site->version, 1);
        assert_string_equal(site->time_zone, rows[i].zone[0] == '\0' ? "Asia/Shanghai" : rows[i].zone);
        assert_string_equal(cast.decision.kind, "site.created");
    }
    cast_close(&cast);
}

static void a_zone_that_this_machine_lacks(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__CreateSiteRequest command = FD__CREATE_SITE_REQUEST__INIT;
    command.code = TEXT("mars-1");
    command.name = TEXT("火星");
    command.time_zone = TEXT("Mars/Base");
    cast.situation.time_zone_unknown = true;
    assert_refused(INVALID, UNKNOWN_TIME_ZONE, site_create(&cast.situation, &command, NULL, &cast.decision));
    assert_string_equal(cast.decision.field, "time_zone");
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_desk),
        cmocka_unit_test(a_site),
        cmocka_unit_test(a_zone_that_this_machine_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/rules.h"

#include "common/moment.h"
#include "server/domain/words.h"

/* 09:00–12:00 and 13:00–18:00: D6 names working time but leaves its hours to the site. */
#define OFFICE_DAY                                                                                                     \
    {                                                                                                                  \
        {9 * 60, 12 * 60}, {                                                                                           \
            13 * 60, 18 * 60                                                                                           \
        }                                                                                                              \
    }

/* General and complex climb alike; only closing differs (D6). The unnamed severity is treated as general. */
#define AS_GENERAL(days)                                                                                               \
    {                                                                                                                  \
        .accept_ms = 20 * MINUTE_MS, .contact_ms = 15 * MINUTE_MS, .feedback_ms = 24 * HOUR_MS,                        \
        .close_ms = (int64_t)(days)*DAY_MS, .working_time = true, .close_working_days = (days), .first_level = 0,      \
        .climb_ms = {20 * MINUTE_MS, 20 * MINUTE_MS, 0, 0, 0}, .repeat_ms = 15 * MINUTE_MS,                            \
        .acknowledgement_ms = 4 * HOUR_MS,                                                                             \
    }

/* D6, the table of levels, row by row. Repeating is named there for major only: the others repeat every 15 minutes,
 * the time a level has. */
const struct rules rules_default = {
    .severity =
        {
                   [SEVERITY(UNSPECIFIED)] = AS_GENERAL(3),
                   [SEVERITY(GENERAL)] = AS_GENERAL(3),
                   [SEVERITY(SERIOUS)] =
                {
                    .accept_ms = 10 * MINUTE_MS,
                    .contact_ms = 15 * MINUTE_MS,
                    .feedback_ms = 8 * HOUR_MS,
                    .close_ms = 2 * DAY_MS,
                    .first_level = 2,
                    .climb_ms = {0, 15 * MINUTE_MS, 15 * MINUTE_MS, 0, 0},
                    .repeat_ms = 15 * MINUTE_MS,
                    .acknowledgement_ms = 4 * HOUR_MS,
                }, [SEVERITY(MAJOR)] =
                {
                    .accept_ms = 5 * MINUTE_MS,
                    .contact_ms = 15 * MINUTE_MS,
                    .feedback_ms = 2 * HOUR_MS,
                    .close_ms = 24 * HOUR_MS,
                    .first_level = 3,
                    .climb_ms = {0, 15 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, 0},
                    .repeat_ms = 5 * MINUTE_MS,
                    .acknowledgement_ms = 30 * MINUTE_MS,
                }, [SEVERITY(COMPLEX)] = AS_GENERAL(7),
                   [SEVERITY(OUTSIDE_REMIT)] =
                {
                    .accept_ms = 20 * MINUTE_MS,
                    .contact_ms = 15 * MINUTE_MS,
                    .feedback_ms = 2 * DAY_MS,
                    .close_ms = 2 * DAY_MS,
                    .first_level = 2,
                    .climb_ms = {0, 20 * MINUTE_MS, 0, 0, 0},
                    .repeat_ms = 15 * MINUTE_MS,
                    .acknowledgement_ms = 4 * HOUR_MS,
                }, },
    .calendar =
        {
                   .offset_minutes = 8 * 60,
                   .intervals = {OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY},
                   },
    .follow_up_ms = 48 * HOUR_MS,
    .next_level_ms = 15 * MINUTE_MS,
    .entered_in_time_ms = 30 * MINUTE_MS,
    .visit_repeat_ms = 5 * MINUTE_MS,
};

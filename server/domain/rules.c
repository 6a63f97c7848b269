/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/rules.h"

#include "common/moment.h"
#include "server/domain/alert.h"
#include "server/domain/words.h"

#define MINUTES(count) ((int64_t)(count)*MINUTE_MS)
#define HOURS(count) ((int64_t)(count)*HOUR_MS)
#define DAYS(count) ((int64_t)(count)*DAY_MS)

/* What a site counts in whose own zone this machine does not know. China has had no daylight saving since 1991. */
static const struct zone beijing = {.offset_seconds = 8 * HOUR_MS / SECOND_MS};

/* clang-format off */

/* D6 names working time but leaves its hours to the site. */
#define OFFICE_DAY {{9 * 60, 12 * 60}, {13 * 60, 18 * 60}}

/* General and complex: only closing and the plan differ. */
#define AS_GENERAL(days, until_plan) {                                                                                             \
    .accept_ms = MINUTES(20), .contact_ms = MINUTES(15), .feedback_ms = HOURS(24), .close_ms = DAYS(days),             \
    .working_time = true, .close_working_days = (days), .plan_days = (until_plan),                                     \
    .first_level = 0, .climb_ms = {MINUTES(20), MINUTES(20), 0, 0, 0},                                                 \
    .repeat_ms = MINUTES(15), .acknowledgement_ms = HOURS(4),                                                          \
}

/* D6, the table of levels, row by row. It names repeating for major only: the others repeat every 15 minutes, the time
 * a level has. A severity that nobody named is treated as general. */
const struct rules rules_default = {
    .severity = {
        [SEVERITY(UNSPECIFIED)] = AS_GENERAL(3, 0),
        [SEVERITY(GENERAL)] = AS_GENERAL(3, 0),
        [SEVERITY(COMPLEX)] = AS_GENERAL(7, 3),
        [SEVERITY(SERIOUS)] = {
            .accept_ms = MINUTES(10), .contact_ms = MINUTES(15), .feedback_ms = HOURS(8), .close_ms = DAYS(2),
            .first_level = LEVEL_SUPERVISOR, .climb_ms = {0, MINUTES(15), MINUTES(15), 0, 0},
            .repeat_ms = MINUTES(15), .acknowledgement_ms = HOURS(4),
        },
        [SEVERITY(MAJOR)] = {
            .accept_ms = MINUTES(5), .contact_ms = MINUTES(15), .feedback_ms = HOURS(2), .close_ms = HOURS(24),
            .first_level = LEVEL_MANAGER, .climb_ms = {0, MINUTES(15), MINUTES(15), MINUTES(30), 0},
            .repeat_ms = MINUTES(5), .acknowledgement_ms = MINUTES(30),
        },
        [SEVERITY(OUTSIDE_REMIT)] = {
            .accept_ms = MINUTES(20), .contact_ms = MINUTES(15), .feedback_ms = DAYS(2), .close_ms = DAYS(2),
            .first_level = LEVEL_SUPERVISOR, .climb_ms = {0, MINUTES(20), 0, 0, 0},
            .repeat_ms = MINUTES(15), .acknowledgement_ms = HOURS(4),
        },
    },
    .calendar = {
        .zone = &beijing,
        .intervals = {OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY},
    },
    .follow_up_ms = HOURS(48),
    .next_level_ms = MINUTES(15),
    .entered_in_time_ms = MINUTES(30),
    .visit_repeat_ms = MINUTES(5),
};

/* clang-format on */

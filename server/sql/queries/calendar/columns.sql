-- SPDX-License-Identifier: Apache-2.0
-- Fragment: a site's calendar, in the order of calendar/values.
version, own, monday, tuesday, wednesday, thursday, friday, saturday, sunday, days_off, days_on, follow_up_minutes,
next_level_minutes, entered_in_time_minutes, visit_repeat_minutes

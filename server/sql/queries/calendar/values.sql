-- SPDX-License-Identifier: Apache-2.0
-- Fragment: the values of calendar/columns.
:version, :own, :monday, :tuesday, :wednesday, :thursday, :friday, :saturday, :sunday, :days_off, :days_on,
:follow_up_minutes, :next_level_minutes, :entered_in_time_minutes, :visit_repeat_minutes

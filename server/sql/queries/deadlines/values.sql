-- SPDX-License-Identifier: Apache-2.0
-- Fragment: the values of deadlines/columns.
:version, :own, :accept_minutes, :contact_minutes, :feedback_minutes, :close_minutes, :close_working_days,
:working_time, :first_level, :climb_levels, :climb_minutes, :repeat_minutes, :acknowledgement_minutes, :plan_days

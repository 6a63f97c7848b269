-- SPDX-License-Identifier: Apache-2.0
-- How many records want to be looked at, and how many are late.
select count(*) as timers, count(*) filter (where due_at < now()) as timers_overdue from timer

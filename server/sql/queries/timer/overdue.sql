-- SPDX-License-Identifier: Apache-2.0
-- The sites whose deadlines nobody looks after: how many are overdue by more than 10 s, and since when. Service view.
select site_id, count(*) as count, min(due_at) as due_at
from timer
where due_at < now() - interval '10 s'
group by site_id

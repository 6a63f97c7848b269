-- SPDX-License-Identifier: Apache-2.0
-- As complaint/awaken, of one severity. :site_id · :severity · :at
insert into timer (record_id, site_id, record_type, due_at)
select id, site_id, 'complaint', :at
from complaint
where site_id = :site_id and state not in ('followed_up', 'linked')
  and (severity = :severity or severity = 'unspecified' and :severity::text = 'general')
order by ordinal
on conflict (record_id) do update set due_at = excluded.due_at

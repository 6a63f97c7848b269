-- SPDX-License-Identifier: Apache-2.0
-- Makes the timers of all complaints due whose life has not ended, so that they are counted anew by the site's present
-- figures. Comes behind the store of these figures, in its transaction: as a statement of its own it sees what was
-- registered while that one waited for the site's counter.
-- :site_id · :at
insert into timer (record_id, site_id, record_type, due_at)
select id, site_id, 'complaint', :at
from complaint
where site_id = :site_id and state not in ('followed_up', 'linked')
order by ordinal
on conflict (record_id) do update set due_at = excluded.due_at

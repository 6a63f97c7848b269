-- SPDX-License-Identifier: Apache-2.0
-- Everybody of a site. :site_id
select
    -- include person/columns
from assignment
join person on person.id = assignment.person_id
where assignment.site_id = :site_id
order by person.login

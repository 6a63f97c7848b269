-- SPDX-License-Identifier: Apache-2.0
-- The same by :id, for what the server does of itself. :site_id
select
    -- include person/columns
from assignment
join person on person.id = assignment.person_id
where assignment.site_id = :site_id and assignment.person_id = :id

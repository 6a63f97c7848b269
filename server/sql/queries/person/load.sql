-- SPDX-License-Identifier: Apache-2.0
-- A person's place on a site. :person_id · :site_id
select
    -- include person/columns
from assignment
join person on person.id = assignment.person_id
where assignment.site_id = :site_id and assignment.person_id = :person_id

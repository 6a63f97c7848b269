-- SPDX-License-Identifier: Apache-2.0
-- Everybody's place on every site. Service view.
select
    -- include person/columns
from assignment
join person on person.id = assignment.person_id
order by assignment.site_id, person.login

-- SPDX-License-Identifier: Apache-2.0
-- The same by :person_id. Service view.
select id as person_id, home_site_id, login, name, password_hash, password_must_change
from person
where id = :person_id and active

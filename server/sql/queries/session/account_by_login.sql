-- SPDX-License-Identifier: Apache-2.0
-- Who signs in, and the hash to verify against. Service view. :login
select id as person_id, login, name, password_hash, password_must_change
from person
where login = :login and active

-- SPDX-License-Identifier: Apache-2.0
-- Whose login it is, on whatever site. Service view. :login
select person.id as person_id, person.login, person.name from person where person.login = :login

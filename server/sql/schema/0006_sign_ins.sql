-- SPDX-License-Identifier: Apache-2.0
-- Sign-ins end together with an entry in a journal of their person's, so that every node hears of it: a site sees and
-- ends those of its own people.

create policy own_people_read on session for select using (
    exists (select from assignment where assignment.person_id = session.person_id));
create policy own_people_change on session for update using (
    exists (select from assignment where assignment.person_id = session.person_id));

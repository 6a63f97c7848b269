-- SPDX-License-Identifier: Apache-2.0
-- Fragment: a person's place on a site, from person and assignment.
person.id, assignment.site_id, assignment.version, person.login, person.name, assignment.roles, assignment.team,
    assignment.active and person.active as active, assignment.absent_from, assignment.absent_until,
    assignment.substitute_id

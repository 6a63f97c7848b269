-- SPDX-License-Identifier: Apache-2.0
-- The newest steps of a visit's history that fit into one reply, oldest first. :number · :site_id
select record_id, site_id, version, seq, at, kind, actor_id, actor_name, note, to_id, to_team, until
from (
    select step.*, sum(octet_length(note) + 256) over (order by step.version desc) as weight
    from step
    where record_id = (select id from visit where site_id = :site_id and ordinal = ordinal_of('V', :number))
        and site_id = :site_id
) as weighed
where weight <= 24000
order by version

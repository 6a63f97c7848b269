-- SPDX-License-Identifier: Apache-2.0
-- A page of a site's visits in the order of their numbers. An :after_number that is none gives no rows.
-- Two branches, of which one runs: the planner proves only so that the open ones have an index.
-- The list request · :site_id
(
    select id, site_id, number,
        -- include visit/columns
    from visit
    where :open_only::boolean and site_id = :site_id
        and (state not in ('left', 'cancelled')
             or alert_raised_at is not null and alert_acknowledged_at is null and alert_ended_at is null)
        and ordinal > case when :after_number = '' then 0 else ordinal_of('V', :after_number) end
    order by ordinal
    limit :limit
)
union all
(
    select id, site_id, number,
        -- include visit/columns
    from visit
    where not :open_only::boolean and site_id = :site_id
        and ordinal > case when :after_number = '' then 0 else ordinal_of('V', :after_number) end
    order by ordinal
    limit :limit
)

-- SPDX-License-Identifier: Apache-2.0
-- A page of a site's complaints in the order of their numbers. An :after_number that is none gives no rows.
-- Two branches, of which one runs: the planner proves only so that the open ones have an index.
-- The list request · :site_id
(
    select id, site_id, number,
        -- include complaint/shown
    from complaint
    where :open_only::boolean and state not in ('followed_up', 'linked') and state <> 'closed' and site_id = :site_id
        and ordinal > case when :after_number = '' then 0 else ordinal_of('C', :after_number) end
        and (:handler_id::uuid is null or handler_id = :handler_id)
        and (:unit = '' or unit = :unit)
    order by ordinal
    limit :limit
)
union all
(
    select id, site_id, number,
        -- include complaint/shown
    from complaint
    where not :open_only::boolean and site_id = :site_id
        and ordinal > case when :after_number = '' then 0 else ordinal_of('C', :after_number) end
        and (:handler_id::uuid is null or handler_id = :handler_id)
        and (:unit = '' or unit = :unit)
    order by ordinal
    limit :limit
)

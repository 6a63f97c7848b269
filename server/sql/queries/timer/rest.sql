-- SPDX-License-Identifier: Apache-2.0
-- A record was woken for nothing: when to look again; never, when :wake_at is null. Nothing happens where the site has
-- newer figures than those that found nothing: then it stays due. The site's row is locked before the timer's, as every
-- store does it.
-- :id · :version (whoever stored a newer one set the timer) · :site_id · :wake_at · :rules_version
with place as (
    select from site where id = :site_id and rules <= :rules_version::bigint for no key update
), current as (
    select from complaint where id = :id and site_id = :site_id and version <> :version::bigint
    union all
    select from visit where id = :id and site_id = :site_id and version <> :version::bigint
), sleeping as (
    delete from timer using place
    where record_id = :id and :wake_at::timestamptz is null and not exists (select from current)
)
update timer set due_at = :wake_at::timestamptz
from place
where record_id = :id and :wake_at::timestamptz is not null and not exists (select from current)

-- SPDX-License-Identifier: Apache-2.0
-- Gives the site an epoch that none of its histories had: the clock is in it, so two old copies never agree on one.
-- Nothing happens where somebody else has raised it already.
-- :site_id :epoch   the epoch in which the lost history was known
update site
set epoch = greatest(site.epoch + 1, :epoch::bigint + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint)
where id = :site_id::uuid and site.epoch <= :epoch::bigint
returning id as site_id, epoch, seq;

-- SPDX-License-Identifier: Apache-2.0
-- Fragment: as journal/count, where the entry changes the site's figures.
counter as (
    update site set seq = seq + 1, rules = rules + 1,
                    head_hash = sha256(head_hash || int8send(seq + 1) || :digest::bytea)
    from changed
    where site.id = :site_id
    returning site.seq, site.epoch, site.head_hash
),

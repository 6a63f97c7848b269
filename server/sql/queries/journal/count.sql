-- SPDX-License-Identifier: Apache-2.0
-- Fragment: the next entry's place in the site's journal, taken late: from here on the site is locked.
counter as (
    update site set seq = seq + 1, head_hash = sha256(head_hash || int8send(seq + 1) || :digest::bytea)
    from changed
    where site.id = :site_id
    returning site.seq, site.epoch, site.head_hash, site.rules
),

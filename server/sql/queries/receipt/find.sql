-- SPDX-License-Identifier: Apache-2.0
-- What became of a request key. :key · :site_id
-- An empty entry: the key was spent on a creation that lost a race for its name.
select receipt.request_digest, receipt.actor_id, journal.seq, journal.number, journal.record as entry
from receipt
left join step on step.record_id = receipt.record_id and step.version = receipt.version
    and step.site_id = receipt.site_id
left join journal on journal.site_id = receipt.site_id and journal.seq = step.seq
where receipt.site_id = :site_id and receipt.key = nullif(:key, '')::uuid

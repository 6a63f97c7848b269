-- SPDX-License-Identifier: Apache-2.0
-- Where every site stands.
select id as site_id, code, epoch, seq from site order by code

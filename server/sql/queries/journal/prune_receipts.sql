-- SPDX-License-Identifier: Apache-2.0
-- A request key is remembered for 24 hours.
-- :limit   receipts at most
select forget_receipts(now() - interval '24 hours', :limit::integer) as seq;

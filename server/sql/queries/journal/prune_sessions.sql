-- SPDX-License-Identifier: Apache-2.0
-- Sessions that ended a day ago are of no use to anybody.
-- :limit   sessions at most
select forget_sessions(now() - interval '24 hours', :limit::integer) as seq;

-- SPDX-License-Identifier: Apache-2.0
-- The calendars that sites have set. Service view.
select id, site_id,
    -- include calendar/columns
from calendar

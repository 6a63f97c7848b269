-- SPDX-License-Identifier: Apache-2.0
-- What all sites have set. Service view.
select id, site_id, severity,
    -- include deadlines/columns
from deadlines

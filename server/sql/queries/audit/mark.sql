-- SPDX-License-Identifier: Apache-2.0
-- Up to which line the database has seen a node's anchors. :key
select key, line, hash from audit_mark where key = :key

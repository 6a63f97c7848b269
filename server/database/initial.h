/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a private cluster: made once by initdb, its configuration written anew at every start. */
#ifndef FRONTDESK_DATABASE_INITIAL_H
#define FRONTDESK_DATABASE_INITIAL_H

#include "server/database/place.h"

/* Makes the cluster if there is none. A making that was interrupted leaves nothing that looks like one. */
MUST_USE enum status initial_cluster(const struct place *place, char *why);
/* postgresql.conf, pg_hba.conf and pg_ident.conf. The administrator's own settings belong to ALTER SYSTEM. */
MUST_USE enum status initial_configuration(const struct place *place, char *why);

#endif

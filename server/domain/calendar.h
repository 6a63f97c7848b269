/* SPDX-License-Identifier: Apache-2.0 */
/* Working time (D6), in the civil time of the site's zone, daylight saving included. Pure arithmetic on UTC
 * milliseconds. */
#ifndef FRONTDESK_DOMAIN_CALENDAR_H
#define FRONTDESK_DOMAIN_CALENDAR_H

#include <stdint.h>

#include "server/domain/rules.h"

/* The moment at which `working_ms` of working time after `from_ms` have passed. A calendar without any working
 * interval counts as always open. Twenty years later at most. */
int64_t calendar_add(const struct calendar *calendar, int64_t from_ms, int64_t working_ms);
/* End of the working day that lies `days` working days after the one of from_ms. */
int64_t calendar_add_days(const struct calendar *calendar, int64_t from_ms, int64_t days);
/* Working time between the two moments; 0 when until lies before from. */
int64_t calendar_between(const struct calendar *calendar, int64_t from_ms, int64_t until_ms);

#endif

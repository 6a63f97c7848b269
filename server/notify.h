/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the service manager how we are (the protocol of sd_notify(3)); without one nothing happens. */
#ifndef FRONTDESK_SERVER_NOTIFY_H
#define FRONTDESK_SERVER_NOTIFY_H

#include <stdint.h>

void notify(const char *state); /* "READY=1", "STOPPING=1", "WATCHDOG=1" */
/* How often the service manager wants to hear of us; 0: not at all. */
int64_t notify_watchdog_ms(void);

#endif

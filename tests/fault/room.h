/* SPDX-License-Identifier: Apache-2.0 */
/* What every room of the fault tests has: --rounds, progress for whoever waits, chance that can be repeated, and a
 * verdict with its figures, one line for people and the same as JSON below $FRONTDESK_FAULT_RESULTS. */
#ifndef FRONTDESK_TESTS_FAULT_ROOM_H
#define FRONTDESK_TESTS_FAULT_ROOM_H

#include <stdint.h>
#include <uv.h>

/* `rounds` is the short form; the command line may ask for more. */
void room_open(const char *name, const char *promise, long rounds, int argc, char **argv);
/* With what cmocka counted: prints the verdict and gives the exit status. */
int room_close(int failed);

long room_rounds(void);
/* A bar on a terminal, else a line every 10 s. */
void room_progress(long done, const char *unit);
/* A figure for the verdict, in order; the same name again replaces the value. */
void room_figure(const char *name, int64_t value);
int64_t room_value(const char *name);
void room_count(const char *name, int64_t more); /* adds to it */

/* From 0 to below `limit`. FRONTDESK_FAULT_SEED repeats a run's choices (not what the machine makes of them). */
unsigned chance(unsigned limit);
int64_t steady_ms(void);

#endif

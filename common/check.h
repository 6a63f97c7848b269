/* SPDX-License-Identifier: Apache-2.0 */
/* CHECK is for our own bugs only: it writes the line and aborts. What a peer or the world does wrong is a status. */
#ifndef FRONTDESK_COMMON_CHECK_H
#define FRONTDESK_COMMON_CHECK_H

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) check_failed(#condition, __FILE__, __LINE__);                                                \
    } while (0)

_Noreturn void check_failed(const char *condition, const char *file, int line);

#endif

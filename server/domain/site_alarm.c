/* SPDX-License-Identifier: Apache-2.0 */
/* Nobody looks after a site's deadlines (promise 9): said to everybody on the site, and again while it lasts. Several
 * servers may find it at once: the record's version lets one of them say it. */
#include "common/message.h"
#include "common/moment.h"
#include "server/domain/account.h"

enum { ALARM_AGAIN_MS = 5 * MINUTE_MS };

enum status site_alarm(const struct situation *situation, const void *command, const void *loaded,
                       struct decision *decision) {
    (void)command;
    const Fd__Site *present = loaded;
    if (present == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, NULL);
    if (present->alarm_at_ms != 0 && situation->now_ms < present->alarm_at_ms + ALARM_AGAIN_MS) return STATUS_OK;
    Fd__Site *site = message_copy(situation->arena, &present->base);
    if (site == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    site->version++;
    site->alarm_at_ms = situation->now_ms;
    return decide(situation, decision, &site->base, "site.alarm", NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/figures.h"

#include "server/domain/rules_record.h"

void figures_init(struct figures *figures) {
    *figures = (struct figures){.rules = rules_default};
}

void figures_set_zone(struct figures *figures, const struct zone *zone) {
    figures->rules.calendar.zone = zone != NULL ? zone : rules_default.calendar.zone;
}

/* Each store of a record counts its version and the site's rules up by one, so the versions together tell how many of
 * the site's changes are in these figures. */
static bool newer(struct figures *figures, int64_t *known, int64_t version) {
    if (version <= *known) return false;
    figures->rules.version += version - *known;
    *known = version;
    return true;
}

void figures_take_deadlines(struct figures *figures, const Fd__Deadlines *record) {
    unsigned severity = (unsigned)record->severity;
    if (severity >= RULES_SEVERITIES) return;
    if (newer(figures, &figures->deadlines[severity], record->version)) rules_take_deadlines(&figures->rules, record);
}

void figures_take_calendar(struct figures *figures, const Fd__Calendar *record) {
    if (newer(figures, &figures->calendar, record->version)) rules_take_calendar(&figures->rules, record);
}

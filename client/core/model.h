/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of what is open: a snapshot and the events after it, folded into one table. Pure: no I/O, no clock. */
#ifndef FRONTDESK_CLIENT_CORE_MODEL_H
#define FRONTDESK_CLIENT_CORE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/status.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"

/* One open record; exactly one of the pointers is set. */
struct model_case {
    const Fd__Complaint *complaint;
    const Fd__Visit *visit;
    const char *id, *site_id, *number;
    int64_t version;
    struct arena memory; /* of the record */
};

struct model_person {
    char *id, *name;
};

/* All zero is an empty model. */
struct model {
    struct model_case **cases; /* by id */
    size_t count, capacity;
    struct model_person *people; /* by id */
    size_t people_count, people_capacity;
};

enum model_change {
    MODEL_SAME,    /* nothing that the model holds */
    MODEL_ADDED,   /* newly open */
    MODEL_CHANGED, /* still open */
    MODEL_REMOVED, /* no longer open */
};

void model_free(struct model *model);
void model_reset(struct model *model, const char *site_id); /* drops what is held of the site */
/* INVALID: some record could not be read; the others are in. */
MUST_USE enum status model_snapshot(struct model *model, const Fd__Snapshot *snapshot);
/* `change` may be NULL. A record older than the one held changes nothing. */
MUST_USE enum status model_event(struct model *model, const Fd__Event *event, enum model_change *change);

const struct model_case *model_find(const struct model *model, const char *id); /* NULL: not open */
/* Names of people, from a list of people and from their events. */
MUST_USE enum status model_person(struct model *model, const char *id, const char *name);
const char *model_name(const struct model *model, const char *id); /* "" when not known */

const Fd__Alert *model_alert(const struct model_case *item); /* NULL: none */
/* Nobody has acknowledged it, or the acknowledgement has expired. */
bool model_alert_pending(const Fd__Alert *alert);
bool model_alert_names(const Fd__Alert *alert, const char *person_id);
/* The nearest deadline not met yet; 0: none, or the clock stands still. */
int64_t model_due_ms(const Fd__Complaint *complaint);

/* The cases in the order a person should look at them: pending alerts by level, then what falls due first. The array
 * lives in the arena; NULL without memory. */
const struct model_case **model_in_order(const struct model *model, struct arena *arena);

#endif

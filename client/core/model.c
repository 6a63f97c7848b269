/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/model.h"

#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/moment.h"

enum { CASE_ARENA_BYTES = 4 * 1024 };

static void case_free(struct model_case *item) {
    arena_free(&item->memory);
    free(item);
}

void model_free(struct model *model) {
    for (size_t i = 0; i < model->count; i++) case_free(model->cases[i]);
    for (size_t i = 0; i < model->people_count; i++) {
        free(model->people[i].id);
        free(model->people[i].name);
    }
    free(model->cases);
    free(model->people);
    *model = (struct model){0};
}

void model_reset(struct model *model, const char *site_id) {
    size_t kept = 0;
    for (size_t i = 0; i < model->count; i++) {
        if (strcmp(model->cases[i]->site_id, site_id) == 0)
            case_free(model->cases[i]);
        else
            model->cases[kept++] = model->cases[i];
    }
    model->count = kept;
}

static const char *case_id(const struct model *model, size_t place) {
    return model->cases[place]->id;
}

static const char *person_id(const struct model *model, size_t place) {
    return model->people[place].id;
}

/* Where the id is among `count`, or would be. */
static size_t search(const struct model *model, size_t count, const char *(*id_at)(const struct model *, size_t),
                     const char *id, bool *found) {
    size_t low = 0, high = count;
    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id_at(model, middle), id);
        *found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static size_t place_of(const struct model *model, const char *id, bool *found) {
    return search(model, model->count, case_id, id, found);
}

static size_t person_place(const struct model *model, const char *id, bool *found) {
    return search(model, model->people_count, person_id, id, found);
}

const struct model_case *model_find(const struct model *model, const char *id) {
    bool found = false;
    size_t place = place_of(model, id, &found);
    return found ? model->cases[place] : NULL;
}

/* Makes room for one more of `size` bytes each. */
static bool grow(void **array, size_t *capacity, size_t count, size_t size) {
    if (count < *capacity) return true;
    size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    void *larger = realloc(*array, wanted * size);
    if (larger == NULL) return false;
    *array = larger;
    *capacity = wanted;
    return true;
}

static struct model_case *unpack_case(const char *type, const ProtobufCBinaryData *packed, enum status *status) {
    bool complaint = strcmp(type, "complaint") == 0;
    struct model_case *item = calloc(1, sizeof *item);
    *status = item == NULL ? STATUS_TOO_LARGE : STATUS_OK;
    if (item == NULL) return NULL;
    arena_init(&item->memory, packed->len * MESSAGE_BUDGET_FACTOR + CASE_ARENA_BYTES);
    ProtobufCMessage *message = NULL;
    *status = message_unpack_newer(complaint ? &fd__complaint__descriptor : &fd__visit__descriptor, &item->memory,
                                   packed->data, packed->len, &message, NULL);
    if (*status != STATUS_OK) {
        case_free(item);
        return NULL;
    }
    if (complaint) {
        item->complaint = (const Fd__Complaint *)(const void *)message;
        item->id = item->complaint->id;
        item->site_id = item->complaint->site_id;
        item->number = item->complaint->number;
        item->version = item->complaint->version;
    } else {
        item->visit = (const Fd__Visit *)(const void *)message;
        item->id = item->visit->id;
        item->site_id = item->visit->site_id;
        item->number = item->visit->number;
        item->version = item->visit->version;
    }
    return item;
}

static bool complaint_open(const Fd__Complaint *complaint) {
    switch (complaint->state) {
    case FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED:
    case FD__COMPLAINT_STATE__COMPLAINT_STATE_ACCEPTED:
    case FD__COMPLAINT_STATE__COMPLAINT_STATE_UNDER_WAY:
    case FD__COMPLAINT_STATE__COMPLAINT_STATE_WAITING: return true;
    /* The customer has still to be asked. */
    case FD__COMPLAINT_STATE__COMPLAINT_STATE_CLOSED: return true;
    default: return false;
    }
}

/* An emergency that nobody has acknowledged outlives the visit. */
static bool visit_pending(const Fd__Visit *visit) {
    const Fd__Alert *alert = visit->alert;
    return alert != NULL && alert->raised_at_ms != 0 && alert->acknowledged_at_ms == 0 && alert->ended_at_ms == 0;
}

static bool visit_open(const Fd__Visit *visit) {
    return visit_pending(visit) || visit->state == FD__VISIT_STATE__VISIT_STATE_ANNOUNCED ||
           visit->state == FD__VISIT_STATE__VISIT_STATE_ARRIVED ||
           visit->state == FD__VISIT_STATE__VISIT_STATE_WITH_HOST;
}

static bool is_open(const struct model_case *item) {
    return item->complaint != NULL ? complaint_open(item->complaint) : visit_open(item->visit);
}

static enum status insert(struct model *model, size_t place, struct model_case *item) {
    if (!grow((void **)&model->cases, &model->capacity, model->count, sizeof *model->cases)) {
        case_free(item);
        return STATUS_TOO_LARGE;
    }
    memmove(&model->cases[place + 1], &model->cases[place], (model->count - place) * sizeof *model->cases);
    model->cases[place] = item;
    model->count++;
    return STATUS_OK;
}

static enum status take(struct model *model, const char *type, const ProtobufCBinaryData *packed,
                        enum model_change *change) {
    enum status status = STATUS_OK;
    *change = MODEL_SAME;
    struct model_case *item = unpack_case(type, packed, &status);
    if (item == NULL) return status;
    bool found = false;
    size_t place = place_of(model, item->id, &found);
    if (found && model->cases[place]->version >= item->version) {
        case_free(item);
        return STATUS_OK;
    }
    if (!is_open(item)) {
        case_free(item);
        if (!found) return STATUS_OK;
        case_free(model->cases[place]);
        model->count--;
        memmove(&model->cases[place], &model->cases[place + 1], (model->count - place) * sizeof *model->cases);
        *change = MODEL_REMOVED;
        return STATUS_OK;
    }
    *change = found ? MODEL_CHANGED : MODEL_ADDED;
    if (!found) return insert(model, place, item);
    case_free(model->cases[place]);
    model->cases[place] = item;
    return STATUS_OK;
}

static enum status take_person(struct model *model, const ProtobufCBinaryData *packed) {
    struct arena arena;
    arena_init(&arena, packed->len * MESSAGE_BUDGET_FACTOR + CASE_ARENA_BYTES);
    ProtobufCMessage *message = NULL;
    enum status status =
        message_unpack_newer(&fd__person__descriptor, &arena, packed->data, packed->len, &message, NULL);
    const Fd__Person *person = (const Fd__Person *)(const void *)message;
    if (status == STATUS_OK) status = model_person(model, person->id, person->name);
    arena_free(&arena);
    return status;
}

static enum status take_any(struct model *model, const char *type, const ProtobufCBinaryData *packed,
                            enum model_change *change) {
    *change = MODEL_SAME;
    if (strcmp(type, "person") == 0) return take_person(model, packed);
    if (strcmp(type, "complaint") != 0 && strcmp(type, "visit") != 0) return STATUS_OK;
    return take(model, type, packed, change);
}

enum status model_snapshot(struct model *model, const Fd__Snapshot *snapshot) {
    enum status worst = STATUS_OK;
    for (size_t i = 0; i < snapshot->n_records; i++) {
        enum model_change change = MODEL_SAME;
        enum status status = take_any(model, snapshot->record_type, &snapshot->records[i], &change);
        if (status != STATUS_OK) worst = status;
    }
    return worst;
}

enum status model_event(struct model *model, const Fd__Event *event, enum model_change *change) {
    enum model_change own = MODEL_SAME;
    enum status status = STATUS_OK;
    if (event->kind[0] != '\0' && event->record.len > 0)
        status = take_any(model, event->record_type, &event->record, &own);
    if (change != NULL) *change = own;
    return status;
}

enum status model_person(struct model *model, const char *id, const char *name) {
    bool found = false;
    size_t place = person_place(model, id, &found);
    char *own_name = strdup(name), *own_id = found ? NULL : strdup(id);
    bool room =
        found || grow((void **)&model->people, &model->people_capacity, model->people_count, sizeof *model->people);
    if (own_name == NULL || (own_id == NULL && !found) || !room) {
        free(own_name);
        free(own_id);
        return STATUS_TOO_LARGE;
    }
    if (found) {
        free(model->people[place].name);
        model->people[place].name = own_name;
        return STATUS_OK;
    }
    memmove(&model->people[place + 1], &model->people[place], (model->people_count - place) * sizeof *model->people);
    model->people[place] = (struct model_person){.id = own_id, .name = own_name};
    model->people_count++;
    return STATUS_OK;
}

const char *model_name(const struct model *model, const char *id) {
    bool found = false;
    size_t place = person_place(model, id, &found);
    return found ? model->people[place].name : "";
}

const Fd__Alert *model_alert(const struct model_case *item) {
    return item->complaint != NULL ? item->complaint->alert : item->visit->alert;
}

bool model_alert_pending(const Fd__Alert *alert) {
    return alert != NULL && alert->raised_at_ms != 0 && alert->acknowledged_at_ms == 0 && alert->ended_at_ms == 0;
}

bool model_alert_names(const Fd__Alert *alert, const char *person_id) {
    for (size_t i = 0; alert != NULL && i < alert->n_person_ids; i++)
        if (strcmp(alert->person_ids[i], person_id) == 0) return true;
    return false;
}

int64_t model_due_ms(const Fd__Complaint *complaint) {
    if (complaint->state == FD__COMPLAINT_STATE__COMPLAINT_STATE_WAITING) return 0;
    if (complaint->state == FD__COMPLAINT_STATE__COMPLAINT_STATE_CLOSED) return complaint->follow_up_due_at_ms;
    int64_t due = complaint->close_due_at_ms;
    if (complaint->accepted_at_ms == 0) due = moment_earlier(due, complaint->accept_due_at_ms);
    if (complaint->first_contact_at_ms == 0) due = moment_earlier(due, complaint->contact_due_at_ms);
    if (complaint->feedback_at_ms == 0) due = moment_earlier(due, complaint->feedback_due_at_ms);
    if (complaint->planned_at_ms == 0) due = moment_earlier(due, complaint->plan_due_at_ms);
    return due;
}

static int64_t due_of(const struct model_case *item) {
    int64_t due = item->complaint != NULL ? model_due_ms(item->complaint) : item->visit->expected_at_ms;
    return due == 0 ? INT64_MAX : due;
}

static int level_of(const struct model_case *item) {
    const Fd__Alert *alert = model_alert(item);
    return model_alert_pending(alert) ? alert->level : 0;
}

static int compare(const void *left, const void *right) {
    const struct model_case *a = *(const struct model_case *const *)left;
    const struct model_case *b = *(const struct model_case *const *)right;
    int order = level_of(b) - level_of(a);
    if (order != 0) return order;
    if (due_of(a) != due_of(b)) return due_of(a) < due_of(b) ? -1 : 1;
    return strcmp(a->id, b->id);
}

const struct model_case **model_in_order(const struct model *model, struct arena *arena) {
    const struct model_case **order = arena_take(arena, (model->count + 1) * sizeof *order);
    if (order == NULL) return NULL;
    for (size_t i = 0; i < model->count; i++) order[i] = model->cases[i];
    qsort(order, model->count, sizeof *order, compare);
    return order;
}

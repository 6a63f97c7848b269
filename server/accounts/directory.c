/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/directory.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/message.h"
#include "common/text.h"
#include "server/accounts/figures.h"
#include "server/accounts/zones.h"
#include "server/sql/queries.h"

/* A site, its people and its figures. Messages are on the heap, unpacked by protobuf-c. */
struct place {
    Fd__Site *site;
    Fd__Person **people;
    size_t count, capacity;
    struct figures figures;
    struct roster roster;
};

struct places {
    struct place **items;
    size_t count;
};

/* One look at the database. Outlives a directory that is closed meanwhile. */
struct look {
    struct directory *directory; /* NULL: closed */
    struct arena arena;
    struct transaction transaction;
};

struct directory {
    struct database *database;
    struct zones zones;
    struct places places;
    struct look *look; /* NULL: none under way */
    bool look_again;   /* something changed since it began, so it may be older than what is held */
    bool stale;        /* the last look failed, or an entry found no memory: it is looked again */
    void (*on_ready)(void *owner, enum status status); /* NULL: told */
    void *owner;
    void (*on_change)(void *owner, const char *person_id);
    void *change_owner;
};

enum { LOOK_BYTES = 256 * 1024 * 1024 };

/* In the arena; NULL: exhausted. */
static void *lend_copy(struct arena *arena, const ProtobufCMessage *message) {
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = arena_take(arena, length);
    if (packed == NULL) return NULL;
    protobuf_c_message_pack(message, packed);
    return protobuf_c_message_unpack(message->descriptor, &arena->allocator, length, packed);
}

/* A copy of its own; NULL: no memory. */
static void *copy_whole(const ProtobufCMessage *message) {
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(length + 1);
    if (packed == NULL) return NULL;
    protobuf_c_message_pack(message, packed);
    void *copy = protobuf_c_message_unpack(message->descriptor, NULL, length, packed);
    free(packed);
    return copy;
}

static void drop(void *message) {
    if (message != NULL) protobuf_c_message_free_unpacked(message, NULL);
}

static void drop_places(struct places *places) {
    for (size_t i = 0; i < places->count; i++) {
        struct place *place = places->items[i];
        for (size_t j = 0; j < place->count; j++) drop(place->people[j]);
        drop(place->site);
        free(place->people);
        free(place);
    }
    free(places->items);
    *places = (struct places){0};
}

static struct place *find_place(const struct places *places, const char *site_id) {
    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->items[i]->site->id, site_id) == 0) return places->items[i];
    return NULL;
}

static void lend(struct place *place) {
    place->roster = (struct roster){
        .site = place->site,
        .rules = &place->figures.rules,
        .people = (const Fd__Person *const *)place->people,
        .count = place->count,
    };
}

/* Takes the site. NULL: no memory. */
static struct place *add_place(struct places *places, Fd__Site *site) {
    struct place **items = reallocarray(places->items, places->count + 1, sizeof(*items));
    if (items == NULL) return NULL;
    places->items = items;
    struct place *place = calloc(1, sizeof(*place));
    if (place == NULL) return NULL;
    figures_init(&place->figures);
    items[places->count++] = place;
    place->site = site;
    return place;
}

/* What was there before stays where there is no memory: TOO_LARGE. */
static enum status put_site(struct directory *directory, struct places *places, const Fd__Site *site) {
    struct place *place = find_place(places, site->id);
    if (place != NULL && place->site->version >= site->version) return STATUS_OK;
    Fd__Site *copy = copy_whole(&site->base);
    if (copy == NULL) return STATUS_TOO_LARGE;
    if (place == NULL) {
        place = add_place(places, copy);
        if (place == NULL) {
            drop(copy);
            return STATUS_TOO_LARGE;
        }
    } else {
        drop(place->site);
        place->site = copy;
    }
    figures_set_zone(&place->figures, zones_find(&directory->zones, site->time_zone));
    lend(place);
    return STATUS_OK;
}

/* Of a site that is not known (yet) nothing is kept: it comes with its own look. */
static void put_deadlines(const struct places *places, const Fd__Deadlines *record) {
    struct place *place = find_place(places, record->site_id);
    if (place != NULL) figures_take_deadlines(&place->figures, record);
}

static void put_calendar(const struct places *places, const Fd__Calendar *record) {
    struct place *place = find_place(places, record->site_id);
    if (place != NULL) figures_take_calendar(&place->figures, record);
}

static size_t find_person(const struct place *place, const char *person_id) {
    size_t i = 0;
    while (i < place->count && strcmp(place->people[i]->id, person_id) != 0) i++;
    return i;
}

static bool make_room(struct place *place) {
    if (place->count < place->capacity) return true;
    size_t capacity = place->capacity > 0 ? 2 * place->capacity : 16;
    Fd__Person **people = reallocarray(place->people, capacity, sizeof(*people));
    if (people == NULL) return false;
    place->people = people;
    place->capacity = capacity;
    return true;
}

/* CONFLICT: what is held is as new, or the site is not known (yet). TOO_LARGE: no memory. */
static enum status put_person(struct places *places, const Fd__Person *person) {
    struct place *place = find_place(places, person->site_id);
    if (place == NULL) return STATUS_CONFLICT;
    size_t i = find_person(place, person->id);
    if (i < place->count && place->people[i]->version >= person->version) return STATUS_CONFLICT;
    Fd__Person *copy = copy_whole(&person->base);
    if (copy == NULL || (i == place->count && !make_room(place))) {
        drop(copy);
        return STATUS_TOO_LARGE;
    }
    if (i == place->count)
        place->count++;
    else
        drop(place->people[i]);
    place->people[i] = copy;
    lend(place);
    return STATUS_OK;
}

/* The name belongs to the account, so a change on one site shows on all. TOO_LARGE: no memory for one of them. */
static enum status rename_everywhere(struct places *places, const Fd__Person *person) {
    for (size_t i = 0; i < places->count; i++) {
        struct place *place = places->items[i];
        size_t at = find_person(place, person->id);
        if (at == place->count || text_equal(place->people[at]->name, person->name)) continue;
        Fd__Person changed = *place->people[at];
        changed.name = person->name;
        Fd__Person *copy = copy_whole(&changed.base);
        if (copy == NULL) return STATUS_TOO_LARGE;
        drop(place->people[at]);
        place->people[at] = copy;
    }
    return STATUS_OK;
}

static void tell(struct directory *directory, const char *person_id) {
    if (directory->on_change != NULL) directory->on_change(directory->change_owner, person_id);
}

/* Tells of everybody in `some` who is not the same in `others`. */
static void tell_difference(struct directory *directory, const struct places *some, const struct places *others) {
    for (size_t i = 0; i < some->count; i++) {
        const struct place *here = some->items[i], *there = find_place(others, here->site->id);
        for (size_t j = 0; j < here->count; j++) {
            const Fd__Person *person = here->people[j];
            size_t at = there != NULL ? find_person(there, person->id) : 0;
            bool same = there != NULL && at < there->count && there->people[at]->version == person->version;
            if (!same) tell(directory, person->id);
        }
    }
}

static void start_look(struct directory *directory);

/* One kind of record: its rows in a look and its entries in the journal. */
struct source {
    const char *record_type;
    const struct query *query;
    const ProtobufCMessageDescriptor *descriptor;
};

/* In this order: whatever hangs on a site comes behind it. */
enum { SOURCE_SITE, SOURCE_PERSON, SOURCE_DEADLINES, SOURCE_CALENDAR, SOURCES };
static const struct source sources[SOURCES] = {
    [SOURCE_SITE] = {"site",      &sql_directory_sites,     &fd__site__descriptor     },
    [SOURCE_PERSON] = {"person",    &sql_directory_people,    &fd__person__descriptor   },
    [SOURCE_DEADLINES] = {"deadlines", &sql_directory_deadlines, &fd__deadlines__descriptor},
    [SOURCE_CALENDAR] = {"calendar",  &sql_directory_calendars, &fd__calendar__descriptor },
};

/* TOO_LARGE: no memory. */
static enum status put(struct directory *directory, struct places *places, int source, const ProtobufCMessage *record) {
    const void *message = record;
    switch (source) {
    case SOURCE_SITE: return put_site(directory, places, message);
    case SOURCE_PERSON: return put_person(places, message) == STATUS_TOO_LARGE ? STATUS_TOO_LARGE : STATUS_OK;
    case SOURCE_DEADLINES: put_deadlines(places, message); break;
    default: put_calendar(places, message); break;
    }
    return STATUS_OK;
}

static enum status read_places(struct directory *directory, struct look *look, struct places *places) {
    for (int source = 0; source < SOURCES; source++) {
        const PGresult *rows = look->transaction.statements[source].result;
        for (int i = 0; i < PQntuples(rows); i++) {
            ProtobufCMessage *record = row_to_message(&look->arena, rows, i, sources[source].descriptor);
            if (record == NULL) return STATUS_TOO_LARGE;
            if (put(directory, places, source, record) != STATUS_OK) return STATUS_TOO_LARGE;
        }
    }
    return STATUS_OK;
}

static enum status take_in(struct directory *directory, struct look *look) {
    struct places places = {0}, before = directory->places;
    enum status status = read_places(directory, look, &places);
    if (status != STATUS_OK) {
        drop_places(&places);
        return status;
    }
    directory->places = places;
    tell_difference(directory, &before, &places);
    tell_difference(directory, &places, &before);
    drop_places(&before);
    return STATUS_OK;
}

static void end_look(struct look *look) {
    transaction_clear(&look->transaction);
    arena_free(&look->arena);
    free(look);
}

static void on_looked(struct transaction *transaction, enum status status) {
    struct look *look = list_item(transaction, struct look, transaction);
    struct directory *directory = look->directory;
    if (directory != NULL) {
        directory->look = NULL;
        if (status == STATUS_OK) status = take_in(directory, look);
        if (status != STATUS_OK) LOG(WARNING, "people not loaded", LOG_TEXT("status", status_name(status)));
    }
    end_look(look);
    if (directory == NULL) return;
    void (*on_ready)(void *, enum status) = directory->on_ready;
    directory->on_ready = NULL;
    directory->stale = status != STATUS_OK;
    if (directory->look_again && status == STATUS_OK) start_look(directory);
    if (on_ready != NULL) on_ready(directory->owner, status);
}

static void start_look(struct directory *directory) {
    directory->look_again = directory->look != NULL;
    if (directory->look_again) return;
    struct look *look = calloc(1, sizeof(*look));
    directory->stale = directory->stale || look == NULL;
    if (look == NULL) return;
    look->directory = directory;
    directory->look = look;
    arena_init(&look->arena, LOOK_BYTES);
    transaction_init(&look->transaction, &look->arena, NULL, on_looked);
    for (int source = 0; source < SOURCES; source++) transaction_add(&look->transaction, sources[source].query);
    database_read(directory->database, &look->transaction);
}

enum status directory_open(struct directory **directory, struct database *database,
                           void (*on_ready)(void *owner, enum status status), void *owner) {
    struct directory *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->database = database;
    made->on_ready = on_ready;
    made->owner = owner;
    zones_init(&made->zones);
    start_look(made);
    *directory = made;
    if (made->look != NULL) return STATUS_OK;
    *directory = NULL;
    directory_close(made);
    return STATUS_TOO_LARGE;
}

void directory_close(struct directory *directory) {
    if (directory == NULL) return;
    if (directory->look != NULL) directory->look->directory = NULL;
    drop_places(&directory->places);
    zones_free(&directory->zones);
    free(directory);
}

void directory_reload(struct directory *directory) {
    start_look(directory);
}

void directory_refresh(struct directory *directory) {
    if (directory->stale && directory->look == NULL) start_look(directory);
}

static void apply_person(struct directory *directory, const Fd__Person *person) {
    enum status status = put_person(&directory->places, person);
    if (status == STATUS_OK) {
        if (rename_everywhere(&directory->places, person) != STATUS_OK) directory->stale = true;
        tell(directory, person->id);
    }
    if (status == STATUS_TOO_LARGE) directory->stale = true;
}

void directory_apply(struct directory *directory, const char *record_type, const void *record, size_t length) {
    int source = 0;
    while (source < SOURCES && strcmp(record_type, sources[source].record_type) != 0) source++;
    if (source == SOURCES) return;
    ProtobufCMessage *message = protobuf_c_message_unpack(sources[source].descriptor, NULL, length, record);
    if (message == NULL) LOG(ERROR, "an entry of the journal does not decode", LOG_TEXT("record_type", record_type));
    /* A founder's place comes with the site and has no entry of its own: it is read from the database. */
    if (message == NULL || source == SOURCE_SITE || directory->look != NULL || directory->stale) start_look(directory);
    if (message != NULL && source == SOURCE_PERSON) apply_person(directory, (const Fd__Person *)message);
    if (message != NULL && source != SOURCE_PERSON && put(directory, &directory->places, source, message) != STATUS_OK)
        directory->stale = true;
    drop(message);
}

void directory_on_change(struct directory *directory, void (*on_change)(void *owner, const char *person_id),
                         void *owner) {
    directory->on_change = on_change;
    directory->change_owner = owner;
}

const struct roster *directory_roster(const struct directory *directory, const char *site_id) {
    const struct place *place = find_place(&directory->places, site_id);
    return place != NULL ? &place->roster : NULL;
}

static Fd__Membership *membership(struct arena *arena, const struct place *place, const Fd__Person *person) {
    Fd__Membership *made = message_new(arena, &fd__membership__descriptor);
    if (made == NULL) return NULL;
    made->site = lend_copy(arena, &place->site->base);
    made->person = lend_copy(arena, &person->base);
    return made->site != NULL && made->person != NULL ? made : NULL;
}

size_t directory_memberships(const struct directory *directory, const char *person_id, struct arena *arena,
                             Fd__Membership ***memberships) {
    size_t count = 0;
    Fd__Membership **list = arena_take(arena, (directory->places.count + 1) * sizeof(Fd__Membership *));
    *memberships = list;
    if (list == NULL) return 0;
    for (size_t i = 0; i < directory->places.count; i++) {
        const Fd__Person *person = roster_find(&directory->places.items[i]->roster, person_id);
        if (person == NULL) continue;
        list[count] = membership(arena, directory->places.items[i], person);
        if (list[count] != NULL) count++;
    }
    return arena_exhausted(arena) ? 0 : count;
}

bool directory_knows_zone(struct directory *directory, const char *name) {
    return zones_find(&directory->zones, name) != NULL;
}

size_t directory_site_count(const struct directory *directory) {
    return directory->places.count;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the table of operations: each hangs together, each statement finds its parameters, and each lets in the roles
 * of D1 and D3 and nobody else. */
#include "server/request/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/server/request/desk.h"

#define KEY "01932d4e-0000-7000-8000-000000000001"

static const ProtobufCFieldDescriptor *first_field(const ProtobufCMessageDescriptor *descriptor) {
    return protobuf_c_message_descriptor_get_field(descriptor, 1);
}

static void each_has_what_it_needs(void **state) {
    (void)state;
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        assert_ptr_equal(operation_find(operation->name), operation);
        assert_non_null(operation->request);
        assert_non_null(operation->response);
        bool question = operation->reads[0] != NULL;
        assert_true(question || operation->decide != NULL || operation->run != NULL);
        assert_false(question && operation->decide != NULL);
        if (operation->before_sign_in) assert_int_equal(operation->action, ACTION_SELF);
        if (operation->action == ACTION_SELF) assert_non_null(operation->run);
    }
    assert_null(operation_find("complaint"));
    assert_null(operation_find(""));
}

/* A reply is a journal entry: so its field 1 is the topic's record, and the record begins with id, site, number,
 * version. */
static void the_reply_of_a_write_is_its_record(void **state) {
    (void)state;
    static const char *const head[] = {"id", "site_id", "number", "version"};
    int writes = 0;
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        if (operation->decide == NULL) continue;
        writes++;
        assert_non_null(operation->topic);
        assert_ptr_equal(first_field(operation->response)->descriptor, operation->topic->record);
        for (unsigned j = 0; j < 4; j++) {
            const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field(operation->topic->record, j + 1);
            assert_string_equal(field->name, head[j]);
        }
        assert_non_null(operation->store != NULL ? operation->store : operation->topic->store);
        if (!operation->creates) assert_non_null(operation->load != NULL ? operation->load : operation->topic->load);
        if (operation->creates && operation->topic->snapshot == NULL) assert_int_not_equal(operation->taken, 0);
    }
    assert_true(writes > 0); /* which ones there are, each_lets_in_its_roles_and_nobody_else says */
}

static void topics_are_found_by_name(void **state) {
    (void)state;
    static const char *const names[] = {"complaint", "visit", "person", "desk", "site", "deadlines", "calendar"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_non_null(topic_find(names[i]));
        assert_string_equal(topic_at(i)->name, names[i]);
    }
    assert_null(topic_at(sizeof(names) / sizeof(names[0])));
    assert_null(topic_find("nothing"));
    for (size_t i = 0; topic_at(i) != NULL; i++)
        if (topic_at(i)->wake != NULL) assert_non_null(topic_at(i)->load_by_id);
}

static void assert_binds(struct arena *arena, const struct query *query, const ProtobufCMessageDescriptor *first) {
    if (query == NULL) return;
    Fd__Change change = FD__CHANGE__INIT;
    Fd__Cursor cursor = FD__CURSOR__INIT;
    struct statement statement = {
        .query = query, .sources = {message_new(arena, first), &change.base, &cursor.base}
    };
    struct parameters parameters;
    struct parameters_plan plan = {0};
    assert_int_equal(parameters_bind(&plan, arena, &statement, &parameters), STATUS_OK);
    parameters_plan_free(&plan);
    assert_int_equal(parameters.count, query->parameter_count);
}

static void every_parameter_has_a_field(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        assert_binds(&arena, operation->load, operation->request);
        assert_binds(&arena, operation->other, operation->request);
        for (int j = 0; j < OPERATION_READS; j++) assert_binds(&arena, operation->reads[j], operation->request);
        if (operation->decide == NULL) continue;
        assert_binds(&arena, operation->store, operation->topic->record);
        assert_binds(&arena, operation->also, operation->topic->record);
        if (!operation->creates && operation->load == NULL)
            assert_binds(&arena, operation->topic->load, operation->request);
    }
    for (size_t i = 0; topic_at(i) != NULL; i++) {
        assert_binds(&arena, topic_at(i)->load_by_id, topic_at(i)->record);
        assert_binds(&arena, topic_at(i)->store, topic_at(i)->record);
        assert_binds(&arena, topic_at(i)->snapshot, topic_at(i)->record);
    }
    assert_binds(&arena, &sql_receipt_find, &fd__get_complaint_request__descriptor);
    assert_binds(&arena, &sql_timer_rest, &fd__complaint__descriptor);
    arena_free(&arena);
}

/* Each read fills a field of the response that holds messages. */
static void reads_have_their_fields(void **state) {
    (void)state;
    for (size_t i = 0; operation_at(i) != NULL; i++)
        for (unsigned j = 0; j < OPERATION_READS && operation_at(i)->reads[j] != NULL; j++) {
            const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field(operation_at(i)->response, j + 1);
            assert_non_null(field);
            assert_int_equal(field->type, PROTOBUF_C_TYPE_MESSAGE);
        }
}

/* Promise 16. Clerk, team Leader, team Member, Supervisor, manaGer, Administrator, Finance, head office's Viewer and
 * administrator (H). `*`: everybody who is signed in; `-`: strangers only. */
static const struct {
    const char *operation, *roles;
} allowed[] = {
    {"session.sign_in",            "-"        },
    {"session.resume",             "-"        },
    {"session.sign_out",           "*"        },
    {"session.change_password",    "*"        },
    {"complaint.register",         "CLMSGAF"  },
    {"complaint.accept",           "CLMSGAF"  },
    {"complaint.assign",           "CLMSGAF"  },
    {"complaint.record_action",    "CLMSGAF"  },
    {"complaint.classify",         "CLMSGAF"  },
    {"complaint.pause",            "CLMSGAF"  },
    {"complaint.resume",           "CLMSGAF"  },
    {"complaint.escalate",         "CLMSGAF"  },
    {"complaint.acknowledge",      "CLMSGAFVH"},
    {"complaint.take_over",        "SG"       },
    {"complaint.send_back",        "SG"       },
    {"complaint.close",            "CLMSGAF"  },
    {"complaint.follow_up",        "CLMSGAF"  },
    {"complaint.reopen",           "CLMSGAF"  },
    {"complaint.link",             "CLMSGAF"  },
    {"complaint.plan",             "CLMSGAF"  },
    {"complaint.ask_extension",    "CLMSGAF"  },
    {"complaint.decide_extension", "G"        },
    {"complaint.get",              "CLMSGAF"  },
    {"complaint.list",             "CLMSGAFVH"},
    {"visit.announce",             "CLMSGAF"  },
    {"visit.walk_in",              "CLMSGAF"  },
    {"visit.arrive",               "CLMSGAF"  },
    {"visit.meet",                 "CLMSGAF"  },
    {"visit.leave",                "CLMSGAF"  },
    {"visit.cancel",               "CLMSGAF"  },
    {"visit.emergency",            "CLMSGAF"  },
    {"visit.acknowledge",          "CLMSGAFVH"},
    {"visit.get",                  "CLMSGAF"  },
    {"visit.list",                 "CLMSGAFVH"},
    {"person.create",              "GAH"      },
    {"person.update",              "GAH"      },
    {"person.set_absence",         "CLMSGAFVH"}, /* of themselves; of whom else the rule says */
    {"person.clear_absence",       "CLMSGAFVH"},
    {"person.list",                "CLMSGAFVH"},
    {"person.reset_password",      "GAH"      },
    {"desk.create",                "GAH"      },
    {"desk.list",                  "CLMSGAFVH"},
    {"site.create",                "H"        },
    {"site.list",                  "*"        },
    {"authority.list",             "*"        },
    {"rules.get",                  "CLMSGAFVH"},
    {"rules.set_deadlines",        "GH"       },
    {"rules.reset_deadlines",      "GH"       },
    {"rules.set_calendar",         "GH"       },
    {"rules.reset_calendar",       "GH"       },
};

/* Every operation has its row, in whatever order the table lists them. */
static const char *roles_of(const char *operation) {
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
        if (strcmp(allowed[i].operation, operation) == 0) return allowed[i].roles;
    fail_msg("nobody has said who may call %s", operation);
    return NULL;
}

static bool may(const char *roles, int role) {
    static const char letters[] = {0, 'C', 'L', 'M', 'S', 'G', 'A', 'F', 'V', 'H'};
    return roles[0] == '*' || strchr(roles, letters[role]) != NULL;
}

/* Asks, without letting the database work: whoever is let in either waits for it or was refused for another reason. */
static enum status knock(struct desk *desk, const struct operation *operation, int role) {
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    desk_is(desk, role);
    int before = desk->replies;
    desk_begin(desk, operation->name, SITE, KEY, message_new(&arena, operation->request));
    arena_free(&arena);
    enum status status = desk->replies > before ? (enum status)desk->reply->status : STATUS_OK;
    if (status == STATUS_DENIED) assert_int_equal(fake.pending_count, 0);
    fake_run();
    return status;
}

static void each_lets_in_its_roles_and_nobody_else(void **state) {
    (void)state;
    struct desk desk;
    uv_loop_t loop;
    assert_int_equal(uv_loop_init(&loop), 0);
    desk_open(&desk);
    assert_int_equal(password_room_open(&desk.services.passwords, &loop), STATUS_OK);
    size_t count = 0;
    for (; operation_at(count) != NULL; count++) {
        const struct operation *operation = operation_at(count);
        const char *roles = roles_of(operation->name);
        for (int role = 1; role <= ROLES; role++) {
            enum status status = knock(&desk, operation, role);
            uv_run(&loop, UV_RUN_DEFAULT);
            fake_run();
            if (roles[0] == '-')
                assert_int_equal(status, STATUS_CONFLICT);
            else if ((status != STATUS_DENIED) != may(roles, role))
                fail_msg("%s by %s: %s", operation->name, message_enum_word(&fd__role__descriptor, role),
                         status_name(status));
        }
    }
    assert_int_equal(count, sizeof(allowed) / sizeof(allowed[0]));
    password_room_close(desk.services.passwords);
    desk_close(&desk);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* The other side of the table: nobody signed in gets nothing but the way in. */
static void strangers_get_the_way_in_only(void **state) {
    (void)state;
    struct desk desk;
    struct arena arena;
    desk_open(&desk);
    arena_init(&arena, 1024 * 1024);
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        desk_begin(&desk, operation->name, SITE, KEY, message_new(&arena, operation->request));
        assert_int_equal(desk.reply->status, operation->before_sign_in ? STATUS_INVALID : STATUS_UNAUTHENTICATED);
        assert_int_equal(fake.pending_count, 0);
    }
    arena_free(&arena);
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_what_it_needs),        cmocka_unit_test(the_reply_of_a_write_is_its_record),
        cmocka_unit_test(topics_are_found_by_name),      cmocka_unit_test(every_parameter_has_a_field),
        cmocka_unit_test(reads_have_their_fields),       cmocka_unit_test(each_lets_in_its_roles_and_nobody_else),
        cmocka_unit_test(strangers_get_the_way_in_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

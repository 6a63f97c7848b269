/* SPDX-License-Identifier: Apache-2.0 */
/* visit announce, walk-in, arrive, meet, leave, cancel, emergency: each is one operation. */
#include "client/cli/language.h"
#include "client/cli/remote.h"
#include "frontdesk/v1/visit.pb-c.h"

#define REMOTE(name, message)                                                                                          \
    .operation = "visit." name, .request = &fd__##message##_request__descriptor,                                       \
    .response = &fd__##message##_response__descriptor, .number_prefix = 'V'
#define VISIT_VERSION                                                                                                  \
    { "if-version", 0, N_("N"), N_("only if the record still has this version"), "version", NULL }
#define VISITOR                                                                                                        \
    {"phone", 'p', N_("PHONE"), N_("the visitor's phone"), "visitor_phone", NULL},                                     \
        {"party", 'n', N_("N"), N_("how many people"), "party", NULL},                                                 \
        {"vehicle", 'v', N_("PLATE"), N_("number plate"), "vehicle", NULL},                                            \
        {"purpose", 's', N_("TEXT"), N_("why they come"), "purpose", NULL},                                            \
        {"host", 'H', N_("PERSON"), N_("whom of the staff they visit"), "host_id", NULL}, {                            \
        "unit", 'u', N_("UNIT"), N_("the unit they visit"), "host_unit", NULL                                          \
    }

static const struct cli_option announce_options[] = {
    VISITOR,
    {"expected", 'e', N_("TIME"), N_("when they are expected"), "expected_at_ms", NULL},
    {NULL,       0,   NULL,       NULL,                         NULL,             NULL},
};

static const struct cli_remote announce_remote = {REMOTE("announce", announce_visit), .fields = {"visitor_name"},
                                                  .defaults = "party=1"};

const struct cli_command command_visit_announce = {
    .path = "visit announce",
    .synopsis = N_("NAME"),
    .summary = N_("announce a visitor"),
    .options = announce_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &announce_remote,
    .run = remote_run,
};

static const struct cli_option walk_in_options[] = {
    VISITOR,
    {"pass", 'P', N_("NUMBER"), N_("the pass handed out"), "pass", NULL},
    {NULL,   0,   NULL,         NULL,                      NULL,   NULL},
};

static const struct cli_remote walk_in_remote = {REMOTE("walk_in", walk_in_visit), .fields = {"visitor_name"},
                                                 .defaults = "party=1"};

const struct cli_command command_visit_walk_in = {
    .path = "visit walk-in",
    .synopsis = N_("NAME"),
    .summary = N_("register a visitor who stands at the desk"),
    .options = walk_in_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &walk_in_remote,
    .run = remote_run,
};

static const struct cli_option arrive_options[] = {
    {"pass", 'P', N_("NUMBER"), N_("the pass handed out"), "pass", NULL},
    VISIT_VERSION,
    {NULL,   0,   NULL,         NULL,                      NULL,   NULL},
};

static const struct cli_remote arrive_remote = {REMOTE("arrive", arrive_visit), .fields = {"number"}};

const struct cli_command command_visit_arrive = {
    .path = "visit arrive",
    .synopsis = N_("NUMBER"),
    .summary = N_("an announced visitor has arrived"),
    .options = arrive_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &arrive_remote,
    .run = remote_run,
};

static const struct cli_option version_options[] = {VISIT_VERSION, {0}};

static const struct cli_remote meet_remote = {REMOTE("meet", meet_visit), .fields = {"number"}};

const struct cli_command command_visit_meet = {
    .path = "visit meet",
    .synopsis = N_("NUMBER"),
    .summary = N_("the visitor is with the host"),
    .options = version_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &meet_remote,
    .run = remote_run,
};

static const struct cli_remote leave_remote = {REMOTE("leave", leave_visit), .fields = {"number"}};

const struct cli_command command_visit_leave = {
    .path = "visit leave",
    .synopsis = N_("NUMBER"),
    .summary = N_("the visitor has left"),
    .options = version_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &leave_remote,
    .run = remote_run,
};

static const struct cli_option reason_options[] = {
    {"reason", 'r', N_("TEXT"), N_("why"), "reason", NULL},
    VISIT_VERSION,
    {NULL,     0,   NULL,       NULL,      NULL,     NULL},
};

static const struct cli_remote cancel_remote = {
    REMOTE("cancel", cancel_visit), .fields = {"number", "reason"}
};

const struct cli_command command_visit_cancel = {
    .path = "visit cancel",
    .synopsis = N_("NUMBER REASON"),
    .summary = N_("an announced visitor does not come"),
    .options = reason_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &cancel_remote,
    .run = remote_run,
};

static const struct cli_remote emergency_remote = {
    REMOTE("emergency", raise_emergency),
    .fields = {"number", "reason"},
    .confirm = N_("This alarms supervisor and manager at once. Go on?"),
};

const struct cli_command command_visit_emergency = {
    .path = "visit emergency",
    .synopsis = N_("NUMBER REASON"),
    .summary = N_("report an emergency up at once, like a major complaint"),
    .options = reason_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &emergency_remote,
    .run = remote_run,
};

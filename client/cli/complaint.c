/* SPDX-License-Identifier: Apache-2.0 */
/* complaint register, accept, assign, … : each is one operation. */
#include "client/cli/complaint.h"

#include "client/cli/language.h"
#include "client/cli/remote.h"
#include "frontdesk/v1/complaint.pb-c.h"

#define REMOTE(name, message)                                                                                          \
    .operation = "complaint." name, .request = &fd__##message##_request__descriptor,                                   \
    .response = &fd__##message##_response__descriptor, .number_prefix = 'C'
#define COMPLAINT_VERSION                                                                                              \
    { "if-version", 0, N_("N"), N_("only if the record still has this version"), "version", NULL }
#define COMPLAINT_REASON                                                                                               \
    { "reason", 'r', N_("TEXT"), N_("why"), "reason", NULL }

static const struct cli_option register_options[] = {
    {"subject",     's', N_("TEXT"),    N_("what it is about, in a line"),               "subject",        NULL},
    {"description", 'd', N_("TEXT"),    N_("what happened; - reads the standard input"), "description",    NULL},
    {"severity",    'S', N_("LEVEL"),   N_("how bad it is"),                             "severity",       NULL},
    {"type",        't', N_("TYPE"),    N_("what kind"),                                 "type",           NULL},
    {"name",        'n', N_("NAME"),    N_("the customer"),                              "customer_name",  NULL},
    {"phone",       'p', N_("PHONE"),   N_("the customer's phone"),                      "customer_phone", NULL},
    {"unit",        'u', N_("UNIT"),    N_("building-unit-room"),                        "unit",           NULL},
    {"anonymous",   'a', NULL,          N_("the customer gives no name"),                "anonymous",      NULL},
    {"channel",     'c', N_("CHANNEL"), N_("how it came in (counter)"),                  "channel",        NULL},
    {"place",       'l', N_("TEXT"),    N_("where it happened"),                         "place",          NULL},
    {"wanted",      'w', N_("TEXT"),    N_("what the customer wants"),                   "wanted_outcome", NULL},
    {"team",        'T', N_("TEAM"),    N_("the team responsible; else by the type"),    "team",           NULL},
    {"received",    0,   N_("TIME"),    N_("when the customer spoke; else now"),         "received_at_ms", NULL},
    {NULL,          0,   NULL,          NULL,                                            NULL,             NULL},
};

static const struct cli_remote register_remote = {REMOTE("register", register_complaint), .fields = {"subject"},
                                                  .defaults = "channel=counter severity=general"};

const struct cli_command command_complaint_register = {
    .path = "complaint register",
    .synopsis = N_("[SUBJECT]"),
    .summary = N_("register a complaint"),
    .details = N_("At a terminal, what is missing is asked for, question by question."),
    .options = register_options,
    .at_most = 1,
    .remote = &register_remote,
    .run = complaint_register_run,
};

static const struct cli_option version_options[] = {COMPLAINT_VERSION, {0}};

static const struct cli_remote accept_remote = {REMOTE("accept", accept_complaint), .fields = {"number"}};

const struct cli_command command_complaint_accept = {
    .path = "complaint accept",
    .synopsis = N_("NUMBER"),
    .summary = N_("answer for a complaint yourself"),
    .options = version_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &accept_remote,
    .run = remote_run,
};

static const struct cli_option assign_options[] = {
    {"team", 'T', N_("TEAM"), N_("to this team"), "team", NULL},
    COMPLAINT_REASON,
    COMPLAINT_VERSION,
    {NULL,   0,   NULL,       NULL,               NULL,   NULL},
};

static const struct cli_remote assign_remote = {
    REMOTE("assign", assign_complaint), .fields = {"number", "handler_id"}
};

const struct cli_command command_complaint_assign = {
    .path = "complaint assign",
    .synopsis = N_("NUMBER [PERSON]"),
    .summary = N_("give a complaint to a person or a team"),
    .options = assign_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &assign_remote,
    .run = remote_run,
};

const struct cli_command command_reassign = {
    .path = "reassign",
    .synopsis = N_("NUMBER [PERSON]"),
    .summary = N_("the same as complaint assign"),
    .options = assign_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &assign_remote,
    .run = remote_run,
};

static const struct cli_option note_options[] = {
    {"kind", 'k', N_("KIND"), N_("what kind of note (action)"), "kind", NULL},
    COMPLAINT_VERSION,
    {NULL,   0,   NULL,       NULL,                             NULL,   NULL},
};

static const struct cli_remote note_remote = {
    REMOTE("record_action", record_action), .fields = {"number", "note"},
        .defaults = "kind=action"
};

const struct cli_command command_complaint_note = {
    .path = "complaint note",
    .synopsis = N_("NUMBER TEXT"),
    .summary = N_("record what was done"),
    .options = note_options,
    .at_least = 2,
    .at_most = 2,
    .remote = &note_remote,
    .run = remote_run,
};

static const struct cli_remote contact_remote = {
    REMOTE("record_action", record_action), .fields = {"number", "note"},
        .defaults = "kind=contact"
};

const struct cli_command command_complaint_contact = {
    .path = "complaint contact",
    .synopsis = N_("NUMBER TEXT"),
    .summary = N_("record that the customer was spoken to"),
    .options = version_options,
    .at_least = 2,
    .at_most = 2,
    .remote = &contact_remote,
    .run = remote_run,
};

static const struct cli_remote feedback_remote = {
    REMOTE("record_action", record_action), .fields = {"number", "note"},
        .defaults = "kind=feedback"
};

const struct cli_command command_complaint_feedback = {
    .path = "complaint feedback",
    .synopsis = N_("NUMBER TEXT"),
    .summary = N_("record that the customer was told what will be done"),
    .options = version_options,
    .at_least = 2,
    .at_most = 2,
    .remote = &feedback_remote,
    .run = remote_run,
};

static const struct cli_option classify_options[] = {
    {"severity", 'S', N_("LEVEL"), N_("how bad it is"), "severity", NULL},
    {"type",     't', N_("TYPE"),  N_("what kind"),     "type",     NULL},
    COMPLAINT_REASON,
    COMPLAINT_VERSION,
    {NULL,       0,   NULL,        NULL,                NULL,       NULL},
};

static const struct cli_remote classify_remote = {REMOTE("classify", classify_complaint), .fields = {"number"}};

const struct cli_command command_complaint_classify = {
    .path = "complaint classify",
    .synopsis = N_("NUMBER"),
    .summary = N_("change severity (with --reason) or type"),
    .options = classify_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &classify_remote,
    .run = remote_run,
};

static const struct cli_option pause_options[] = {
    {"for", 'f', N_("WHOM"), N_("who is waited for"), "waiting_for", NULL},
    COMPLAINT_REASON,
    COMPLAINT_VERSION,
    {NULL,  0,   NULL,       NULL,                    NULL,          NULL},
};

static const struct cli_remote pause_remote = {REMOTE("pause", pause_complaint), .fields = {"number"},
                                               .required = "for"};

const struct cli_command command_complaint_pause = {
    .path = "complaint pause",
    .synopsis = N_("NUMBER --for WHOM --reason TEXT"),
    .summary = N_("stop the clock while customer or supplier is waited for"),
    .options = pause_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &pause_remote,
    .run = remote_run,
};

static const struct cli_option resume_options[] = {
    {"note", 'n', N_("TEXT"), N_("what has come"), "note", NULL},
    COMPLAINT_VERSION,
    {NULL,   0,   NULL,       NULL,                NULL,   NULL},
};

static const struct cli_remote resume_remote = {REMOTE("resume", resume_complaint), .fields = {"number"}};

const struct cli_command command_complaint_resume = {
    .path = "complaint resume",
    .synopsis = N_("NUMBER"),
    .summary = N_("let the clock run again"),
    .options = resume_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &resume_remote,
    .run = remote_run,
};

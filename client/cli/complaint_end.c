/* SPDX-License-Identifier: Apache-2.0 */
/* complaint escalate, take-over, send-back, close, follow-up, reopen, link: how a complaint climbs and ends. */
#include "client/cli/language.h"
#include "client/cli/remote.h"
#include "frontdesk/v1/complaint.pb-c.h"

#define REMOTE(name, message)                                                                                          \
    .operation = "complaint." name, .request = &fd__##message##_complaint_request__descriptor,                         \
    .response = &fd__##message##_complaint_response__descriptor, .number_prefix = 'C'
#define COMPLAINT_VERSION                                                                                              \
    { "if-version", 0, N_("N"), N_("only if the record still has this version"), "version", NULL }
#define COMPLAINT_REASON                                                                                               \
    { "reason", 'r', N_("TEXT"), N_("why"), "reason", NULL }

static const struct cli_option reason_options[] = {COMPLAINT_REASON, COMPLAINT_VERSION, {0}};

static const struct cli_remote escalate_remote = {
    REMOTE("escalate", escalate), .fields = {"number", "reason"}
};

const struct cli_command command_complaint_escalate = {
    .path = "complaint escalate",
    .synopsis = N_("NUMBER REASON"),
    .summary = N_("report up a level"),
    .options = reason_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &escalate_remote,
    .run = remote_run,
};

static const struct cli_remote take_over_remote = {
    REMOTE("take_over", take_over), .fields = {"number", "reason"}
};

const struct cli_command command_complaint_take_over = {
    .path = "complaint take-over",
    .synopsis = N_("NUMBER [REASON]"),
    .summary = N_("take a complaint over from its handler"),
    .options = reason_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &take_over_remote,
    .run = remote_run,
};

static const struct cli_remote send_back_remote = {
    REMOTE("send_back", send_back), .fields = {"number", "handler_id"}
};

const struct cli_command command_complaint_send_back = {
    .path = "complaint send-back",
    .synopsis = N_("NUMBER [PERSON] --reason TEXT"),
    .summary = N_("send a complaint back down; without a person to the team's leader"),
    .options = reason_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &send_back_remote,
    .run = remote_run,
};

static const struct cli_option close_options[] = {
    {"cause",   'c', N_("TEXT"),    N_("what caused it"),              "cause",   NULL},
    {"verdict", 'v', N_("VERDICT"), N_("was the complaint justified"), "verdict", NULL},
    {"remedy",  'm', N_("TEXT"),    N_("what was done about it"),      "remedy",  NULL},
    COMPLAINT_VERSION,
    {NULL,      0,   NULL,          NULL,                              NULL,      NULL},
};

static const struct cli_remote close_remote = {
    REMOTE("close", close), .fields = {"number", "remedy"},
        .defaults = "verdict=justified"
};

const struct cli_command command_complaint_close = {
    .path = "complaint close",
    .synopsis = N_("NUMBER REMEDY --cause TEXT"),
    .summary = N_("close a complaint"),
    .options = close_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &close_remote,
    .run = remote_run,
};

static const struct cli_option follow_up_options[] = {
    {"satisfaction", 's', N_("1-5"),  N_("how satisfied the customer is, 5 is best"), "satisfaction",     NULL},
    {"opinion",      'o', N_("TEXT"), N_("what the customer said"),                   "customer_opinion", NULL},
    COMPLAINT_VERSION,
    {NULL,           0,   NULL,       NULL,                                           NULL,               NULL},
};

static const struct cli_remote follow_up_remote = {
    REMOTE("follow_up", follow_up), .fields = {"number", "satisfaction", "customer_opinion"}
};

const struct cli_command command_complaint_follow_up = {
    .path = "complaint follow-up",
    .synopsis = N_("NUMBER 1-5 [OPINION]"),
    .summary = N_("record the follow-up call"),
    .options = follow_up_options,
    .at_least = 1,
    .at_most = 3,
    .remote = &follow_up_remote,
    .run = remote_run,
};

static const struct cli_remote reopen_remote = {
    REMOTE("reopen", reopen), .fields = {"number", "reason"}
};

const struct cli_command command_complaint_reopen = {
    .path = "complaint reopen",
    .synopsis = N_("NUMBER REASON"),
    .summary = N_("open a closed complaint again"),
    .options = reason_options,
    .at_least = 1,
    .at_most = 2,
    .remote = &reopen_remote,
    .run = remote_run,
};

static const struct cli_remote link_remote = {
    REMOTE("link", link), .fields = {"number", "duplicate_of", "reason"}
};

const struct cli_command command_complaint_link = {
    .path = "complaint link",
    .synopsis = N_("NUMBER NUMBER [REASON]"),
    .summary = N_("link a duplicate (first) to the complaint that stays (second)"),
    .options = reason_options,
    .at_least = 2,
    .at_most = 3,
    .remote = &link_remote,
    .run = remote_run,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/words.h"

#include <stdio.h>
#include <string.h>

#include "client/cli/language.h"
#include "common/message.h"
#include "common/text.h"

struct word {
    const char *wire;
    const char *label;
};

struct vocabulary {
    const ProtobufCEnumDescriptor *kind;
    const char *context;
    const struct word *words;
};

static const struct word roles[] = {
    {"desk_clerk",    NC_("role", "desk clerk")},
    {"team_leader",  NC_("role", "team leader")},
    {"team_member",   NC_("role", "team member")},
    {"supervisor", NC_("role", "supervisor")},
    {"manager",   NC_("role", "manager")},
    {"administrator", NC_("role", "administrator")},
    {"finance_clerk",    NC_("role", "finance clerk")},
    {"hq_viewer",  NC_("role", "head office viewer")},
    {"hq_admin",       NC_("role", "head office administrator")},
    {0    },
};

static const struct word teams[] = {
    {"desk",          NC_("team", "front desk")},
    {"engineering",  NC_("team", "engineering")},
    {"security",   NC_("team", "security")},
    {"cleaning", NC_("team", "cleaning")},
    {"greening",      NC_("team", "greening")},
    {"finance",    NC_("team", "finance")},
    {"office",      NC_("team", "office")},
    {0   },
};

static const struct word severities[] = {
    {"general",   NC_("severity", "general")},
    {"serious", NC_("severity", "serious")},
    {"major",   NC_("severity", "major")},
    {"complex", NC_("severity", "complex")},
    {"outside_remit",     NC_("severity", "outside our remit")},
    {0  },
};

static const struct word types[] = {
    {"engineering",   NC_("type", "engineering")},
    {"security", NC_("type", "security")},
    {"cleaning",      NC_("type", "cleaning")},
    {"greening",    NC_("type", "greening")},
    {"parking",      NC_("type", "parking")},
    {"noise",    NC_("type", "noise")},
    {"fees",      NC_("type", "fees")},
    {"staff_attitude",    NC_("type", "staff attitude")},
    {"renovation",       NC_("type", "renovation")},
    {"other",     NC_("type", "other")},
    {0        },
};

static const struct word channels[] = {
    {"counter",   NC_("channel", "counter")},
    {"phone", NC_("channel", "phone")},
    {"app",     NC_("channel", "app")},
    {"letter",   NC_("channel", "letter")},
    {"hotline",       NC_("channel", "hotline")},
    {"visit",     NC_("channel", "home visit")},
    {"other",    NC_("channel", "other way")},
    {0 },
};

static const struct word complaint_states[] = {
    {"registered",  NC_("state", "new")},
    {"accepted",       NC_("state", "accepted")},
    {"under_way",    NC_("state", "under way")},
    {"waiting",  NC_("state", "waiting")},
    {"closed",   NC_("state", "closed")},
    {"followed_up", NC_("state", "followed up")},
    {"linked",     NC_("state", "duplicate")},
    {0  },
};

static const struct word visit_states[] = {
    {"announced",   NC_("visit", "announced")},
    {"arrived", NC_("visit", "arrived")},
    {"with_host",     NC_("visit", "with host")},
    {"left",   NC_("visit", "left")},
    {"cancelled",   NC_("visit", "cancelled")},
    {0},
};

static const struct word waits[] = {
    {"customer",       NC_("waiting", "the customer")},
    {"supplier", NC_("waiting", "the supplier")},
    {0      }
};

static const struct word verdicts[] = {
    {"justified",   NC_("verdict", "justified")},
    {"unjustified", NC_("verdict", "unjustified")},
    {0}
};

static const struct word actions[] = {
    {"action",    NC_("action", "action")},
    {"contact",  NC_("action", "contact")},
    {"feedback",   NC_("action", "feedback")},
    {"remark", NC_("action", "remark")},
    {0 },
};

static const struct word reasons[] = {
    {"major",                            NC_("alert", "major complaint")},
    {"serious",                NC_("alert", "serious complaint")},
    {"not_accepted",                          NC_("alert", "nobody accepted it in time")},
    {"no_contact",              NC_("alert", "customer not contacted in time")},
    {"no_feedback",                     NC_("alert", "no feedback in time")},
    {"overdue",     NC_("alert", "overdue")},
    {"escalated",                       NC_("alert", "escalated by hand")},
    {"assigned", NC_("alert", "newly assigned")},
    {"arrived",                      NC_("alert", "visitor arrived")},
    {"emergency",            NC_("alert", "emergency")},
    {"follow_up_missed",                          NC_("alert", "follow-up missed")},
    {"reopened",                        NC_("alert", "reopened")},
    {"no_plan",                        NC_("alert", "no plan in time")},
    {"extension_asked",              NC_("alert", "extension asked for")},
    {0                        },
};

static const struct word rights[] = {
    {"assist",    NC_("right", "assist")},
    {"execute",  NC_("right", "execute")},
    {"draft",   NC_("right", "draft")},
    {"responsible", NC_("right", "responsible")},
    {"approve",     NC_("right", "approve")},
    {0  },
};

static const struct word extensions[] = {
    {"asked",                   NC_("extension", "waits for the manager")},
    {"approved", NC_("extension", "approved")},
    {"returned",                NC_("extension", "returned")},
    {"lapsed",              NC_("extension", "lapsed")},
    {0               },
};

static const struct word extension_decisions[] = {
    {"approve",   NC_("decision", "approve")},
    {"return", NC_("decision", "return")},
    {0   },
};

static const struct vocabulary vocabularies[] = {
    {&fd__role__descriptor,               "role",      roles              },
    {&fd__team__descriptor,               "team",      teams              },
    {&fd__severity__descriptor,           "severity",  severities         },
    {&fd__complaint_type__descriptor,     "type",      types              },
    {&fd__channel__descriptor,            "channel",   channels           },
    {&fd__complaint_state__descriptor,    "state",     complaint_states   },
    {&fd__visit_state__descriptor,        "visit",     visit_states       },
    {&fd__waiting_for__descriptor,        "waiting",   waits              },
    {&fd__verdict__descriptor,            "verdict",   verdicts           },
    {&fd__action_kind__descriptor,        "action",    actions            },
    {&fd__alert_reason__descriptor,       "alert",     reasons            },
    {&fd__right__descriptor,              "right",     rights             },
    {&fd__extension_state__descriptor,    "extension", extensions         },
    {&fd__extension_decision__descriptor, "decision",  extension_decisions},
};

static const struct word kinds[] = {
    {"complaint.registered",              NC_("kind", "complaint registered")},
    {"complaint.accepted",            NC_("kind", "accepted")},
    {"complaint.assigned",                NC_("kind", "assigned")},
    {"complaint.acted",                        NC_("kind", "action")},
    {"complaint.contacted",                NC_("kind", "customer contacted")},
    {"complaint.feedback_given",                        NC_("kind", "feedback given")},
    {"complaint.remarked",                   NC_("kind", "remark")},
    {"complaint.classified",                          NC_("kind", "classified")},
    {"complaint.paused",               NC_("kind", "clock stopped")},
    {"complaint.resumed",              NC_("kind", "clock runs again")},
    {"complaint.escalated",          NC_("kind", "escalated")},
    {"complaint.acknowledged",                  NC_("kind", "alert acknowledged")},
    {"complaint.taken_over",                NC_("kind", "taken over")},
    {"complaint.sent_back",                          NC_("kind", "sent back")},
    {"complaint.closed",              NC_("kind", "complaint closed")},
    {"complaint.followed_up",                      NC_("kind", "followed up")},
    {"complaint.reopened",                  NC_("kind", "reopened")},
    {"complaint.linked",                   NC_("kind", "linked as duplicate")},
    {"complaint.planned",                 NC_("kind", "plan")},
    {"complaint.extension_asked",                NC_("kind", "extension asked for")},
    {"complaint.extension_approved",               NC_("kind", "extension approved")},
    {"complaint.extension_returned",                       NC_("kind", "extension returned")},
    {"complaint.overdue",            NC_("kind", "deadline missed")},
    {"complaint.follow_up_missed",              NC_("kind", "follow-up missed")},
    {"complaint.alert_climbed",              NC_("kind", "alert went up a level")},
    {"complaint.alert_repeated",                      NC_("kind", "alert repeated")},
    {"complaint.acknowledgement_expired",               NC_("kind", "acknowledged, but nothing done")},
    {"complaint.rescheduled",                       NC_("kind", "deadlines counted anew")},
    {"visit.announced",                  NC_("kind", "visit announced")},
    {"visit.walked_in",                NC_("kind", "visitor walked in")},
    {"visit.arrived",             NC_("kind", "visitor arrived")},
    {"visit.met",                     NC_("kind", "visitor with host")},
    {"visit.left",                NC_("kind", "visitor left")},
    {"visit.cancelled",                        NC_("kind", "visit cancelled")},
    {"visit.emergency",                  NC_("kind", "emergency")},
    {"visit.acknowledged",             NC_("kind", "alert acknowledged")},
    {"visit.alert_climbed",                 NC_("kind", "alert went up a level")},
    {"visit.alert_repeated",                            NC_("kind", "alert repeated")},
    {"visit.acknowledgement_expired",         NC_("kind", "acknowledged, but nothing done")},
    {"person.created",             NC_("kind", "person added")},
    {"person.updated",      NC_("kind", "person changed")},
    {"person.password_reset",              NC_("kind", "password reset")},
    {"person.password_changed",      NC_("kind", "password changed")},
    {"person.signed_out",              NC_("kind", "signed out everywhere")},
    {"person.session_copied",                 NC_("kind", "signed out: the sign-in was copied")},
    {"person.absent",                 NC_("kind", "person absent")},
    {"person.back",        NC_("kind", "person back")},
    {"site.alarm",                NC_("kind", "DEADLINES STAND STILL")},
    {"desk.created",           NC_("kind", "desk added")},
    {"site.created",           NC_("kind", "site added")},
    {"deadlines.set",          NC_("kind", "deadlines changed")},
    {"deadlines.reset",                  NC_("kind", "deadlines back to the defaults")},
    {"calendar.set", NC_("kind", "calendar changed")},
    {"calendar.reset",  NC_("kind", "calendar back to the default")},
    {0            },
};

static const struct vocabulary *vocabulary_of(const ProtobufCEnumDescriptor *kind) {
    for (size_t i = 0; i < sizeof vocabularies / sizeof vocabularies[0]; i++)
        if (vocabularies[i].kind == kind) return &vocabularies[i];
    return NULL;
}

static const struct word *find_word(const struct word *words, const char *wire) {
    for (; words->wire != NULL; words++)
        if (strcmp(words->wire, wire) == 0) return words;
    return NULL;
}

const char *word_of(const ProtobufCEnumDescriptor *kind, int value) {
    const char *wire = message_enum_word(kind, value);
    if (value == 0) return "-";
    if (wire == NULL) return "?";
    const struct vocabulary *vocabulary = vocabulary_of(kind);
    const struct word *word = vocabulary == NULL ? NULL : find_word(vocabulary->words, wire);
    return word == NULL ? wire : translate_in(vocabulary->context, word->label);
}

bool word_parse(const ProtobufCEnumDescriptor *kind, const char *text, int *value) {
    if (message_enum_parse(kind, text, value)) return *value != 0;
    const struct vocabulary *vocabulary = vocabulary_of(kind);
    for (const struct word *word = vocabulary == NULL ? NULL : vocabulary->words; word != NULL && word->wire != NULL;
         word++)
        if (strcmp(word->label, text) == 0 || strcmp(language_in_chinese(vocabulary->context, word->label), text) == 0)
            return message_enum_parse(kind, word->wire, value);
    return false;
}

char *word_list(struct arena *arena, const ProtobufCEnumDescriptor *kind) {
    char *list = arena_string(arena, "");
    for (unsigned i = 0; i < kind->n_values && list != NULL; i++) {
        int value = kind->values[i].value;
        if (value == 0) continue;
        const char *wire = message_enum_word(kind, value), *label = language_chinese() ? word_of(kind, value) : "";
        list = arena_printf(arena, "%s%s%s%s%s", list, list[0] == '\0' ? "" : ", ", wire, label[0] == '\0' ? "" : " ",
                            label);
    }
    return list;
}

const char *word_of_kind(const char *kind) {
    const struct word *word = find_word(kinds, kind);
    return word == NULL ? kind : translate_in("kind", word->label);
}

const char *word_of_level(int level) {
    static const char *const levels[] = {"", NC_("level", "team leader"), NC_("level", "supervisor"),
                                         NC_("level", "manager"), NC_("level", "head office")};
    if (level <= 0 || level >= (int)(sizeof levels / sizeof levels[0])) return "";
    return translate_in("level", levels[level]);
}

static struct mark complaint_mark(const Fd__Complaint *complaint, int64_t now_ms) {
    struct mark mark = {
        .sign = ".", .word = word_of(&fd__complaint_state__descriptor, (int)complaint->state), .paint = PAINT_NONE};
    int64_t due = model_due_ms(complaint);
    if (complaint->state == FD__COMPLAINT_STATE__COMPLAINT_STATE_WAITING) {
        mark.sign = "=";
        mark.paint = PAINT_DIM;
    }
    if (complaint->state == FD__COMPLAINT_STATE__COMPLAINT_STATE_CLOSED) {
        mark.sign = "x";
        mark.paint = PAINT_GREEN;
    }
    if (complaint->level > 0 && complaint->state != FD__COMPLAINT_STATE__COMPLAINT_STATE_CLOSED) {
        mark.sign = "^";
        mark.paint = PAINT_YELLOW;
    }
    if (due != 0 && due < now_ms) {
        mark.sign = "!";
        mark.paint = PAINT_RED;
    }
    return mark;
}

static struct mark visit_mark(const Fd__Visit *visit) {
    struct mark mark = {.sign = visit->state == FD__VISIT_STATE__VISIT_STATE_ANNOUNCED ? "." : "@",
                        .word = word_of(&fd__visit_state__descriptor, (int)visit->state),
                        .paint = PAINT_BLUE};
    if (visit->emergency) {
        mark.sign = "!";
        mark.paint = PAINT_RED;
    }
    return mark;
}

struct mark mark_of(const struct model_case *item, int64_t now_ms) {
    struct mark mark = item->complaint != NULL ? complaint_mark(item->complaint, now_ms) : visit_mark(item->visit);
    if (model_alert_pending(model_alert(item))) {
        mark.sign = "!!";
        mark.paint = PAINT_RED;
    }
    return mark;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Short forms of the generated constants, so that rules and their tests read as sentences: SEVERITY(MAJOR). */
#ifndef FRONTDESK_DOMAIN_WORDS_H
#define FRONTDESK_DOMAIN_WORDS_H

#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/record.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"

#define ROLE(word) FD__ROLE__ROLE_##word
#define TEAM(word) FD__TEAM__TEAM_##word
#define RIGHT(word) FD__RIGHT__RIGHT_##word
#define REASON(word) FD__ALERT_REASON__ALERT_REASON_##word
#define SEVERITY(word) FD__SEVERITY__SEVERITY_##word
#define TYPE(word) FD__COMPLAINT_TYPE__COMPLAINT_TYPE_##word
#define CHANNEL(word) FD__CHANNEL__CHANNEL_##word
#define STATE(word) FD__COMPLAINT_STATE__COMPLAINT_STATE_##word
#define WAITING(word) FD__WAITING_FOR__WAITING_FOR_##word
#define VERDICT(word) FD__VERDICT__VERDICT_##word
#define KIND(word) FD__ACTION_KIND__ACTION_KIND_##word
#define EXTENSION(word) FD__EXTENSION_STATE__EXTENSION_STATE_##word
#define DECISION(word) FD__EXTENSION_DECISION__EXTENSION_DECISION_##word
#define VISIT(word) FD__VISIT_STATE__VISIT_STATE_##word

#endif

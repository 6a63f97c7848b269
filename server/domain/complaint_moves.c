/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint_case.h"
#include "server/domain/words.h"

/* Allowed moves, operation by state (D6); "=" leaves the state as it is.
 *
 *                 REGISTERED  ACCEPTED   UNDER_WAY  WAITING    CLOSED        FOLLOWED_UP  LINKED
 *   accept        ACCEPTED    .          .          .          .             .            .
 *   assign        =           = 1        = 1        =          .             .            .
 *   record_action = 2         UNDER_WAY  =          =          .             .            .
 *   classify      =           =          =          =          .             .            .
 *   pause         .           WAITING    WAITING    .          .             .            .
 *   resume        .           .          .          UNDER_WAY  .             .            .
 *   escalate      =           =          =          =          .             .            .
 *   acknowledge   =           =          =          =          =             .            .
 *   take_over     ACCEPTED    =          =          =          .             .            .
 *   send_back     =           =          =          =          .             .            .
 *   close         CLOSED      CLOSED     CLOSED     CLOSED     .             .            .
 *   follow_up     .           .          .          .          FOLLOWED_UP 3 .            .
 *   reopen        .           .          .          .          UNDER_WAY     UNDER_WAY    .
 *   link          LINKED      LINKED     LINKED     LINKED     .             .            .
 *   plan          = 2         UNDER_WAY  =          =          .             .            .
 *   ask, decide   =           =          =          =          .             .            .
 *
 *   1 to a team without a person: REGISTERED, until somebody there accepts it
 *   2 by the handler, or by the team while there is none: accepts it, UNDER_WAY; a remark never moves the state
 *   3 satisfaction 1 or 2: UNDER_WAY, reopened
 *   ask, decide: an extension of a complex case; only one that is asked for can be decided on */

#define OPEN(registered, accepted, under_way, waiting)                                                                 \
    [STATE(REGISTERED)] = REFUSAL_##registered, [STATE(ACCEPTED)] = REFUSAL_##accepted,                                \
    [STATE(UNDER_WAY)] = REFUSAL_##under_way, [STATE(WAITING)] = REFUSAL_##waiting
#define ENDED(closed, followed_up, linked)                                                                             \
    [STATE(CLOSED)] = REFUSAL_##closed, [STATE(FOLLOWED_UP)] = REFUSAL_##followed_up, [STATE(LINKED)] = REFUSAL_##linked
#define ANY_OPEN OPEN(NONE, NONE, NONE, NONE)
#define NOT_WHEN_ENDED ENDED(ALREADY_CLOSED, ALREADY_CLOSED, LINKED_AWAY)

/* clang-format off */
static const enum refusal moves[COMPLAINT_OPERATIONS][COMPLAINT_STATES] = {
    [COMPLAINT_ACCEPT]           = {OPEN(NONE, ALREADY_ACCEPTED, ALREADY_ACCEPTED, ALREADY_ACCEPTED), NOT_WHEN_ENDED},
    [COMPLAINT_ASSIGN]           = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_RECORD_ACTION]    = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_CLASSIFY]         = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_PAUSE]            = {OPEN(NOT_ACCEPTED_YET, NONE, NONE, ALREADY_WAITING), NOT_WHEN_ENDED},
    [COMPLAINT_RESUME]           = {OPEN(NOT_WAITING, NOT_WAITING, NOT_WAITING, NONE), NOT_WHEN_ENDED},
    [COMPLAINT_ESCALATE]         = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_ACKNOWLEDGE]      = {ANY_OPEN, ENDED(NONE, NOTHING_TO_ACKNOWLEDGE, NOTHING_TO_ACKNOWLEDGE)},
    [COMPLAINT_TAKE_OVER]        = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_SEND_BACK]        = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_CLOSE]            = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_FOLLOW_UP]        = {OPEN(NOT_CLOSED, NOT_CLOSED, NOT_CLOSED, NOT_CLOSED),
                                    ENDED(NONE, ALREADY_FOLLOWED_UP, LINKED_AWAY)},
    [COMPLAINT_REOPEN]           = {OPEN(NOT_CLOSED, NOT_CLOSED, NOT_CLOSED, NOT_CLOSED), ENDED(NONE, NONE, LINKED_AWAY)},
    [COMPLAINT_LINK]             = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_PLAN]             = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_ASK_EXTENSION]    = {ANY_OPEN, NOT_WHEN_ENDED},
    [COMPLAINT_DECIDE_EXTENSION] = {ANY_OPEN, NOT_WHEN_ENDED},
};
/* clang-format on */

enum refusal complaint_move(enum complaint_operation operation, Fd__ComplaintState state) {
    if ((unsigned)state >= COMPLAINT_STATES || state == STATE(UNSPECIFIED)) return REFUSAL_BAD_STATE;
    return moves[operation][state];
}

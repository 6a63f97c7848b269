/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/visit_case.h"

#include "server/domain/words.h"

/* Allowed moves, operation by state (D14); "=" leaves the state as it is.
 *
 *                 ANNOUNCED  ARRIVED    WITH_HOST  LEFT  CANCELLED
 *   arrive        ARRIVED    .          .          .     .
 *   meet          .          WITH_HOST  .          .     .
 *   leave         .          LEFT       LEFT       .     .
 *   cancel        CANCELLED  .          .          .     .
 *   emergency     =          =          =          .     .
 *   acknowledge   =          =          =          =     =
 *
 *   An emergency that nobody acknowledged outlives the visit, so acknowledging is allowed to the end. */
#define ROW(announced, arrived, with_host, left, cancelled)                                                            \
    {                                                                                                                  \
        [VISIT(ANNOUNCED)] = REFUSAL_##announced, [VISIT(ARRIVED)] = REFUSAL_##arrived,                                \
        [VISIT(WITH_HOST)] = REFUSAL_##with_host, [VISIT(LEFT)] = REFUSAL_##left,                                      \
        [VISIT(CANCELLED)] = REFUSAL_##cancelled                                                                       \
    }

static const enum refusal moves[VISIT_OPERATIONS][VISIT_STATES] = {
    [VISIT_ARRIVE] = ROW(NONE, ALREADY_ARRIVED, ALREADY_ARRIVED, VISIT_OVER, VISIT_OVER),
    [VISIT_MEET] = ROW(NOT_ARRIVED, NONE, WITH_HOST_ALREADY, VISIT_OVER, VISIT_OVER),
    [VISIT_LEAVE] = ROW(NOT_ARRIVED, NONE, NONE, VISIT_OVER, VISIT_OVER),
    [VISIT_CANCEL] = ROW(NONE, ALREADY_ARRIVED, ALREADY_ARRIVED, VISIT_OVER, VISIT_OVER),
    [VISIT_EMERGENCY] = ROW(NONE, NONE, NONE, VISIT_OVER, VISIT_OVER),
    [VISIT_ACKNOWLEDGE] = ROW(NONE, NONE, NONE, NONE, NONE),
};

enum refusal visit_move(enum visit_operation operation, Fd__VisitState state) {
    if ((unsigned)state >= VISIT_STATES || state == VISIT(UNSPECIFIED)) return REFUSAL_BAD_STATE;
    return moves[operation][state];
}

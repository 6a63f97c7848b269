/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/authority.h"

#include "server/domain/words.h"

#define PEOPLE "people", "人员"
#define CUSTOMER_SERVICE "customer service", "客户服务"
#define ENVIRONMENT "environment", "环境管理"
#define ITEMS "items", "物品管理"
#define QUALITY "quality", "质量管理"
#define TARGETS "targets", "目标管理"
#define RECEPTION "reception", "参观接待"

#define NOTHING RIGHT(UNSPECIFIED)
#define ASSIST RIGHT(ASSIST)
#define EXECUTE RIGHT(EXECUTE)
#define DRAFT RIGHT(DRAFT)
#define RESPONSIBLE RIGHT(RESPONSIBLE)
#define APPROVE RIGHT(APPROVE)

/* D3, line by line. */
const struct authority_line authority_table[ITEM_COUNT] = {
    [ITEM_NONE] = {"", "", "",                "",                                     "",                                        NOTHING, NOTHING,                                   NOTHING},
    [ITEM_P1] = {"P1",  PEOPLE, "staff service-skill training",           "服务技能培训",                   EXECUTE,                              DRAFT,            APPROVE                  },
    [ITEM_P2] = {"P2",  PEOPLE, "division of work",           "工作内容分工",                               EXECUTE,                                          DRAFT,            APPROVE},
    [ITEM_P3] = {"P3",  PEOPLE, "attendance",           "考勤",                                     NOTHING,                                                            DRAFT,                        APPROVE            },
    [ITEM_P4] = {"P4",  PEOPLE, "performance evaluation",           "绩效评估",                         NOTHING,                                          ASSIST,                  APPROVE},
    [ITEM_S1] = {"S1",  CUSTOMER_SERVICE, "demand analysis", "客户需求分析",                      ASSIST,                                           DRAFT,                       APPROVE                 },
    [ITEM_S2] = {"S2",  CUSTOMER_SERVICE, "customer communication", "客户沟通",               EXECUTE,                                          RESPONSIBLE,                            APPROVE},
    [ITEM_S3] = {"S3",  CUSTOMER_SERVICE, "complaint handling", "客户抱怨处理",                   EXECUTE,                                        RESPONSIBLE,                      APPROVE             },
    [ITEM_S4] = {"S4",  CUSTOMER_SERVICE, "relationship building", "客户关系建立",                EXECUTE,                                     RESPONSIBLE,                      APPROVE  },
    [ITEM_S5] = {"S5",  CUSTOMER_SERVICE, "customer information upkeep", "客户信息维护",          EXECUTE,                               RESPONSIBLE,                      APPROVE                   },
    [ITEM_E1] = {"E1",  ENVIRONMENT, "5S of the front desk",      "5S规范（前台）",                      EXECUTE,                                    RESPONSIBLE,               APPROVE},
    [ITEM_E2] = {"E2",  ENVIRONMENT, "placing of personal and public items",      "物品摆放",      EXECUTE,                            RESPONSIBLE,                       APPROVE                                   },
    [ITEM_E3] = {"E3",  ENVIRONMENT, "signs of the centre",      "客户中心标识制作",                       EXECUTE,                                 RESPONSIBLE,           APPROVE},
    [ITEM_M1] = {"M1",  ITEMS, "office-supply purchase",            "办公用品采购",                          ASSIST,                                    DRAFT,            APPROVE                                       },
    [ITEM_M2] = {"M2",  ITEMS, "fixed-asset management",            "固定资产管理",                          ASSIST,                                    RESPONSIBLE,            APPROVE},
    [ITEM_M3] = {"M3",  ITEMS, "fixed-asset disposal",            "固定资产报废",                            NOTHING,                                      RESPONSIBLE,           APPROVE                                    },
    [ITEM_Q1] = {"Q1",  QUALITY, "writing and review of team work instructions",          "班组作业指导书",  ASSIST,           DRAFT,
                   APPROVE},
    [ITEM_Q2] = {"Q2",  QUALITY, "adopting company standards",          "公司标准文件转换",                    ASSIST,                          DRAFT,        APPROVE                  },
    [ITEM_Q3] = {"Q3",  QUALITY, "standard modules",          "标准化模块编制",                              ASSIST,                                       DRAFT,           APPROVE},
    [ITEM_G1] = {"G1",  TARGETS, "service targets and responsibility agreements",          "服务目标与目标责任书", NOTHING, DRAFT,
                   APPROVE                                              },
    [ITEM_R1] = {"R1",  RECEPTION, "reception plans and visitors",        "参观接待",                EXECUTE,                                    RESPONSIBLE,                     APPROVE},
};

#define MAY(action) (1u << ACTION_##action)

/* What each word of D3 allows. The manager answers for the site, so on the day-to-day items (customer service,
 * environment, reception) the right to approve includes working and deciding; elsewhere an approver only approves,
 * since nobody approves their own draft. */
static const unsigned right_actions[] = {
    [NOTHING] = 0,
    [ASSIST] = MAY(SEE) | MAY(CONTRIBUTE),
    [EXECUTE] = MAY(SEE) | MAY(CONTRIBUTE) | MAY(WORK),
    [DRAFT] = MAY(SEE) | MAY(CONTRIBUTE) | MAY(WORK) | MAY(SUBMIT),
    [RESPONSIBLE] = MAY(SEE) | MAY(CONTRIBUTE) | MAY(WORK) | MAY(SUBMIT) | MAY(DECIDE),
    [APPROVE] = MAY(SEE) | MAY(CONTRIBUTE) | MAY(APPROVE),
};
static const unsigned approver_day_to_day = MAY(WORK) | MAY(DECIDE);

static bool day_to_day(enum authority_item item) {
    char group = authority_table[item].id[0];
    return group == 'S' || group == 'E' || group == 'R';
}

/* D1, D3: which column of the table a role reads. */
static Fd__Right role_right(enum authority_item item, Fd__Role role) {
    const struct authority_line *line = &authority_table[item];
    switch (role) {
    case ROLE(DESK_CLERK):
    case ROLE(TEAM_LEADER):
    case ROLE(TEAM_MEMBER):
    case ROLE(ADMINISTRATOR):
    case ROLE(FINANCE_CLERK): return line->staff;
    case ROLE(SUPERVISOR): return line->supervisor;
    case ROLE(MANAGER): return line->manager;
    default: return NOTHING;
    }
}

Fd__Right authority_right(enum authority_item item, const Fd__Role *roles, size_t count) {
    Fd__Right highest = NOTHING;
    for (size_t i = 0; i < count; i++) {
        Fd__Right right = role_right(item, roles[i]);
        if (right > highest) highest = right;
    }
    return highest;
}

/* What is not of the table (D1): everybody of the site may look; the office keeps people and desks, head office sites.
 * Deadlines and calendar are reference data that head office owns (D17); until they come from there, the manager, who
 * answers for them (D3, S3), sets them too. */
static unsigned role_actions_outside(Fd__Role role) {
    switch (role) {
    case ROLE(ADMINISTRATOR): return MAY(SEE) | MAY(ADMINISTER);
    case ROLE(MANAGER): return MAY(SEE) | MAY(ADMINISTER) | MAY(GOVERN);
    case ROLE(HQ_ADMIN): return MAY(SEE) | MAY(ADMINISTER) | MAY(FOUND) | MAY(GOVERN);
    case ROLE(UNSPECIFIED): return 0;
    default: return MAY(SEE);
    }
}

static unsigned role_actions(enum authority_item item, Fd__Role role) {
    if (item == ITEM_NONE) return role_actions_outside(role);
    if (role == ROLE(HQ_VIEWER) || role == ROLE(HQ_ADMIN)) return MAY(SEE);
    Fd__Right right = role_right(item, role);
    unsigned actions = right_actions[right];
    if (right == APPROVE && day_to_day(item)) actions |= approver_day_to_day;
    return actions;
}

bool authority_allows(enum authority_item item, enum authority_action action, const Fd__Role *roles, size_t count) {
    if (action == ACTION_SELF) return true;
    if ((unsigned)item >= ITEM_COUNT || (unsigned)action >= ACTION_COUNT) return false;
    for (size_t i = 0; i < count; i++)
        if ((role_actions(item, roles[i]) & (1u << action)) != 0) return true;
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Included by refusal.h and refusal.c: the reasons of the topics. Needs X(name, zh, en) defined. */
X(BAD_STATE, "当前状态下不能进行此操作", "the record's present state does not allow this")
X(ALREADY_CLOSED, "投诉已关闭；如需继续请先重新打开", "the complaint is closed: reopen it first")

/* texts */
X(OVER_20, "此项不得超过 20 个字符，请缩短", "at most 20 characters: shorten it")
X(OVER_40, "此项不得超过 40 个字符，请缩短", "at most 40 characters: shorten it")
X(OVER_100, "此项不得超过 100 个字符，请缩短", "at most 100 characters: shorten it")
X(OVER_200, "此项不得超过 200 个字符，请缩短", "at most 200 characters: shorten it")
X(OVER_2000, "此项不得超过 2000 个字符，请缩短", "at most 2,000 characters: shorten it")
X(OVER_10000, "此项不得超过 10000 个字符，请缩短或分成两件", "at most 10,000 characters: shorten it or make two of it")
X(BAD_PHONE, "电话只能包含数字、空格、短横和加号，且至少 3 位数字",
  "a phone number has digits, spaces, dashes and a plus, at least 3 digits")
X(REASON_REQUIRED, "请填写原因", "give the reason")

/* moments */
X(TIME_IN_FUTURE, "接到时间不能晚于现在，请核对日期", "this lies in the future: check the date")
X(TIME_TOO_OLD, "时间过于久远（超过 30 年），请核对年份", "this lies more than 30 years back: check the year")
X(TIME_PAST, "预计时间已过去一天以上，请改为今后的时间", "the expected time is more than a day past: give a coming one")
X(TIME_TOO_FAR, "预计时间超过一年，请核对日期", "the expected time is more than a year ahead: check the date")

/* complaints */
X(SEVERITY_REQUIRED, "请选择级别：一般、较大、重大、复杂或无效",
  "choose the severity: general, serious, major, complex or outside-remit")
X(CUSTOMER_REQUIRED, "请填写客户姓名和电话，或选择匿名", "give the customer's name and phone, or mark it anonymous")
X(ANONYMOUS_NAMED, "匿名投诉不得填写客户姓名，请删去姓名或取消匿名",
  "an anonymous complaint has no name: remove the name or the mark")
X(LINKED_AWAY, "此件已并入另一件投诉，请处理保留的那一件", "linked to another complaint: work on the one that stays")
X(ALREADY_ACCEPTED, "投诉已受理；如需换人请转派", "already accepted: to change the handler, reassign it")
X(NOT_ACCEPTED_YET, "投诉尚未受理，请先受理", "nobody has accepted it yet: accept it first")
X(ALREADY_WAITING, "计时已暂停；请先恢复", "the clock is stopped already: resume first")
X(NOT_WAITING, "计时未暂停，无需恢复", "the clock is running: nothing to resume")
X(NOT_CLOSED, "投诉尚未关闭，请先关闭", "not closed yet: close it first")
X(ALREADY_FOLLOWED_UP, "已回访；如客户仍不满意请重新打开",
  "already followed up: reopen it if the customer is not content")
X(NOTHING_TO_ACKNOWLEDGE, "没有待确认的提醒，可能已有人确认", "no alert is waiting: somebody may have acknowledged it")
X(NOT_ADDRESSEE, "此提醒不是发给您的；只有收件人或更高一级可以确认",
  "the alert is not yours: its addressees or a higher level may acknowledge it")
X(NOT_YOUR_CASE, "您不是经办人、登记人或责任班组成员；请联系主管转派",
  "you neither handle it, nor registered it, nor belong to its team: ask the supervisor to assign it")
X(OTHER_HANDLER, "投诉已派给他人；请由经办人受理，或请主管转派",
  "it is assigned to somebody else: they accept it, or the supervisor reassigns it")
X(SUPERVISOR_NEEDED, "此操作须由客服主管或管理处经理进行", "this needs the supervisor or the manager: ask them")
X(MANAGER_NEEDED, "重大投诉须由管理处经理回访", "a major complaint is followed up by the manager: ask them")
X(OTHER_TEAM, "班组长只能在本班组内派单；跨班组请联系主管",
  "a team leader assigns within the team: ask the supervisor for another one")
X(ASSIGN_NOBODY, "请指定班组或经办人", "name a team or a person")
X(BAD_HANDLER, "此人不在本项目在岗人员中或无权处理投诉，请另选",
  "not an active person of this site who may handle complaints: choose another")
X(NO_TEAM_LEADER, "责任班组没有在岗组长，请指定经办人", "the team has no active leader: name a handler")
X(NOTHING_CHANGED, "没有任何变化，请修改后再提交", "nothing would change: alter something first")
X(TOP_LEVEL, "已上报至公司总部，不能再升级", "already at head office: there is no higher level")
X(TOO_MANY_PAUSES, "暂停次数已达上限（100 次），请关闭或请主管处理",
  "paused 100 times already: close it or ask the supervisor")
X(SATISFACTION_RANGE, "满意度为 1 至 5（满意 5，较满意 4，不满意 2）", "satisfaction is 1 to 5")
X(LINK_SELF, "不能并入自身，请核对编号", "it cannot be linked to itself: check the number")
X(LINK_TARGET_LINKED, "目标投诉本身已并入另一件，请并入最终保留的那一件",
  "that one is itself linked to another: link to the one that stays")
X(LINK_TARGET_CLOSED, "目标投诉已关闭，请先重新打开它", "that one is closed: reopen it first")
X(ONLY_COMPLEX, "只有复杂投诉可以申请延期；如涉及两个以上部门请先改为复杂",
  "only a complex case is extended: where two departments take part, classify it as complex first")
X(EXTENSION_NO_DEADLINE, "此件没有关闭时限，无需延期", "it has no deadline to close by: nothing to extend")
X(EXTENSION_ASKED_ALREADY, "已有一份延期申请待审批，请等经理决定",
  "an extension has been asked for already: wait for the manager's decision")
X(EXTENSION_NOT_LATER, "新时限须晚于现在的关闭时限，且不能是过去的时间",
  "the new time must lie ahead, and after the deadline that stands now")
X(EXTENSION_TOO_FAR, "延期最多到今天起 90 天，请改为较近的时间", "at most 90 days from now: ask for an earlier time")
X(EXTENSION_SOLE_MANAGER, "您是唯一的经理，不能审批自己的申请；请由经办人或主管申请",
  "you are the only manager and nobody decides on their own: let the handler or the supervisor ask")
X(EXTENSION_NOT_ASKED, "没有待审批的延期申请，可能已有人决定",
  "no extension waits for a decision: somebody may have decided")
X(EXTENSION_OWN, "不能审批自己的申请，请由另一位经理决定", "nobody decides on their own request: another manager does")
X(EXTENSION_STALE, "申请的时间已过或不晚于现在的关闭时限，请退回",
  "the time asked for has passed, or lies before the deadline that stands now: return it")

/* visits */
X(HOST_REQUIRED, "请填写被访人或被访单元", "name the host or the unit that is visited")
X(BAD_HOST, "被访人不在本项目在岗人员中，请另选或填写单元",
  "the host is no active person here: choose another or give the unit")
X(PARTY_RANGE, "来访人数为 1 至 500", "the party is 1 to 500 people")
X(ALREADY_ARRIVED, "访客已到达", "the visitor has arrived already")
X(NOT_ARRIVED, "访客尚未到达，请先登记到达", "the visitor has not arrived: record the arrival first")
X(WITH_HOST_ALREADY, "访客已与被访人会面", "the visitor is with the host already")
X(VISIT_OVER, "此次来访已结束；请登记新的来访", "this visit is over: register a new one")
X(ALREADY_EMERGENCY, "紧急事件已上报，正等待确认", "the emergency has been reported and waits to be acknowledged")

/* people, desks, sites */
X(PASSWORD_SHORT, "密码至少 8 个字符", "a password has at least 8 characters")
X(PASSWORD_LONG, "密码不得超过 255 字节", "a password has at most 255 bytes")
X(PASSWORD_LOGIN, "密码不能与登录名相同", "the password must not be the login")
X(PASSWORD_COMMON, "此密码过于常见，请换一个", "this password is among the most common: choose another")
X(PASSWORD_OWN, "修改自己的密码请使用“修改密码”", "use the change of password for your own")
X(BAD_LOGIN, "登录名为 2 至 40 个小写字母、数字、点、横线或下划线，且以字母或数字开头",
  "a login has 2 to 40 lower-case letters, digits, dots, dashes or underscores and begins with a letter or digit")
X(LOGIN_TAKEN, "登录名已被使用，请另选", "this login is taken: choose another")
X(ROLE_REQUIRED, "请至少选择一个角色", "give at least one role")
X(ROLE_ABOVE, "不能授予或变更高于自己的角色，请联系上级", "a role above your own: ask somebody higher")
X(ACCOUNT_ELSEWHERE, "此账号还用于其他项目，请由总部管理员重置密码",
  "this account works on other sites too: ask head office's administrator")
X(ROLE_HEAD_OFFICE, "总部角色只能由总部管理员授予", "only head office's administrator gives head-office roles")
X(TEAM_REQUIRED, "班组组长和班组成员须指定班组", "a team leader or member needs a team")
X(LAST_ADMINISTRATOR, "不能取消自己的管理权限；请由另一位管理员操作",
  "you would lock yourself out: let another administrator do it")
X(ABSENCE_OF_OTHERS, "只能登记自己的外出；主管可登记员工和班组长，管理员和经理可登记全体人员",
  "one's own absence; the supervisor sets it for staff and team leaders, manager and administrator for everybody")
X(ABSENCE_PAST, "返回时间已过去，请填写今后的时间", "this lies in the past: give a coming time")
X(ABSENCE_ORDER, "开始时间须早于返回时间，且不早于一年前",
  "the beginning must lie before the end, and within the last year")
X(ABSENCE_LONG, "外出最长一年；更长请停用此人", "at most a year: for longer take the person's access away")
X(SUBSTITUTE_SELF, "不能由本人代理自己，请另选代理人", "nobody stands in for themselves: choose another")
X(BAD_SUBSTITUTE, "代理人不是本项目在岗人员，请另选", "the substitute is no active person of this site: choose another")
X(NOT_ABSENT, "此人未登记外出", "this person is not absent")
X(BAD_CODE, "项目代码为 2 至 40 个小写字母、数字或横线，且以字母开头",
  "a site code has 2 to 40 lower-case letters, digits or dashes and begins with a letter")
X(BAD_TIME_ZONE, "时区应如 Asia/Shanghai", "a time zone looks like Asia/Shanghai")
X(UNKNOWN_TIME_ZONE, "没有这个时区，请核对拼写，例如 Asia/Shanghai 或 Europe/Berlin",
  "no such time zone: check the spelling, for example Asia/Shanghai or Europe/Berlin")

/* a site's figures */
X(DEADLINE_RANGE, "期限为 0（无期限）至 527040 分钟（一年）", "a deadline has 0 (none) to 527,040 minutes, a year")
X(WORKING_DAYS_RANGE, "办结工作日为 0 至 366 天", "closing takes 0 to 366 working days")
X(PLAN_DAYS_RANGE, "处理方案期限为 0（无需方案）至 366 天", "a plan is owed within 0 (none) to 366 days")
X(CLOSE_TWICE, "办结期限只能按分钟或按工作日填写其一", "give closing in minutes or in working days, not both")
X(WORKING_DAYS_NEED_TIME, "按工作日计算办结期限时须按工作时间计时",
  "working days need the clock of working time: choose it, or give closing in minutes")
X(DEADLINE_ORDER, "受理、首次联系和反馈的期限不能晚于办结期限",
  "accepting, contact and feedback cannot be due after closing: shorten them or lengthen closing")
X(LEVEL_RANGE, "级别为 1 班组组长、2 主管、3 经理、4 总部；0 表示登记时不提醒",
  "levels are 1 team leader, 2 supervisor, 3 manager, 4 head office; 0: nobody at registration")
X(CHAIN_ORDER, "升级须逐级向上，不得跳级或重复（1 至 4）",
  "the chain climbs one level at a time, from any of 1 to 4, none left out and none twice")
X(CHAIN_LENGTH, "每一升级级别须对应一个等待时间", "each level of the chain needs its delay: give as many as levels")
X(DELAY_RANGE, "时间为 1 至 10080 分钟（一周）", "this is 1 to 10,080 minutes, a week")
X(EXPIRY_RANGE, "确认有效期为 0（不失效）至 10080 分钟（一周）",
  "an acknowledgement lasts 0 (for ever) to 10,080 minutes, a week")
X(MAJOR_ALERTS, "重大投诉登记时必须立即提醒主管和经理：登记时提醒级别须为 3",
  "a major complaint alerts supervisor and manager at once: its first level is 3")
X(MAJOR_CLIMBS, "重大投诉无人确认时必须上报到公司总部（级别 4）",
  "a major complaint that nobody acknowledges must reach head office, level 4")
X(NEVER_TOLD, "这样设置后任何人都不会收到提醒：请设期限、登记时提醒级别或升级时间",
  "nobody would ever be alerted: set a deadline, a first level or a delay")
X(BAD_INTERVAL, "工作时段应如 09:00-12:00（结束最晚 24:00），且开始早于结束",
  "working hours look like 09:00-12:00, 24:00 at the latest, and begin before they end")
X(INTERVAL_ORDER, "同一天的工作时段须按先后排列且不得重叠", "the hours of a day stand in order and do not overlap")
X(INTERVALS_MANY, "每天最多 4 个工作时段", "a day has at most 4 intervals")
X(NO_WORKING_HOURS, "至少一天须有工作时段；全天工作请填 00:00-24:00",
  "at least one weekday needs working hours; around the clock is 00:00-24:00")
X(BAD_DATE, "日期应为真实日期，如 2027-01-01", "a date is a real one and looks like 2027-01-01")
X(DATE_TWICE, "同一日期只能出现一次，且不能既休息又上班", "a date stands once, and is not both off and on")
X(DATES_MANY, "最多 128 个日期，请删去已过去的", "at most 128 dates: leave out those that are past")
X(FOLLOW_UP_RANGE, "回访期限为 0（无期限）至 86400 分钟（60 天）",
  "following up has 0 (no deadline) to 86,400 minutes, 60 days")

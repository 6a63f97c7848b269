# SPDX-License-Identifier: Apache-2.0
"""One day at the centre, played in seconds: four desks, team leader, engineer, supervisor and manager, each with two
processes of `frontdesk` over TLS, one that acts and one that watches. Every step says what each of the eight must get.
Ends with 0 only if each of them got exactly that, in order, once.

usage: day.py [option of frontdeskd …]
"""
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
import unicodedata

from stage import ANSWER_S, PASSWORD, PEOPLE, Server, Trouble, Watch, fail, hire_everybody, moment_ms, say

BOTH = {"supervisor", "manager"}

# who · what they type · the event that follows · who is alerted by it afterwards · in words
STEPS = [
    ("desk1", "complaint register --severity general --type noise --unit 3-1-0402 --name 孙丽 --phone 13900001111"
     " --subject 电梯夜间噪音", "complaint.registered", set(),
     "登记一般投诉", "registers a general complaint"),
    ("desk2", "complaint register --severity serious --type cleaning --unit 5-2-0301 --name 周平 --phone 13900002222"
     " --subject 楼道垃圾两天未清", "complaint.registered", {"supervisor"},
     "登记较大投诉：主管立即收到提醒", "registers a serious one: the supervisor is alerted"),
    ("desk3", "complaint register --severity major --type engineering --unit 17-2-1203 --name 王小明"
     " --phone 13800138000 --subject 厨房水管爆裂，水漫两户", "complaint.registered", BOTH,
     "登记重大投诉：主管和经理立即收到提醒", "registers a major one: supervisor and manager are alerted"),
    ("manager", "ack C-3", "complaint.acknowledged", set(), "确认提醒", "acknowledges the alert"),
    ("supervisor", "complaint assign C-3 engineer --reason 懂水路", "complaint.assigned", {"engineer"},
     "派给工程人员", "assigns it to the engineer"),
    ("engineer", "ack C-3", "complaint.acknowledged", set(), "确认接单", "acknowledges"),
    ("engineer", "complaint contact C-3 已联系两户业主，十分钟到场", "complaint.contacted", set(),
     "联系客户", "calls the customers"),
    ("engineer", "complaint note C-3 总阀已关，正在更换水管", "complaint.acted", set(),
     "记录处理", "notes what was done"),
    ("engineer", "complaint close C-3 已更换并试压 --cause 水管老化 --verdict justified", "complaint.closed", set(),
     "关闭", "closes it"),
    ("manager", "complaint follow-up C-3 5 处理很快，满意", "complaint.followed_up", set(),
     "回访：满意", "follows up: satisfied"),
    ("supervisor", "reassign C-1 leader --reason 工程处理", "complaint.assigned", {"leader"},
     "转派给组长，人人看到", "reassigns to the team leader, seen by all"),
    ("desk4", "visit announce 陈先生 --phone 13700003333 --vehicle 川A8K21 --purpose 商谈 --host engineer",
     "visit.announced", set(), "登记预约来访", "announces a visitor"),
    ("desk1", "visit arrive V-1 --pass A12", "visit.arrived", {"engineer", "supervisor"},
     "访客到达：被访人和主管收到提醒", "the visitor arrives: host and supervisor are alerted"),
    ("desk4", "KILL", "", set(), "客户端被强行终止（断电）", "the client is killed, as in a power cut"),
    ("desk2", "visit emergency V-1 访客晕倒，已呼叫120", "visit.emergency", BOTH,
     "上报突发事件：主管和经理收到提醒", "reports an emergency: supervisor and manager are alerted"),
    ("supervisor", "ack V-1", "visit.acknowledged", set(), "确认", "acknowledges"),
    ("desk3", "visit walk-in 送货员 --purpose 送件 --unit 2-1-0101 --pass B7", "visit.walked_in", {"supervisor"},
     "登记未预约访客", "registers a walk-in"),
    ("desk3", "visit leave V-2", "visit.left", set(), "访客离开", "the walk-in leaves"),
    ("desk4", "RESTART", "", set(), "重新启动，补收全部，不漏不重", "starts again and gets all it missed, once"),
    ("desk1", "complaint register --severity general --type parking --unit 8-1-0202 --name 何伟 --phone 13600004444"
     " --subject 车位被占", "complaint.registered", set(), "登记一般投诉", "registers a general complaint"),
]


def width(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def pad(text, columns):
    return text + " " * max(0, columns - width(text))


class Day:
    def __init__(self, people):
        self.people = {person.login: person for person in people}
        self.roles = {login: say(chinese, english) for login, _, _, _, _, chinese, english in PEOPLE}
        self.titles = {login: f"{name} {self.roles[login]}" for login, name, *_ in PEOPLE}
        self.logins = {person.id: person.login for person in people}
        self.watches, self.before = {}, {}
        self.expected = []  # (kind, number) in order
        self.delays, self.faults = [], []

    def open(self):
        for login, person in self.people.items():
            person.sign_in(PASSWORD, device="watch")
            self.watches[login] = Watch(person)
        for login, watch in self.watches.items():
            if not watch.wait(lambda watch=watch: watch.resets):
                raise Trouble(f"{login}: " + say("没有开始接收", "does not begin to watch"))

    def heard(self, login):
        return self.before.get(login, []) + self.watches[login].events

    def present(self):
        return [login for login, watch in self.watches.items() if watch.process.poll() is None]

    def alerted(self, record):
        alert = record.get("alert", {})
        pending = "raised_at" in alert and "acknowledged_at" not in alert and "ended_at" not in alert
        return {self.logins.get(person, person) for person in alert.get("person_ids", [])} if pending else set()

    def play(self, who, words, kind, alerted):
        """One command; then everybody who is there must have its event. Returns the delays in ms by person."""
        begun = time.time()
        answer = self.people[who].run(*words.split())
        took_ms = (time.time() - begun) * 1000
        record = answer.get("complaint") or answer.get("visit") or answer
        self.expected.append((kind, record["number"]))
        place, delays = len(self.expected), {}
        for login in self.present():
            watch = self.watches[login]
            if not watch.wait(lambda login=login: len(self.heard(login)) >= place, ANSWER_S):
                self.faults.append(f"{login}: {kind} {record['number']}: " + say("没有收到", "not received"))
                continue
            arrived_ms, event, seen = self.heard(login)[place - 1]
            delays[login] = arrived_ms - moment_ms(event["at"])
            if self.alerted(seen) != alerted:
                self.faults.append(f"{login}: {kind} {record['number']}: " + say("提醒对象", "alerted are") +
                                   f" {sorted(self.alerted(seen))}, " + say("应为", "should be") + f" {sorted(alerted)}")
        self.delays += delays.values()
        return record["number"], took_ms, delays

    def restart(self, login):
        self.before[login] = self.heard(login)
        self.watches[login] = Watch(self.people[login], "--resume")
        missed = len(self.expected) - len(self.before[login])
        if not self.watches[login].wait(lambda: len(self.watches[login].events) >= missed):
            self.faults.append(f"{login}: " + say("重启后没有补齐", "did not catch up after its restart"))
        if self.watches[login].resets:
            self.faults.append(f"{login}: " + say("重启后从头开始而不是续接", "started afresh instead of resuming") +
                               f" {self.watches[login].resets}")
        return missed

    def settle(self):
        """Nobody may have got more, less, or anything else than what happened, in order."""
        time.sleep(0.3)
        for login in self.watches:
            got = [(event["kind"], record.get("number", "")) for _, event, record in self.heard(login)]
            if got != self.expected:
                self.faults.append(f"{login}: " + say("收到", "got") + f" {got}")
            numbers = [int(event["seq"]) for _, event, _ in self.heard(login)]
            if numbers != sorted(set(numbers)):
                self.faults.append(f"{login}: " + say("顺序不对或重复", "out of order or twice") + f" {numbers}")


def show_step(day, clock, who, text, number="", alerted=(), took_ms=None, delays=None):
    line = f"{clock}  {pad(day.titles[who], 20)} {pad((number + ' ' if number else '') + text, 62)}"
    if delays is not None:
        values = sorted(delays.values())
        line += f" {took_ms:5.0f} ms  {len(values)}/8  {statistics.median(values):5.1f}  {values[-1]:5.1f} ms"
        if alerted:
            line += "  [!!] " + ", ".join(day.roles[login] for login in sorted(alerted))
    print(line.rstrip(), flush=True)


def play_all(day):
    print(pad("", 10) + pad(say("谁", "who"), 21) + pad(say("做什么", "what"), 62) +
          say("  命令耗时  推送 中位   最慢", "  command  pushed median  worst") + "\n")
    for who, words, kind, alerted, chinese, english in STEPS:
        clock, text = time.strftime("%H:%M:%S"), say(chinese, english)
        if words == "KILL":
            time.sleep(0.3)  # a client writes its cursor down ten times a second
            day.watches[who].kill()
            show_step(day, clock, who, text)
        elif words == "RESTART":
            missed = day.restart(who)
            show_step(day, clock, who, f"{text} ({missed})")
        else:
            number, took_ms, delays = day.play(who, words, kind, alerted)
            show_step(day, clock, who, text, number, alerted, took_ms, delays)
    day.settle()


def report(day):
    print()
    if day.delays:
        ordered = sorted(day.delays)
        print(say(f"{len(day.expected)} 个事件，{len(ordered)} 次推送，从提交到屏幕：中位 {statistics.median(ordered):.1f} ms，"
                  f"最慢 {ordered[-1]:.1f} ms",
                  f"{len(day.expected)} events, {len(ordered)} pushes, from the change to the screen: median "
                  f"{statistics.median(ordered):.1f} ms, worst {ordered[-1]:.1f} ms"))
    for fault in day.faults:
        print("FAIL  " + fault)
    if not day.faults:
        print(say("每个人都收到了应收到的一切：按顺序、不重不漏。", "Everybody got all they should: in order, once, nothing else."))
    return 1 if day.faults else 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    folder = tempfile.mkdtemp(prefix="frontdesk-day-")
    os.chmod(folder, 0o755)  # PostgreSQL runs as another user when we are root
    state = os.path.join(folder, "state")
    server, day = None, None
    try:
        print(say("启动服务器，登记人员 …", "Starting the server, adding the people …"), flush=True)
        server = Server(["--state-directory", state, "--listen", "127.0.0.1:0", *sys.argv[1:]], state, show=False)
        server.wait_until_ready()
        _, people = hire_everybody(server, folder)
        day = Day(people)
        day.open()
        play_all(day)
        code = report(day)
    except Trouble as trouble:
        fail(str(trouble))
    finally:
        for watch in day.watches.values() if day else ():
            watch.stop()
        stopped = server.stop() if server else 0
        shutil.rmtree(folder, ignore_errors=True)
    if stopped != 0:
        print(say("服务器没有正常停止", "the server did not stop cleanly") + f": {stopped}")
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""What the demo needs: the server as a child, people with their logins, and the program `frontdesk` run for each."""
import datetime
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time

BUILD = os.environ.get("FRONTDESK_BUILD") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/release")
SERVER = os.path.normpath(os.path.join(BUILD, "server/frontdeskd"))
CLIENT = os.path.normpath(os.path.join(BUILD, "client/frontdesk"))
PASSWORD = "frontdesk-demo-1"
FIRST_PASSWORD = "frontdesk-first-1"
START_S, ANSWER_S = 90, 20

ENGLISH = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "").startswith("en")

# login, name, role, team, desk, what they are
PEOPLE = [
    ("desk1", "李娜", "desk_clerk", "desk", "1号台", "前台1", "desk 1"),
    ("desk2", "王芳", "desk_clerk", "desk", "2号台", "前台2", "desk 2"),
    ("desk3", "张敏", "desk_clerk", "desk", "3号台", "前台3", "desk 3"),
    ("desk4", "刘洋", "desk_clerk", "desk", "4号台", "前台4", "desk 4"),
    ("leader", "陈强", "team_leader", "engineering", "", "工程组长", "team leader"),
    ("engineer", "赵军", "team_member", "engineering", "", "工程人员", "engineer"),
    ("supervisor", "何静", "supervisor", "office", "", "客服主管", "supervisor"),
    ("manager", "周伟", "manager", "office", "", "经理", "manager"),
]


def say(chinese, english):
    return english if ENGLISH else chinese


class Trouble(Exception):
    """Something did not go as it must; its text is for the person in front of the screen."""


class Server:
    """frontdeskd as a child. What it prints is kept and, if wanted, shown."""

    def __init__(self, options, state, show):
        self.state, self.show, self.lines = state, show, []
        for name in ("port",):
            if os.path.exists(os.path.join(state, name)):
                os.unlink(os.path.join(state, name))
        self.process = subprocess.Popen([SERVER, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        stdin=subprocess.DEVNULL, text=True, errors="replace")
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if self.show:
                print(line, end="", flush=True)

    def wait_until_ready(self):
        path, deadline = os.path.join(self.state, "port"), time.monotonic() + START_S
        while not (os.path.exists(path) and open(path, encoding="ascii").read().endswith("\n")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Trouble(say("服务器没有启动：\n", "the server did not start:\n") + "\n".join(self.lines[-20:]))
            time.sleep(0.05)
        with open(path, encoding="ascii") as file:
            self.port = int(file.read())

    def printed(self, word):
        """The value after `word:` in what the server printed at its first start."""
        for line in self.lines:
            if match := re.search(rf"\b{word}:\s*(\S+)", line):
                return match[1]
        return None

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Person:
    """Somebody with a device of their own for commands and another one for watching."""

    def __init__(self, folder, port, login, name="", desk=""):
        self.folder, self.port, self.login, self.name, self.desk = folder, port, login, name, desk
        self.id = ""

    def command(self, device, *words):
        base = [CLIENT, "--server", f"127.0.0.1:{self.port}", "--state", os.path.join(self.folder, self.login, device),
                "--json", "--lang", "zh" if not ENGLISH else "en"]
        return base + (["--desk", self.desk] if self.desk else []) + list(words)

    def run(self, *words, device="desk", given=None):
        done = subprocess.run(self.command(device, *words), input=given if given is not None else "",
                              capture_output=True, text=True, timeout=ANSWER_S, check=False)
        if done.returncode != 0:
            raise Trouble(f"{self.login}: frontdesk {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip().startswith("{") else {}

    def sign_in(self, password, device="desk"):
        answer = self.run("login", self.login, "--password-stdin", device=device, given=password + "\n")
        self.id = answer["person_id"]
        return answer

    def change_password(self, before, after):
        self.run("passwd", "--password-stdin", given=f"{before}\n{after}\n")


class Watch:
    """`frontdesk watch --json` as a process of its own; every event with the moment at which it arrived."""

    def __init__(self, person, *options):
        self.person, self.events, self.resets = person, [], []
        self.arrived = queue.Queue()
        self.process = subprocess.Popen(person.command("watch", "watch", *options), stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            now_ms = time.time() * 1000
            said = json.loads(line)
            if "reset" in said:
                self.resets.append(said["reset"])
            else:
                self.events.append((now_ms, said["event"], said.get("record", {})))
            self.arrived.put(None)

    def wait(self, condition, seconds=ANSWER_S):
        deadline = time.monotonic() + seconds
        while not condition():
            try:
                self.arrived.get(timeout=max(0, min(1, deadline - time.monotonic())))
            except queue.Empty:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    return False
        return True

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(ANSWER_S)


def moment_ms(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def hire_everybody(server, folder):
    """The administrator of the first start takes a new password, adds the people and their desks."""
    login, first = server.printed("login"), server.printed("password")
    if first is None:
        raise Trouble(say("服务器没有显示管理员密码", "the server printed no administrator's password"))
    administrator = Person(folder, server.port, login or "admin")
    administrator.sign_in(first)
    administrator.change_password(first, PASSWORD)
    everybody = []
    for login, name, role, team, desk, _, _ in PEOPLE:
        administrator.run("people", "add", login, "--name", name, "--role", role, "--team", team, "--password-stdin",
                          given=FIRST_PASSWORD + "\n")
        person = Person(folder, server.port, login, name, desk)
        person.sign_in(FIRST_PASSWORD)
        person.change_password(FIRST_PASSWORD, PASSWORD)
        everybody.append(person)
    return administrator, everybody


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)

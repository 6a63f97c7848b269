# SPDX-License-Identifier: Apache-2.0
"""frontdeskd with a site full of people: filled at the first start, there again at every other one.

usage: site.py [option of frontdeskd …]
"""
import os
import signal
import sys
import tempfile

import stage
from stage import PASSWORD, PEOPLE, Server, Trouble, fail, hire_everybody, say


def has(options, name):
    return any(option == name or option.startswith(name + "=") for option in options)


def state_directory(options):
    for index, option in enumerate(options):
        if option == "--state-directory" and index + 1 < len(options):
            return options[index + 1]
        if option.startswith("--state-directory="):
            return option.split("=", 1)[1]
    if os.geteuid() == 0:
        return "/var/lib/frontdesk-demo"
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local/state")
    return os.path.join(home, "frontdesk-demo")


def complete(options, state):
    """Passwords that everybody knows are for this machine only, unless somebody says otherwise."""
    if not has(options, "--state-directory"):
        options = [*options, "--state-directory", state]
    if not has(options, "--listen"):
        options = [*options, "--listen", "127.0.0.1:7443"]
    return options


def print_logins(port, administrator):
    print()
    print(say("演示项目已就绪。所有人的密码：", "The demo site is ready. Everybody's password: ") + PASSWORD)
    for login, name, _, _, _, chinese, english in PEOPLE:
        print(f"  {login:12} {name}  {say(chinese, english)}")
    print(f"  {administrator:12} " + say("管理员", "administrator"))
    client = os.path.relpath(stage.CLIENT)
    print(say("\n在另一个终端登录，例如：", "\nIn another terminal, for example:"))
    for login in ("supervisor", "desk1"):
        print(f"  {client} --server 127.0.0.1:{port} --state ~/.frontdesk-demo/{login} login {login}")
    print(f"  {client} --server 127.0.0.1:{port} --state ~/.frontdesk-demo/supervisor board")
    print(say("\nCtrl-C 停止。\n", "\nCtrl-C stops it.\n"), flush=True)


def main():
    state = state_directory(sys.argv[1:])
    print(say("启动服务器 …", "Starting the server …"), flush=True)
    server = Server(complete(sys.argv[1:], state), state, show=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: server.process.send_signal(signal.SIGTERM))
    try:
        server.wait_until_ready()
        mark = os.path.join(state, "demo-administrator")
        if not os.path.exists(mark):
            with tempfile.TemporaryDirectory() as folder:
                administrator, _ = hire_everybody(server, folder)
            with open(mark, "w", encoding="utf-8") as file:
                file.write(administrator.login)
        with open(mark, encoding="utf-8") as file:
            print_logins(server.port, file.read())
        server.show = True
    except Trouble as trouble:
        server.stop()
        fail(str(trouble))
    return server.process.wait()


if __name__ == "__main__":
    sys.exit(main())

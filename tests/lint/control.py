# SPDX-License-Identifier: Apache-2.0
"""Negative control: each lint must find each fault that is put before it here, and must pass the clean tree.

usage: control.py
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = "/* SPDX-" "License-Identifier: Apache-2.0 */\n"
CLEAN = {
    "common/status.h": HEADER,
    "common/stream.h": HEADER + "#include <uv.h>\n",
    "server/database/query.h": HEADER + "#include <libpq-fe.h>\n",
    "server/domain/visit.h": HEADER + '#include "common/status.h"\n#include "frontdesk/v1/visit.pb-c.h"\n',
    "server/operations/visit.c": HEADER + '#include "server/domain/visit.h"\n#include "server/database/query.h"\n',
    "client/core/line.c": HEADER + '#include "common/stream.h"\n',
}

# lint, file put into the clean tree, its text, what the lint must say
FAULTS = [
    ("includes", "server/domain/a.c", '#include "server/database/query.h"\n', "points from domain to database"),
    ("includes", "server/domain/a.c", "#include <uv.h>\n", "is no business of domain"),
    ("includes", "server/domain/a.c", '#include "common/stream.h"\n', "is no business of domain"),
    ("includes", "server/database/a.c", '#include "server/operations/operation.h"\n', "from database to operations"),
    ("includes", "server/journal/a.c", '#include "server/request/request.h"\n', "points from journal to request"),
    ("includes", "server/operations/a.c", '#include "server/network/session.h"\n', "from operations to network"),
    ("includes", "server/network/a.c", '#include "server/server.h"\n', "points from network to main"),
    ("includes", "server/network/a.c", '#include "server/timers/timers.h"\n', "points from network to timers"),
    ("includes", "server/network/a.c", '#include "client/core/frontdesk.h"\n', "points from network to core"),
    ("includes", "client/core/a.c", '#include "server/domain/visit.h"\n', "points from core to domain"),
    ("includes", "client/cli/a.c", '#include "frontdesk/server/v1/change.pb-c.h"\n', "points from cli to server-proto"),
    ("includes", "client/core/a.c", '#include "client/cli/verb.h"\n', "points from core to cli"),
    ("includes", "common/a.c", '#include "client/core/frontdesk.h"\n', "points from common to core"),
    ("includes", "server/request/a.c", "#include <libpq-fe.h>\n", "is kept to database"),
    ("includes", "server/request/a.c", '#include "request.h"\n', "does not lie in any room"),
    ("sources", "common/a.c", "int a;\n", "has no SPDX-License-Identifier"),
    ("sources", "server/sql/queries/a.sql", "select 1;\n", "has no SPDX-License-Identifier"),
    ("sources", "common/a.c", HEADER + "void f(char *a, char *b) { strcpy(a, b); }\n", "calls strcpy"),
    ("sources", "common/a.c", HEADER + "int f(char *a) { return system (a); }\n", "calls system"),
    ("sources", "server/network/a.c", HEADER + "void f(void) { uv_write(0, 0, 0, 0, 0); }\n", "which only common/stream.c"),
    ("sources", "common/a.c", HEADER + "/* TO" + "DO */\n", "says TO" + "DO"),
    ("sources", "docs/a.md", "see /ho" + "me/somebody/notes\n", "names somebody's home"),
    ("sources", "docs/a.md", "see @ROOT@/notes\n", "names a place of the machine"),
    ("sources", "common/a.c", HEADER + "int a;\n" * 500, "has 501 lines"),
    ("sources", "common/a.c", HEADER + "void f(void) {\n" + "    g();\n" * 60 + "}\n", "a function of 61 lines"),
    ("sources", "common/a.c", HEADER + "void f(int a,\n       int b) {\n" + "    g();\n" * 60 + "}\n", "a function of"),
]
# What looks like a fault and is none.
HARMLESS = [
    ("sources", "common/a.c", HEADER + '/* strcpy(a, b) */ const char *a = "system(b)";\n'),
    ("sources", "common/a.c", HEADER + "void my_gets(void);\n" + "int a[] = {\n" + "    1,\n" * 100 + "};\n"),
    ("sources", "common/a.c", HEADER + "int a;\n" * 499),
    ("includes", "server/network/a.c", '#include "server/domain/visit.h"\n#include <libgen.h>\n'),
    ("includes", "server/server.c", '#include "server/sql/queries.h"\n#include "server/timers/timers.h"\n'),
]


def run(lint, root, path, text):
    for name, content in {**CLEAN, path: text.replace("@ROOT@", os.path.realpath(root))}.items():
        os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
        with open(os.path.join(root, name), "w", encoding="utf-8") as file:
            file.write(content)
    done = subprocess.run([sys.executable, os.path.join(HERE, lint + ".py"), root], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout + done.stderr


# Command that must refuse the file, the file's text; the house's own settings count.
TOOLS = [
    (["clang-tidy", "--quiet", "--config-file=" + os.path.join(HERE, "../../.clang-tidy"), "@FILE@", "--"],
     HEADER + "#include <string.h>\nint f(const char *a);\nint f(const char *a) { return strcmp(a, a + 1) == 7; }\n"),
    (["clang-tidy", "--quiet", "--config-file=" + os.path.join(HERE, "../../.clang-tidy"), "@FILE@", "--"],
     HEADER + "int f(void);\nint f(void) {\n    int a;\n    return a + 1;\n}\n"),
    (["clang-format", "--dry-run", "-Werror", "--style=file:" + os.path.join(HERE, "../../.clang-format"), "@FILE@"],
     HEADER + "int  a ;\n"),
]


def accepted_by_tool(command, text):
    with tempfile.TemporaryDirectory() as root:
        path = os.path.join(root, "a.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([path if word == "@FILE@" else word for word in command], capture_output=True, check=False)
        return done.returncode == 0


def main():
    wrong = 0
    for command, text in TOOLS:
        if accepted_by_tool(command, text):
            wrong += 1
            print(f"{command[0]} accepts {text!r}")
    cases = FAULTS + [(lint, path, text, None) for lint, path, text in HARMLESS]
    for lint, path, text, expected in cases:
        with tempfile.TemporaryDirectory() as root:
            code, output = run(lint, root, path, text)
        hit = code == 0 if expected is None else code == 1 and any(
            line.startswith(path) and expected in line for line in output.splitlines())
        if not hit:
            wrong += 1
            print(f"{lint} on {path} {text[-60:]!r}: expected {expected}, got {code}: {output}")
    count = len(cases) + len(TOOLS)
    print(f"{count - wrong} of {count} controls hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

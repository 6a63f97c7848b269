#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns .sql files into constants of the program.

    embed.py <folder with queries/ and schema/> <output folder>
    embed.py --self-test

queries/<topic>/<name>.sql becomes `const struct query sql_<topic>_<name>`: comments dropped, blanks folded,
`:parameter` numbered $1, $2 … in order of first use. `-- include topic/name` on a line of its own takes in that file.
schema/NNNN_name.sql becomes an entry of sql_migrations, byte for byte.
"""
import hashlib
import pathlib
import re
import sys
import tempfile

NAME = re.compile(r"[a-z][a-z0-9_-]*\Z")
MIGRATION = re.compile(r"([0-9]{4})_[a-z0-9_]+\Z")
INCLUDE = re.compile(r"\s*--\s*include\s+(\S+)\s*\Z")
TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*)
    | (?P<block>/\*)
    | (?P<escaped>\b[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<literal>'(?:[^']|'')*')
    | (?P<identifier>"(?:[^"]|"")*")
    | (?P<dollar>(?<![\w$])\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$)
    | (?P<number>(?<![\w$])\$[0-9]+)
    | (?P<cast>::|:=)
    | (?P<parameter>:[a-z_][a-z0-9_]*)
    | (?P<end>;)
    | (?P<open>['"])
    | (?P<blank>\s+)
    | (?P<other>\w+|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Fault(Exception):
    """What is wrong in which line; shown as the compiler shows its own."""

    def __init__(self, path, line, text):
        super().__init__(f"{path}:{line}: {text}")


class Source:
    """Text put together from files, that knows where each character came from."""

    def __init__(self):
        self.lines = []
        self.starts = []
        self.length = 0

    def add(self, path, number, line):
        self.starts.append((self.length, path, number))
        self.lines.append(line + "\n")
        self.length += len(line) + 1

    def text(self):
        return "".join(self.lines)

    def fault(self, offset, text):
        origin = max((start for start in self.starts if start[0] <= offset), key=lambda start: start[0],
                     default=(0, "?", 0))
        return Fault(origin[1], origin[2], text)


def read_text(path):
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Fault(path, line, "not UTF-8") from None
    if "\0" in text:
        raise Fault(path, text[: text.index("\0")].count("\n") + 1, "a NUL byte")
    return text


def gather(root, path, source, stack):
    """Adds the file's lines, included files in place of their line."""
    stack = stack + [path]
    text = read_text(path)
    fragment = len(stack) > 1
    if fragment:
        # A fragment stands inside another statement, where its end mark would cut that one short.
        text = re.sub(r";\s*\Z", "\n", text)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            source.add(path, number, line)
            continue
        wanted = root / (match.group(1) + ".sql")
        if wanted in stack:
            cycle = " -> ".join(str(step.relative_to(root)) for step in stack + [wanted])
            raise Fault(path, number, f"includes itself: {cycle}")
        if not wanted.is_file():
            raise Fault(path, number, f"include of {match.group(1)}: there is no {wanted}")
        gather(root, wanted, source, stack)


def skip_block(source, text, start):
    """End of a block comment; they nest."""
    depth = 0
    for match in re.finditer(r"/\*|\*/", text[start:]):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return start + match.end()
    raise source.fault(start, "comment without an end")


def number_parameters(source):
    """The statement as PostgreSQL wants it, and its parameters in order."""
    text, out, parameters, position = source.text(), [], [], 0
    while position < len(text):
        match = TOKEN.match(text, position)
        kind, found, start = match.lastgroup if match.lastgroup != "tag" else "dollar", match.group(), position
        position = match.end()
        if kind == "block":
            position = skip_block(source, text, start)
            out.append(" ")
        elif kind in ("comment", "blank"):
            out.append(" ")
        elif kind == "open":
            raise source.fault(start, f"{found} without its partner")
        elif kind == "number":
            raise source.fault(start, f"{found}: parameters have names, write :name")
        elif kind == "end":
            rest = re.sub(r"--[^\n]*|/\*.*?\*/", "", text[position:], flags=re.DOTALL)
            if rest.strip():
                raise source.fault(start, "one statement a file")
        elif kind == "parameter":
            if start > 0 and re.match(r"[\w\])\"]", text[start - 1]):
                raise source.fault(start, f"{found} follows a value: put a blank before a parameter")
            name = found[1:]
            if name not in parameters:
                parameters.append(name)
            out.append(f"${parameters.index(name) + 1}")
        else:
            out.append(found)
    # Only what lies between the tokens that keep their blanks is folded, so literals stay as they are.
    folded = []
    for piece in out:
        if piece == "" or (piece == " " and (not folded or folded[-1] == " ")):
            continue
        folded.append(piece)
    return "".join(folded).rstrip(" "), parameters


def read_query(root, path):
    source = Source()
    gather(root, path, source, [])
    text, parameters = number_parameters(source)
    if not text:
        raise Fault(path, 1, "no statement")
    return text, parameters


def read_queries(folder):
    queries, symbols = [], {}
    for path in sorted(folder.rglob("*.sql")):
        parts = path.relative_to(folder).with_suffix("").parts
        if len(parts) != 2 or not all(NAME.match(part) for part in parts):
            raise Fault(path, 1, "a query lies at queries/<topic>/<name>.sql, in small letters")
        name = "/".join(parts)
        if len(name) > 48:
            raise Fault(path, 1, "the name is longer than 48: PostgreSQL cuts names of prepared statements")
        symbol = "sql_" + "_".join(parts).replace("-", "_")
        if symbol in symbols:
            raise Fault(path, 1, f"{symbol} is also the name of {symbols[symbol]}")
        symbols[symbol] = path
        queries.append((symbol, name, *read_query(folder, path)))
    return queries


def read_migrations(folder):
    migrations, numbers = [], {}
    for path in sorted(folder.glob("*.sql")):
        match = MIGRATION.match(path.stem)
        if not match:
            raise Fault(path, 1, "a migration is named NNNN_name.sql")
        number = int(match.group(1))
        if number in numbers or number == 0:
            raise Fault(path, 1, f"number {number} is taken by {numbers.get(number, 'nothing: they start at 1')}")
        numbers[number] = path
        text = read_text(path)
        migrations.append((number, path.stem, text, hashlib.sha256(text.encode()).hexdigest()))
    return migrations


def c_string(text):
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "?": "\\?"}
    pieces = [""]
    for sign in text:
        if len(pieces[-1]) > 100:
            pieces.append("")
        pieces[-1] += escapes.get(sign, sign if ord(sign) >= 32 else f"\\{ord(sign):03o}")
        if sign == "\n":
            pieces.append("")
    return "\n    ".join(f'"{piece}"' for piece in pieces if piece) or '""'


HEAD = "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by server/sql/embed.py from the .sql files: change those. */\n"


def header(queries):
    lines = [HEAD + "#ifndef FRONTDESK_SQL_QUERIES_H\n#define FRONTDESK_SQL_QUERIES_H\n",
             '#include "server/database/migration.h"\n#include "server/database/query.h"\n']
    lines += [f"extern const struct query {symbol}; /* {name} */" for symbol, name, _, _ in queries]
    return "\n".join(lines) + "\n\n#endif\n"


def body(queries, migrations):
    lines = [HEAD + '#include "server/sql/queries.h"\n']
    for symbol, name, text, parameters in queries:
        names = "NULL"
        if parameters:
            names = f"{symbol}_parameters"
            listed = ", ".join(f'"{parameter}"' for parameter in parameters)
            lines.append(f"static const char *const {names}[] = {{{listed}}};")
        lines.append(f"const struct query {symbol} = {{\n    {c_string(name)},\n    {c_string(text)},\n"
                     f"    {names},\n    {len(parameters)},\n}};\n")
    lines.append("const struct migration sql_migrations[] = {")
    for number, name, text, checksum in migrations:
        lines.append(f'    {{{number}, {c_string(name)},\n    {c_string(text)},\n    "{checksum}"}},')
    if not migrations:
        lines.append("    {0, NULL, NULL, NULL},")
    lines.append(f"}};\nconst size_t sql_migration_count = {len(migrations)};")
    return "\n".join(lines) + "\n"


def embed(source, target):
    queries = read_queries(source / "queries")
    migrations = read_migrations(source / "schema")
    (target / "server" / "sql").mkdir(parents=True, exist_ok=True)
    (target / "server" / "sql" / "queries.h").write_text(header(queries), encoding="utf-8")
    (target / "queries.c").write_text(body(queries, migrations), encoding="utf-8")


# Self-test: what goes in, what must come out.
GOOD = [
    ("select :id, :name, :id", "select $1, $2, $1", ["id", "name"]),
    ("select :at::timestamptz", "select $1::timestamptz", ["at"]),
    ("select ':no', 'it''s :no', E'\\':no', \":no\" , :yes;", "select ':no', 'it''s :no', E'\\':no', \":no\" , $1",
     ["yes"]),
    ("select 1 -- :no 'open\n , :yes /* :no /* :no */ ; */ + 1", "select 1 , $1 + 1", ["yes"]),
    ("select $$ :no ; $$, $t$ $$ :no $t$, :a", "select $$ :no ; $$, $t$ $$ :no $t$, $1", ["a"]),
    ("select  'two  blanks'\n\n\n  from   x -- end\n;\n-- after\n", "select 'two  blanks' from x", []),
    ("select a[1:2], f(x := :x)", "select a[1:2], f(x := $1)", ["x"]),
    ("select '{}'::jsonb ? :key, '投诉'", "select '{}'::jsonb ? $1, '投诉'", ["key"]),
    ("with a as (\n  -- include part/inner\n) select :b, :c", "with a as ( select $1 ) select $2, $1", ["c", "b"]),
    ("select " + "".join(f":p{i}, " for i in range(12)) + ":p1",
     "select " + "".join(f"${i + 1}, " for i in range(12)) + "$2",
     [f"p{i}" for i in range(12)]),
]
BAD = [
    ("select 1\n, :a + $1", 2, "parameters have names"),
    ("select 1;\nselect 2", 1, "one statement a file"),
    ("select\n\n'open", 3, "without its partner"),
    ("select 1 /* open", 1, "without an end"),
    ("select a[x:y]", 1, "put a blank"),
    ("-- nothing", 1, "no statement"),
    ("select 1,\n-- include part/missing", 2, "there is no"),
    ("select 1,\n-- include part/loop", 1, "includes itself"),
    ("select (\n-- include part/broken\n)", 2, "without its partner"),
]


def fill(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def expect_fault(work, wanted):
    try:
        work()
    except Fault as fault:
        assert wanted in str(fault), f"{fault} does not tell {wanted}"
        return str(fault)
    raise AssertionError(f"no fault: {wanted}")


def self_test_statements(folder):
    fill(folder, {"part/inner.sql": "-- a fragment\nselect :c;\n", "part/loop.sql": "-- include part/loop\n",
                  "part/broken.sql": "1 +\n'open\n"})
    path = folder / "topic" / "name.sql"
    for text, wanted, parameters in GOOD:
        fill(folder, {"topic/name.sql": text})
        found = read_query(folder, path)
        assert found == (wanted, parameters), f"{text!r}: {found!r}"
    for text, line, wanted in BAD:
        fill(folder, {"topic/name.sql": text})
        told = expect_fault(lambda: read_query(folder, path), wanted)
        assert f".sql:{line}: " in told, told


def self_test_folders(folder):
    out = folder / "out"
    embed(folder, out)  # neither queries/ nor schema/ is there
    assert "sql_migration_count = 0" in (out / "queries.c").read_text(encoding="utf-8")
    migration = "create table a (b text default '??');\n-- 表\n"
    fill(folder, {"queries/a-b/c_d.sql": "select :x", "schema/0001_first.sql": migration})
    embed(folder, out)
    made = (out / "queries.c").read_text(encoding="utf-8")
    assert "const struct query sql_a_b_c_d" in made and '"a-b/c_d"' in made and "\\?\\?" in made, made
    assert hashlib.sha256(migration.encode()).hexdigest() in made
    assert "extern const struct query sql_a_b_c_d;" in (out / "server/sql/queries.h").read_text(encoding="utf-8")
    fill(folder, {"queries/a/b_c-d.sql": "select 1"})
    expect_fault(lambda: embed(folder, out), "is also the name of")
    (folder / "queries/a/b_c-d.sql").unlink()
    for name, wanted in (("queries/Top/x.sql", "small letters"), ("queries/x.sql", "queries/<topic>/<name>"),
                         ("schema/1_x.sql", "NNNN_name"), ("schema/0001_again.sql", "is taken")):
        fill(folder, {name: "select 1"})
        expect_fault(lambda: embed(folder, out), wanted)
        (folder / name).unlink()


def self_test():
    for test in (self_test_statements, self_test_folders):
        with tempfile.TemporaryDirectory() as folder:
            test(pathlib.Path(folder))
    print("embed.py: OK")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        embed(pathlib.Path(arguments[0]), pathlib.Path(arguments[1]))
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""Medians, tables, goals and how long it will still take: what every measurement shares."""
import datetime
import math
import statistics
import sys
import time


class Samples:
    """Rows of figures by what was measured; their medians when all rounds are over."""

    def __init__(self):
        self.rows = {}

    def add(self, figures, **what):
        if not all(math.isfinite(value) and value >= 0 for value in figures.values()) or not any(figures.values()):
            raise RuntimeError(f"no measurement of {what}: {figures}")
        self.rows.setdefault(tuple(what.items()), []).append(figures)

    def medians(self):
        return [dict(what) | {key: statistics.median(row[key] for row in rows) for key in rows[0]}
                | {"rounds": len(rows)} for what, rows in self.rows.items()]


def find(rows, **wanted):
    return next(row for row in rows if all(row.get(key) == value for key, value in wanted.items()))


def goal(text, value, limit, least=False, held=True):
    """`least`: the value shall be at least the limit, else at most. Not held: it stands there for honesty."""
    met = value >= limit if least else value <= limit
    return {"goal": text, "value": value, "limit": limit, "sense": "≥" if least else "≤", "met": met, "held": held}


def table(title, rows, columns):
    """columns: (heading, key, form) with the form of a format specification, or a function of the row for the key."""
    cells = [[heading for heading, _, _ in columns]]
    for row in rows:
        values = [key(row) if callable(key) else row[key] for _, key, _ in columns]
        cells.append([str(value) if isinstance(value, str) else format(value, form)
                      for value, (_, _, form) in zip(values, columns)])
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    print(f"\n{title}")
    for line in cells:
        print("  " + "  ".join(text.rjust(width) for text, width in zip(line, widths)))


def show_goals(goals):
    print("\nGoals")
    width = max(len(row["goal"]) for row in goals)
    for row in goals:
        word = "met" if row["met"] else "MISSED"
        if not row["held"]:
            word = f"({word.lower()}, not held)"
        print(f"  {row['goal'].ljust(width)}  {row['value']:7.2f} {row['sense']} {row['limit']:.2f}  {word}")


class Progress:
    """A line for each step, with the time left by what the part that is done has taken."""

    def __init__(self, weights):
        self.weights, self.total = weights, sum(weights.values())
        self.began, self.done, self.steps, self.step = time.monotonic(), 0.0, 1, 0
        self.name = ""

    def begin(self, name, steps):
        self.finish()
        self.name, self.steps, self.step = name, max(steps, 1), 0

    def finish(self):
        if self.name:
            self.done += self.weights[self.name]
        self.name = ""

    def __call__(self, text):
        part = (self.done + self.weights[self.name] * min(self.step / self.steps, 1)) / self.total
        self.step += 1
        left = (time.monotonic() - self.began) * (1 - part) / part if part > 0.02 else self.total * (1 - part)
        print(f"  {datetime.datetime.now():%H:%M:%S} {self.name}: {text} · about {int(left // 60)} min "
              f"{int(left % 60):02d} s left", file=sys.stderr, flush=True)

"""Repeat the race of lesson 13 in new laboratories, and count who comes first.

    python tools/laboratories.py                    56 laboratories, about eight minutes
    python tools/laboratories.py --laboratories 24

A laboratory draws half of the lesson's trials anew and trains with seeds of its own; within it all
rules share their luck, as in the lesson. Tasks, ranges and trials are read from the lesson's cells.
Two laboratories together make a pool as large as the lesson's search, and `theory.win_chances` is
asked what it makes of that pool. What was trained is kept beside the temporary files, so that a
run that was stopped goes on where it was; the counts are written to
`course_utils/networks/records/laboratories.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course_utils import theory  # noqa: E402
from course_utils.networks import Entry, Task, one_thread  # noqa: E402
from course_utils.networks.checks import generator  # noqa: E402
from course_utils.networks.race import run  # noqa: E402
from tools.lessons import defined, find  # noqa: E402

RECORD = ROOT / "course_utils" / "networks" / "records" / "laboratories.json"
KEPT = Path(tempfile.gettempdir()) / "laboratories.jsonl"
# Cells of the lesson that say what is raced on, by whom and how long: its imports and its rules.
RULES = "from itertools", "from course_utils.networks", "TRIALS,", "long_memory,", "TASKS ="


def protocol(root: Path = ROOT) -> dict[str, Any]:
    """What the lesson's cells define."""
    return defined(find(root, ["13"])[0], RULES)


def described(race: Mapping[str, Any]) -> dict[str, Any]:
    """The protocol as text, by which a record is known to be of this race."""
    ranges = {
        e.name: {name: [r.low, r.high, r.below_one] for name, r in e.ranges.items()}
        for e in race["ENTRIES"]
    }
    return {"tasks": [repr(task) for task in race["TASKS"].values()], "ranges": ranges}


def laboratory(number: int, task: Task, entries: Sequence[Entry], trials: int) -> dict[str, Any]:
    """All losses of one laboratory on one task, by measure and entry."""
    u = np.array([generator(number, 100 + j).random(4) for j in range(trials)])
    # The lesson trains with seeds up to 2009; these are of no other laboratory either.
    seeds = range(10_000 + 100 * number, 10_000 + 100 * number + trials)
    runs = {e.name: run(task, e, [e.draw(x) for x in u], seeds, u).losses for e in entries}
    return {
        measure: {name: losses[measure].tolist() for name, losses in runs.items()}
        for measure in ("training loss", "validation loss")
    }


def first(field: Mapping[str, Sequence[float]]) -> str:
    """The rule with the lowest loss, or "a tie" if two share it."""
    best = {name: min(losses) for name, losses in field.items()}
    winners = [name for name, loss in best.items() if loss == min(best.values())]
    return winners[0] if len(winners) == 1 else "a tie"


def summary(done: Sequence[Mapping[str, Any]], task: str, measure: str, trials: int) -> dict:
    """Who came first, and what `win_chances` says of each two laboratories taken together."""
    fields = [one[task][measure] for one in done]
    resampled: dict[str, list[float]] = {name: [] for name in fields[0]}
    leaders: Counter = Counter()
    for one, other in zip(fields[::2], fields[1::2], strict=False):
        pool = {name: one[name] + other[name] for name in one}
        for name, chance in zip(pool, theory.win_chances(pool.values(), trials), strict=True):
            resampled[name].append(round(100 * float(chance), 1))
        typical = {name: theory.best_of(np.log(v), trials) for name, v in pool.items()}
        leaders[min(typical, key=typical.get)] += 1
    return {
        "first": dict(Counter(map(first, fields)).most_common()),
        "leaders of the pools": dict(leaders.most_common()),
        "win_chances of the pools, per cent": resampled,
    }


def main() -> None:
    """Train what is missing, then write the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--laboratories", type=int, default=56, help="an even number of them")
    wanted, race = parser.parse_args().laboratories, protocol()
    rules, trials = described(race), race["TRIALS"] // 2
    lines = map(json.loads, KEPT.read_text("utf-8").splitlines() if KEPT.exists() else [])
    done = {line["number"]: line["losses"] for line in lines if line["rules"] == rules}
    with one_thread():
        for number in range(1, wanted + 1):
            if number not in done:
                done[number] = {
                    name: laboratory(number, task, race["ENTRIES"], trials)
                    for name, task in race["TASKS"].items()
                }
                with KEPT.open("a", encoding="utf-8") as kept:
                    line = {"number": number, "rules": rules, "losses": done[number]}
                    kept.write(json.dumps(line) + "\n")
            print(f"\r{number} of {wanted} laboratories", end="", file=sys.stderr, flush=True)
    whole = [done[number] for number in range(1, wanted + 1)]
    record = {
        "command": f"python tools/laboratories.py --laboratories {wanted}",
        "date": date.today().isoformat(),
        "laboratories": wanted,
        "trials of a rule": trials,
        "seeds": "draws: the laboratory's number, from 1; training: 10000 + 100 number + trial",
        **rules,
        "races": {
            task: {measure: summary(whole, task, measure, trials) for measure in whole[0][task]}
            for task in race["TASKS"]
        },
    }
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

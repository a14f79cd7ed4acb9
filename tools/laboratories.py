"""Repeat the race of lesson 13 in new laboratories, and count who comes first.

    python -m tools.laboratories                     56 laboratories, about twelve minutes
    python -m tools.laboratories --laboratories N    an even number of them
        --finals N                                   with N finals, at most half as many (24)

A laboratory draws half of the lesson's trials anew and trains with seeds of its own; within it all
rules share their luck, as in the lesson. Tasks, ranges and trials are read from the lesson's cells.
Two laboratories together make a pool as large as the lesson's search. `theory.win_chances` is asked
what it makes of that pool, and the rest of the race is run on it as in the lesson: the best few are
repeated, one setting a rule is trained with fresh seeds, and the test is opened once. What was
trained is kept beside the temporary files, so that a run that was stopped goes on where it was; the
counts are written to `course_utils/networks/records/laboratories.json`.
"""

from __future__ import annotations

import json
import re
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
from course_utils.networks import Entry, Task, Trials, choose, one_thread, repeat  # noqa: E402
from course_utils.networks.checks import generator  # noqa: E402
from course_utils.networks.race import run  # noqa: E402
from tools.commands import Command, Progress  # noqa: E402
from tools.lessons import defined, find  # noqa: E402

RECORD = ROOT / "course_utils" / "networks" / "records" / "laboratories.json"
KEPT = Path(tempfile.gettempdir()) / "laboratories.jsonl"
FINALS = KEPT.with_name("laboratories_finals.jsonl")
# Cells of the lesson that say what is raced on, by whom and how long: its imports and its rules.
RULES = "from course_utils.networks", "TRIALS,", "long_memory,"
# Of a search, how many trials one may have had time for.
BUDGETS = 2, 20


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


def luck(number: int, trials: int) -> np.ndarray:
    """What the trials of a laboratory draw, between 0 and 1, shape (trials, 4)."""
    return np.array([generator(number, 100 + j).random(4) for j in range(trials)])


def laboratory(number: int, task: Task, entries: Sequence[Entry], trials: int) -> dict[str, Any]:
    """All losses of one laboratory on one task, by measure and entry."""
    u = luck(number, trials)
    # The lesson trains with seeds up to 2009; these are of no other laboratory either.
    seeds = range(10_000 + 100 * number, 10_000 + 100 * number + trials)
    runs = {e.name: run(task, e, [e.draw(x) for x in u], seeds, u).losses for e in entries}
    return {
        measure: {name: losses[measure].tolist() for name, losses in runs.items()}
        for measure in ("training loss", "validation loss")
    }


def final(
    number: int, task: Task, race: Mapping[str, Any], pool: Mapping[str, Sequence[float]]
) -> dict[str, dict[str, float]]:
    """The rest of the race in a laboratory as large as the lesson's, on a task with a sealed test.

    Args:
        number: of the large laboratory; it is made of those numbered 2 number - 1 and 2 number.
        task: what is raced on.
        race: the lesson's protocol.
        pool: the losses of their trials by entry, by the measure that the race chooses by.

    Returns:
        By entry the geometric means over the fresh seeds: of that measure, and of the test loss.
    """
    half = race["TRIALS"] // 2
    u = np.concatenate([luck(2 * number - 1, half), luck(2 * number, half)])
    measure, runs = race["MEASURE"], {}
    for entry in race["ENTRIES"]:
        settings = tuple(entry.draw(x) for x in u)
        found = Trials(entry, u, settings, {measure: np.array(pool[entry.name])}, np.empty(0))
        again, fresh = 30_000 + 100 * number, 40_000 + 100 * number
        best = choose(task, found, measure, race["FEW"], range(again, again + 3))
        runs[entry.name] = repeat(task, entry, best, range(fresh, fresh + len(race["FRESH"])))
    opened = task.test.open({name: one.weights for name, one in runs.items()})
    return {
        name: {measure: mean(one.losses[measure]), "test loss": mean(opened[name].loss)}
        for name, one in runs.items()
    }


def mean(losses: Any) -> float:
    """Their geometric mean, to four digits."""
    return float(f"{np.exp(np.log(losses).mean()):.4g}")


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


def typical(fields: Sequence[Mapping[str, Sequence[float]]], k: int) -> dict[str, list[float]]:
    """By rule, the typical best of k trials in each laboratory."""
    return {
        name: [float(f"{np.exp(theory.best_of(np.log(one[name]), k)):.4g}") for one in fields]
        for name in fields[0]
    }


def _finals(race: Mapping[str, Any], rules: Any, whole: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The finals of the large laboratories; what is missing is trained and kept."""
    lines = map(json.loads, FINALS.read_text("utf-8").splitlines() if FINALS.exists() else [])
    done = {line["number"]: line["final"] for line in lines if line["rules"] == rules}
    pairs = list(zip(whole[::2], whole[1::2], strict=False))
    for number, (one, other) in enumerate(pairs, 1):
        if number not in done:
            # A laboratory opens a test of its own.
            tasks = protocol()["TASKS"]
            with one_thread():
                done[number] = {
                    name: final(number, task, race, _joined(one[name], other[name], race))
                    for name, task in tasks.items()
                }
            with FINALS.open("a", encoding="utf-8") as kept:
                line = {"number": number, "rules": rules, "final": done[number]}
                kept.write(json.dumps(line) + "\n")
        print(f"\r{number} of {len(pairs)} finals", end="", file=sys.stderr, flush=True)
    return [done[number] for number in range(1, len(pairs) + 1)]


def _joined(one: Mapping, other: Mapping, race: Mapping[str, Any]) -> dict[str, list[float]]:
    """The trials of two laboratories by entry."""
    measure = race["MEASURE"]
    return {e.name: one[measure][e.name] + other[measure][e.name] for e in race["ENTRIES"]}


def main(argv: list[str] | None = None) -> None:
    """Train what is missing, then write the counts."""
    parser = Command("python -m tools.laboratories", __doc__)
    parser.add_argument("--laboratories", type=int, default=56)
    parser.add_argument("--finals", type=int, default=24)
    asked, race = parser.parse_args(argv), protocol()
    wanted = asked.laboratories
    rules, trials = described(race), race["TRIALS"] // 2
    lines = map(json.loads, KEPT.read_text("utf-8").splitlines() if KEPT.exists() else [])
    done = {line["number"]: line["losses"] for line in lines if line["rules"] == rules}
    missing = [number for number in range(1, wanted + 1) if number not in done]
    progress = Progress(len(missing), "laboratories")
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
                progress.tell()
    whole = [done[number] for number in range(1, wanted + 1)]
    finals = _finals(race, rules, whole[: 2 * asked.finals])
    record = {
        "command": f"python -m tools.laboratories --laboratories {wanted} --finals {asked.finals}",
        "date": date.today().isoformat(),
        "laboratories": wanted,
        "trials of a rule": trials,
        "seeds": "draws: the laboratory's number, from 1; training: 10000 + 100 number + trial",
        **rules,
        "finals": {
            "laboratories": len(finals),
            "trials of a rule": 2 * trials,
            "seeds": "choice: 30000 + 100 number; final: 40000 + 100 number",
            **{
                measure: {
                    task: {
                        e.name: [one[task][e.name][measure] for one in finals]
                        for e in race["ENTRIES"]
                    }
                    for task in race["TASKS"]
                }
                for measure in (race["MEASURE"], "test loss")
            },
        },
        "typical best": {
            task: {
                str(k): typical([one[task][race["MEASURE"]] for one in whole], k) for k in BUDGETS
            }
            for task in race["TASKS"]
        },
        "races": {
            task: {measure: summary(whole, task, measure, trials) for measure in whole[0][task]}
            for task in race["TASKS"]
        },
    }
    RECORD.parent.mkdir(exist_ok=True)
    text = json.dumps(record, indent=1, ensure_ascii=False)
    # A list of numbers is one line.
    text = re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found[0].split()), text)
    RECORD.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""The table of a class: counts before and after, the gain, and who still believes what."""

from __future__ import annotations

from .gather import Class
from .items import ITEMS
from .misconceptions import MISCONCEPTIONS
from .record import Record

Records = list[Record]

HAKE = """\
gain is Hake's normalised gain, (after − before)/(1 − before) with the class's shares of right
answers: how much of what was left to win was won. R. R. Hake, American Journal of Physics 66
(1998), 64-74, doi:10.1119/1.18809. A dash stands where nothing was left to win."""


def gain(before: int, after: int, most: int) -> float | None:
    """Hake's normalised gain from counts of right answers out of ``most``; None if all were right.

    Source: R. R. Hake, American Journal of Physics 66 (1998), 64-74, equation (1).
    """
    return None if before == most else (after - before) / (most - before)


def table(group: Class) -> str:
    """What a class gained, as text; needs at least one hand-in."""
    both = sum(learner.whole for learner in group.learners)
    before, after = (group.records(when, paired=both > 0) for when in ("before", "after"))
    only = [len(group.records(when, paired=False)) - both for when in ("before", "after")]
    people = f"{both} learner{'s' if both != 1 else ''} handed in both before and after"
    counts = "they are counted below" if both else "so all are counted and there is no gain yet"
    return "\n\n".join(
        [
            f"{people}, {counts}. Before only: {only[0]}. After only: {only[1]}.",
            _questions(before, after, both > 0),
            *([HAKE] if both else []),
            _beliefs(before, after, both > 0),
        ]
    )


def _questions(before: Records, after: Records, paired: bool) -> str:
    lines = [f"{'right answers':34}{'before':>12}{'after':>12}{'gain':>8}"]
    for n, item in ITEMS.items():
        right = [sum(n in r.right for r in records) for records in (before, after)]
        lines.append(_line(f"{n:2} {item.title}", right, [len(before), len(after)], paired))
    most = [len(ITEMS) * len(before), len(ITEMS) * len(after)]
    right = [sum(len(r.right) for r in records) for records in (before, after)]
    unknown = [sum(r.unknown for r in records) for records in (before, after)]
    lines.append(_line("   all questions", right, most, paired))
    lines.append(_line("   “I do not know”", unknown, most, None))
    return "\n".join(lines)


def _line(name: str, counts: list[int], most: list[int], paired: bool | None) -> str:
    first, last = (f"{c} of {m}" if m else "-" for c, m in zip(counts, most, strict=True))
    won = gain(counts[0], counts[1], most[0]) if paired else None
    shown = "-" if won is None else f"{won:.2f}".replace("-", "−")
    return f"{name:34}{first:>12}{last:>12}{'' if paired is None else shown:>8}".rstrip()


def _beliefs(before: Records, after: Records, paired: bool) -> str:
    """How many learners followed each misconception, and how many of them still do."""
    head = ("before", "after", "kept", "lost") if paired else ("before", "after")
    lines = [f"{'learners who chose an answer that follows from':62}" + _cells(head)]
    quiet = []
    asked = {option.belief for item in ITEMS.values() for option in item.options}
    for name, belief in MISCONCEPTIONS.items():
        if name not in asked:
            continue
        first, last = ([name in r.beliefs for r in records] for records in (before, after))
        kept = sum(a and b for a, b in zip(first, last, strict=paired))
        counts = [sum(first), sum(last), kept, sum(first) - kept][: len(head)]
        if any(counts):
            lines.append(f"{name + ' ' + belief.says:62}" + _cells(counts))
        else:
            quiet.append(name)
    if quiet:
        lines.append(f"Nobody chose an answer of {', '.join(quiet)}.")
    return "\n".join(lines)


def _cells(values) -> str:
    return "".join(f"{value:>8}" for value in values)

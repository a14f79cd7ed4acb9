"""Pair the hand-ins of a class, learner by learner; whatever does not count is named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from .files import contents
from .record import Record, Unfit, read
from .workbooks import is_of_a_workbook

# What lies in a learner's folder beside the hand-ins: told in one line for each kind, so that what
# is amiss with a hand-in is seen.
_BESIDE = {".svg", ".png", ".md"}


@dataclass(eq=False)
class Learner:
    """What one learner handed in; of repeated hand-ins the first."""

    before: Record | None = None
    after: Record | None = None

    @property
    def whole(self) -> bool:
        """Whether there is something to compare."""
        return self.before is not None and self.after is not None


@dataclass
class Class:
    """The learners that were found, and a sentence for each file that does not count."""

    learners: list[Learner] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def records(self, when: str, *, paired: bool) -> list[Record]:
        """All hand-ins from before, or after; ``paired`` leaves out those without the other."""
        found = [getattr(x, when) for x in self.learners if x.whole or not paired]
        return [record for record in found if record]


def gather(places: list[Path]) -> Class:
    """Read every file in folders and zip files, and pair the hand-ins of each learner.

    Notebooks and records are left to `shelve`.
    """
    group, remarks = Class(), []
    seen: dict[str, str] = {}
    passed: dict[str, list[str]] = defaultdict(list)
    found: dict[str, list[tuple[Record, str]]] = defaultdict(list)
    for name, content in contents(places, lambda name: not is_of_a_workbook(name)):
        try:
            if isinstance(content, Unfit):
                raise content
            record = read(content)
        except Unfit as why:
            suffix = Path(name).suffix.lower()
            if suffix in _BESIDE:
                passed[suffix].append(name)
            else:
                remarks.append(f"{name} {why}.")
            continue
        if record.id in seen:
            remarks.append(f"{name} is a copy of {seen[record.id]}.")
            continue
        seen[record.id] = name
        found[record.learner].append((record, name))
    for records in found.values():
        learner = Learner()
        first: dict[str, str] = {}
        for record, name in sorted(records, key=lambda pair: pair[0].handed_in):
            if record.when in first:
                counts = first[record.when]
                remarks.append(f"{name} is a later hand-in of a learner whose {counts} counts.")
            else:
                first[record.when] = name
                setattr(learner, record.when, record)
        group.learners.append(learner)
    _pair_by_nickname(group, remarks)
    for suffix, names in sorted(passed.items()):
        first = f"{names[0]} is not a hand-in."
        many = f"{len(names)} files that end in {suffix} are not hand-ins, such as {names[0]}."
        remarks.append(first if len(names) == 1 else many)
    group.remarks = ["".join(c if c.isprintable() else "?" for c in text) for text in remarks]
    return group


def _pair_by_nickname(group: Class, remarks: list[str]) -> None:
    """Join the two halves of a learner who changed the computer, where nobody can be mistaken."""
    halves: dict[str, list[Learner]] = defaultdict(list)
    for learner in group.learners:
        record = learner.before or learner.after
        if record and record.nickname and not learner.whole:
            halves[record.nickname.casefold()].append(learner)
    for several in halves.values():
        begun = [x for x in several if x.before]
        ended = [x for x in several if x.after]
        name = next(x.nickname for each in begun + ended if (x := each.before or each.after))
        if len(begun) == len(ended) == 1:
            begun[0].after = ended[0].after
            group.learners.remove(ended[0])
            remarks.append(f"The two hand-ins signed {name} come from two places and are paired.")
        elif begun and ended:
            remarks.append(
                f"{len(several)} hand-ins are signed {name}, so it is open which belong together, "
                "and they are not paired."
            )

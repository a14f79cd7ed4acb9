"""Say what was found out about a kernel, with a number from its own run."""

from __future__ import annotations

from .bank import Bank
from .compare import Difference, changed_gradient, first_difference, same, unchanged
from .diagnose import Finding
from .probes import LARGE, LATE, SETTINGS, SHAPES, SMALL, ZERO
from .step_formula import formula


def word(finding: Finding, bank: Bank) -> tuple[str, str]:
    """Text and idea for a finding; the idea of what is right or unknown is empty."""
    about = finding.about
    if finding.kind == "right":
        return f"{_praise(bank)} {about.remark}".strip(), ""
    if finding.kind == "mistake":
        number = first_difference(finding.runs, bank.asked, bank.probes)
        return f"{about.message} {number}", about.idea
    if finding.kind == "mistake among others":
        number = first_difference(finding.runs, bank.asked, bank.probes)
        parts = (about.message, _as_formulas(finding.runs, bank), str(number))
        return f"{' '.join(filter(None, parts))} Fix this first, then check again.", about.idea
    if finding.kind == "two mistakes":
        number = first_difference(finding.runs, bank.asked, bank.probes)
        first = f"Your step combines two mistakes. One of them, by itself: {about.message}"
        return f"{first} Together: {number} Fix this first, then check again.", about.idea
    if finding.kind == "settings unused":
        *some, last = (f"`{name}`" for name in about)
        names = f"{', '.join(some)} and {last} arrive and are" if some else f"{last} arrives and is"
        first = f"{names} not used: your steps are the same with other values."
        number = first_difference(finding.runs, bank.asked, bank.probes)
        parts = (first, _as_formulas(finding.runs, bank), str(number), _ADVICE[SETTINGS])
        return " ".join(filter(None, parts)), SETTINGS
    if finding.kind == "right in ordinary runs":
        return _beyond(finding.runs, bank)
    if finding.kind == "unknown":
        return _unknown(finding.runs, bank), ""
    if finding.kind == "answers change":
        return _answers_change(finding, bank), finding.kind
    sentence = _SIDE_EFFECTS[finding.kind]
    if finding.kind == "two arrays, two names":
        return sentence.format(*about), finding.kind
    order = ", ".join(("w", *bank.probes[0].memory))
    return sentence.format(about=about, order=order), finding.kind


_SIDE_EFFECTS = {
    "order of what is returned": "The numbers are right and come back in the wrong order: return "
    "({order}).",
    "what is returned": "The check cannot read what your function makes. {about} Change the arrays "
    "in place, or return new ones of the same shape.",
    "g is only lent": "Your weights are right, and your function changes the gradient: {about}. g "
    "belongs to the caller; compute with it and leave it as it is.",
    "H is only lent": "Your weights are right, and your function changes the Hessian in place. H "
    "belongs to the caller; compute with it and leave it as it is.",
    "two arrays, two names": "The numbers are right, and {0} and {1} have become one array: "
    "whatever changes one changes the other. Keep a copy, `{0} = {0}.copy()`.",
    "half the digits": "The rule is right, and {about} comes back with half its digits, as "
    "float32. Leave the type of the arrays as it is.",
}


def _praise(bank: Bank) -> str:
    first = bank.probes[0]
    runs = f"Your kernel makes the same steps as the rule in {len(bank.probes)} runs, with"
    far = "at zero, at large and at small values."
    if first.hessians:
        return f"{runs} two weights and with three, curved up, down and both, {far}"
    if any(x.shape != first.w.shape for x in first.memory.values()):
        return f"{runs} settings that change on the way, two weights and three, {far}"
    return f"{runs} settings that change on the way, arrays of several shapes, {far}"


_ADVICE = {
    ZERO: "Ask what each line does where g is 0, and where the memory is 0 as well.",
    LARGE: "Nothing in the rule bounds a gradient or a step.",
    SMALL: "Nothing in the rule keeps a value from being small: add no number of your own to it.",
    LATE: "The rule is the same at every t, however late: t is not an index and has no end.",
    SETTINGS: "Use the settings as they come, without numbers of your own beside them.",
    SHAPES: "Write nothing that depends on the number of axes.",
}


def _beyond(runs: list, bank: Bank) -> tuple[str, str]:
    """What to say to a kernel that is right in all ordinary runs and fails beyond them."""
    number = first_difference(runs, bank.asked, bank.probes)
    if not isinstance(number, Difference):
        fault = next((r["fault"] for r in runs if r["fault"]), "")
        return f"In ordinary runs your kernel is right. {fault}".strip(), SHAPES
    idea = number.probe.beyond
    return f"In ordinary runs your kernel is right. {number} {_ADVICE[idea]}", idea


def _answers_change(finding: Finding, bank: Bank) -> str:
    number = first_difference(finding.about, finding.runs[:1], bank.probes[:1])
    what = f" {number.second_time()}" if isinstance(number, Difference) else ""
    return (
        f"The same call gives two answers.{what} "
        "Your function remembers something outside its arguments, or draws random numbers: "
        "whatever lasts belongs into the arrays that it is given."
    )


def _as_formulas(own: list, bank: Bank, *names: str) -> str:
    """The first wrong line of a step beside the right one, where both can be read off."""
    for name in names or (*bank.probes[0].memory, "w"):
        if not same(own, bank.asked, (name,)):
            mine, theirs = (formula(track, bank.probes, name) for track in (own, bank.asked))
            told = mine and theirs and mine != theirs
            sentence = f"Your step makes the new {name} `{mine}`; the rule makes it `{theirs}`."
            return sentence if told else ""
    return ""


def _unknown(own: list, bank: Bank) -> str:
    """Something true and useful about a mistake that is not in the bank."""
    number = first_difference(own, bank.asked, bank.probes)
    touched = changed_gradient(own, bank.probes)
    lent = f"Your function changes the gradient ({touched}), which is only lent."
    sentences = [lent] if touched else []
    slots = tuple(bank.probes[0].memory)
    for name in (*slots, "w"):
        if same(own, bank.asked, (name,)):
            continue
        if unchanged(own, bank.probes, name):
            sentences.append(
                f"Your {name} never changes: `{name} = ...` makes a new array that nobody sees, so "
                f"change it in place, as in `{name} -= ...`, or return it."
            )
            continue
        if read := _as_formulas(own, bank, name):
            sentences.append(read)
        elif name == "w" and slots and same(own, bank.asked, slots):
            verb = "is" if len(slots) == 1 else "are"
            sentences.append(f"Your {' and '.join(slots)} {verb} right in every run, and w is not.")
        break
    return " ".join([*sentences[:2], str(number)])

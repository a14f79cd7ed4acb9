"""Exercises in which the learner writes a kernel: its behaviour is compared, not its text."""

from __future__ import annotations

import dis
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ..optimizers import Rule
from ..optimizers.rule import positional_names
from . import sandbox
from .compare import Difference, changed_gradient, first_difference, same, unchanged
from .exercise import Exercise
from .feedback import Feedback, Section
from .probes import VARIATIONS, Probe, Shapes, make_probes, record, track
from .reading import formula
from .seeds import drawn
from .slips import CONVENTIONS, MISTAKES, Convention, Mistake, kernel
from .troubles import ONE_SHAPE


@dataclass(frozen=True, kw_only=True)
class KernelExercise(Exercise):
    """Write the kernel of a rule.

    Attributes:
        rule: the course's rule.
        plan: values that each hyper-parameter takes in turn in the probes.
        accepts: names of the banks whose conventions are right here, the one that is asked first.
        sections: what to read again for an idea, if it is not ``section``.
        variation: which of the sets of runs is used.
        matrix: whether the weights are always a matrix.
    """

    rule: Rule
    plan: Mapping[str, tuple[float, ...]]
    accepts: tuple[str, ...] = ()
    sections: Mapping[str, Section] = field(default_factory=dict)
    variation: int = 0
    matrix: bool = False

    def for_learner(self, name: str) -> Exercise:
        """The same kernel, compared on one of several sets of runs."""
        own: Any = super().for_learner(name)
        return replace(own, variation=drawn(name, self.key, "runs", VARIATIONS)) if name else self

    @property
    def first(self) -> str:
        """What the rule calls its first array: w, or the name of an average that moves nothing."""
        return positional_names(self.rule.kernel)[0]

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The runs on which kernels are compared."""
        return _bank(self).probes

    def assess(self, answer: Any) -> Feedback:
        """Run the learner's function in the sandbox and compare."""
        if not callable(answer):
            return self.wrong(
                f"`check` wants the function itself, and this is {_kind(answer)}: "
                f'write check("{self.key}", name_of_your_function), without calling it.',
                reread=None,
            )
        if is_stub(answer):
            return self.unanswered()
        misfit = _misfit(answer, self)
        if misfit:
            return self.wrong(misfit, "signature")
        outcome = sandbox.run(lambda: _runs(_by_its_name(answer, self.first), self.probes))
        if outcome.trouble == "unanswered":
            return self.unanswered()
        if outcome.trouble:
            sentence = outcome.sentence
            if self.matrix or self.rule.shapes:
                sentence = sentence.replace(ONE_SHAPE, "Print the shapes on the way to it.")
            return self.wrong(sentence, outcome.trouble, printed=outcome.printed)
        verdict, text, idea = _diagnose(self, outcome.value)
        text = re.sub(r"\bw(?=\d?\b)", self.first, text)
        if verdict == "right":
            return self.right(text)
        section = self.sections.get(idea, self.section)
        return self.wrong(text, idea, printed=outcome.printed, reread=section)


@dataclass(frozen=True)
class _Bank:
    """The probes of an exercise, and the tracks of all known kernels on them."""

    probes: tuple[Probe, ...]
    right: tuple[tuple[Convention, list], ...]
    wrong: tuple[tuple[Mistake, list], ...]


def _bank(exercise: KernelExercise) -> _Bank:
    rule, names = exercise.rule, exercise.accepts or (exercise.rule.name,)
    plan = tuple((n, exercise.plan[n]) for n in _hyper(rule))
    shapes = tuple(rule.shapes.items())
    return _tracks(
        rule.memory, names, plan, _given(rule), exercise.variation, shapes, exercise.matrix
    )


@lru_cache(maxsize=64)
def _tracks(
    slots: tuple[str, ...],
    accepts: tuple[str, ...],
    plan: tuple,
    given: tuple[str, ...],
    variation: int,
    shapes: Shapes,
    matrix: bool,
) -> _Bank:
    probes = make_probes(slots, dict(plan), "H" in given, variation, shapes, matrix)
    with np.errstate(all="ignore"):
        right = tuple(
            (convention, track(kernel(convention.form, slots, given), probes))
            for name in accepts
            for convention in CONVENTIONS[name]
        )
        wrong = tuple(
            (mistake, track(kernel(form, slots, given), probes))
            for mistake in MISTAKES[accepts[0]]
            for form in mistake.forms
        )
    fair = [pair for pair in wrong if not any(same(pair[1], good) for _, good in right)]
    return _Bank(probes, right, tuple(fair))


def _given(rule: Rule) -> tuple[str, ...]:
    """What a kernel gets between the gradient and its memory."""
    return ("H",) if rule.needs_hessian else ()


def _hyper(rule: Rule) -> tuple[str, ...]:
    return (*rule.hyper, *(("t",) if rule.counts_steps else ()))


def _runs(answer: Callable[..., Any], probes: tuple[Probe, ...]) -> dict[str, Any]:
    """Everything that is to be known about a kernel, in one trip to the sandbox."""
    first, again = record(answer, probes[0]), record(answer, probes[0])
    runs = {"returned": [first], "again": [again]}
    if not same([first], [again]):
        return runs
    runs["returned"] += track(answer, probes[1:])
    if any("returns" in r["remarks"] for r in runs["returned"]) or runs["returned"][0]["fault"]:
        runs["in place"] = track(answer, probes, "in place")
        if probes[0].memory:
            runs["swapped"] = track(answer, probes, "swapped")
    return runs


def _diagnose(exercise: KernelExercise, runs: dict[str, list]) -> tuple[str, str, str]:
    """Verdict, text and idea for what a kernel did on the probes."""
    bank, own = _bank(exercise), runs["returned"]
    asked = bank.right[0][1]
    if not same(own[:1], runs["again"]):
        return "not yet", _moody(own, runs["again"], bank.probes), "answers change"
    for reading in ("returned", "in place"):
        for convention, good in bank.right:
            if reading in runs and same(runs[reading], good):
                return _manners(runs[reading], convention, bank)
    if "swapped" in runs and same(runs["swapped"], asked):
        order = ", ".join(("w", *exercise.rule.memory))
        return (
            "not yet",
            f"The numbers are right and come back in the wrong order: return ({order}).",
            ("order of what is returned"),
        )
    moved = "in place" in runs and any(
        step["w"] != bank.probes[0].w.tolist() for step in runs["in place"][0]["steps"][:1]
    )
    for only in (None, ("w",)):
        for reading in ("in place", "returned") if moved else ("returned",):
            for mistake, bad in bank.wrong:
                if same(runs[reading], bad, only) and (only is None or not same(bad, asked, only)):
                    number = first_difference(runs[reading], asked, bank.probes)
                    return "not yet", f"{mistake.tell} {number}", mistake.idea
    fault = next((r["fault"] for r in own if r["fault"]), "")
    if fault:
        return (
            "not yet",
            (
                f"The check cannot read what your function makes. {fault} "
                "Change the arrays in place, or return new ones of the same shape."
            ),
            "what is returned",
        )
    return "not yet", _unknown(exercise, own, bank), ""


def _manners(runs: list, convention: Convention, bank: _Bank) -> tuple[str, str, str]:
    """Look whether the rest is right too, once the numbers are."""
    remarks = {remark for r in runs for remark in r["remarks"]}
    touched = changed_gradient(runs, bank.probes)
    if touched:
        return (
            "not yet",
            (
                f"Your weights are right, and your function changes the gradient: {touched}. "
                "g belongs to the caller; compute with it and leave it as it is."
            ),
            "g is only lent",
        )
    if "changes H" in remarks:
        return (
            "not yet",
            (
                "Your weights are right, and your function changes the Hessian in place. H belongs "
                "to the caller; compute with it and leave it as it is."
            ),
            "H is only lent",
        )
    aliases = sorted(r.split()[1:] for r in remarks if r.startswith("alias"))
    if aliases:
        one, other = aliases[0]
        return (
            "not yet",
            (
                f"The numbers are right, and {one} and {other} have become one array: whatever "
                f"changes one changes the other. Keep a copy, `{one} = {one}.copy()`."
            ),
            "two arrays, two names",
        )
    coarse = sorted(r.split()[1] for r in remarks if r.startswith("coarse"))
    if coarse:
        return (
            "not yet",
            (
                f"The rule is right, and {coarse[0]} comes back with half its digits, as float32. "
                "Leave the type of the arrays as it is."
            ),
            "half the digits",
        )
    praise = (
        f"Your kernel makes the same steps as the rule in {len(bank.probes)} runs, "
        "with settings that change on the way and arrays of two shapes."
    )
    first = bank.probes[0]
    if any(x.shape != first.w.shape for x in first.memory.values()):
        praise = (
            f"Your kernel makes the same steps as the rule in {len(bank.probes)} runs, with "
            "settings that change on the way, two weights and three."
        )
    if bank.probes[0].hessians:
        praise = (
            f"Your kernel makes the same steps as the rule in {len(bank.probes)} runs, with two "
            "weights and with three, curved up, down and both."
        )
    return "right", f"{praise} {convention.remark}".strip(), ""


def _moody(own: list, again: list, probes: tuple[Probe, ...]) -> str:
    number = first_difference(again, own[:1], probes[:1])
    what = f" {number.second_time()}" if isinstance(number, Difference) else ""
    return (
        f"The same call gives two answers.{what} "
        "Your function remembers something outside its arguments, or draws random numbers: "
        "whatever lasts belongs into the arrays that it is given."
    )


def _unknown(exercise: KernelExercise, own: list, bank: _Bank) -> str:
    """Something true and useful about a mistake that is not in the bank."""
    asked = bank.right[0][1]
    number = first_difference(own, asked, bank.probes)
    touched = changed_gradient(own, bank.probes)
    said = (
        [f"Your function changes the gradient ({touched}), which is only lent."] if touched else []
    )
    slots = exercise.rule.memory
    for name in (*slots, "w"):
        if same(own, asked, (name,)):
            continue
        if unchanged(own, bank.probes, name):
            said.append(
                f"Your {name} never changes: `{name} = ...` makes a new array that nobody sees, so "
                f"change it in place, as in `{name} -= ...`, or return it."
            )
            continue
        mine, theirs = formula(own, bank.probes, name), formula(asked, bank.probes, name)
        if mine and theirs and mine != theirs:
            said.append(f"Your step makes the new {name} `{mine}`; the rule makes it `{theirs}`.")
        elif name == "w" and slots and same(own, asked, slots):
            said.append(f"Your {' and '.join(slots)} is right in every run, and w is not.")
        break
    return " ".join([*said[:2], str(number)])


def _by_its_name(answer: Callable[..., Any], first: str) -> Callable[..., Any]:
    """A kernel that returns its first array as w, whatever it is called in a dictionary."""

    def kernel_of_w(*arrays: Any, **settings: Any) -> Any:
        new = answer(*arrays, **settings)
        if isinstance(new, Mapping):
            return {"w" if n == first else n: x for n, x in new.items()}
        return new

    return answer if first == "w" else kernel_of_w


def is_stub(function: Any) -> bool:
    """Whether a function is still empty: nothing but a docstring, ``...`` or ``pass``."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP", "CACHE"}
    steps = list(dis.get_instructions(code))
    results = {step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")}
    return {step.opname for step in steps} <= idle and results <= {None, ..., code.co_consts[0]}


def _misfit(function: Callable[..., Any], exercise: KernelExercise) -> str:
    """A sentence if the function cannot be called as a kernel, else nothing."""
    names = (exercise.first, "g", *_given(exercise.rule), *exercise.rule.memory)
    keywords = dict.fromkeys(_hyper(exercise.rule), 0.5)
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    try:
        signature.bind(*names, **keywords)
    except TypeError as error:
        call = f"f({', '.join([*names, *(f'{n}=...' for n in keywords)])})"
        return (
            f"The check calls your function as `{call}`, and its signature `{signature}` does not "
            f"allow that ({error}). Keep the first line as it was given."
        )
    return ""


def _kind(answer: Any) -> str:
    if isinstance(answer, (int, float, np.ndarray, np.generic, tuple, list)):
        return "already a result"
    return f"of type {type(answer).__name__}"

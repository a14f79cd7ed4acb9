"""Exercises in which the learner writes a kernel: its behaviour is compared, not its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..optimizers import Rule
from ..optimizers.rule import positional_names
from .bank import Bank, bank, given, settings
from .diagnose import diagnose
from .exercise import Exercise
from .feedback import Feedback, Section
from .interface import cannot_be_called, function_wanted, is_stub
from .probes import VARIATIONS
from .runs import run
from .seeds import drawn
from .troubles import ANY_SHAPE, ONE_SHAPE
from .wording import word


@dataclass(frozen=True, kw_only=True)
class KernelExercise(Exercise):
    """Write the kernel of a rule.

    Attributes:
        rule: the course's rule.
        plan: values that each hyper-parameter takes in turn in the probes.
        sections: what to read again for an idea, if it is not ``section``.
        variation: which of the sets of runs is used.
        matrix: whether the weights are always a matrix.
    """

    rule: Rule
    plan: Mapping[str, tuple[float, ...]]
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
    def bank(self) -> Bank:
        """The runs on which kernels are compared, and what all known kernels make of them."""
        return bank(self.rule, self.plan, self.variation, self.matrix)

    def assess(self, answer: Any) -> Feedback:
        """Read the answer, run it, find out what it does, and say so."""
        if wanted := function_wanted(self.key, answer):
            return self.wrong(wanted, reread=None)
        if is_stub(answer):
            return self.unanswered()
        arrays = (self.first, "g", *given(self.rule), *self.rule.memory)
        if sentence := cannot_be_called(answer, arrays, settings(self.rule)):
            return self.wrong(sentence, "signature")
        outcome = run(answer, self.bank.probes, self.first)
        if outcome.trouble:
            return self._stopped(outcome)
        finding = diagnose(outcome.value, self.bank)
        text, idea = word(finding, self.bank)
        text = re.sub(r"\bw(?=\d?\b)", self.first, text)
        if finding.kind == "right":
            return self.right(text)
        section = self.sections.get(idea, self.section)
        return self.wrong(text, idea, printed=outcome.printed, reread=section)

    def _stopped(self, outcome: Any) -> Feedback:
        if outcome.trouble == "unanswered":
            return self.unanswered()
        sentence = outcome.sentence
        if not (self.matrix or self.rule.shapes or self.rule.needs_hessian):
            sentence = sentence.replace(ANY_SHAPE, ONE_SHAPE)
        return self.wrong(sentence, outcome.trouble, printed=outcome.printed)

"""The bank of known mistakes: what is special to a rule as data, one file a rule; and the mutants.

The files are TOML: long sentences stand there as they are, and a teacher can change one without
reading Python. The table ``rule`` holds the right equations and the words for the mutants; every
other table is a mistake with its idea, its message and one or several forms. In a form ``...``
stands for the rule's other lines.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from types import CodeType
from typing import Any

import numpy as np

from ..mistake import Mistake
from ..mutants import Equations, mutants


@dataclass(frozen=True)
class Convention:
    """A right way to write a rule, with a remark if it differs from the one that was asked."""

    form: str
    remark: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of a rule's kernels: right ways to write it, and mistakes in their order."""

    right: tuple[Convention, ...]
    special: tuple[Mistake, ...]
    general: tuple[Mistake, ...]

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """All mistakes; what is special to the rule names a kernel before what is general."""
        return self.special + self.general


@cache
def known(name: str, slots: tuple[str, ...]) -> Known:
    """The right forms and the mistakes of a rule, by its name and its memory."""
    file = re.sub(r"\W+", "_", name).lower() + ".toml"
    data = tomllib.loads((files(__package__) / file).read_text("utf-8"))
    about = data.pop("rule")
    rule = Equations.read(about["right"], slots, about.get("words", {}))
    also = (Convention(**c) for c in about.get("also", ()))
    parent = about.get("inherits")
    general = _inherited(known(parent, tuple(about["memory"])), about) if parent else mutants(rule)
    own = {n: m for n, m in data.items() if "form" in m}
    special = tuple(_special(rule, n, **m) for n, m in own.items())
    if parent:
        general = tuple(m for m in general if m.name not in {*own, *about.get("without", ())})
    general = tuple(_in_its_words(m, data, about.get("ideas", {})) for m in general)
    if "mirror" in about:
        general += tuple(_mirrored(special + general, about["mirror"]))
    return Known((Convention(rule.right), *also), special, general)


@cache
def step_pairs(name: str, slots: tuple[str, ...]) -> tuple[tuple[Mistake, str], ...]:
    """Two mistakes at once in a step whose memory is right: the first of them, and the form.

    The second is what an operator makes of the first, so it need not be written down.
    """
    file = re.sub(r"\W+", "_", name).lower() + ".toml"
    about = tomllib.loads((files(__package__) / file).read_text("utf-8"))["rule"]
    if parent := about.get("inherits"):
        adapt = _ADAPT[about["changed"]]
        both = ((m, adapt(form)) for m, form in step_pairs(parent, tuple(about["memory"])))
        return tuple((m, form) for m, form in both if form)
    rule = Equations.read(about["right"], slots, about.get("words", {}))
    alone = [(m, form) for m in known(name, slots).mistakes for form in m.value]
    seen, found = {rule.right, *(form for _, form in alone)}, []
    for mistake, form in alone:
        if _changes_the_step(form, rule):
            spoiled = Equations.read(form, slots, rule.words)
            for second in (f for m in mutants(spoiled) for f in m.value if f not in seen):
                if _changes_the_step(second, rule):
                    seen.add(second)
                    found.append((mistake, second))
    return tuple(found)


def _changes_the_step(form: str, rule: Equations) -> bool:
    """Whether a form has the rule's lines, and those of the memory as they should be."""
    lines = [tuple(line.split(" = ", 1)) for line in form.split("; ")]
    same_names = [line[0] for line in lines] == [target for target, _ in rule.lines]
    return same_names and all(
        x == y or x[0] not in rule.slots for x, y in zip(lines, rule.lines, strict=True)
    )


def _in_its_words(mistake: Mistake, data: Mapping[str, Any], ideas: Mapping[str, str]) -> Mistake:
    """A general mistake with the idea and the sentence that a rule has for it, if it has."""
    own = data.get(mistake.name, {})
    own = {} if "form" in own else own
    return replace(mistake, **{"idea": ideas.get(mistake.idea, mistake.idea), **own})


def _special(rule: Equations, name: str, idea: str, message: str, form: str | list) -> Mistake:
    forms = [form] if isinstance(form, str) else form
    return Mistake(tuple(_whole(rule, f) for f in forms), idea, message, name)


def _whole(rule: Equations, form: str) -> str:
    """A form with the rule's other lines where it has dots."""
    if not form.endswith("; ..."):
        return form
    changed = dict(line.split(" = ", 1) for line in form.removesuffix("; ...").split("; "))
    unknown = changed.keys() - dict(rule.lines)
    if unknown:
        raise ValueError(f"{form}: the rule has no line for {', '.join(unknown)}")
    return rule.form(**changed)


def _mirrored(mistakes: Iterable[Mistake], slot: str) -> Iterable[Mistake]:
    """The same mistakes in a kernel whose memory counts the other way round.

    A sentence that speaks of a sign, or quotes an assignment, would be false there.
    """
    for m in mistakes:
        if not re.search(r"plus|minus|uphill|`\w+ .?= ", m.message):
            yield replace(
                m, value=tuple(f"{slot} = -{slot}; {f}; {slot} = -{slot}" for f in m.value)
            )


# A rule that is another one with one thing changed has its mistakes, too


def _inherited(parent: Known, about: Mapping[str, Any]) -> tuple[Mistake, ...]:
    adapt, (old, new) = _ADAPT[about["changed"]], about.get("say", ("", ""))
    found = []
    for m in parent.mistakes:
        if forms := tuple(form for f in m.value if (form := adapt(f))):
            message = m.message.replace(old, new) if old else m.message
            found.append(replace(m, value=forms, message=message))
    return tuple(found)


def _decayed(form: str) -> str:
    return f"w = w - lr*decay*w; {form}"


def _over_the_largest(form: str) -> str:
    """A form of Adam's, with the largest s so far in place of s in its step."""
    lines = form.split("; ")
    written = [i for i, line in enumerate(lines) if line.startswith("s = ")]
    if not written:
        return ""
    lines.insert(1 + max(written), "top = np.maximum(top, s)")
    in_the_step = re.compile(r"(w|s_hat) = ")
    return "; ".join(re.sub(r"\bs\b", "top", x) if in_the_step.match(x) else x for x in lines)


def _inside(form: str) -> str:
    """The same form with eps under the root."""
    if "(np.sqrt(" not in form:
        return form
    return form.replace("(np.sqrt(", "np.sqrt(").replace(") + eps)", " + eps)")


_ADAPT: dict[str, Callable[[str], str]] = {
    "decay first": _decayed, "the largest divides": _over_the_largest, "eps inside": _inside,
}  # fmt: skip


def kernel(
    form: str, slots: tuple[str, ...], given: tuple[str, ...] = ()
) -> Callable[..., Mapping[str, Any]]:
    """The kernel that computes a form: ``"v = beta*v - lr*g; w = w + v"``.

    ``given`` names what is passed between the gradient and the memory and does not change: ``H``.
    """
    code = _compiled(form)

    def step(w, g, *rest, **settings):
        arrays = dict(zip((*given, *slots), rest, strict=True))
        names = {"np": np, "w": w, "g": g, **arrays, **settings}
        exec(code, names)
        return {name: names[name] for name in ("w", *slots)}

    return step


@lru_cache(maxsize=4096)  # the pairs of two mistakes that a check tries anew for each answer
def _compiled(form: str) -> CodeType:
    return compile(form, f"<{form}>", "exec")

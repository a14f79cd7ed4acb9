"""Mistakes that can be made in any rule, made from the rule's own equations.

A mutation operator takes the right equations and spoils one thing in them; its sentence stands
under its name in ``mistakes/general.toml``. Mutation testing does the same with programs; here the
mutants are what people write. An operator that finds nothing to spoil makes nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from .mistake import Mistake

# A gradient that is not squared and stands in no outer product.
GRADIENT = r"(?<!outer\()(?<!outer\(g, )\bg\b(?!\*\*)"
CORRECTED = r"(\w+)/\(1 - (\w+)\*\*t\)"
ROOT = r"\(np\.sqrt\((\w+)\) \+ eps\)"


@dataclass(frozen=True)
class Memory:
    """A line of equations in which the old value stays: b v − lr g, b s + (1 − b) g², s + g².

    Attributes:
        target: the name of what is remembered.
        share: the factor of the old value, "" in a plain sum.
        sign: of the new value.
        average: whether the new value has the factor 1 − share.
        new: what enters.
    """

    target: str
    share: str
    sign: str
    average: bool
    new: str

    def line(self, kept: str = "", share: str = "", new: str = "", sign: str = "") -> str:
        """The right-hand side with other parts."""
        kept = kept or (f"{self.share}*{self.target}" if self.share else self.target)
        share = share or (f"(1 - {self.share})" if self.average else "1")
        factor = "" if share == "1" else f"{share}*"
        return f"{kept} {sign or self.sign} {factor}{new or self.new}"


@dataclass(frozen=True)
class Equations:
    """The right equations of a rule, line by line, and the words that its mistakes are told in.

    Attributes:
        lines: targets and right-hand sides in their order.
        slots: names of the memory.
        words: what the rule calls a thing, if it has a word of its own for it.
    """

    lines: tuple[tuple[str, str], ...]
    slots: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: str, slots: tuple[str, ...], words: Mapping[str, str]) -> Equations:
        """The equations of a form such as ``v = beta*v - lr*g; w = w + v``."""
        target_and_right = (line.split(" = ", 1) for line in form.split("; "))
        return cls(tuple((t, r) for t, r in target_and_right), slots, words)

    @property
    def memories(self) -> tuple[Memory, ...]:
        """The lines in which something is remembered."""
        found = []
        for target, right in self.lines:
            if x := re.fullmatch(rf"(\w+)\*{target} \+ \(1 - \1\)\*(\S+)", right):
                found.append(Memory(target, x[1], "+", True, x[2]))
            elif x := re.fullmatch(rf"(\w+)\*{target} ([+-]) (\S+)", right):
                found.append(Memory(target, x[1], x[2], False, x[3]))
            elif (x := re.fullmatch(rf"{target} \+ (.+)", right)) and target in self.slots:
                found.append(Memory(target, "", "+", False, x[1]))
        return tuple(found)

    @property
    def squares(self) -> tuple[Memory, ...]:
        """The memories of squares, if a root is taken of them."""
        return tuple(m for m in self.memories if m.new == "g**2") if self.has(ROOT) else ()

    @property
    def right(self) -> str:
        """The equations as they should be."""
        return self.form()

    @property
    def step(self) -> str:
        """The right-hand side of w."""
        return dict(self.lines)["w"]

    def form(self, **changed: str | None) -> str:
        """The equations with other right-hand sides; None leaves a line out."""
        lines = ((t, changed.get(t, right)) for t, right in self.lines)
        return "; ".join(f"{t} = {right}" for t, right in lines if right is not None)

    def put(self, pattern: str, new: str, *targets: str) -> str:
        """The equations with a pattern replaced, in all lines or in those of some targets."""
        change = {t: re.sub(pattern, new, r) for t, r in self.lines if not targets or t in targets}
        return self.form(**change)

    def has(self, pattern: str) -> tuple[str, ...]:
        """The targets in whose lines a pattern occurs."""
        return tuple(t for t, right in self.lines if re.search(pattern, right))

    def written(self, target: str) -> str:
        """How a line is written so that it changes its array."""
        right = dict(self.lines)[target]
        fade = ""
        if kept := next((m for m in self.memories if m.target == target), None):
            right = f"{target} {kept.line().split(' ', 1)[1]}"
            fade = f"`{target} *= {kept.share}` and " if kept.share else ""
        added = re.fullmatch(rf"{target} ([+-]) (.*)", right)
        return f"{fade}`{target} {added[1]}= {added[2]}`" if added else f"`{target}[...] = ...`"


# What an operator makes: forms, the words of its sentence, and an ending of its name.
Made = tuple[Iterable[str], Mapping[str, str], str]
OPERATORS: dict[str, Callable[[Equations], Iterator[Made]]] = {}


def operator(name: str):
    """Register the operator of a name in ``general.toml``."""

    def register(function: Callable[[Equations], Iterator[Made]]):
        OPERATORS[name] = function
        return function

    return register


@lru_cache(maxsize=1)
def general() -> dict[str, dict[str, Any]]:
    """The sentences of all operators, in the order in which they name a kernel."""
    return tomllib.loads((files(__package__) / "mistakes" / "general.toml").read_text("utf-8"))


def mutants(rule: Equations) -> tuple[Mistake, ...]:
    """What all operators make of a rule, without what they leave as it was."""
    found = []
    for name, about in general().items():
        for made, words, ending in _spoiled(rule, name, about):
            forms = tuple(dict.fromkeys(f for f in made if f != rule.right))
            if forms:
                words = {**_words(rule), **words}
                idea, message = (about[x].format(**words) for x in ("idea", "message"))
                found.append(Mistake(forms, idea, message, _code(rule, name, words) + ending))
    return tuple(found)


def _spoiled(rule: Equations, name: str, about: Mapping[str, Any]) -> Iterable[Made]:
    if "gradient" in about:
        lines = rule.has(GRADIENT)
        places = [lines, *((t,) for t in lines)] if name == "w for g" else [lines]
        return [((rule.put(GRADIENT, about["gradient"], *t) for t in places if t), {}, "")]
    if "correction" in about:
        return _corrections(rule, about["correction"])
    if "replace" in about:
        return [((rule.put(*about["replace"]),), {}, "")]
    return OPERATORS[name](rule)


def _corrections(rule: Equations, new: str) -> Iterator[Made]:
    lines = rule.has(CORRECTED)
    for some in _together_and_each(lines):
        names = [re.search(CORRECTED, dict(rule.lines)[t])[1] for t in some]
        starts = f"The memory {names[0]} starts" if len(names) == 1 else "Both memories start"
        yield (rule.put(CORRECTED, new, *some),), {"Starts": starts}, _of(names, lines)


def _words(rule: Equations) -> dict[str, str]:
    """The words that every sentence may use; a rule's own come last."""
    slots, lines = rule.slots, dict(rule.lines)
    first = slots[0] if slots else "w"
    entered = next(iter(rule.has(GRADIENT)), "w")
    called = rule.words.get(first, first)
    many = "those are new arrays" if slots else "that makes a new array"
    new = " and ".join(f"`{n} = ...`" for n in dict.fromkeys((first, "w")))
    return {
        "new_arrays": f"{new}, {many}",
        "arrays": f"({', '.join(('w', *slots))})" if slots else "the new w",
        "write_w": rule.written("w"),
        "write_first": rule.written(first) if first in lines else "",
        "memory": " and ".join(slots),
        "Memory": f"The {called}" if len(slots) == 1 else "The memory",
        "stays": "stays" if len(slots) == 1 else "stay",
        "is": "is" if len(slots) == 1 else "are",
        "first": first,
        "called": called,
        "step": "step",
        "numbers": "weights",
        "gradient": "gradient",
        "no_root": ", and then there is no root" if rule.has(ROOT) else "",
        "entered": rule.words.get(entered, "the step" if entered == "w" else entered),
        "rated": rule.words.get("rated", next(iter(rule.has(r"\blr\b")), "w")),
        **{n: word for n, word in rule.words.items() if n not in lines},
    }


def _about(rule: Equations, some: tuple[Memory, ...]) -> dict[str, str]:
    """The words for a sentence on some memories."""
    m, names = some[0], " and ".join(m.target for m in some)
    word = rule.words.get("gradient", "gradient")
    value = {"g": word, "g**2": "square"}.get(m.new, "step")
    value = "value" if len(some) > 1 else value
    return {
        "names": names,
        "many": "many" if len(some) > 1 else "",
        "called": rule.words.get(m.target, m.target) if len(some) == 1 else "memory",
        "share": m.share if len(some) == 1 else "beta",
        "Share": m.share.capitalize() if len(some) == 1 else "Beta",
        "letter": m.share.rstrip("12"),
        "value": value,
        "Keep": f"Multiply it by {m.share}" if m.share else "Add to it",
        "how": f"with its share 1 − {m.share}" if m.average else "whole",
        "let_in": f" and let {m.share} of the new {value} in" if m.average else "",
        "faded": f", faded by {m.share} once per step" if m.share else "",
        "no_root": " A sum of squares is never negative." if some[-1].new == "g**2" else "",
        "all": "divides by eps alone" if rule.squares and m in rule.squares else "none of them",
    }


def _code(rule: Equations, name: str, words: Mapping[str, str]) -> str:
    """The name with its number in the course's list, where that depends on the rule."""
    if name == "moves first":
        return f"{'M18' if rule.has(ROOT) or not rule.step.startswith('w') else 'M21'} {name}"
    if name == "a sum":
        alone = "M19" if len(rule.memories) == 1 else "M02"
        return (
            f"{'M03' if words['many'] else alone if words['value'] == 'square' else 'M01'} {name}"
        )
    return re.sub(r"\bshare (?=and|on|in)", f"{words.get('share', '')} ", name)


def _together_and_each(items: tuple) -> list[tuple]:
    return [items, *((x,) for x in items)] if len(items) > 1 else [items] if items else []


def _of(names: Iterable[str], everything: Iterable) -> str:
    names = list(names)
    return f" of {names[0]}" if len(names) < len(list(everything)) else ""


# What any kernel can do with its arrays


@operator("nothing happens")
def nothing_happens(rule: Equations) -> Iterator[Made]:
    """All arrays stay as they were."""
    yield ("pass",), {}, ""


@operator("memory thrown away")
def memory_thrown_away(rule: Equations) -> Iterator[Made]:
    """The step is right and the memory stays as it was."""
    written = tuple(s for s in rule.slots if s in dict(rule.lines))
    for some in _together_and_each(written):
        keep = "; ".join(f"old_{s} = {s}" for s in some)
        back = "; ".join(f"{s} = old_{s}" for s in some)
        words = {
            "memory": " and ".join(some),
            "stays": "stays" if len(some) == 1 else "stay",
            "first": some[0],
            "write_first": rule.written(some[0]),
        }
        yield (f"{keep}; {rule.right}; {back}",), words, _of(some, written)


@operator("w stays")
def w_stays(rule: Equations) -> Iterator[Made]:
    """The memory is right and w never moves."""
    if rule.slots:
        yield (rule.form(w=None),), {}, ""


@operator("step returned")
def step_returned(rule: Equations) -> Iterator[Made]:
    """The step stands where the new weights belong."""
    if rule.step.startswith("w "):
        step = rule.step[2:].replace("- ", "-", 1) if rule.step[2] == "-" else rule.step[4:]
        yield (rule.form(w=step), rule.form(w=f"-({step})")), {}, ""


@operator("M27 one array")
def one_array(rule: Equations) -> Iterator[Made]:
    """Two arrays of one shape have become one."""
    if len(rule.slots) == 1 and rule.step.startswith("w ") and "outer" not in rule.right:
        yield (f"{rule.right}; {rule.slots[0]} = w",), {}, ""


@operator("M31 whole numbers")
def whole_numbers(rule: Equations) -> Iterator[Made]:
    """Fractions are cut off, in the weights or in a memory."""
    cuts = "trunc", "round", "floor"
    targets = dict.fromkeys(("w", *(m.target for m in rule.memories)))
    yield [rule.put("^.*$", rf"np.{cut}(\g<0>)", t) for t in targets for cut in cuts], {}, ""


@operator("one coordinate")
def one_coordinate(rule: Equations) -> Iterator[Made]:
    """Only the first entry of w changes."""
    yield (f"all = w; {rule.right}; all, w = w, all.copy(); w[0] = all[0]",), {}, ""


@operator("M22 uphill")
def uphill(rule: Equations) -> Iterator[Made]:
    """The one term of the step has the other sign."""
    if _one_term(rule):
        yield (rule.form(w=f"w {'+' if rule.step[2] == '-' else '-'} {rule.step[4:]}"),), {}, ""


@operator("moves first")
def moves_first(rule: Equations) -> Iterator[Made]:
    """The weights move before the memory has heard of this gradient."""
    some = tuple(m for m in rule.memories if m.target != "w")
    for late in _together_and_each(some):
        names = [m.target for m in late]
        lines = sorted(rule.lines, key=lambda line: line[0] in names)
        form = "; ".join(f"{t} = {right}" for t, right in lines)
        yield (form,), _about(rule, late), _of(names, some)


@operator("M24 the last alone")
def the_last_alone(rule: Equations) -> Iterator[Made]:
    """A memory holds the newest value and nothing else."""
    for m in rule.memories:
        if m.target != "w" and "outer" not in m.new:
            new = f"-{m.new}" if m.sign == "-" else m.new
            yield (f"{rule.right}; {m.target} = {new}",), _about(rule, (m,)), ""


@operator("no memory")
def no_memory(rule: Equations) -> Iterator[Made]:
    """The weights take the plain gradient step, and nothing else changes."""
    if rule.slots and rule.has(r"\blr\b"):
        yield ("w = w - lr*g",), {}, ""


@operator("memory unused")
def memory_unused(rule: Equations) -> Iterator[Made]:
    """The weights take the plain gradient step beside the memory."""
    if rule.slots and rule.has(r"\blr\b"):
        yield (rule.form(w="w - lr*g"),), {}, ""


# The learning rate and other factors


@operator("M25 rate twice")
def rate_twice(rule: Equations) -> Iterator[Made]:
    """The learning rate multiplies in two places."""
    lines = rule.has(r"\blr\*")
    forms = [rule.put(r"\blr\*", "lr*lr*", *some) for some in _together_and_each(lines)]
    for m in rule.memories:
        if "lr" in m.new and rule.step == f"w + {m.target}":
            forms.append(rule.form(w=f"w + lr*{m.target}"))
        elif m.new == "g" and lines:
            forms.append(rule.form(**{m.target: m.line(new="lr*g")}))
    yield forms, {}, ""


@operator("rate and share swapped")
def rate_and_share_swapped(rule: Equations) -> Iterator[Made]:
    """The learning rate and the share of a memory have changed places."""
    for m in rule.memories:
        if m.share and rule.has(r"\blr\b"):
            swap = {"lr": m.share, m.share: "lr"}
            form = rule.put(r"\b\w+\b", lambda x, swap=swap: swap.get(x[0], x[0]))
            yield (form,), _about(rule, (m,)), ""


@operator("twice")
def twice(rule: Equations) -> Iterator[Made]:
    """The step is twice as long."""
    if _one_term(rule):
        yield (rule.form(w=f"{rule.step[:4]}2*{rule.step[4:]}"),), {}, ""


@operator("half")
def half(rule: Equations) -> Iterator[Made]:
    """The step is half as long."""
    if _one_term(rule):
        yield (rule.form(w=f"{rule.step[:4]}0.5*{rule.step[4:]}"),), {}, ""


def _one_term(rule: Equations) -> bool:
    return rule.step.startswith(("w + ", "w - ")) and " - " not in rule.step[4:]


# The memory


@operator("M04 swapped shares")
def swapped_shares(rule: Equations) -> Iterator[Made]:
    """The old value gets the share of the new one."""
    found = tuple(m for m in rule.memories if m.share)
    for some in _together_and_each(found):
        new = {m: m.share if m.average else "" for m in some}
        lines = {m.target: m.line(f"(1 - {m.share})*{m.target}", new[m]) for m in some}
        yield (rule.form(**lines),), _about(rule, some), _of((m.target for m in some), found)


@operator("a sum")
def a_sum(rule: Equations) -> Iterator[Made]:
    """The new value enters an average whole."""
    found = tuple(m for m in rule.memories if m.average)
    for some in _together_and_each(found):
        form = rule.form(**{m.target: m.line(share="1") for m in some})
        yield (form,), _about(rule, some), _of((m.target for m in some), found)


@operator("both shares the same")
def both_shares_the_same(rule: Equations) -> Iterator[Made]:
    """Old and new get the share of the new value."""
    for m in rule.memories:
        if m.average:
            line = m.line(kept=f"(1 - {m.share})*{m.target}")
            yield (rule.form(**{m.target: line}),), _about(rule, (m,)), ""


@operator("both shares kept")
def both_shares_kept(rule: Equations) -> Iterator[Made]:
    """Old and new get the share of the old value."""
    for m in rule.memories:
        if m.average:
            yield (rule.form(**{m.target: m.line(share=m.share)}),), _about(rule, (m,)), ""


@operator("no fading")
def no_fading(rule: Equations) -> Iterator[Made]:
    """The old value is kept whole."""
    for m in rule.memories:
        if m.share:
            lines = m.line(kept=m.target), m.line(kept=m.target, share="1")
            yield (rule.form(**{m.target: line}) for line in lines), _about(rule, (m,)), ""


@operator("the old twice")
def the_old_twice(rule: Equations) -> Iterator[Made]:
    """The old value is added to what has it already."""
    for some in _together_and_each(tuple(m for m in rule.memories if m.share)):
        lines = {m.target: f"{m.target} + {m.line()}" for m in some}
        yield (rule.form(**lines),), _about(rule, some), _of(lines, rule.memories)


@operator("brackets of the share")
def brackets_of_the_share(rule: Equations) -> Iterator[Made]:
    """A share of the new value is taken from 1."""
    found = tuple(m for m in rule.memories if m.average)
    for some in _together_and_each(found):
        lines = {m.target: m.line(share="1", new=f"1 - {m.share}*{m.new}") for m in some}
        yield (rule.form(**lines),), _about(rule, some), _of(lines, found)


@operator("multiplied by all")
def multiplied_by_all(rule: Equations) -> Iterator[Made]:
    """The old value is multiplied by the share and the new value together."""
    found = tuple(m for m in rule.memories if m.share)
    for some in _together_and_each(found):
        lines = {m.target: f"{m.target}*({m.line(kept=m.share)})" for m in some}
        yield (rule.form(**lines),), _about(rule, some), _of(lines, found)


@operator("M23 reset")
def reset(rule: Equations) -> Iterator[Made]:
    """The old value never arrives in the new one."""
    for some in _together_and_each(rule.memories):
        forms = (
            rule.form(**{m.target: m.line(kept="0", share=share) for m in some})
            for share in ("", "1")
        )
        yield forms, _about(rule, some), _of((m.target for m in some), rule.memories)


# Values that people type in place of a share.
OWN = {"beta": ("0.9",), "beta1": ("0.9",), "beta2": ("0.999",), "rho": ("0.9", "0.99")}


@operator("a number for the share")
def a_number_for_the_share(rule: Equations) -> Iterator[Made]:
    """A usual number stands where a share belongs, in one place or in all of a line."""
    for m in rule.memories:
        for x in OWN.get(m.share, ()):
            old, new = f"{x}*{m.target}", f"(1 - {x})" if m.average else ""
            forms = [rule.form(**{m.target: m.line(old, new)})]
            if m.average:
                forms += [rule.form(**{m.target: line}) for line in (m.line(old), m.line("", new))]
            for target in rule.has(rf"\b{m.share}\*\*t"):
                forms.append(rule.put(rf"\b{m.share}\b", x, target))
            yield forms, {**_about(rule, (m,)), "number": x}, ""
    some = tuple(m for m in rule.memories if m.share in OWN)
    if len(some) > 1:
        numbers = {m.share: OWN[m.share][0] for m in some}
        lines = {m.target: re.sub(rf"\b{m.share}\b", numbers[m.share], m.line()) for m in some}
        words = {"number": " and ".join(numbers.values()), "share": " and ".join(numbers)}
        yield (rule.form(**lines),), words, ""


@operator("another is kept")
def another_is_kept(rule: Equations) -> Iterator[Made]:
    """The share multiplies something else than the old value."""
    for m in rule.memories:
        others = [x for x in ("w", "g", *rule.slots) if x != m.target and "outer" not in m.new]
        kept = {x: f"{m.share}*{x}" if m.share else x for x in others}
        for x, old in kept.items():
            words = {**_about(rule, (m,)), "kept": old, "right": old.replace(x, m.target)}
            yield (rule.form(**{m.target: m.line(old)}),), words, ""


@operator("share twice")
def share_twice(rule: Equations) -> Iterator[Made]:
    """The share of the new value multiplies in two places."""
    for m in rule.memories:
        if m.average:
            share = f"(1 - {m.share})"
            forms = [rule.form(**{m.target: m.line(share=f"{share}*{share}")})]
            forms += [rule.put(rf"\b{m.target}(?=/\(1 - )", f"{share}*{m.target}")]
            yield forms, _about(rule, (m,)), ""


@operator("memory for g")
def memory_for_g(rule: Equations) -> Iterator[Made]:
    """The old value of a memory enters where the gradient belongs."""
    for m in rule.memories:
        if m.target in rule.slots and re.search(GRADIENT, m.new):
            new = re.sub(GRADIENT, m.target, m.new)
            yield (rule.form(**{m.target: m.line(new=new)}),), _about(rule, (m,)), ""


@operator("share on both")
def share_on_both(rule: Equations) -> Iterator[Made]:
    """The share of the old value multiplies the new one as well."""
    for m in rule.memories:
        if m.share:
            line = f"{m.share}*({m.line(kept=m.target)})"
            yield (rule.form(**{m.target: line}),), _about(rule, (m,)), ""


@operator("M32 minus")
def minus_in_the_memory(rule: Equations) -> Iterator[Made]:
    """The new value is subtracted."""
    found = tuple(m for m in rule.memories if m.sign == "+")
    for some in _together_and_each(found):
        form = rule.form(**{m.target: m.line(sign="-") for m in some})
        yield (form,), _about(rule, some), _of((m.target for m in some), found)


@operator("weights fade")
def weights_fade(rule: Equations) -> Iterator[Made]:
    """The share of a memory multiplies the weights."""
    for m in rule.memories:
        if m.share and rule.step.startswith("w "):
            move = f"{m.share}*{rule.step}"
            forms = rule.form(w=move), rule.form(**{m.target: m.line(kept=m.target), "w": move})
            unkept = f"old = {m.target}; {m.target} = 0*{m.target}; {forms[0]}; {m.target} = old"
            yield (*forms, unkept), _about(rule, (m,)), ""


@operator("share in the move")
def share_in_the_move(rule: Equations) -> Iterator[Made]:
    """A memory fades once more on the way to the weights."""
    for m in rule.memories:
        if m.share and rule.step in (f"w + {m.target}", f"w - lr*{m.target}"):
            yield (rule.put(rf"\b{m.target}$", rf"{m.share}*\g<0>", "w"),), _about(rule, (m,)), ""


# The root, eps and the correction


@operator("eps beside the division")
def eps_beside(rule: Equations) -> Iterator[Made]:
    """Eps is added to the quotient."""
    if rule.has(ROOT):
        bare = re.sub(ROOT, r"np.sqrt(\1)", rule.step)
        steps = [f"{bare} + eps", f"{bare} - eps"]
        if x := re.fullmatch(rf"w - lr\*(\w+)/{ROOT}", rule.step):
            top, root = x[1], f"np.sqrt({x[2]})"
            steps += [f"w - (lr/{root} + eps*{top})", f"w - (lr/{root} + eps)*{top}"]
            steps.append(f"w - lr*({top}/{root} + eps)")
        yield [rule.form(w=step) for step in steps], {}, ""


@operator("eps in the memory")
def eps_in_the_memory(rule: Equations) -> Iterator[Made]:
    """Eps is remembered."""
    for m in rule.squares:
        lines = f"{m.line()} + eps", m.line(new="(g**2 + eps)")
        bare = re.sub(ROOT, r"np.sqrt(\1)", rule.step)
        yield (rule.form(**{m.target: line, "w": bare}) for line in lines), _about(rule, (m,)), ""


@operator("the root of the top")
def the_root_of_the_top(rule: Equations) -> Iterator[Made]:
    """The root is taken of what stands on top, and what holds the squares divides nothing."""
    if x := re.fullmatch(rf"w - lr\*(\w+)/{ROOT}", rule.step):
        top = x[1]
        insides = (top, f"np.abs({top})", f"{top}**2")
        forms = [rule.put(ROOT, f"(np.sqrt({inside}) + eps)") for inside in insides]
        yield forms, {"top": top, "under": x[2]}, ""


@operator("the root over both")
def the_root_over_both(rule: Equations) -> Iterator[Made]:
    """The root covers what stands on top as well."""
    if x := re.fullmatch(rf"w - lr\*(\w+)/{ROOT}", rule.step):
        both = f"np.sqrt({x[1]}/({x[2]} + eps))", f"np.sqrt({x[1]})/(np.sqrt({x[2]}) + eps)"
        yield [rule.form(w=f"w - lr*{root}") for root in both], {"top": x[1], "under": x[2]}, ""


@operator("eps in the correction")
def eps_in_the_correction(rule: Equations) -> Iterator[Made]:
    """Eps is added to what the memory is divided by."""
    if rule.has(ROOT) and rule.has(CORRECTED):
        form = rule.put(CORRECTED, r"\1/(1 - \2**t + eps)")
        yield (form, re.sub(ROOT, r"np.sqrt(\1)", form)), {}, ""


def _other_squares(name: str, *new: str) -> None:
    @operator(name)
    def spoil(rule: Equations) -> Iterator[Made]:
        """Something else than each weight's own square is kept under the root."""
        for m in rule.squares:
            forms = [rule.form(**{m.target: m.line(new=x)}) for x in new]
            if name == "M20 one for all":
                read = rf"np\.sqrt\({m.target}\)"
                forms += [rule.put(read, f"np.sqrt(np.{f}({m.target}))") for f in ("sum", "mean")]
            yield forms, _about(rule, (m,)), ""


_other_squares("M12 no square", "g")
_other_squares("twice for squared", "2*g")
_other_squares("sizes under the root", "np.abs(g)")
_other_squares("rate in the memory", "(lr*g)**2")
_other_squares("M20 one for all", "np.sum(g**2)", "np.mean(g**2)")


@operator("M05 corrected in place")
def corrected_in_place(rule: Equations) -> Iterator[Made]:
    """The corrected value is put back into the memory."""
    lines = {t: re.search(CORRECTED, dict(rule.lines)[t]) for t in rule.has(CORRECTED)}
    for some in _together_and_each(tuple(lines)):
        back = "".join(f"; {lines[t][1]} = {lines[t][0]}" for t in some)
        names = [lines[t][1] for t in some]
        yield (rule.right + back,), {"names": " and ".join(names)}, _of(names, lines)

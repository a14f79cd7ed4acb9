"""From a rule to the call of a library, and from a call back to a rule; nothing is ever run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations
from typing import Any

from ..optimizers import Rule, with_decoupled_decay, with_l2
from .calls import Call, CallError, Fill, is_constant
from .names import COUNTERPARTS, LIBRARIES, counterpart
from .signatures import EFFECTS, SIGNATURES

# Arguments that set a memory before the first step, with the memory's name here.
_STARTS = {"initial_accumulator_value": "s", "initial_scale": "s"}


@dataclass(frozen=True)
class Reading:
    """A call of a library, in our words.

    Attributes:
        rule: the rule whose steps it makes.
        settings: its settings, those at the library's default included.
        memory: the value of a memory before the first step, where that is not zero.
        condition: when it makes them, in words; "" if always.
    """

    rule: Rule
    settings: Mapping[str, float]
    memory: Mapping[str, float] = field(default_factory=dict)
    condition: str = ""

    def __repr__(self) -> str:
        """The reading as one line."""
        settings = ", ".join(f"{n} = {x:g}" for n, x in self.settings.items())
        start = "".join(f"; {n} starts at {x:g}" for n, x in self.memory.items())
        condition = f"; {self.condition}" if self.condition else ""
        return f"{self.rule.name} with {settings}{start}{condition}"


def write(rule: Rule, library: str, **settings: float) -> str:
    """The call that makes the steps of a rule in a library.

        >>> from course_utils.optimizers import NESTEROV, RMSPROP
        >>> write(RMSPROP, "torch", lr=0.01)
        'torch.optim.RMSprop(params, lr=0.01, alpha=0.9, eps=1e-08)'
        >>> write(NESTEROV, "optax", lr=0.1)
        'optax.sgd(0.1, momentum=0.9, nesterov=True)  # while lr is constant'

    Args:
        rule: a rule of the course.
        library: "torch", "optax" or "keras".
        **settings: numbers over the rule's defaults.

    Returns:
        The call; where the paths are the same under a condition, with that as a comment.

    Raises:
        TypeError: a setting is unknown to the rule, or missing.
        ValueError: the library has no such call.
    """
    numbers, name = rule.settings(settings), LIBRARIES.get(library)
    if name is None:
        raise ValueError(
            f"There is no library called {library!r} here: take {', '.join(LIBRARIES)}."
        )
    found = counterpart(rule, library)
    if found is None:
        others = [LIBRARIES[n] for n in LIBRARIES if counterpart(rule, n)]
        having = f"{' and '.join(others)} {'has' if len(others) == 1 else 'have'}"
        raise ValueError(
            f"{name} has no call that makes the steps of {rule.name}; "
            f"{having if others else 'no library has'}. "
            "Rules that come close are shown apart by libraries.differences()."
        )
    for setting, fixed in found.built_in.items():
        if numbers[setting] != fixed:
            raise ValueError(
                f"{name} has {setting} = {fixed:g} built in, and {numbers[setting]:g} is asked for."
            )
    call = ast.unparse(Fill(numbers).visit(ast.parse(found.call, mode="eval")))
    return f"{call}  # {found.condition}" if found.condition else call


def read(call: str) -> Reading:
    """The rule and the settings whose steps a call makes.

        >>> read("torch.optim.SGD(params, lr=0.1, momentum=0.9, weight_decay=1e-4)")
        momentum with L2 with lr = 0.1, beta = 0.9, decay = 0.0001
        >>> read("keras.optimizers.SGD(1 / 100, momentum=0.9, weight_decay=0.004)")
        momentum with decoupled decay with lr = 0.01, beta = 0.9, decay = 0.004

    Args:
        call: as in a script, ``torch.optim.Adam(params, lr=1e-3)``; whatever stands for the
            parameters is ignored, and numbers may be written as sums and products.

    Raises:
        ValueError: this is no such call, or no rule of the course makes its steps; the message says
            which argument has no counterpart here, and what it does.
    """
    return reading_of(Call.parse(call), call)


def reading_of(wanted: Call, text: str = "") -> Reading:
    """The same for a call that is taken apart already; ``text`` is how it was written."""
    text = text or wanted.name
    words = wanted.without_numbers()
    if words:
        name, word = next(iter(words.items()))
        raise ValueError(
            f"{text} is read with numbers alone, and {name} is {word}: put a number in its place. "
            "A schedule does not change which rule it is."
        )
    for name, value in _switched(wanted):
        raise ValueError(_no_counterpart(wanted, {name: value}))
    found = _best(wanted)
    if found is None:
        raise ValueError(_no_counterpart(wanted, _culprits(wanted)))
    missing = [name for name in found.rule.hyper if name not in found.settings]
    if missing:
        raise ValueError(f"The call {text} leaves out {missing[0]}, which has no default there.")
    ordered = {name: found.settings[name] for name in found.rule.hyper}
    return replace(found, settings=ordered)


def defaults(rule: Rule, library: str) -> dict[str, float]:
    """What a rule's settings are in a library if its call is written without them."""
    found = counterpart(rule, library)
    if found is None:
        raise ValueError(f"{LIBRARIES.get(library, library)} has no call for {rule.name}.")
    template = Call.parse(found.call)
    bare = replace(template, given={n: x for n, x in template.given.items() if is_constant(x)})
    if template.name == "optax.chain":
        return {}
    return {**(template.match(bare) or {}), **found.built_in}


def _best(wanted: Call) -> Reading | None:
    """What a call is read as: with the fewest settings, and without a condition if there is one."""
    wanted, start = _without_starts(_without_idle(wanted))
    found = [
        Reading(rule, {**settings, **each.built_in}, start, each.condition)
        for rule, those in COUNTERPARTS.items()
        for each in those
        if (template := _template(each.call)) and (settings := template.match(wanted)) is not None
    ]
    decayed = _with_decay(wanted, start)
    found += [decayed] if decayed else []
    return min(found, key=lambda x: (len(x.settings), bool(x.condition)), default=None)


@cache
def _template(call: str) -> Call | None:
    """The call of a rule, taken apart; None while `signatures` does not list it."""
    try:
        return Call.parse(call)
    except CallError:
        return None


def _with_decay(wanted: Call, start: Mapping[str, float]) -> Reading | None:
    """The reading of a call whose decay no kernel is written out for: a rule, and a decay."""
    library = wanted.name.split(".")[0]
    if wanted.name == "optax.chain":
        if len(wanted.given) != 2 or wanted.given["0"].name != "optax.add_decayed_weights":
            return None
        decay, rest, add = wanted.given["0"].all()["weight_decay"], wanted.given["1"], with_l2
    else:
        values = wanted.all()
        decay, flag = values.get("weight_decay"), values.get("decoupled_weight_decay", False)
        if not decay or library == "optax" and wanted.name not in _OPTAX_DECAYS:
            return None
        rest = wanted.with_given(weight_decay=0.0)
        if "decoupled_weight_decay" in values:
            rest = rest.with_given(decoupled_weight_decay=False)
        decoupled = flag or library == "keras" or wanted.name in _DECOUPLED
        add = with_decoupled_decay if decoupled else with_l2
        rest = _as_adam(rest)
    found = _best(rest) if isinstance(rest, Call) else None
    if found is None or "decay" in found.rule.hyper:
        return None
    settings = {**found.settings, "decay": float(decay)}
    return Reading(add(found.rule), settings, {**start, **found.memory}, found.condition)


# Whose weight_decay is taken off the weights; in the other calls of PyTorch and optax it goes
# through the gradient. In Keras it is taken off the weights for every optimizer.
_DECOUPLED = {"torch.optim.AdamW", "torch.optim.Muon", "optax.adamw"}
_OPTAX_DECAYS = {"optax.adamw", "optax.adadelta"}
_WITHOUT = {
    "torch.optim.AdamW": "torch.optim.Adam",
    "optax.adamw": "optax.adam",
    "keras.optimizers.AdamW": "keras.optimizers.Adam",
}


def _as_adam(call: Call) -> Call:
    """AdamW without its decay, under the name of what is left."""
    if call.name not in _WITHOUT:
        return call
    name = _WITHOUT[call.name]
    known = {n: x for n, x in SIGNATURES[name].items() if n != "params"}
    # The defaults are AdamW's own: all of them are given.
    given = {n: x for n, x in call.all().items() if n in known and x is not ...}
    return replace(call, name=name, given=given, known=known)


def _without_idle(call: Call) -> Call:
    """The same without a dampening of no momentum, which does nothing."""
    if call.all().get("dampening") and not call.all().get("momentum"):
        return call.with_given(dampening=0)
    return call


def _without_starts(call: Call) -> tuple[Call, dict[str, float]]:
    """The call with memories that start at zero, and where they do start."""
    start = {}
    for argument, slot in _STARTS.items():
        if call.all().get(argument):
            start[slot] = float(call.all()[argument])
            call = call.with_given(**{argument: 0.0})
    return call, start


def _switched(call: Call) -> Iterator[tuple[str, Any]]:
    """Arguments beside the step that are switched on, in the call or in a part of it."""
    yield from call.aside.items()
    for value in call.given.values():
        if isinstance(value, Call):
            yield from _switched(value)


def _culprits(call: Call) -> dict[str, Any]:
    """The fewest arguments without which a call could be read."""
    every = call.all()
    own = {n: every[n] for n in EFFECTS if n in every}
    off = {n: SIGNATURES.get(call.name, {}).get(n) for n in own}
    given = [n for n in own if own[n] != off[n]]
    for many in range(1, len(given) + 1):
        for names in combinations(given, many):
            if _best(call.with_given(**{n: off[n] for n in names})) is not None:
                return {n: own[n] for n in names}
    return {n: own[n] for n in given}


def _no_counterpart(call: Call, culprits: Mapping[str, Any]) -> str:
    """The sentence that says what has no counterpart here."""
    if not culprits:
        return f"No rule of the course makes the steps of {call.name} with these arguments."
    said = " and ".join(f"{n}={x}" for n, x in culprits.items())
    does = "; ".join(f"{n} {EFFECTS[n]}" for n in culprits if n in EFFECTS)
    off = SIGNATURES.get(call.name, {})
    rest = call.with_given(**{n: off[n] for n in culprits if n in off})
    found = _best(replace(rest, aside={}))
    have, them = ("has", "it") if len(culprits) == 1 else ("have", "them")
    without = f" Without {them} the steps are those of {found.rule.name}." if found else ""
    return f"{said} {have} no counterpart here: {does or 'it changes the step'}.{without}"

"""The same rules elsewhere: the call for a rule in PyTorch, optax and Keras, and the way back.

A rule's ``elsewhere`` holds one call per library, in which our names stand for numbers. From it
everything here follows: `write` puts numbers in, `read` takes a call apart, `table` shows them all.
Nothing is ever run. What the calls do, and where they part from ours, is proved in `translations`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from . import MATRIX_RULES, RULES
from .calls import Call, Fill, is_constant, parts
from .rule import Rule

LIBRARIES = {"torch": "PyTorch", "optax": "optax", "keras": "Keras"}

BUILT_IN = {("NAdam with a schedule", "keras"): {"psi": 1.0}}

# Calls that make our steps only under a condition: there the rate stands outside the velocity, so
# the paths part at the first step that a schedule changes it. `translations` proves the rest.
CONSTANT = "while lr is constant"
GIVEN = {
    ("Nesterov", "torch"): CONSTANT,
    ("Nesterov", "optax"): CONSTANT,
    ("RMSProp with momentum", "torch"): CONSTANT,
}

ROUNDED = {("Muon", "torch"): "products in bfloat16"}

MORE_CALLS = {
    "AdamW": (
        "torch.optim.Adam(params, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=decay, "
        "decoupled_weight_decay=True)",
    ),
    "NAdam": ("optax.adam(lr, b1=beta1, b2=beta2, eps=eps, nesterov=True)",),
    "AMSGrad, not corrected": (
        "optax.amsgrad(lr, b1=beta1, b2=beta2, eps=eps, bias_correction_mu=False, "
        "bias_correction_nu=False)",
    ),
}

PAPERS: dict[str, dict[str, float]] = {
    "RMSProp": {"rho": 0.9},
    "Adam": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "AdamW": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "Adamax": {"lr": 2e-3, "beta1": 0.9, "beta2": 0.999, "eps": 0.0},
    "AdaDelta": {"lr": 1.0, "rho": 0.95, "eps": 1e-6},
    "Lion": {"beta1": 0.9, "beta2": 0.99},
    "Muon": {"beta": 0.95},
    "schedule-free descent": {"beta": 0.9},
}

ARTICLE: dict[str, dict[str, float]] = {
    "momentum": {"beta": 0.9},
    "RMSProp, eps inside": {"rho": 0.9, "eps": 1e-10},
    "Adam, not corrected, eps inside": {"beta1": 0.9, "beta2": 0.99, "eps": 1e-10},
}

_STARTS = {"initial_accumulator_value": "s", "initial_scale": "s"}


@dataclass(frozen=True)
class Reading:
    """A call of a library, in our words.

    Attributes:
        rule: the rule whose steps it makes.
        settings: its settings, those at the library's default included.
        memory: the value of a memory before the first step, where that is not zero.
        given: the condition under which the call makes the rule's steps, "" if there is none.
    """

    rule: Rule
    settings: Mapping[str, float]
    memory: Mapping[str, float] = field(default_factory=dict)
    given: str = ""

    def __repr__(self) -> str:
        """The reading as one line."""
        settings = ", ".join(f"{n} = {x:g}" for n, x in self.settings.items())
        start = "".join(f"; {n} starts at {x:g}" for n, x in self.memory.items())
        condition = f", {self.given}" if self.given else ""
        return f"{self.rule.name} with {settings}{start}{condition}"


def write(rule: Rule, library: str, **settings: float) -> str:
    """The call that makes the steps of a rule in a library.

    If it makes them under a condition only, the condition stands behind it as a comment.

    Args:
        rule: a rule of the course.
        library: "torch", "optax" or "keras".
        **settings: numbers over the rule's defaults.

    Raises:
        TypeError: a setting is unknown to the rule, or missing.
        ValueError: the library has no such call.
    """
    numbers, name = rule.settings(settings), LIBRARIES.get(library)
    if name is None:
        raise ValueError(
            f"There is no library called {library!r} here: take {', '.join(LIBRARIES)}."
        )
    if library not in rule.elsewhere:
        others = ", ".join(LIBRARIES[n] for n in rule.elsewhere) or "no library"
        raise ValueError(
            f"{name} has no call that makes the steps of {rule.name}; {others} has. "
            "Rules that come close are shown apart by translations.separations()."
        )
    for setting, fixed in BUILT_IN.get((rule.name, library), {}).items():
        if numbers[setting] != fixed:
            raise ValueError(
                f"{name} has {setting} = {fixed:g} built in, and {numbers[setting]:g} is asked for."
            )
    call = ast.unparse(Fill(numbers).visit(ast.parse(rule.elsewhere[library], mode="eval")))
    given = GIVEN.get((rule.name, library))
    return f"{call}  # {given}" if given else call


def read(call: str) -> Reading:
    """The rule and the settings whose steps a call makes.

    Args:
        call: as in a script, ``torch.optim.Adam(params, lr=1e-3)``; whatever stands for the
            parameters is ignored.

    Raises:
        ValueError: this is no such call, or no rule of the course makes its steps.
    """
    wanted = Call.parse(call)
    start = {}
    for argument, slot in _STARTS.items():
        value = wanted.all().get(argument)
        if value:
            start[slot] = float(value)
            wanted = Call(wanted.name, {**wanted.given, argument: 0.0})
    found = []
    for rule in (*RULES, *MATRIX_RULES):
        for library, template in _templates(rule):
            settings = Call.parse(template).match(wanted)
            if settings is not None:
                fixed = BUILT_IN.get((rule.name, library), {})
                given = GIVEN.get((rule.name, library), "")
                found.append((len(settings), rule, {**settings, **fixed}, given))
    if not found:
        raise ValueError(
            f"No rule of the course makes the steps of {call}: an argument of it asks for more "
            "than the kernels have. Leave out one after the other to see which."
        )
    _, rule, settings, given = min(found, key=lambda each: each[0])
    missing = [name for name in rule.hyper if name not in settings]
    if missing:
        raise ValueError(f"The call {call} leaves out {missing[0]}, which has no default there.")
    return Reading(rule, {name: settings[name] for name in rule.hyper}, start, given)


def defaults(rule: Rule, library: str) -> dict[str, float]:
    """What a rule's settings are in a library if its call is written without them."""
    template = Call.parse(rule.elsewhere[library])
    bare = Call(template.name, {n: x for n, x in template.given.items() if is_constant(x)})
    if template.name == "optax.chain":
        return {}
    return {**(template.match(bare) or {}), **BUILT_IN.get((rule.name, library), {})}


class Table:
    """A table of text: as Markdown in a notebook, as lines elsewhere."""

    def __init__(self, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Keep head and rows."""
        self.head, self.rows = head, tuple(rows)

    def _repr_markdown_(self) -> str:
        lines = [self.head, ("---",) * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def __repr__(self) -> str:
        """A line for each cell that holds something."""
        lines = []
        for first, *cells in self.rows:
            lines.append(first.replace("*", ""))
            pairs = zip(self.head[1:], cells, strict=True)
            lines += [f"  {name}: {cell.replace('`', '')}" for name, cell in pairs if cell]
        return "\n".join(lines)


def table(rules: Iterable[Rule] = (*RULES, *MATRIX_RULES)) -> Table:
    """Names, argument names and defaults of rules, in every library, the papers and the article.

    A cell reads "their name (our name) = their default", and ends with the condition under which
    the call makes the steps of the rule, if there is one; it is empty where there is no such call.
    """
    head = ("rule", "ours", *LIBRARIES.values(), "paper", "article")
    return Table(head, [_row(rule) for rule in rules])


def _row(rule: Rule) -> tuple[str, ...]:
    ours = [f"{n} = {rule.defaults[n]:g}" if n in rule.defaults else n for n in rule.hyper]
    cells = [f"**{rule.name}**", ", ".join(ours)]
    for library in LIBRARIES:
        cells.append(_cell(rule, library) if library in rule.elsewhere else "")
    for known in (PAPERS, ARTICLE):
        cells.append(", ".join(f"{n} = {x:g}" for n, x in known.get(rule.name, {}).items()))
    return tuple(cells)


def _cell(rule: Rule, library: str) -> str:
    call, values = Call.parse(rule.elsewhere[library]), defaults(rule, library)
    if call.name == "optax.chain":
        return f"`{rule.elsewhere[library]}`"
    words = []
    for argument, ours in call.given.items():
        for i, name in enumerate(ast.unparse(each) for each in parts(ours)):
            theirs = f"{argument}[{i}]" if isinstance(ours, tuple) else argument
            same = name == theirs or not name.isidentifier() or name in ("True", "False")
            label = f"{theirs} = {name}" if same and name != theirs else theirs
            label += "" if same else f" ({name})"
            words.append(label + (f" = {values[name]:g}" if name in values else ""))
    fixed = [f"{n} = {x:g} built in" for n, x in BUILT_IN.get((rule.name, library), {}).items()]
    fixed += [ROUNDED[rule.name, library]] if (rule.name, library) in ROUNDED else []
    fixed += [GIVEN[rule.name, library]] if (rule.name, library) in GIVEN else []
    return f"`{call.name}`: {', '.join([*words, *fixed])}"


def _templates(rule: Rule) -> list[tuple[str, str]]:
    more = [(call.split(".")[0], call) for call in MORE_CALLS.get(rule.name, ())]
    return [*rule.elsewhere.items(), *more]

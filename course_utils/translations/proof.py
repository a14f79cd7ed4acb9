"""A kernel of a library and a kernel of the course on symbols: one path or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy as sp

from ..optimizers import Rule
from ..optimizers.elsewhere import LIBRARIES
from ..symbolic import difference, symbol, trace


@dataclass(frozen=True, eq=False)
class Translation:
    """A kernel of a library that is a kernel of the course under other names.

    Attributes:
        rule: ours.
        library: "torch", "optax" or "keras".
        peer: what the library computes, with its own names.
        memory: each memory of the library as a formula of ours.
        settings: each setting of the library as a formula of ours.
        weights: the library's weights as a formula of ours.
        given: a condition in words, "" if there is none.
    """

    rule: Rule
    library: str
    peer: Callable[..., None]
    memory: Mapping[str, str]
    settings: Mapping[str, str]
    weights: str = "w"
    given: str = ""

    @property
    def says(self) -> str:
        """The substitution in words."""
        names = {**self.settings, **self.memory}
        parts = [f"{theirs} = {ours}" for theirs, ours in names.items() if theirs != ours]
        if self.weights != "w":
            parts.insert(0, f"its w = {self.weights}")
        return ", ".join(parts) + (f"; {self.given}" if self.given else "")

    def prove(self) -> Verdict:
        """Run both kernels once on symbols and compare weights and memories."""
        ours = {**trace(self.rule.kernel)}
        values = {n: formula_of(x) for n, x in {**self.settings, **self.memory}.items()}
        theirs = trace(self.peer, w=formula_of(self.weights), **values)
        after = {symbol(n): x for n, x in ours.items()}
        checked = {"w": self.weights, **self.memory}
        for name, formula in checked.items():
            wanted = formula_of(formula).subs(after, simultaneous=True)
            where = difference(*_open(theirs[name], wanted))
            if where is not None:
                return Verdict(self, False, name, where)
        return Verdict(self, True)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What came of a proof.

    Attributes:
        translation: what was to be proved.
        holds: whether it was.
        quantity: the array that differs, "" if none does.
        where: a point at which it does, symbol to value.
    """

    translation: Translation
    holds: bool
    quantity: str = ""
    where: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """True if proved."""
        return self.holds

    def __repr__(self) -> str:
        """The verdict in a sentence."""
        t = self.translation
        pair = f"{LIBRARIES[t.library]}'s {t.peer.__name__} is {t.rule.name}"
        if self.holds:
            return f"proved: {pair}, with {t.says or 'the same names'}"
        return f"refuted: {pair}, with {t.says}. Its {self.quantity} differs at {dict(self.where)}."


def formula_of(formula: str) -> sp.Expr:
    """A formula in the course's names; a setting that is a number stands for itself."""
    names = {
        n: symbol(n) for n in ("w", "g", "lr", "beta", "rho", "beta1", "beta2", "eps", "decay")
    }
    names |= {n: symbol(n) for n in ("m", "s", "v", "c", "a", "u", "q", "d", "top", "psi", "t")}
    return sp.sympify(formula, locals=names, rational=True)


def _open(*expressions: sp.Expr) -> list[sp.Expr]:
    """The same with positive symbols for 1 - beta^t, whose sign SymPy does not know."""
    t, swap = symbol("t"), {}
    for name in ("beta1", "beta2"):
        for count in (t, t + 1):
            swap[symbol(name) ** count] = 1 - sp.Symbol(f"{name}_{count}", positive=True)
    return [e.subs(swap) for e in expressions]

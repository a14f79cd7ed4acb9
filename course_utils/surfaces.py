"""What is minimised: one SymPy expression gives value, gradient and Hessian in NumPy.

The formulas of the course's own surfaces stand here as text. SymPy, which takes its time to be
imported, reads them when somebody asks for an expression or for the first number.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import sympy as sp

    W1: sp.Symbol
    W2: sp.Symbol

# What SymPy makes of the formulas that stand here as text, by formula: the names of the arguments
# and the Python of each function, see `written`. The pages of the site bring it along, so that
# they draw without SymPy; elsewhere SymPy is there and this is empty.
_stored = files(__package__).joinpath("surfaces.json")
WRITTEN = json.loads(_stored.read_text("utf-8")) if _stored.is_file() else {}


def __getattr__(name: str) -> Any:
    """The symbols of the weights, made when somebody first asks for them."""
    if name in ("W1", "W2"):
        return _symbols()[name.lower()]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=1)
def _symbols() -> dict[str, sp.Symbol]:
    import sympy as sp

    return {name: sp.Symbol(name, real=True) for name in ("w1", "w2", "kappa", "c", "theta")}


@lru_cache(maxsize=32)
def _read(formula: str) -> sp.Expr:
    import sympy as sp

    return sp.sympify(formula, locals=_symbols())


class _Expression:
    """An attribute that is given as an expression, or as text that is read when it is asked for."""

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            # `dataclass` takes this for the default, and there is none.
            raise AttributeError("expression")
        return _read(owner.given) if isinstance(owner.given, str) else owner.given

    def __set__(self, owner: Any, value: Any) -> None:
        owner.__dict__["given"] = value


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss surface over two weights.

    `value`, `gradient` and `hessian` take weights with the coordinates on the first axis: a point
    of shape (2,), a batch of shape (2, B), a mesh of shape (2, n, m), real or complex.

    Attributes:
        name: what it is called.
        expression: the SymPy formula in ``w1``, ``w2`` and the names of ``parameters``; it may be
            given as text.
        parameters: values of the formula's parameters, by name.
        start: where the course lets a descent begin, shape (2,).
        minimum: the minimiser, shape (2,).
        domain: what a picture shows, ((w1 low, high), (w2 low, high)).
        source: where the surface comes from.

    >>> valley = ravine(kappa=25)
    >>> w = np.array([2.0, -10.0])
    >>> print(valley.value(w), valley.gradient(w), valley.hessian(w).tolist())
    100.0 [ 50. -10.] [[25.0, 0.0], [0.0, 1.0]]
    >>> print(valley.gradient(np.zeros((2, 7))).shape, valley.hessian(np.zeros((2, 7))).shape)
    (2, 7) (2, 2, 7)
    """

    name: str
    expression: sp.Expr = _Expression()
    start: tuple[float, float]
    minimum: tuple[float, float]
    domain: tuple[tuple[float, float], tuple[float, float]]
    source: str
    parameters: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def formula(self) -> sp.Expr:
        """The SymPy expression with the parameters' values put in, exact where they are whole."""
        # A formula that is shown says 25, not 25.0.
        from sympy import nsimplify

        numbers = {name: nsimplify(x) for name, x in self.parameters.items()}
        return self.expression.subs({s: numbers[s.name] for s in _parameters(self.expression)})

    def value(self, w: Any) -> np.ndarray:
        """The loss at ``w``, shape ``w.shape[1:]``."""
        return self._call(0, w)

    def gradient(self, w: Any) -> np.ndarray:
        """The gradient at ``w``, shape of ``w``."""
        return self._call(1, w)

    @property
    def slope(self) -> Callable[[np.ndarray], np.ndarray]:
        """The gradient as a bare function of an array, without the checks: for inner loops."""
        function, arguments = _compiled(self.given)[1], self._arguments
        return lambda w: function(w[0], w[1], *arguments)

    def hessian(self, w: Any) -> np.ndarray:
        """The matrix of second derivatives at ``w``, shape (2, 2, *w.shape[1:])."""
        return self._call(2, w)

    @cached_property
    def _arguments(self) -> tuple[float, ...]:
        return tuple(self.parameters[name] for name in _plain(self.given)[0][2:])

    def _call(self, order: int, w: Any) -> np.ndarray:
        w = weights(w)
        with np.errstate(all="ignore"):
            return _compiled(self.given)[order](w[0], w[1], *self._arguments)

    def __repr__(self) -> str:
        """The surface as one line."""
        return f"{self.name}: f(w1, w2) = {self.formula}"


@dataclass(frozen=True, eq=False)
class NoisySurface(Surface):
    """A surface whose gradient is a guess in every step of a descent.

    The descent gets ``gradient`` plus ``noise`` times an independent standard normal number for
    every weight; a mini-batch of B samples has the noise of one sample over sqrt(B). `value`,
    `gradient` and `hessian` stay as they are, so that what is measured is the true loss. Every
    descent of the same shape meets the same numbers.

    Attributes:
        noise: standard deviation of each part of the gradient.
        seed: decides the numbers.

    >>> surface = noisy(ravine(), noise=0.1)
    >>> w = np.array([2.0, -10.0])
    >>> print(surface.gradient(w), bool(np.any(surface.slope(w) != surface.gradient(w))))
    [ 50. -10.] True
    """

    noise: float = 0.0
    seed: int = 0

    @property
    def slope(self) -> Callable[[np.ndarray], np.ndarray]:
        """The gradient with fresh noise at every call, from the first number of the seed on."""
        clean, draw = super().slope, np.random.default_rng(self.seed)
        return lambda w: clean(w) + self.noise * draw.standard_normal(w.shape)


def _finite(value: Any) -> bool:
    """Whether this is a finite number; text that looks like one is none."""
    try:
        return bool(np.isfinite(value)) and not isinstance(value, str)
    except (TypeError, ValueError):
        return False


def noisy(surface: Surface, noise: float, seed: int = 0) -> NoisySurface:
    """The surface with noise in the gradient of every step.

    Raises:
        ValueError: ``noise`` is not a finite number of at least 0.

    >>> print(noisy(ravine(), noise=0.1).name)
    noisy ravine
    """
    if not (_finite(noise) and noise >= 0):
        raise ValueError(f"The noise is a standard deviation, 0 or above and finite, not {noise}.")
    own = {f.name: getattr(surface, f.name) for f in fields(Surface) if f.name != "expression"}
    own["expression"] = surface.given
    return NoisySurface(**{**own, "name": f"noisy {surface.name}"}, noise=noise, seed=seed)


def weights(w: Any) -> np.ndarray:
    """``w`` as an array of floats with two coordinates on its first axis.

    Raises:
        TypeError: the entries are not numbers.
        ValueError: the first axis does not have length 2.

    >>> weights((2, -10))
    array([  2., -10.])
    """
    try:
        w = np.asarray(w)
    except ValueError:
        raise ValueError(
            "The weights w1 and w2 have different shapes: pass two numbers, or two lists of "
            "one length."
        ) from None
    # Complex weights stay: complex steps give derivatives without cancellation, as a test of ours.
    if w.dtype.kind not in "fc":
        if w.dtype.kind not in "iub":
            raise TypeError(
                f"Weights must be numbers, and these are of type {w.dtype}: "
                "pass two numbers such as (2.0, -10.0)."
            )
        w = w.astype(float)
    if w.ndim == 0 or w.shape[0] != 2:
        raise ValueError(
            f"A surface has two weights on the first axis, and this array has shape {w.shape}: "
            "pass (w1, w2), or an array of shape (2, B) for B points."
        )
    return w


def _parameters(expression: sp.Expr) -> tuple[sp.Symbol, ...]:
    weights = {_symbols()["w1"], _symbols()["w2"]}
    return tuple(sorted(expression.free_symbols - weights, key=lambda s: s.name))


# SymPy takes some milliseconds to differentiate and compile, and `ravine` has one expression for
# all its parameters: a slider that moves compiles nothing.
@lru_cache(maxsize=64)
def _plain(given: sp.Expr | str) -> tuple[list[str], tuple[Callable[..., Any], ...]]:
    """The names of the arguments, and functions that list value, gradient and Hessian."""
    if given in WRITTEN:
        return _loaded(given)
    import sympy as sp

    expression = _read(given) if isinstance(given, str) else given
    w1, w2 = _symbols()["w1"], _symbols()["w2"]
    gradient = [sp.diff(expression, s) for s in (w1, w2)]
    hessian = [[sp.diff(d, s) for s in (w1, w2)] for d in gradient]
    arguments = (w1, w2, *_parameters(expression))
    functions = (
        sp.lambdify(arguments, entries, modules="numpy", cse=True)
        for entries in ([expression], gradient, hessian[0] + hessian[1])
    )
    return [s.name for s in arguments], tuple(functions)


def _loaded(given: str) -> tuple[list[str], tuple[Callable[..., Any], ...]]:
    """The same from what SymPy wrote, where that is stored."""
    arguments, sources = WRITTEN[given]
    made = []
    for source in sources:
        scope = dict(vars(np))
        exec(source, scope)
        made.append(scope["_lambdifygenerated"])
    return arguments, tuple(made)


@lru_cache(maxsize=64)
def _compiled(given: sp.Expr | str) -> tuple[Callable[..., np.ndarray], ...]:
    """Value, gradient and Hessian of an expression as NumPy functions of (w1, w2, *parameters)."""

    def numpy_function(plain: Callable[..., Any], shape: tuple[int, ...]) -> Callable[..., Any]:
        count = int(np.prod(shape))

        def function(w1: np.ndarray, w2: np.ndarray, *parameters: float) -> np.ndarray:
            # One point, as in every step of a single descent: no loop over the entries.
            if w1.ndim == 0:
                now = plain(w1, w2, *parameters)
                # To ask for the type takes a third of the time, and is seldom needed.
                kind = w1.dtype if type(w1) is np.float64 else np.result_type(w1, *parameters)
                return np.array(now, kind).reshape(shape)[()]
            out = np.empty((count, *w1.shape), np.result_type(w1, *parameters))
            # A constant entry, as in the Hessian of a ravine, is one number: assigning spreads it.
            for i, entry in enumerate(plain(w1, w2, *parameters)):
                out[i] = entry
            return out.reshape((*shape, *w1.shape))

        return function

    return tuple(map(numpy_function, _plain(given)[1], ((), (2,), (2, 2))))


_U1 = "(cos(theta) * w1 + sin(theta) * w2)"
_U2 = "(-sin(theta) * w1 + cos(theta) * w2)"
_RAVINE = "c * (kappa * w1**2 + w2**2) / 2"
_TURNED_RAVINE = f"c * (kappa * {_U1}**2 + {_U2}**2) / 2"


def ravine(kappa: float = 25.0, theta: float = 0.0, c: float = 1.0) -> Surface:
    """The ravine of the course: f = c (kappa w1^2 + w2^2) / 2, w1 steep, w2 flat.

    Args:
        kappa: condition number, the ratio of the two curvatures, at least 1.
        theta: angle in radians by which the axes of the ravine are turned.
        c: scale of the loss, above 0.

    Raises:
        ValueError: ``kappa`` is below 1, ``c`` not above 0, or one of the three is not finite.

    >>> ravine(kappa=4)
    ravine: f(w1, w2) = 2*w1**2 + w2**2/2
    >>> ravine(kappa=4).start
    (2.0, -10.0)
    >>> ravine(kappa=4, theta=np.pi / 6).hessian((0.0, 0.0)).round(3).tolist()
    [[3.25, 1.299], [1.299, 1.75]]
    """
    if not (_finite(kappa) and kappa >= 1):
        raise ValueError(
            "The condition number kappa, the steep curvature over the flat one, must be at least "
            f"1, not {kappa!r}."
        )
    if not (_finite(c) and c > 0):
        raise ValueError(f"The scale c must be a positive number, not {c}: else nothing is lowest.")
    if not _finite(theta):
        raise ValueError(f"The angle theta must be a finite number of radians, not {theta!r}.")
    values = {"kappa": float(kappa), "c": float(c), "theta": float(theta)}
    # With kappa = 25 and c = 1 the loss begins at 100, half of it across the ravine, half along it.
    start = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]]) @ (2, -10)
    return Surface(
        name="ravine" if theta == 0 else "turned ravine",
        expression=_RAVINE if theta == 0 else _TURNED_RAVINE,
        parameters=values,
        start=(float(start[0]), float(start[1])),
        minimum=(0.0, 0.0),
        domain=((-3.0, 3.0), (-11.5, 3.5)),
        source="the quadratic model of Goh, Distill 2017, with two curvatures",
    )


def article_ravine() -> Surface:
    """A ravine between walls of bounded slope, as in the article's first picture.

    f = A (sqrt(1 + (w1/s)^2) - 1) + mu w2^2 / 2 with A = 5, s = 1/4, mu = 2/5: curvature A/s^2 = 80
    across the floor and 2/5 along it, slope at most A/s = 20. Too large a step bounces between the
    walls for ever and does not run away.

    >>> print(article_ravine().hessian((0.0, 0.0)).tolist())
    [[80.0, 0.0], [0.0, 0.4]]
    """
    return _walled("article ravine", "w1", start=(-2.2, 4.0))


def bent_ravine() -> Surface:
    """The article's ravine with a floor that bends: w1 - sin(w2)/2 stands in place of w1.

    >>> print(round(bent_ravine().value((np.sin(1.0) / 2, 1.0)), 3))
    0.2
    """
    return _walled("bent ravine", "(w1 - sin(w2) / 2)", start=(-2.2, 4.0))


def _walled(name: str, across: str, start: tuple[float, float]) -> Surface:
    return Surface(
        name=name,
        expression=f"5 * (sqrt(1 + (4 * {across})**2) - 1) + w2**2 / 5",
        start=start,
        minimum=(0.0, 0.0),
        domain=((-3.0, 3.0), (-1.0, 5.5)),
        source="this course, after the first picture of the article that it answers",
    )


def rosenbrock() -> Surface:
    """Rosenbrock's banana valley: f = (1 - w1)^2 + 100 (w2 - w1^2)^2.

    >>> print(rosenbrock().value((1.0, 1.0)), rosenbrock().value((0.0, 0.0)))
    0.0 1.0
    """
    return Surface(
        name="Rosenbrock's valley",
        expression="(1 - w1)**2 + 100 * (w2 - w1**2)**2",
        start=(-1.2, 1.0),
        minimum=(1.0, 1.0),
        domain=((-2.0, 2.0), (-1.0, 3.0)),
        source="Rosenbrock, The Computer Journal 3 (1960), 175-184",
    )


def himmelblau() -> Surface:
    """Himmelblau's function: f = (w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2.

    Four minima of height 0, of which ``minimum`` is (3, 2), four saddles, and between them a
    maximum of height 181.617 near (-0.271, -0.923).

    >>> print(himmelblau().value((3.0, 2.0)), himmelblau().value((0.0, 0.0)))
    0.0 170.0
    """
    return Surface(
        name="Himmelblau's function",
        expression="(w1**2 + w2 - 11)**2 + (w1 + w2**2 - 7)**2",
        start=(0.0, 0.0),
        minimum=(3.0, 2.0),
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        source="Himmelblau, Applied Nonlinear Programming, McGraw-Hill 1972",
    )


def saddle_well() -> Surface:
    """A saddle at (0, 0) between two wells: f = w1^2 / 2 + (w2^2 - 1)^2 / 4.

    The minima (0, 1), which is ``minimum``, and (0, -1) have height 0, the saddle has height 1/4
    and the curvatures 1 along w1 and -1 along w2.

    >>> print(saddle_well().value((0.0, 0.0)), saddle_well().hessian((0.0, 0.0)).tolist())
    0.25 [[1.0, 0.0], [0.0, -1.0]]
    """
    return Surface(
        name="saddle between two wells",
        expression="w1**2 / 2 + (w2**2 - 1)**2 / 4",
        start=(1.5, 0.001),
        minimum=(0.0, 1.0),
        domain=((-2.0, 2.0), (-1.6, 1.6)),
        source="this course, after Dauphin et al., NeurIPS 2014, figure 2",
    )


def two_layers() -> Surface:
    """The smallest deep network, w2 w1 x with one unit a layer, on the sample (1, 1).

    f = (w1 w2 - 1)^2 / 2. Its minima are the points (a, 1/a); all of them are the same function of
    x, and the curvatures there are a^2 + 1/a^2 across the valley and 0 along it.

    >>> print(two_layers().value((2.0, 0.5)), two_layers().value((0.0, 0.0)))
    0.0 0.5
    """
    return Surface(
        name="two layers",
        expression="(w1 * w2 - 1)**2 / 2",
        start=(3.0, 0.5),
        minimum=(1.0, 1.0),
        domain=((-1.7, 5.4), (-1.7, 5.4)),
        source="after Dinh, Pascanu, Bengio and Bengio, ICML 2017, section 3",
    )


@dataclass(frozen=True, eq=False)
class Curve:
    """A loss over one weight.

    `value`, `slope` and `curvature` take a number or an array of any shape.

    Attributes:
        name: what it is called.
        expression: the SymPy formula in ``w1``; it may be given as text.

    >>> curve = Curve("parabola", "w1**2")
    >>> print(curve.value(3.0), curve.slope(3.0), curve.curvature(3.0), curve.value([1.0, 2.0]))
    9.0 6.0 2.0 [1. 4.]
    """

    name: str
    expression: sp.Expr = _Expression()

    def value(self, w: Any) -> Any:
        """The loss at ``w``."""
        return self._call(0, w)

    def slope(self, w: Any) -> Any:
        """The first derivative at ``w``."""
        return self._call(1, w)

    def curvature(self, w: Any) -> Any:
        """The second derivative at ``w``."""
        return self._call(2, w)

    def _call(self, order: int, w: Any) -> Any:
        w = np.asarray(w, dtype=float)
        # A constant derivative is one number: adding zeros gives it the shape of w.
        return (_derivatives(self.given)[1][order](w) + np.zeros_like(w))[()]

    def __repr__(self) -> str:
        """The curve as one line."""
        return f"{self.name}: f(w1) = {self.expression}"


# The curves of a lesson are few; compiling one costs more than using it.
@lru_cache(maxsize=16)
def _derivatives(given: sp.Expr | str) -> tuple[list[str], tuple[Callable[..., Any], ...]]:
    """The argument, and an expression in w1 with its first two derivatives as NumPy functions."""
    if given in WRITTEN:
        return _loaded(given)
    import sympy as sp

    expression = _read(given) if isinstance(given, str) else given
    w1 = _symbols()["w1"]
    orders = (sp.diff(expression, w1, order) for order in range(3))
    return [w1.name], tuple(sp.lambdify(w1, one, modules="numpy") for one in orders)


def tilted_well() -> Curve:
    """Two wells of different depth: f = (w1^2 - 1)^2 + 3 w1 / 10, the deeper one at w1 = -1.04.

    The other well, at 0.96, lies 0.60 higher, behind a barrier of 0.71 on its side.

    >>> print(tilted_well().value([-1.0, 0.0, 1.0]))
    [-0.3  1.   0.3]
    """
    return Curve("tilted double well", "(w1**2 - 1)**2 + 3 * w1 / 10")


def sharp_and_flat() -> Curve:
    """A sharp well at w1 = -1 and a flat one at w1 = 1, both of height 0, curvatures 100 and 2.

    f = -tau log(exp(-50 (w1 + 1)^2 / tau) + exp(-(w1 - 1)^2 / tau)) with tau = 1/20, the smooth
    minimum of two parabolas, written so that nothing overflows: the sharp well is a notch in the
    bowl of the flat one. The barrier between them has the height 3.05, at w1 = -0.749; the other
    edge of the notch is at -1.33.

    >>> well = sharp_and_flat()
    >>> print(abs(well.value([-1.0, 1.0])).round(6), well.curvature([-1.0, 1.0]).round(6))
    [0. 0.] [100.   2.]
    """
    sharp, flat = "50 * (w1 + 1)**2", "(w1 - 1)**2"
    formula = f"{flat} - log(1 + exp(20 * ({flat} - {sharp}))) / 20"
    return Curve("sharp and flat well", formula)


def three_curves() -> tuple[Curve, Curve, Curve]:
    """Three losses that have the value 1 and the slope -1 at 0, and differ in their curvature.

    >>> print([float(curve.curvature(0)) for curve in three_curves()])
    [2.0, 0.0, -2.0]
    >>> print([(float(curve.value(0)), float(curve.slope(0))) for curve in three_curves()])
    [(1.0, -1.0), (1.0, -1.0), (1.0, -1.0)]
    """
    return (
        Curve("curves up", "1 - w1 + w1**2"),
        Curve("straight", "1 - w1"),
        Curve("curves down", "1 - w1 - w1**2"),
    )


def written() -> dict[str, tuple[list[str], list[str]]]:
    """What `WRITTEN` holds where it is stored: what SymPy makes of the formulas in this file.

    >>> arguments, functions = written()[ravine().given]
    >>> arguments, len(functions)
    (['w1', 'w2', 'c', 'kappa'], 3)
    """
    surfaces = (
        ravine(), ravine(theta=1), article_ravine(), bent_ravine(), rosenbrock(), himmelblau(),
        saddle_well(), two_layers(),
    )  # fmt: skip
    curves = (tilted_well(), sharp_and_flat(), *three_curves())
    found = {s.given: _plain(s.given) for s in surfaces}
    found |= {c.given: _derivatives(c.given) for c in curves}
    return {
        given: (arguments, [inspect.getsource(one) for one in functions])
        for given, (arguments, functions) in found.items()
    }

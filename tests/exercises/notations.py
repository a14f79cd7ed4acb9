"""Answers in the forms in which people type them, made from what an exercise calls right or wrong.

Every writer takes a formula or a number and spells it in its own way: as the page does, in LaTeX,
in Python, on a pocket calculator.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

PAGE = {
    "lr": "η", "beta": "β", "beta1": "β₁", "beta2": "β₂", "lambda1": "λ₁", "lambda2": "λ₂",
    "lambda3": "λ₃", "kappa": "κ", "rho": "ρ", "eps": "ε", "theta": "θ", "noise": "σ",
    "g1": "g₁", "g2": "g₂", "dE": "ΔE",
}  # fmt: skip
UNDERSCORE = {n: re.sub(r"(\d)$", r"_\1", n) for n in PAGE}
SHORT = {
    "lr": "alpha", "beta": "mu", "beta1": "b1", "beta2": "b2", "lambda1": "l1", "lambda2": "l2",
    "lambda3": "lam3", "kappa": "k", "eps": "epsilon", "noise": "sigma", "rho": "beta",
    "dE": "deltaE", "n": "N", "size": "rms",
}  # fmt: skip
LATEX = {
    "lr": r"\eta", "beta": r"\beta", "kappa": r"\kappa", "rho": r"\rho", "eps": r"\varepsilon",
    "theta": r"\theta", "noise": r"\sigma", "dE": r"\Delta E", "g1": "g_1", "g2": "g_{2}",
    "beta1": r"\beta_1", "beta2": r"\beta_{2}", "lambda1": r"\lambda_1",
    "lambda2": r"\lambda_{2}", "lambda3": r"\lambda_3", "size": r"\mathrm{size}",
}  # fmt: skip
RAISED = str.maketrans("0123456789-+tnk()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵗⁿᵏ⁽⁾")


@dataclass(frozen=True)
class Writer:
    """How a formula is spelled.

    Attributes:
        names: of symbols, by those of the course.
        times: between factors.
        over: between numerator and denominator.
        power: "raised", or the sign of a power.
        root: of a text.
        minus: the sign.
        around: the whole.
    """

    names: dict
    times: str = "*"
    over: str = "/"
    power: str = "^"
    root: str = "sqrt({})"
    minus: str = "-"
    around: str = "{}"
    exp: str = "exp({})"
    braces: bool = False

    def __call__(self, x):
        """The formula as a text."""
        return self.around.format(self.write(sp.sympify(x)))

    def write(self, x):
        if x.is_Symbol:
            return self.names.get(x.name, x.name)
        if x.is_Integer:
            return f"{self.minus}{-x}" if x < 0 else f"{x}"
        if x.is_Add:
            out = ""
            for term in x.as_ordered_terms():
                lost = term.could_extract_minus_sign()
                part = self.write(-term if lost else term)
                out += f" {self.minus} {part}" if lost and out else f"{self.minus}{part}" if lost \
                    else f" + {part}" if out else part  # fmt: skip
            return out
        if x.is_Mul or x.is_Rational:
            return self.product(x)
        if isinstance(x, sp.exp):
            return self.exp.format(self.write(x.exp))
        if x.is_Pow:
            return self.powered(x)
        arguments = ", ".join(map(self.write, x.args))
        return f"{'|{}|' if isinstance(x, sp.Abs) else type(x).__name__ + '({})'}".format(arguments)

    def product(self, x):
        if x.could_extract_minus_sign():
            return f"{self.minus}{self.bracket(-x, sp.Add)}"
        parts = sp.Mul.make_args(x)
        lower = [f for f in parts if f.is_Pow and f.exp.could_extract_minus_sign()]
        above, below = sp.Mul(*(f for f in parts if f not in lower)).as_coeff_Mul()[::-1]
        above, below = above * below.p, sp.Mul(below.q, *(f.base**-f.exp for f in lower))
        if below == 1:
            return self.times.join(self.factor(f) for f in sp.Mul.make_args(above))
        if self.braces:
            return rf"\frac{{{self.write(above)}}}{{{self.write(below)}}}"
        kinds = (sp.Add,) if above.is_Mul or above.is_Add else ()
        return f"{self.bracket(above, *kinds)}{self.over}{self.bracket(below, sp.Add, sp.Mul)}"

    def powered(self, x):
        base, exponent = x.base, x.exp
        if exponent == sp.Rational(1, 2):
            return self.root.format(self.write(base))
        if exponent.could_extract_minus_sign():
            return self.product(x)
        base = self.bracket(base, sp.Add, sp.Mul, sp.Pow, sp.Rational)
        inner = self.write(exponent)
        if self.power == "raised" and not set(inner) - set("0123456789-+tnk"):
            return base + inner.translate(RAISED)
        sign = "^" if self.power == "raised" else self.power
        plain = not self.braces and (exponent.is_Symbol or exponent.is_Integer)
        inner = inner if plain else f"{{{inner}}}" if self.braces else f"({inner})"
        return f"{base}{sign}{inner}"

    def factor(self, x):
        return self.bracket(x, sp.Add)

    def bracket(self, x, *kinds):
        text = self.write(x)
        return f"({text})" if isinstance(x, kinds) and not (x.is_Integer and x >= 0) else text


FORMULAS = {
    "course": Writer({}),
    "Python": Writer({}, power="**", root="np.sqrt({})", exp="np.exp({})"),
    "page": Writer(PAGE, times="", power="raised", root="√({})", minus="−", exp="e^({})"),
    "dots": Writer(PAGE, times=" · ", power="raised", root="√({})", minus="−"),
    "crosses": Writer(PAGE, times="\u2009×\u2009", over=" ÷ ", minus="–", exp="e^({})"),
    "LaTeX": Writer(
        LATEX, times=" ", root=r"\sqrt{{{}}}", around="${}$", exp="e^{{{}}}", braces=True
    ),
    "more LaTeX": Writer(
        LATEX, times=r" \cdot ", root=r"\sqrt{{{}}}", around=r"\[ y = {} \]",
        exp=r"\exp\left({}\right)", braces=True,
    ),
    "short": Writer(SHORT, times=" "),
    "underscores": Writer(UNDERSCORE, power="**", times=" * "),
    "pocket calculator": Writer({}, root="({})^0.5", around="({})"),
    "run together": Writer({}, times=" ", root="sqrt({})", minus=" -"),
    "equation": Writer(PAGE, times="", power="raised", root="√({})", around="answer: y = {}."),
    "approximately": Writer(PAGE, times="⋅", root="({})^(1/2)", around="y ≈ {}"),
    "math": Writer(UNDERSCORE, power="**", root="math.sqrt({})", around="{} = y", exp="e**({})"),
}  # fmt: skip


def of_a_number(x, unit, solution):
    """A number in many spellings, by name."""
    short = f"{x:.5g}" if abs(x) >= 1e-4 or x == 0 else f"{x:.4e}"
    short = f"{x:.0f}" if float(x).is_integer() and abs(x) < 1e6 else short
    digits, exponent = f"{x:.4e}".split("e")
    digits, exponent = digits.rstrip("0").rstrip("."), int(exponent)
    raised = str(exponent).translate(RAISED)
    found = {
        "plain": short, "minus": short.replace("-", "−"), "comma": short.replace(".", ","),
        "unit": f"{short} {unit or 'times'}", "about": f"about {short}", "≈": f"≈ {short}",
        "equation": f"x = {short}", "stop": f"{short}.", "scientific": f"{digits}e{exponent}",
        "ten": f"{digits}*10^{exponent}", "raised": f"{digits}·10{raised}",
        "LaTeX": rf"${digits} \times 10^{{{exponent}}}$", "per cent": f"{100 * x:.8g} %",
        "answer": f"The answer is {short}", "brackets": f"({short})",
    }  # fmt: skip
    if abs(x) < 1e6:
        ratio = Fraction(x).limit_denominator(997)
        found["fraction"] = f"{ratio.numerator}/{ratio.denominator}"
        found["LaTeX fraction"] = rf"\frac{{{ratio.numerator}}}{{{ratio.denominator}}}"
    if unit == "degrees":
        found |= {"°": f"{short}°", "radians": f"{x * 3.14159265 / 180:.6g} rad"}
    if abs(x) >= 1000 and float(x).is_integer():
        found |= {"grouped": f"{x:,.0f}", "thin": f"{x:,.0f}".replace(",", "\u2009")}
    if not re.search(r"\bfor\b|\[", solution):
        found["code"] = solution
    return found


def of_a_letter(letter, text):
    """The choice of an option in many spellings."""
    up = letter.upper()
    return (
        letter, up, f"({letter})", f"{up}.", f"{letter})", f"option {letter}", f"Option {up}",
        f"answer: {letter}", f"[{up}]", f"I think it's {letter}.", f'"{letter}"', f" {letter} ",
        f"{letter}: {text}", f"{up}) {text}", text, text.upper(), f"“{text}”", f"{text}.",
        f"it is {up}", f"choice ({letter})", [letter], {"answer": letter}, f"**{letter}**",
    )  # fmt: skip


def of_a_call(call):
    """A call in many spellings."""
    name, inside = call.rstrip(")").split("(", 1)
    parts = inside.split(", ")
    words = [x for x in parts if "=" in x]
    turned = ", ".join([*(x for x in parts if "=" not in x), *reversed(words)])
    return (
        call, f"opt = {call}", call.replace(", ", ","), f"{name}({turned})", f"  {call}  ",
        f"{name.split('.')[-1]}({inside})", call.replace("0.001", "1e-3"), f"`{call}`", f"{call};",
        call.replace("(", "(\n    ").replace(", ", ",\n    "), call.replace("0.9", "1 - 0.1"),
    )  # fmt: skip

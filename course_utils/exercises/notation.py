"""Mathematics as people write it, cut into tokens: Unicode, LaTeX, Python, a pocket calculator.

Nothing here knows what a name means. `expressions` does, and hands what comes out to SymPy.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Δ": "Delta", "Λ": "Lambda", "Σ": "Sigma",
}  # fmt: skip
_LETTER = {word: sign for sign, word in GREEK.items()}
_COMMANDS = {
    **_LETTER, "epsilon": "ε", "varepsilon": "ε", "vartheta": "θ", "varrho": "ρ", "varkappa": "κ",
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "≤", "leq": "≤", "leqslant": "≤",
    "ge": "≥", "geq": "≥", "geqslant": "≥", "lt": "<", "gt": ">", "approx": "=", "sim": "=",
    "simeq": "=", "to": "=", "gets": "=", "leftarrow": "=", "coloneqq": "=", "lvert": "|",
    "rvert": "|", "vert": "|", "mid": "|", "lbrack": "(", "rbrack": ")", "circ": "°",
    "nabla": "∇", "bigg": "", "limits": "", "displaystyle": "", "textstyle": "", "quad": " ",
    "qquad": " ",
    **dict.fromkeys(
        ("left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr"), ""
    ),
}  # fmt: skip
_SIGNS = {
    **dict.fromkeys("−–—‐‑‒―", "-"),
    **dict.fromkeys("·⋅×∙•∗⨯✕✖⸱・", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("≈≃≅∼←→⇒⟹⟶⟵≔≡", "="),
    **dict.fromkeys("[{⟨", "("),
    **dict.fromkeys("]}⟩", ")"),
    **dict.fromkeys("∣｜│┃", "|"),
    "∇": " g ", "⩽": "≤", "⩾": "≥", "√": " sqrt ", "º": "°", "ϵ": "ε", "’": "'",
}  # fmt: skip
# Of exercises as they are asked; whatever stands before a formula and says nothing about it.
_PROSE = re.compile(
    r"(?:\b(?:i think|i guess|i get|the answer|my answer|answer|the result|result|solution|it|"
    r"this|that|about|approximately|approx|circa|ca|roughly|around|nearly|is|equals|equal to|"
    r"exactly|a factor of)\b\.?|[:=~]|\s)+",
    re.IGNORECASE,
)
# What is said behind a formula of where it comes from: a comment, a reason, words in brackets.
_AFTER = re.compile(
    r"(?:\s*#|,?\s(?:because|since|which)\b|\s\((?:the|see|in|as|that|for|at)\s"
    r"|,\s+(?=[^\W\d]\w*\s+[^\W\d]+\s+[^\W\d]+)).*",
    re.IGNORECASE | re.DOTALL,
)
# Arithmetic in words; "times" counts, unless a factor follows.
_SPOKEN = {
    "(?:the )?(?:square )?root of": "√", "(?:the )?reciprocal of": "1/", "squared": "^2",
    "cubed": "^3", "divided by|over": "/", "plus": "+", "minus": "-",
    r"times(?=\s+(?!(?:as|in|of|at|the|too)\b)(?:[\d(√]|[^\W\d]\w{0,2}\b|beta|lambda|sqrt))": "*",
    r"one(?=\s*/)": "1", r"two(?=\s*/)": "2",
}  # fmt: skip
# A step of w, g or a memory: w_{t+1}, w[t], w^{(t)}; and the dots of Julia and MATLAB.
_INDEX = re.compile(
    r"(?<=\b[wgvms])(?:\[[tkni][^][]{0,4}\]|\^\{?\([tkn][^()]{0,4}\)\}?|_\{[tkn][^{}]{0,4}\})"
    r"|(?<=[\w)\s])\.(?=[*/^]\s?[^*/^\s])"
)
_MORE = r"\b(?:greater|larger|more|bigger|higher|longer) than\b|\babove\b|\bat least\b|\bfrom\b"
_LESS = r"\b(?:less|smaller|lower|fewer|shorter) than\b|\bbelow\b|\bat most\b|\bup to\b|\buntil\b"
_LIBRARIES = re.compile(r"\b(?:np|numpy|[Mm]ath|cmath|sp|sympy|sym|jnp|torch|tf)\.(?=[A-Za-z])")
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+(?![\w.]))?)"
    r"|(?P<applied>(?:ln|sqrt|sin|cos|tan|exp)(?=\d))"  # ln0.8, √ written as sqrt2
    r"|(?P<name>Δ\s?[A-Za-z]+|[α-ωΑ-Ω](?:_?\d+|_[A-Za-z]+)?|[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*_?)"
    r"|(?P<power>\*\*|\^)"
    r"|(?P<sign>[-+*/(),|%°])"
)


class Token(NamedTuple):
    """A piece of a formula.

    Attributes:
        kind: "number", "name", "power" or "sign".
        text: as it was written.
        close: whether it touches the piece before it.
    """

    kind: str
    text: str
    close: bool


class Strange(ValueError):
    """A character that belongs to no formula; it is the argument."""


def written_plainly(text: str) -> str:
    """A formula or a number without LaTeX and typography: ``½n²`` is ``(1/2)n^(2)``.

    Greek letters stay as they are, so that ``ηλ₁`` remains two names.
    """
    text = _AFTER.sub("", text.strip().strip("`'\"“”‘’"), 1)
    for words, sign in _SPOKEN.items():
        text = re.sub(rf"\b(?:{words})(?![\w-])", f" {sign} ", text, flags=re.IGNORECASE)
    text = _LIBRARIES.sub("", _characters(_latex(_INDEX.sub("", text))))
    text = re.sub(r"(?i)\bper\s?cent\b|\bpercent\b", "%", text)
    text = re.sub(r"(?i)\b(?:to the power(?: of)?)\b", "^", text)
    text = re.sub(_MORE, ">", text, flags=re.IGNORECASE)
    text = re.sub(_LESS, "<", text, flags=re.IGNORECASE)
    text = re.sub(r"<=|=<", "≤", text.replace("<-", "=").replace(":=", "="))
    text = re.sub(r">=|=>", "≥", text).replace("==", "=")
    text = re.sub(r":(?=\s)", "=", re.sub(r"(?<=[\d)]):(?=\S)", "/", text).replace("//", "/"))
    text = re.sub(r"^Eq\(([^,]+),(.+)\)$", r"\1=\2", text)
    text = re.sub(r"(?<![\w)])_(?=[^\W\d])", "", text)  # SymPy's dummies
    if step := re.fullmatch(r"\s*(\w+)\s*([-+*/])=\s*(.+)", text):  # w -= lr*g
        text = f"{step[1]} {step[2]} ({step[3]})"
    text = _PROSE.sub("", text, 1) if _PROSE.match(text) else text
    return text.strip().rstrip(".;,").strip()


def tokens(text: str) -> list[Token]:
    """The pieces of a formula that is written plainly.

    Raises:
        Strange: there is something in it that is none.
    """
    found, place, close = [], 0, False
    while place < len(text):
        piece = _TOKEN.match(text, place)
        if piece is None:
            raise Strange(text[place])
        kind, place = str(piece.lastgroup), piece.end()
        if kind != "space":
            found.append(Token("name" if kind == "applied" else kind, piece[0], close))
        close = kind != "space"
    return found


def numerals(text: str) -> tuple[str, ...]:
    """How the numerals of a text may be meant: ``13,260`` is 13260 or 13.26, ``3,11`` is 3.11.

    A thin space, an apostrophe or a blank between three digits and three more is no product.
    """
    text = re.sub(r"(?<=\d)[ '_](?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<![\d./^])(\d+) (\d+/\d+)(?![\d.])", r"(\1+\2)", text)  # 10 1/11
    decimal = re.sub(r"(?<=\d),(?=\d)", ".", text)
    grouped = r"(?<![\d.,])[1-9]\d{0,2}(?:%s\d{3})+(?![\d%s])"
    if re.search(grouped % (",", ","), text):
        plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
        return (plain,) if "." in text else (plain, decimal)
    if text.count(",") and text.rfind(".") > -1 and text.rfind(",") > text.rfind("."):
        return (re.sub(r"\.(?=\d{3})", "", text).replace(",", "."),)  # 1.000,5
    if re.fullmatch(grouped % (r"\.", r"\.") + r"\D*", text):
        return text, re.sub(r"(?<=\d)\.(?=\d{3})", "", text)
    return (decimal,)


def _characters(text: str) -> str:
    """Typography as plain signs: raised digits are powers, lowered ones belong to the name."""
    out: list[str] = []
    run, kind = "", ""

    def close_run() -> None:
        nonlocal run, kind
        if run:
            out.append(f"^({run})" if kind == "<super>" else f"_{run}")
        run, kind = "", ""

    text = re.sub(r"(?<=\d)\s*(?=[¼½¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])", "+", text)  # 2½
    for sign in text:
        form, _, codes = unicodedata.decomposition(sign).partition(" ")
        if form in ("<super>", "<sub>") and sign not in "ºª™":
            if form != kind:
                close_run()
            kind = form
            run += "".join(_SIGNS.get(c, c) for c in map(_by_code, codes.split()))
            continue
        close_run()
        if form == "<fraction>":
            out.append(f"({unicodedata.normalize('NFKC', sign)})".replace("⁄", "/"))
        elif sign in _SIGNS:
            out.append(_SIGNS[sign])
        elif unicodedata.category(sign) == "Cf":  # invisible: joiners, marks of direction
            out.append("*" if sign == "\u2062" else "")
        else:
            plain = unicodedata.normalize("NFKC", sign)
            out.append("".join(_SIGNS.get(c, c) for c in plain))
    close_run()
    return re.sub(r"(\d)\+(\(\d+/\d+\))", r"(\1+\2)", "".join(out))


def _by_code(code: str) -> str:
    return chr(int(code, 16))


def _latex(text: str) -> str:
    """LaTeX of the simple kind in plain signs."""
    text = text.replace("{,}", ",").replace("\\,.\\,", "*")
    text = re.sub(r"\\[()\[\],;:! ]|\$", " ", text)
    text = text.replace("\\%", "%").replace("^\\circ", "°").replace("^{\\circ}", "°")
    text = re.sub(r"\\(?:begin|end)\{\w+\*?\}", "", text)
    log = r"\\?log_(?:\{([\d.]+)\}|(\d+)(?=\())\s*\(?([^()]+)\)?"
    text = re.sub(log, r"(ln(\3)/ln(\1\2))", text)
    if "\\" in text:
        text = re.sub(
            r"\\(?:text|textrm|textit|mathrm|mathit|mathbf|rm|operatorname\*?)\s*\{([^{}]*)\}",
            r" \1",
            text,
        )
        text = _arguments(text)
        text = re.sub(r"\\([A-Za-z]+)", lambda m: _COMMANDS.get(m[1], f" {m[1]} "), text)
    return re.sub(r"_\s?\{\s*([A-Za-z0-9]+)\s*\}", r"_\1", text)


def _arguments(text: str) -> str:
    r"""``\frac{a}{b}``, ``\binom{a}{b}`` and ``\sqrt[3]{a}`` with brackets."""
    while found := re.search(r"\\(?:[dtc]?frac|binom|sqrt\s*\[)", text):
        start, place = found.span()
        if text[place - 1] == "[":
            end = text.find("]", place)
            if end < 0:
                return text
            root, (inner, stop) = text[place:end], _group(text, end + 1)
            new = f"(({inner})^(1/({root})))"
        else:
            top, place = _group(text, place)
            bottom, stop = _group(text, place)
            new = f"(({top})/({bottom}))" if found[0][1] != "b" else f"binomial({top},{bottom})"
        text = text[:start] + new + text[stop:]
    return text


def _group(text: str, place: int) -> tuple[str, int]:
    """An argument of LaTeX: what stands in braces, a command, or one single sign; and its end."""
    while place < len(text) and text[place] == " ":
        place += 1
    if place >= len(text):
        return "", place
    if text[place] == "{":
        depth = 0
        for end in range(place, len(text)):
            depth += (text[end] == "{") - (text[end] == "}")
            if depth == 0:
                return text[place + 1 : end], end + 1
        return text[place + 1 :], len(text)
    command = re.match(r"\\[A-Za-z]+(?:_\{?\w\}?)?|.", text[place:])
    return command[0], place + len(command[0])


_UNIT = re.compile(
    r"(.*[\d).%π⁰-⁹²³])(?:[\s*-]*([A-Za-z°×][A-Za-z\s]*)|\s*\(([A-Za-z][A-Za-z\s]*)\))\.?",
    re.DOTALL,
)
# Words beside a number that count something, in every question.
_COUNTS = (
    "x", "times", "fold", "step", "°", "*", "×", "on", "onward", "a", "far", "large", "too", "of",
    "them", "in", "unit", "or", "so", "more", "th",
)  # fmt: skip
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = {
    word: 10 * n for n, word in
    enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}  # fmt: skip
_WORDS = {word: str(n) for n, word in enumerate(_ONES)} | {
    **{word: str(n) for word, n in _TENS.items()},
    **{f"{t}-{o}": str(n + k) for t, n in _TENS.items() for k, o in enumerate(_ONES[:10])},
    "twice": "2", "double": "2", "none": "0", "once": "1",
}  # fmt: skip
_PARTS = {
    "half": "/2", "third": "/3", "quarter": "/4", "tenth": "/10", "hundredth": "/100",
    "hundred": "*100", "thousand": "*1000",
}  # fmt: skip
_PART = re.compile(rf"(?<![\w.])(?:an?\s+|(\d[\d.]*)[\s/-]*)?({'|'.join(_PARTS)})s?\b")
# What stands before a number and says nothing: by a factor of 2, at step 59, the first 7.
_LEAD = re.compile(
    r"(?:(?:by|at|after|the|first|an?|factor|of|times|step)\s+|[×*]\s*)+(?=[-\d.√(])", re.IGNORECASE
)


def measured(text: str, about: str, unit: str = "") -> tuple[str, float]:
    """A number without its unit, and how many of the unit that is asked for it is.

    Args:
        text: ``3.11 steps``, ``19×``, ``1.37 rad``, ``seven``.
        about: the question: a word of it beside the number says nothing new.
        unit: what is asked for; others of its kind are converted.
    """
    asked = {w.rstrip("s") for w in re.findall(r"[a-z]+", f"{about} {unit}".lower())}
    text = written_plainly(text).rstrip("* ")
    text = re.sub(r"[A-Za-z-]+", lambda word: _WORDS.get(word[0].lower(), word[0]), text)
    text = re.sub(r"(?<=\d)\s?k$", " thousand", text)
    text = _PART.sub(lambda part: f"{part[1] or 1}{_PARTS[part[2]]}", text)
    text = text[lead.end() :] if (lead := _LEAD.match(text)) else text
    text = re.sub(r"^(\d+)°\s?(\d+)$", r"(\1+\2/60)°", text)
    text = re.sub(r"^(.*\d)(?: or more|\+)$", r">\1", text)
    lead = re.match(r"([A-Za-z]+)\s+(?=[-−+.\d])", text)
    if lead and lead[1].lower().rstrip("s") in asked:
        text = text[lead.end() :]
    found = _UNIT.fullmatch(text)
    words = (found[2] or found[3]).lower().split() if found else []
    others = _OTHERS.get(unit, {})
    factors = [others.get(w) or others.get(w.removesuffix("s")) for w in words]
    known = (f or w in _COUNTS or w.rstrip("s") in asked
             for w, f in zip(words, factors, strict=True))  # fmt: skip
    if found and all(known):
        return found[1], math.prod(f or 1.0 for f in factors)
    return text, 1.0


_OTHERS: dict[str, dict[str, float]] = {
    "degrees": {"deg": 1.0, "°": 1.0, "rad": 180 / math.pi, "radian": 180 / math.pi},
    "exabytes": {
        "eb": 1.0, "pb": 1e-3, "petabyte": 1e-3, "tb": 1e-6, "terabyte": 1e-6, "gb": 1e-9,
        "gigabyte": 1e-9, "byte": 1e-18, "b": 1e-18,
    },
}  # fmt: skip

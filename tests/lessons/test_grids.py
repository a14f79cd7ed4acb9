"""No setting is called the best because it is the best of a grid that might have been too short.

The lessons and their exercises are read, not run. A choice of one thing among many is a call that
compares scores: ``min(..., key=...)``, ``argmin``, ``sorted(..., key=...)`` and their like. Each
goes through ``theory.best_of_grid``, which looks at the ends of a grid, or stands below with the
reason why nothing is tuned there. A new one is a fault until somebody has said what it chooses.
"""

import ast
import re
from pathlib import Path

import pytest

from tools.lessons import find

ROOT = Path(__file__).resolve().parents[2]
TWINS = [lesson.twin for lesson in find(ROOT) if lesson.twin.exists()]
EXERCISES = sorted((ROOT / "course_utils" / "exercises" / "lessons").glob("*.py"))
LETTERS = {"α": "alpha", "β": "beta", "γ": "gamma", "η": "eta", "κ": "kappa", "ρ": "rho"}

PLACES = "a place on a curve or in a run, no setting"
RULES = "rules, each at settings that were chosen before"
SHOWN = "settings that the lesson shows side by side; none of them is called the best of its kind"
SCALE = "a unit for a comparison or a picture, not a setting that is used"

ALLOWED = {
    ("02", "thrown.losses.argmax()"): PLACES,
    ("05", "np.argmax(stays)"): PLACES,
    ("05", "grid.argmin()"): "best_of_grid has looked at both axes of this grid, a line above",
    ("06", "min(of.values())"): SCALE,
    ("08", "min(left, key=left.get)"): RULES,
    ("08", "min(typical, key=typical.get)"): RULES,
    ("11", "wells.value(between).argmax()"): PLACES,
    ("13", "min(typical, key=typical.get)"): RULES,
    ("13", "min(opened, key=lambda name: mean(opened[name].loss))"): RULES,
}

# Every sentence in bold, in a verdict or in a summary that says "best", and what stands behind it.
BEST = {
    ("01", "even the best constant η zig-zags"): "theory.best_descent",
    ("01", "give the best constant learning rate"): "theory.best_descent",
    ("02", "Neither the best constant length nor the greedy best one"): "theory.line_search_rate",
    ("05", "At the best settings the steepest and flattest directions"): "theory.best_momentum",
    (
        "08",
        "The best scales make both diagonal entries",
    ): "derived there: means and roots of products",
    ("13", "the best of $k$ falls like"): "theory.best_of",
    ("08", "What the best scales leave"): "derived there, and confirmed with SymPy",
    ("13", "best few repeated"): "the protocol: what is repeated before it is judged",
}


def cells(source):
    """The cells of a twin: whether it is text, and what it holds."""
    for part in re.split(r"^(?=# %%)", source, flags=re.MULTILINE):
        head, _, body = part.partition("\n")
        if head.startswith("# %%"):
            text = "[markdown]" in head
            yield text, re.sub(r"^# ?", "", body, flags=re.MULTILINE) if text else body


def codes(path):
    """The Python of a twin, cell by cell, or of a module."""
    source = path.read_text(encoding="utf-8")
    return [body for text, body in cells(source) if not text] if path in TWINS else [source]


def texts(path):
    return [body for text, body in cells(path.read_text(encoding="utf-8")) if text]


def calls(code):
    """All calls in a piece of Python, each with the last part of its name."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            yield node, getattr(node.func, "attr", getattr(node.func, "id", ""))


def choices(code):
    """The calls that pick one of many by a score, as text.

    The argmax of a comparison is the first step at which something holds, so it is none.
    """
    for call, name in calls(code):
        shown = ast.unparse(call)
        keyed = any(word.arg == "key" for word in call.keywords)
        by_key = name in {"min", "max", "sorted", "sort", "nsmallest", "nlargest"} and keyed
        by_place = re.fullmatch(r"(nan)?arg(min|max|sort|partition)|idxmin|idxmax", name)
        first_step = any(isinstance(node, ast.Compare) for a in call.args for node in ast.walk(a))
        lowest = name in {"min", "nanmin"} and re.search(r"values\(\)|settles_at|steps_to", shown)
        if by_key or (by_place and not first_step) or lowest or name == "nanmin":
            yield shown


def number(path):
    """The number of a lesson, or the name of a module that stands beside the lessons."""
    found = re.search(r"\d\d", path.stem)
    return found[0] if found else path.stem


def unexplained(path, code):
    return [c for c in choices(code) if (number(path), c) not in ALLOWED]


def reasons(code):
    """The words that ``end=`` hands to best_of_grid, looked up if they have a name."""
    tree, named = ast.parse(code), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            pairs = [(node.targets[0], node.value)]
            if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
                # A starred target swallows several values; whoever comes first is enough here.
                pairs = list(zip(node.targets[0].elts, node.value.elts, strict=False))
            named |= {ast.unparse(to): value for to, value in pairs}
    for call, name in calls(code):
        if name == "best_of_grid":
            for word in call.keywords:
                value = named.get(ast.unparse(word.value), word.value)
                yield value.value if isinstance(value, ast.Constant) else ast.unparse(value)


def spoken(text):
    """The words and numbers that carry a text."""
    for letter, name in LETTERS.items():
        text = text.replace(letter, name)
    return {
        w for w in re.findall(r"[a-z]+|\d+(?:\.\d+)?", text.lower()) if len(w) > 3 or w[0] < "a"
    }


def is_said(reason, paragraphs):
    """Does one paragraph hold four fifths of the words of a reason?"""
    asked = spoken(reason)
    return any(len(asked & spoken(text)) >= 0.8 * len(asked) for text in paragraphs)


def best_sentences(path):
    """The sentences with "best" that stand in bold, in a verdict or in a summary."""
    for text in texts(path):
        found = re.findall(r"\*\*(.+?)\*\*", text, flags=re.DOTALL)
        if "**Verdict.**" in text or text.startswith("## Summary"):
            found += re.split(r"(?<=[.?;])\s|\n- ", text)
        yield from (s for s in found if re.search(r"\bbest\b", s))


@pytest.mark.parametrize("path", TWINS + EXERCISES, ids=lambda path: path.stem)
def test_no_setting_is_chosen_from_a_grid_except_by_best_of_grid(path):
    for code in codes(path):
        assert not unexplained(path, code), (
            "take it with theory.best_of_grid, or say in ALLOWED what is chosen if it is no setting"
        )


def test_every_allowed_choice_still_stands_in_its_lesson():
    found = {
        (number(path), choice)
        for path in TWINS + EXERCISES
        for code in codes(path)
        for choice in choices(code)
    }
    assert set(ALLOWED) <= found


@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.stem)
def test_why_a_grid_ends_where_it_does_is_said_in_the_lesson(path):
    for reason in reasons("\n".join(codes(path))):
        assert is_said(reason, texts(path)), f"no paragraph says: {reason}"


@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.stem)
def test_each_best_in_bold_verdict_or_summary_has_a_grid_or_a_formula(path):
    code = "\n".join(codes(path))
    for sentence in best_sentences(path):
        behind = [
            what for (lesson, words), what in BEST.items()
            if path.name.startswith(lesson) and words in sentence
        ]  # fmt: skip
        assert behind, f"what stands behind this? {sentence}"
        for what in behind:
            assert not what.startswith("theory.") or f"{what}(" in code


def test_every_best_sentence_listed_still_stands_in_its_lesson():
    for lesson, words in BEST:
        (path,) = [path for path in TWINS if path.name.startswith(lesson)]
        assert any(words in sentence for sentence in best_sentences(path)), words


PLANTED = (
    "best = min(rates, key=lambda r: np.median(losses[r]))",
    "best = min(medians, key=medians.get)",
    "best = max(scores, key=scores.__getitem__)",
    "best = sorted(grid, key=score)[0]",
    "best = rates[np.argmin(losses)]",
    "best = rates[np.nanargmin([run.losses[-1] for run in runs])]",
    "best = betas[losses.mean(axis=1).argmin()]",
    "fewest = np.nanmin(descend(surface, ADAM, lr=rates).settles_at(1e-3))",
    "fewest = min(run.steps_to(1e-6) for run in runs)",
    "lowest = min(medians.values())",
)


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_choice_is_found(code):
    assert unexplained(TWINS[4], code)


def test_what_chooses_nothing_is_passed():
    for code in (
        "best = theory.best_of_grid({r: np.median(x) for r, x in losses.items()})",
        "first = int(np.argmax(distance <= 1e-3))",
        "print(x.min(), max(1, 2), sorted(names))",
    ):
        assert not unexplained(TWINS[4], code)


def test_a_reason_is_read_through_its_name_and_missed_where_no_paragraph_says_it():
    code = 'grid, why = x, "at β = 0 there is no memory"\nbest = best_of_grid(scores, end=why)'
    (reason,) = reasons(code)
    assert is_said(reason, ["The grid ends at beta = 0, where there is no memory left."])
    assert not is_said(reason, ["The grid ends at beta = 0.", "There is no memory."])
    assert "for lr in" in next(reasons('best_of_grid(s, end="".join(lr for lr in x))'))

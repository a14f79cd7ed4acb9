"""Right and wrong answers in the forms in which people type them."""

import itertools
import time
from difflib import SequenceMatcher

import pytest
import sympy as sp

from course_utils.exercises import check, exercises
from course_utils.exercises.answers import (
    ChoiceExercise,
    ListExercise,
    NumberExercise,
    QuizExercise,
    _bare,
    several,
)
from course_utils.exercises.calls import CallExercise
from course_utils.exercises.expressions import LONGEST, Unreadable, read, readings
from course_utils.exercises.feedback import Feedback
from course_utils.exercises.formulas import FormulaExercise
from course_utils.exercises.predictions import predictions
from course_utils.exercises.tuning import TuningExercise, settings_by_name

from .notations import FORMULAS, PAGE, of_a_call, of_a_letter, of_a_number

EVERY = exercises()
QUIZZES = [e for e in EVERY.values() if isinstance(e, QuizExercise)]
ALL = {**EVERY, **{n: e for quiz in QUIZZES for n, e in quiz.parts.items()}}

pytestmark = pytest.mark.usefixtures("here")


def of(kind):
    return {k: e for k, e in ALL.items() if isinstance(e, kind)}


def shown(text):
    return text if isinstance(text, str) else repr(text)


def told(failures, asked):
    """A whole bank is one case: what fails is listed, and a small bank is no bank."""
    assert not failures, f"{len(failures)} of {asked}:\n" + "\n".join(failures)


def test_right_formulas_are_understood_in_every_notation():
    failures, asked = [], 0
    shapes = itertools.cycle((lambda x: x, sp.together, sp.expand, sp.factor))
    for key, e in of(FormulaExercise).items():
        for name, write in FORMULAS.items():
            text = write(next(shapes)(e.truth))
            value, asked = e.read(text), asked + 1
            if isinstance(value, Feedback) or not e.same(value, e.truth):
                failures.append(f"{key}, {name}: {text} -> {shown(getattr(value, 'text', value))}")
    told(failures, asked)
    assert asked >= 600


def test_wrong_formulas_are_wrong_in_every_notation_and_named():
    failures, asked = [], 0
    writers = itertools.cycle(FORMULAS.items())
    for key, e in of(FormulaExercise).items():
        for mistake in e.mistakes:
            name, write = next(writers)
            text, asked = write(mistake.value), asked + 1
            value = e.read(text)
            found = None if isinstance(value, Feedback) else e.known(value)
            if found is None or e.same(value, e.truth) or found.idea != mistake.idea:
                failures.append(f"{key}, {name}: {text} -> {found and found.idea}")
    told(failures, asked)
    assert asked >= 200


def test_numbers_are_understood_in_every_notation():
    failures, asked = [], 0
    for key, e in of(NumberExercise).items():
        for name, text in of_a_number(float(e.truth), e.unit, e.solution).items():
            asked += 1
            feedback = e.judge(text)
            if not feedback:
                failures.append(f"{key}, {name}: {text} -> {feedback.text}")
    told(failures, asked)
    assert asked >= 300


def test_wrong_numbers_are_wrong_in_every_notation_and_named():
    failures, spellings = [], itertools.count()
    for key, e in of(NumberExercise).items():
        for mistake in e.mistakes:
            found = of_a_number(float(mistake.value), "", "[")
            found.pop("per cent")
            name, text = list(found.items())[next(spellings) % len(found)]
            feedback = e.judge(text)
            if feedback or feedback.idea != mistake.idea:
                failures.append(f"{key}, {name}: {text} -> {feedback.verdict}, {feedback.idea}")
    told(failures, next(spellings))


def test_options_are_understood_in_any_dress():
    failures, asked = [], 0
    for key, e in of(ChoiceExercise).items():
        for letter, text in e.options.items():
            for answer in of_a_letter(letter, text):
                asked += 1
                if e.judge(answer).text != e.reasons[letter]:
                    failures.append(f"{key}, {letter}: {answer!r} -> {e.judge(answer).text}")
        for vague in ("a or b", "ab", "none", "a, b", "?", "z", "the"):
            if "Answer with one of" not in e.judge(vague).text:
                failures.append(f"{key}: {vague!r} was taken for an answer")
        for one, other in itertools.combinations(map(_bare, e.options.values()), 2):
            same = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
            both = _bare(one[same.a : same.a + same.size])
            told_apart = len(both) < 12 or both in (one, other)  # such as "the first"
            if not told_apart and "Answer with one of" not in e.judge(both).text:
                failures.append(f"{key}: {both!r}, a part of two options, was taken for one")
    told(failures, asked)


def test_calls_settings_lists_and_predictions_are_understood_in_many_forms():
    failures = []
    for key, e in of(CallExercise).items():
        failures += [
            f"{key}: {x} -> {e.judge(x).text}" for x in of_a_call(e.truth) if not e.judge(x)
        ]
    for key, e in of(TuningExercise).items():
        names = [n for n in e.rule.hyper if n not in e.fixed]
        want = dict(zip(names, (0.25, 0.5, 0.75, 0.125), strict=False))
        forms = [
            want, tuple(want.values()), {PAGE.get(n, n): x for n, x in want.items()},
            ", ".join(f"{n}={x}" for n, x in want.items()), {n.upper(): x for n, x in want.items()},
            "; ".join(f"{PAGE.get(n, n)} = {x}" for n, x in want.items()),
            "{" + ", ".join(f"{n} = {x}" for n, x in want.items()) + "}",
        ]  # fmt: skip
        for form in forms:
            got = {n: float(x) for n, x in settings_by_name(form, names).items()}
            failures += [f"{key}: {form} -> {got}"] if got != want else []
    for key, e in of(ListExercise).items():
        a, b = (f"{x:g}" for x in e.truth)
        forms = (f"({a}, {b})", f"{a}, {b}", f"{a} and {b}", f"[{a}; {b}]", f"{a} {b}",
                 f"{a} × {b}", f"{a}x{b}", f"x = ({a},{b})", [a, b], (a, b))  # fmt: skip
        failures += [f"{key}: {x} -> {e.judge(x).text}" for x in forms if not e.judge(x)]
    for key, question in predictions().items():
        if not question.options:
            truth = float(question.find_truth())
            unit = question.unit.split()[-1] if question.unit else "times"
            for name, text in of_a_number(truth, unit, "[").items():
                try:
                    hit = question.hit(question.read(text), truth)
                except ValueError as error:
                    hit, text = False, f"{text} -> {error}"
                failures += [] if hit else [f"{key}, {name}: {text}"]
    told(failures, "all")


WRITTEN = {
    "weight of the first": "(1-beta) beta^3 g1; "
    "β³(1−β); (1-β)β³; (1-b)*b^3; beta^3 - beta^4; \\beta^3(1-\\beta)",
    "critical beta": "√β = 1 − √(ηλ₁); exp(2*log(1 - sqrt(lr*lambda1))); "
    "(1-√(ηλ₁))²; (1-√ηλ₁)²; (1−√η√λ₁)²; (1 - (lr lambda1)^.5)^2",
    "printed modulus": "square root of beta; root of beta; sqrt(_beta); "
    "√β; sqrt β; β^½; beta**(1/2); |√β|; √(beta); Sqrt(Beta)",
    "the floor": "λ₁η²/8; ⅛λ₁η²; 1/8 λ₁ η²; 0,125 λ₁η²; η²λ₁ / 8; lambda1*(lr/2)^2/2",
    "hessian entries": "n(n+1)//2; binomial(n+1, 2); \\binom{n+1}{2}; n.*(n+1)./2; comb(n + 1, 2); "
    "½n(n+1); N(N+1)/2; n(n+1)/2; (n²+n)/2; 1/2 n (n + 1); 1/2n(n+1); 0.5n²+.5n",
    "too sharp to stay": "2a²/(a⁴+1); 2/(a²+1/a²); 2/(a²+a⁻²); η ≥ 2/(a^2+a^-2); 2/(a²+a^{-2})",
    "accept a climb": "e^(-dE/T); exp(−ΔE/T); e^{-\\Delta E/T}; 1/e^(dE/T); e**(-dE/T); exp[-dE/T]",
    "flip threshold": "1 over lambda1; one over lambda1; 1 divided by λ₁; "
    "reciprocal of lambda1;lr = 1/lambda1 because 1 - lr*lambda1 = 0 there; "
    "\\begin{equation*}\\frac{1}{\\lambda_1}\\end{equation*};Eq(lr, 1/lambda1); "
    "1/_lambda1; "
    "1/\\lambda_1; η > 1/λ₁; 1/λ₁ < η; lr>1/l1; 1/lambda_max; λ₁⁻¹; ηλ₁ = 1;"
    "above 1/λ₁; \\frac1{\\lambda_1}; \\lambda_1^{-1}; ηλ₁ > 1; 1/L1; greater than 1/λ_1",
    "stability limit": "two over lambda1; 2:λ₁; 2/λ₁ (the steep one); 2/lambda1  # w1 runs away; "
    "2/λ₁; η = 2/λ₁; λ₁η = 2; η ≥ 2/λ₁; 2 ÷ lambda_1; lr: 2/l1",
    "best rate": "2/(λ₁+λ₂); 2/(λ_max+λ_min); new rate = 2/(l1+l2); learning_rate = 2/(lam1+lam2)",
    "first step": "w minus lr times g; w_0 - η g_0; w[t+1] = w[t] - lr*g[t]; w - lr x g; "
    "w − η∇;w - lr \\,.\\, g;w^{(t+1)} = w^{(t)} - \\eta g^{(t)}; w - lr .* g; "
    "w − ηg; w ← w − η g; w -= lr*g; w_{t+1} = w_t - \\eta g_t; w - alpha*g; W-LR*G;"
    "w := w - lr g; w_new = w - lr*g",
    "what is left of kappa": "2 + (κ−1)² sin²(2θ)/κ; K + 1/K = 2+((κ-1)^2/κ) sin^2 2θ;"
    "2+\\frac{(\\kappa-1)^2}{\\kappa}\\sin^2(2\\theta); 2+(kappa-1)**2*np.sin(2*theta)**2/kappa",
    "uncorrected step": "η(1-β₁ᵗ)/√(1-β₂ᵗ); Math.pow(1-beta2^t, -1/2)*(1-beta1^t); "
    "(1-β₁ᵗ)/√(1-β₂ᵗ); \\frac{1-\\beta_1^t}{\\sqrt{1-\\beta_2^t}}; "
    "(1-b1^t)/(1-b2^t)^.5",
    "longest step": "(1-b1)/sqrt((1-b2)(1-b1²/b2)); (1−β₁)/√((1−β₂)(1−β₁²/β₂));"
    "≤ (1−β₁)/√((1−β₂)(1−β₁²/β₂)); sqrt((1-beta1)^2/((1-beta2)*(1-beta1^2/beta2)))",
    "variance of w": "ησ²/(λ₁(2−ηλ₁)); lr*sigma^2/(lambda1*(2-lr*lambda1)); η σ² / (2λ₁ − ηλ₁²)",
    "batch of two": "ε/(2(a²+ε)^(3/2)); ½ε(a²+ε)^(-1.5); eps/2/(a^2+eps)^1.5; ε/(2√(a²+ε)³)",
    "kappa for beta": "((1+√β)/(1-√β))²; (1+√β)²/(1−√β)²; ((1+β^0.5)/(1-β^0.5))^2",
    "best beta": "((√κ−1)/(√κ+1))²; \\left(\\frac{\\sqrt{\\kappa}-1}{\\sqrt\\kappa+1}\\right)^2; "
    "((√k-1)/(√k+1))²",
    "gain ratio": "nineteen; 19 times as far; 19:1; by a factor of 19; "
    "19; 19 times; 19×; ≈19; 19,0; a factor of 19; (1+β)/(1−β); 1900 %; |1+β|/|1−β|",
    "RMSProp's first step": "η/√(1−ρ); lr/np.sqrt(1-beta); lr (1-rho)^-0.5; η(1−ρ)^(−½)",
    "AdaGrad's step": "η/√t; ηt^(-1/2); lr/t**.5; \\frac{\\eta}{\\sqrt{t}}",
    "noise that dies": "2λ₁/(λ₁²+σ²); η < 2λ/(λ²+σ²); below 2*lambda1/(lambda1^2+noise^2)",
    "what Adam bears": "2(1+β₁)/((1−β₁)η); 2(1+β)/(η(1−β)); 2/η·(1+β₁)/(1−β₁)",
    "mixed curvature": "2x²−xy; x(2x−y); 2x^2 - x y; x*x*2-x*y; 2x·x−y·x",
    "Nesterov's memory": "β(1−ηλ₁); β−βηλ₁; (1-lr lambda1)beta; beta - lr beta lambda1",
    "unrolled": "-lr*beta^2*g1; -lr*beta squared; "
    "−ηβ²; -β²η; -lr*beta*beta; −β·β·η; -\\eta\\beta^2",
    "half-life": "log_{0.8}(0.5); \\log_{0.8} 0.5; 3.106 steps or so; "
    "3.11 steps; 3,11; log(1/2)/log(0.8); ln½/ln0,8; ln 0.5/ln 0.8; 3.1063 Steps; "
    "~3.1; h ≈ 3.11;"
    "ln(.5)/ln(.8); -ln2/ln.8; \\frac{\\ln 0.5}{\\ln 0.8}; 311 %",
    "worst angle": "78°35'; 78.58 (degrees); \\approx 78.58^\\circ; "
    "78,58; 78.6°; 78.6 deg; 1.3715 rad; arccos(20/101)*180/π; "
    "degrees(acos(20/101)); ≤ 78.58°",
    "Hessian memory": "2·10¹⁸ B; "
    "2 EB; 2000 PB; 2·10^18 bytes; 2e18/1e18; 2 exabytes; about two exabytes;"
    " two",
    "hand trace": "0.336·lr; 0.336η; lr*0.336; "
    "0.336 lr; 0.336 in units of lr; 91/271; 0,336; 33.6 %; .3358; 0.0910/0.2710",
    "printed quotient": "one hundredth; a hundredth; ×0.01; times 0.01; 1:100; 1/100th; "
    "1 %; 1/100; 10⁻²; a factor of 0.01; 1e-2; 0,01; 10^-2; one per cent; "
    "10**-2",
    "the step of the burst": "13.26k; 13.26 thousand; at step 13260; after 13260 steps; "
    "13,260; 13 260 steps; step 13260; 13'260; 1.326·10^4; t = 13260; "
    "13.260",
    "trials needed": "fifty-nine; 59 or more; 59+; ceil(log(0.05)/log(0.95)); "
    "59; at least 59; ≥ 59 trials; k = 59; k ≥ 59; 59 trials.",
    "printed half": "by a factor of 2; twice as large; "
    "2; twice; 2x; two; 2 times; a factor of 2; 2×",
    "printed power": "minus one; -I; −1·I; -1; −1; –1; -1 times",
}


def test_what_people_write_is_understood():
    failures, asked = [], 0
    for key, line in WRITTEN.items():
        e = ALL[key]
        for text in (x.strip() for x in line.split(";")):
            asked += 1
            feedback = e.judge(text)
            if not feedback:
                failures.append(f"{key}: {text} -> {feedback.text}")
    told(failures, asked)
    assert asked >= 170


def test_a_range_answers_a_question_for_a_border_and_no_other():
    for key, e in of(FormulaExercise).items():
        feedback = e.judge(f"y > {FORMULAS['page'](e.truth)}")
        assert bool(feedback) == e.border, (key, feedback.text)
        if not e.border:
            assert "the question asks for one value" in feedback.text
    assert not check("half-life", "> 3.11") and check("trials needed", "> 59")


def test_what_cannot_be_read_gets_a_readable_example_of_its_kind_that_is_no_answer():
    for key, e in {**of(FormulaExercise), **of(NumberExercise)}.items():
        feedback = e.judge("as long as § it takes")
        assert not feedback, key
        example = feedback.text.split("can be typed as `")[1].split("`")[0]
        judged = e.judge(example)
        known = {m.idea for m in e.mistakes}
        assert judged.verdict == "not yet" and judged.idea not in known, (key, example, judged)


HOSTILE = [
    "__import__('os').system('x')", "().__class__.__bases__", "lambda1.__class__", "exec('1')",
    "9**9**9", "9^9^9^9", "((((10^64)^64)^64)^64)^64", "exp(exp(exp(exp(9))))", "(10**9)!",
    "factorial(10**9)", "gamma(10**9)", "1e99999999", "10^1e9", "cos(10^300)",
    "pow(9, pow(9, 9))",
    "1" * 10**6, "(" * 10**6, "((" * 140, "sqrt" * 70, "√" * 290, "\\frac" * 50, "|" * 290,
    "e" * 300, "a" * 300, "lr" * 140, "λ" * 290, "½" * 290, "^" * 290,
    "-" * 290 + "1", "²" * 290,
    "\\sqrt[" * 40, "{" * 290, "=" * 290, "<" * 290, "%" * 290, ",1" * 140,
    "1 " * 140, "_" * 290,
    "f'{1}'", "(lambda: 1)()", "[x for x in (1,)]", "x if y else z", "a.b", "a;b", "a\nb", "\0",
]  # fmt: skip


def test_hostile_texts_are_read_in_no_time_and_never_run():
    symbols, failures = ALL["best rate"].symbols, []
    for text in HOSTILE:
        begun, found = time.process_time(), "is read"
        try:
            if not read(text, symbols).free_symbols <= set(symbols.values()):
                failures.append(f"{text[:30]!a}: strange symbols")
        except Unreadable as error:
            found = str(error)
        took = time.process_time() - begun
        if took > 1.5 or len(found) > 400 + LONGEST:
            failures.append(f"{text[:30]!a}, {len(text)} characters: {took:.1f} s, {found[:50]}")
    told(failures, len(HOSTILE))


def test_a_power_that_is_too_high_is_refused_before_it_is_computed():
    lr = {"lr": sp.Symbol("lr")}
    assert read("(1 + lr)^64", lr) == (1 + lr["lr"]) ** 64
    with pytest.raises(Unreadable, match="power above 64"):
        read("(1 + lr)^65", lr)


def test_one_text_may_have_two_readings_and_a_right_one_counts():
    kappa = sp.Symbol("kappa")
    assert set(readings("1/2κ", {"kappa": kappa})) == {kappa / 2, 1 / (2 * kappa)}
    assert set(readings("13,260", {})) == {sp.Integer(13260), sp.Rational(1326, 100)}
    assert readings("0,336", {}) == (sp.Rational(336, 1000),)
    assert readings("1,000.5", {}) == readings("1.000,5", {}) == (sp.Rational(2001, 2),)
    e = exercises()["best rate"]
    wrong = 1 / e.symbols["lambda1"]
    assert e.known(wrong) and e.meant((wrong, e.truth)) == e.truth
    assert several("25,2", 2) == ["25", "2"] and several("25,2", 1) == ["25,2"]


def test_short_and_capital_names_count_only_where_one_symbol_can_be_meant():
    x = {n: sp.Symbol(n) for n in ("lambda1", "lambda2", "lr", "k", "K")}
    assert read("k - K", x) == x["k"] - x["K"] and read("LR", x) == x["lr"]
    for vague in ("lambda", "λ", "L"):
        with pytest.raises(Unreadable, match="contains"):
            read(vague, x)
    assert read("λ", {"lambda1": x["lambda1"]}) == x["lambda1"]


def test_functions_are_read_with_and_without_brackets():
    x, y = sp.symbols("x y", positive=True)
    names = {"x": x, "y": y}
    same = {
        "cos⁻¹(x)": sp.acos(x), "cos^-1(x)": sp.acos(x), "sin²(x)": sp.sin(x) ** 2,
        "sin^2 2x": sp.sin(2 * x) ** 2, "sin 2 x": sp.sin(2 * x),
        "ln x/ln y": sp.log(x) / sp.log(y),
        "√xy": sp.sqrt(x * y), "√x y": sp.sqrt(x) * y, "sqrt x + y": sp.sqrt(x) + y,
        "sqrt(x)y": sp.sqrt(x) * y, "√2x": sp.sqrt(2 * x), "exp(x)^2": sp.exp(2 * x),
        "|x-y|": abs(x - y), "|x|/|x+y|": x / (x + y), "cbrt(x)": x ** sp.Rational(1, 3),
        "Max(x, y)": sp.Max(x, y), "pow(x, 2)": x**2, "hypot(x, y)": sp.sqrt(x**2 + y**2),
        "x(x+y)": x * (x + y), "(x)(y)": x * y, "2(x)": 2 * x, "xy": x * y, "x^-1": 1 / x,
        "cos(60°)": sp.Rational(1, 2), "50 %": sp.Rational(1, 2), "2½": sp.Rational(5, 2),
        "e^x": sp.exp(x), "2e-3": sp.Rational(2, 1000), "log10(100)": 2, "log2(8)": 3,
    }  # fmt: skip
    wrong = [f"{t} -> {read(t, names)}" for t, z in same.items() if sp.simplify(read(t, names) - z)]
    told(wrong, len(same))
    for text in ("2 3", "1.2.3", "1, 2", "x,y", "(x", "x)", "sqrt", "x +", "foo(x)", "lg(x)"):
        with pytest.raises(Unreadable):
            read(text, names)


def test_what_alone_is_wrong_with_a_formula_is_named_and_nothing_else_is_called_right():
    named = {
        "-1/λ₁": "the sign", "3/λ₁": "a number as a factor", "1/λ₁²": "a square or its root",
        "1/√λ₁": "a square or its root", "1/λ₁³": "the power of lambda1", "λ₁/2": "", "1+λ₁": "",
    }  # fmt: skip
    for text, idea in named.items():
        feedback = ALL["flip threshold"].judge(text)
        assert feedback.idea == idea and feedback.verdict == "not yet", (text, feedback)
        assert ("is right." in feedback.text) == bool(idea) - ("square" in idea), (text, feedback)
    accident = ALL["epsilon hat"].judge("ε√(1-β₂)")
    assert "by accident" not in accident.text and "t = 2" in accident.text, accident
    assert ALL["trials needed"].judge("58.4").idea == "trials are whole"
    assert ALL["half-life"].judge("1/3.1063").idea == "which over which"


def test_what_sympy_gives_is_read_whatever_it_is_wrapped_in():
    x, lr = sp.symbols("lambda1 lr", positive=True)
    e, k = ALL["flip threshold"], sp.Symbol("k")
    for one in (
        [{lr: 1 / x}], sp.Tuple(1 / x), sp.FiniteSet(1 / x), sp.UnevaluatedExpr(1 / x),
        sp.Interval.open(1 / x, sp.oo), sp.Interval.open(0, 1 / x), sp.solve(1 - lr * x < 0, lr),
        sp.Sum(k / x, (k, 1, 1)), sp.exp(-sp.log(x)), 1 / sp.Dummy("lambda1"),
    ):  # fmt: skip
        assert e.judge(one), one
    for key in ("variance of w", "the bound of Adamax"):  # a root of a square, on its domain
        truth = ALL[key].truth
        assert ALL[key].judge(sp.sqrt(sp.expand(truth**2))), key
        assert not ALL[key].judge(-truth), key
    assert "Here are 2 answers" in e.judge([1 / x, 2 / x]).text
    assert ALL["hessian entries"].judge(sp.summation(k, (k, 1, sp.Symbol("n"))))


def test_what_cannot_be_read_gets_an_example_with_the_signs_of_its_answer():
    for key, e in of(FormulaExercise).items():
        example = e.form
        fraction = bool(sp.denom(sp.together(e.truth)).free_symbols)
        assert ("/(" in example) == fraction, (key, example)
        roots = [p for p in e.truth.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2]
        assert ("sqrt" in example) == bool(roots), (key, example)


def test_a_reading_that_is_right_comes_before_others():
    e = ALL["the step of the burst"]
    assert e.judge("13.260") and e.judge("13,260") and not e.judge("13,2")
    assert e.meant([13.26, float(e.truth)]) == float(e.truth)

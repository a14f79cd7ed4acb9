"""The same rules in PyTorch, optax and Keras: calls written and read, proofs, separations."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from course_utils import optimizers
from course_utils.optimizers import (
    ADAM,
    ADAMW,
    MATRIX_RULES,
    MOMENTUM,
    RULES,
    SCHEDULED_NADAM,
    elsewhere,
)
from course_utils.optimizers.elsewhere import BUILT_IN, LIBRARIES, MORE_CALLS, read, write
from course_utils.optimizers.peers import keras, muon, optax, pytorch
from course_utils.optimizers.rule import keyword_names, memory_names
from course_utils.optimizers.signatures import SIGNATURES
from course_utils.symbolic import symbol
from course_utils.translations import Translation, separations, table, translations
from course_utils.translations.proof import formula_of
from tests.test_reference_paths import GRADIENTS, torch_settings
from tests.test_spine_kernels import with_mistake
from tests.test_spine_reference import RULES as FILES

PAIRS = [(rule, library) for rule in (*RULES, *MATRIX_RULES) for library in rule.elsewhere]
VALUES = {
    "lr": 0.123, "beta": 0.7, "rho": 0.8, "beta1": 0.6, "beta2": 0.95, "eps": 1e-5, "decay": 0.03,
    "psi": 1.0,
}  # fmt: skip


def names(pair):
    return getattr(pair, "name", pair)


# Calls


@pytest.mark.parametrize(("rule", "library"), PAIRS, ids=names)
def test_what_is_written_is_read_back(rule, library):
    settings = {n: VALUES[n] for n in rule.hyper}
    call = write(rule, library, **settings)
    assert call.startswith(f"{library}.")
    assert not re.search(r"\b(lr=lr|beta\d?|rho=rho|psi|decay=decay)\b,", call)
    reading = read(call)
    assert reading.rule is rule and dict(reading.settings) == settings and not reading.memory


@pytest.mark.parametrize("name", MORE_CALLS)
def test_further_calls_areformula_of(name):
    (rule,) = [r for r in RULES if r.name == name]
    for template in MORE_CALLS[name]:
        call = re.sub(r"\b(lr|beta1|beta2|eps|decay)\b(?!=)",
                      lambda m: str(VALUES[m[1]]), template)  # fmt: skip
        reading = read(call)
        assert reading.rule is rule
        assert dict(reading.settings) == {n: VALUES[n] for n in rule.hyper}


READ = {
    "torch.optim.SGD(model.parameters(), 0.1)": ("gradient descent", {"lr": 0.1}),
    "optim.SGD(p, lr=1e-1, momentum=0.9)": ("momentum, rate outside", {"lr": 0.1, "beta": 0.9}),
    "tf.keras.optimizers.SGD(0.1, momentum=0.9)": ("momentum", {"lr": 0.1, "beta": 0.9}),
    "torch.optim.RMSprop(p)": ("RMSProp", {"lr": 0.01, "rho": 0.99, "eps": 1e-8}),
    "keras.optimizers.Adam()": (
        "Adam, eps hat", {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7},
    ),
    "optax.lion(1e-4)": ("Lion", {"lr": 1e-4, "beta1": 0.9, "beta2": 0.99, "decay": 1e-3}),
    "torch.optim.Adam(p, 0.01, (0.8, 0.9), fused=True)": (
        "Adam", {"lr": 0.01, "beta1": 0.8, "beta2": 0.9, "eps": 1e-8},
    ),
    "keras.optimizers.Nadam(weight_decay=None)": (
        "NAdam with a schedule",
        {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "psi": 1.0},
    ),
}  # fmt: skip


@pytest.mark.parametrize("call", READ)
def test_calls_from_scripts_areformula_of(call):
    reading = read(call)
    assert (reading.rule.name, dict(reading.settings)) == READ[call]
    assert repr(reading).startswith(f"{reading.rule.name} with lr = ")


def test_a_memory_that_does_not_start_at_zero_is_told():
    reading = read("keras.optimizers.Adagrad()")
    assert reading.memory == {"s": 0.1} and "s starts at 0.1" in repr(reading)
    assert reading.rule is optimizers.ADAGRAD_INSIDE


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("torch.optim.SGD(p, weight_decay=0.1)", r"^No rule of the course makes the steps"),
        ("keras.optimizers.AdamW()", r"^No rule of the course makes the steps"),
        ("optax.rmsprop(0.1, nesterov=True)", r"^No rule of the course makes the steps"),
        ("torch.optim.Adam(p, maximize=True)", r"^torch.optim.Adam is not read with maximize"),
        ("optax.adam()", r"^The call optax.adam\(\) leaves out lr"),
        ("optax.adadelta()", r"^The call optax.adadelta\(\) leaves out lr"),
        ("torch.optim.LBFGS(p)", r"^torch.optim.LBFGS is not known here"),
        ("lr = 3", r"^Write one call"),
        ("import os", r"^Write one call"),
        ("(" * 300 + ")" * 300, r"^Write one call"),
    ],
)  # fmt: skip
def test_other_calls_are_refused_in_a_sentence(call, words):
    with pytest.raises(ValueError, match=words) as error:
        read(call)
    assert str(error.value).endswith(".")


def test_what_a_library_does_not_have_is_told():
    with pytest.raises(ValueError, match=r"^PyTorch has no call .* momentum; Keras has\..*\.$"):
        write(MOMENTUM, "torch", lr=0.1)
    with pytest.raises(ValueError, match=r"^Keras has psi = 1 built in, and 0.004 is asked for\.$"):
        write(SCHEDULED_NADAM, "keras", lr=0.1)
    with pytest.raises(ValueError, match=r"^There is no library called 'jax'"):
        write(ADAM, "jax", lr=0.1)
    with pytest.raises(TypeError, match="needs a value for lr"):
        write(ADAM, "torch")
    with pytest.raises(TypeError, match="no setting called 'b1'"):
        write(ADAM, "torch", lr=0.1, b1=0.9)


def test_calls_look_as_one_would_type_them():
    call = "torch.optim.AdamW(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01)"
    assert write(ADAMW, "torch", lr=0.001) == call
    average = write(optimizers.AVERAGED_MOMENTUM, "optax", lr=0.1, beta=0.9)
    assert average == "optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1))"


def test_the_table_has_every_rule_and_the_defaults_of_every_library():
    made = elsewhere.table()
    rules = (*RULES, *MATRIX_RULES)
    assert [row[0].strip("*") for row in made.rows] == [rule.name for rule in rules]
    text, markdown = repr(made), made._repr_markdown_()
    for words in (
        "torch.optim.RMSprop: lr = 0.01, alpha (rho) = 0.99, eps = 1e-08",
        "keras.optimizers.Adadelta: learning_rate (lr) = 0.001, rho = 0.95, epsilon (eps) = 1e-07",
        "torch.optim.Adam: lr = 0.001, betas[0] (beta1) = 0.9",
        "article: beta1 = 0.9, beta2 = 0.99, eps = 1e-10",
        "psi = 1 built in",
        "torch.optim.Muon: lr = 0.001, momentum (beta) = 0.95, weight_decay = 0.0, "
        "products in bfloat16",
    ):
        assert words in text
    assert markdown.count("\n") == len(rules) + 1
    assert len({line.count(" | ") for line in markdown.splitlines()}) == 1
    known = {rule.name for rule in rules}
    assert set(elsewhere.PAPERS) | set(elsewhere.ARTICLE) | set(MORE_CALLS) <= known
    assert {name for name, _ in BUILT_IN} <= known


def test_a_conditional_equality_carries_its_condition_wherever_it_is_shown_or_written():
    known = {
        (t.rule.name, t.library): t.given
        for t in translations()
        if t.given and t.library in t.rule.elsewhere
    }
    assert known and known == elsewhere.GIVEN
    made = elsewhere.table()
    columns = dict(zip(LIBRARIES, range(2, 5), strict=True))
    for row in made.rows:
        for library, column in columns.items():
            given = elsewhere.GIVEN.get((row[0].strip("*"), library))
            assert row[column].endswith(f", {given}") if given else "while" not in row[column]
    for rule, library in PAIRS:
        given = elsewhere.GIVEN.get((rule.name, library), "")
        call = write(rule, library, **{n: VALUES[n] for n in rule.hyper})
        assert call.endswith(f")  # {given}") if given else call.endswith(")")
        assert read(call).given == given
        assert repr(read(call)).endswith(f", {given}") if given else "while" not in repr(read(call))


def test_a_call_with_a_condition_makes_our_steps_until_a_schedule_changes_the_rate():
    gradients = 1.0, -0.5, 0.25, 2.0, 0.3
    for rates, agree in (((0.1,) * 5, True), ((0.1, 0.1, 0.01, 0.01, 0.01), False)):
        ours, v = np.ones(1), np.zeros(1)
        theirs, buffer = np.ones(1), np.zeros(1)
        for g, lr in zip(gradients, rates, strict=True):
            optimizers.nesterov(ours, np.array([g]), v, lr=lr, beta=0.9)
            pytorch.torch_sgd_nesterov(theirs, np.array([g]), buffer, lr=lr, momentum=0.9)
        assert (abs(ours - theirs)[0] < 1e-12) == agree
        if not agree:
            assert (ours[0], theirs[0]) == pytest.approx((0.668, 0.747), abs=5e-4)


# Proofs


@pytest.mark.parametrize(
    "pair", translations(), ids=lambda t: f"{t.library}-{t.rule.name}-{t.peer.__name__}"
)
def test_every_translation_is_proved(pair):
    verdict = pair.prove()
    assert verdict, verdict
    assert repr(verdict).startswith(f"proved: {LIBRARIES[pair.library]}'s {pair.peer.__name__} is ")


def test_every_call_of_a_rule_has_a_translation_and_every_transcription_is_used():
    proved = {(t.rule.name, t.library) for t in translations()}
    matrices = {(rule.name, library) for rule, library in PAIRS if rule in MATRIX_RULES}
    assert {(rule.name, library) for rule, library in PAIRS} - matrices <= proved
    assert matrices == set(elsewhere.ROUNDED) == {("Muon", "torch")}
    used = {t.peer for t in translations()} | {x for s in separations() for x in (s.ours, s.theirs)}
    for module in (pytorch, optax, keras):
        kernels = [
            x for x in vars(module).values() if getattr(x, "__module__", "") == module.__name__
        ]
        assert kernels and set(kernels) <= used


MISTAKES = [
    ("torch_adam", "1 - beta2**t", "1 - beta1**t"),
    ("torch_adam", "+ eps", ""),
    ("torch_rmsprop", "beta=alpha", "beta=1 - alpha"),
    ("torch_nadam", "(t + 1)", "t"),
    ("torch_adamax", "np.abs(g) + eps", "np.abs(g)"),
    ("optax_amsgrad", "nu / (1 - b2**t)", "nu"),
    ("optax_schedule_free", "1 - 1 / t", "1 - 1 / (t + 1)"),
    ("optax_lion", "(1 - b1) * g + b1 * mu", "(1 - b2) * g + b2 * mu"),
    ("keras_sgd", "g * learning_rate", "g"),
    ("keras_adadelta", "-root * g", "root * g"),
    ("keras_nadam", "0.5", "0.4"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong"), MISTAKES)
def test_a_transcription_with_a_mistake_is_refuted(name, right, wrong):
    for pair in translations():
        if pair.peer.__name__ == name:
            peer = with_mistake(pair.peer, right, wrong)
            verdict = Translation(
                pair.rule, pair.library, peer, pair.memory, pair.settings, pair.weights
            ).prove()
            assert not verdict and "refuted" in repr(verdict) and verdict.quantity


def test_a_wrong_substitution_is_refuted():
    (pair,) = [t for t in translations() if t.peer is optax.optax_ema]
    wrong = Translation(pair.rule, "optax", pair.peer, pair.memory,
                        {"step_size": "-lr", "decay": "1 - beta"})  # fmt: skip
    assert not wrong.prove()


@pytest.mark.parametrize("pair", separations(), ids=lambda s: s.name)
def test_every_separation_parts_and_says_where(pair):
    one, other = pair.paths()
    apart = int(re.search(r"they part at step (\d+)", repr(pair))[1])
    assert np.abs(one - other)[apart] > 1e-9
    assert np.abs(one - other)[:apart].max() < 1e-9
    assert pair.name in repr(pair) and pair.why.endswith(".")


def test_the_table_of_proofs_has_a_row_for_each():
    made = table()
    assert len(made.rows) == len(translations())
    assert "m = -v" in repr(made) and "epsilon = eps*sqrt(1 - beta2**t)" in repr(made)


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (2, 7), (7, 2)])
def test_muon_of_the_libraries_is_ours_where_the_table_says_so(shape):
    draw = np.random.default_rng(5)
    ours, one, other = draw.normal(size=(3, 1, 1)) + np.zeros((3, *shape))
    one[:], other[:] = ours, ours
    v, buffer, m = np.zeros((3, *shape))
    factor = np.sqrt(max(1, shape[0] / shape[1])) / np.sqrt(max(shape))
    for g in draw.normal(size=(30, *shape)):
        optimizers.muon(ours, g, v, lr=0.1, beta=0.9)
        muon.torch_muon(one, g, buffer, lr=0.1, momentum=0.9, weight_decay=0)
        muon.keras_muon(other, g, m, learning_rate=0.1 * factor, momentum=0.9, rms_rate=1)
    np.testing.assert_allclose(one, ours, atol=1e-12)
    np.testing.assert_allclose(other, ours, atol=1e-5)


# The transcriptions make the paths that the libraries made


HERE = Path(__file__).parent
ALIASES = {"gd": optimizers.GRADIENT_DESCENT, "momentum_ema": optimizers.AVERAGED_MOMENTUM}


def reference_cases():
    for folder in ("reference", "reference_spine"):
        for path in sorted((HERE / folder).glob("*.json")):
            for i, case in enumerate(json.loads(path.read_text("utf-8"))["cases"]):
                for library, said in case["peers"].items():
                    if library != "exact":
                        name = f"{path.stem}-{i}-{library}"
                        yield pytest.param(path.stem, case, library, said, id=name)


def rules_of(stem, library):
    if stem == "momentum":
        return optimizers.MOMENTUM if library == "keras" else optimizers.MOMENTUM_RATE_OUTSIDE
    return ALIASES.get(stem) or FILES.get(stem)


def number(formula, hyper):
    values = {symbol(n): float(x) for n, x in hyper.items()}
    zero = {symbol(n): 0 for n in ("m", "s", "v", "c", "a", "u", "q", "d", "top")}
    return formula_of(formula).subs(values).subs(zero)


@pytest.mark.parametrize(("stem", "case", "library", "said"), list(reference_cases()))
def test_a_transcription_makes_the_librarys_own_path(stem, case, library, said):
    hyper = {{"mu": "beta"}.get(n, n): x for n, x in case["hyper"].items()}
    start = hyper.pop("start", 0)
    if stem == "momentum_torch":
        hyper["dampening"] = hyper.get("dampening", 0)
        peer, settings = pytorch.torch_sgd, {**case["hyper"]}
        settings["momentum"] = settings.pop("mu")
        memory = {}
    else:
        rule = rules_of(stem, library)
        (pair,) = [
            t for t in translations()
            if t.rule.name == rule.name and t.library == library and "step" not in t.given
        ]  # fmt: skip
        peer = pair.peer
        settings = {n: float(number(f, hyper)) if "t" not in f.split("*") else f
                    for n, f in pair.settings.items()}  # fmt: skip
        memory = {n: float(number(f, hyper)) for n, f in pair.memory.items()}
        reading = read(said["call"])
        assert reading.rule.name in {rule.name, rule.name.replace(" with L2", "")}
        assert all(reading.settings[n] == x for n, x in hyper.items() if n in reading.settings)
    w = np.array(case["start"], dtype=float)
    slots = [np.full_like(w, memory.get(n, 0.0)) for n in memory_names(peer)]
    if np.any(start):
        slots[0] += start
    path = [w.copy()]
    for t in range(1, max(case["at"]) + 1):
        if case["mode"] == "stream":
            g = np.array(case["gradients"][t - 1], dtype=float)
        else:
            numbers = {k: x for k, x in case["surface"].items() if k != "name"}
            g = np.array(GRADIENTS[case["surface"]["name"]](*w, **numbers))
        now = dict(settings)
        if stem == "momentum_torch" and t == 1:
            now["dampening"] = 0
        peer(w, g, *slots, **now, **({"t": t} if "t" in keyword_names(peer) else {}))
        path.append(w.copy())
    theirs = np.array(said["path"], dtype=float)
    off = np.abs(np.array(path)[case["at"]] - theirs) / (1 + np.abs(theirs))
    assert off.max() <= 1e-10


def test_signatures_have_no_strangers():
    called = set()
    for rule in RULES:
        for call in (*rule.elsewhere.values(), *MORE_CALLS.get(rule.name, ())):
            called |= set(
                re.findall(r"(?:torch\.optim|optax(?:\.contrib)?|keras\.optimizers)\.\w+", call)
            )
    assert called - {"optax.chain"} <= set(SIGNATURES)
    assert torch_settings(1.0, 0.5, 0.5)["lr"] == 0.5

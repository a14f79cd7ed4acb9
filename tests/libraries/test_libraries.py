"""The same rules in PyTorch, optax and Keras: calls written and read, proofs, separations."""

import doctest
import re
from dataclasses import replace

import numpy as np
import pytest

from course_utils import libraries, optimizers
from course_utils.libraries import (
    LIBRARIES,
    Equivalence,
    differences,
    equivalences,
    keras,
    optax,
    pytorch,
    read,
    table_of_equivalences,
    translation,
    write,
)
from course_utils.libraries import names as names_of_rules
from course_utils.libraries.calls import Call
from course_utils.libraries.equivalences import formula_of
from course_utils.libraries.names import CONSTANT, COUNTERPARTS, counterpart
from course_utils.libraries.signatures import ASIDE, EFFECTS, SIGNATURES
from course_utils.optimizers import (
    ADAM,
    ADAM_HAT,
    ADAM_L2,
    ADAMW,
    AMSGRAD,
    AVERAGED_MOMENTUM,
    MATRIX_RULES,
    MOMENTUM,
    MOMENTUM_L2,
    MOMENTUM_RATE_OUTSIDE,
    MUON,
    NADAM,
    NESTEROV,
    RMSPROP,
    RULES,
    SCHEDULE_FREE,
    SCHEDULED_NADAM,
    decay,
    momentum_l2,
    with_decoupled_decay,
    with_l2,
)
from course_utils.optimizers.rule import keyword_names, memory_names
from course_utils.symbolic import symbol
from tests.optimizers.planted import with_mistake
from tests.reference import paths

PAIRS = [(rule, n) for rule in (*RULES, *MATRIX_RULES) for n in LIBRARIES if counterpart(rule, n)]
FURTHER = [(rule, x) for rule, those in COUNTERPARTS.items() for x in those
           if x is not counterpart(rule, x.library)]  # fmt: skip
VALUES = {
    "lr": 0.123, "beta": 0.7, "rho": 0.8, "beta1": 0.6, "beta2": 0.95, "eps": 1e-5, "decay": 0.03,
    "psi": 1.0,
}  # fmt: skip


class Values(dict):
    def __missing__(self, name):
        return 0.4  # inside every range there is, for a letter of a rule that is being added


VALUES = Values(VALUES)


def names(pair):
    return getattr(pair, "name", pair)


# Calls


def test_every_call_of_a_rule_is_listed_in_signatures():
    for rule, calls in COUNTERPARTS.items():
        for each in calls:
            try:
                Call.parse(each.call)
            except ValueError as problem:
                pytest.fail(f"{rule.name}: {each.call}: {problem} Add it to signatures.py.")


def test_a_call_that_is_not_listed_disturbs_no_other(monkeypatch):
    there = dict(COUNTERPARTS)
    new = names_of_rules.Counterpart("optax.scale_by_nothing(lr)")
    monkeypatch.setattr(translation, "COUNTERPARTS", {**there, optimizers.SIGN_DESCENT: (new,)})
    assert read("torch.optim.SGD(p, 0.1, 0.9)").rule is MOMENTUM_RATE_OUTSIDE


@pytest.mark.parametrize(("rule", "library"), PAIRS, ids=names)
def test_what_is_written_is_read_back(rule, library):
    settings = {n: VALUES[n] for n in rule.hyper}
    call = write(rule, library, **settings)
    assert call.startswith(f"{library}.")
    assert not re.search(r"\b(lr=lr|beta\d?|rho=rho|psi|decay=decay)\b,", call)
    reading = read(call)
    assert dict(reading.settings) == settings and not reading.memory
    assert reading.rule is (MOMENTUM_RATE_OUTSIDE if said(rule, library) == CONSTANT
                            and rule is MOMENTUM else rule)  # fmt: skip


def said(rule, library):
    """What `write` says after the call."""
    settings = {n: VALUES[n] for n in rule.hyper}
    return write(rule, library, **settings).partition("  # ")[2]


def test_a_condition_is_written_beside_the_call_read_back_and_shown_in_the_table():
    conditional = {(rule, n) for rule, n in PAIRS if said(rule, n)}
    assert conditional == {
        (MOMENTUM, "torch"), (MOMENTUM, "optax"), (NESTEROV, "torch"), (NESTEROV, "optax"),
        (optimizers.RMSPROP_MOMENTUM, "torch"), (SCHEDULE_FREE, "optax"),
    }  # fmt: skip
    for rule, library in conditional:
        assert said(rule, library) == CONSTANT
        line = str(libraries.table([rule])).split(f"{LIBRARIES[library]}: ")[1].split("\n")[0]
        assert line.endswith(f", {CONSTANT}")
        assert any(e.condition == CONSTANT and e.says.endswith(CONSTANT)
                   for e in equivalences() if e.rule is rule and e.library == library)  # fmt: skip
    reading = read(write(NESTEROV, "torch", lr=0.1))
    assert reading.condition == CONSTANT and repr(reading).endswith(f"; {CONSTANT}")
    assert read(write(NESTEROV, "keras", lr=0.1)).condition == ""
    assert read("torch.optim.SGD(p, 0.1, 0.9)").condition == ""


def test_a_call_with_a_condition_makes_our_steps_until_a_schedule_changes_the_rate():
    gradients = 1.0, -0.5, 0.25, 2.0, 0.3
    for rates, agree in (((0.1,) * 5, True), ((0.1, 0.1, 0.01, 0.01, 0.01), False)):
        ours, theirs, buffer = np.ones(1), np.ones(1), np.zeros(1)
        step = NESTEROV.start(ours, lr=lambda t, rates=rates: rates[t - 1])
        for g, lr in zip(gradients, rates, strict=True):
            step(np.array([g]))
            pytorch.torch_sgd_nesterov(
                theirs, np.array([g]), buffer, lr=lr, momentum=0.9, weight_decay=0
            )
        assert (abs(ours - theirs)[0] < 1e-12) == agree
        if not agree:
            assert (ours[0], theirs[0]) == pytest.approx((0.668, 0.747), abs=5e-4)


def path(rule, rate, steps=6, **settings):
    w = np.array([2.0, -1.0])
    step = rule.start(w, lr=rate, **settings)
    for k in range(steps):
        step(np.array([1.0, -0.5]) * (-0.7) ** k)
    return w


@pytest.mark.parametrize(
    ("one", "other"), [(MOMENTUM, MOMENTUM_RATE_OUTSIDE), (AVERAGED_MOMENTUM, MOMENTUM)],
    ids=["rate", "average"],
)  # fmt: skip
def test_the_condition_is_needed(one, other):
    scale = 10.0 if one is AVERAGED_MOMENTUM else 1.0
    for falls, same in ((False, True), (True, False)):

        def rate(t, scale, falls=falls):
            return 0.1 * scale * (0.1 if falls and t > 3 else 1.0)

        ends = path(one, lambda t, r=rate: r(t, scale)), path(other, lambda t, r=rate: r(t, 1.0))
        assert np.allclose(*ends, atol=1e-12) == same


@pytest.mark.parametrize(("rule", "further"), FURTHER, ids=lambda x: getattr(x, "name", ""))
def test_further_calls_are_read(rule, further):
    call = re.sub(r"\b(lr|beta1|beta2|eps|decay)\b(?!=)",
                  lambda m: str(VALUES[m[1]]), further.call)  # fmt: skip
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
def test_calls_from_scripts_are_read(call):
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
        ("optax.rmsprop(0.1, nesterov=True)", r"^nesterov=True has no .* RMSProp, eps"),
        ("torch.optim.Adam(p, maximize=True)", r"^maximize=True has no .* climbs.* of Adam\."),
        ("torch.optim.SGD(p, 0.1, 0.9, dampening=0.9)", r"^dampening=0.9 has no .* but the first"),
        ("torch.optim.Adagrad(p, lr_decay=1e-3)", r"^lr_decay=0.001 has no .* a schedule\."),
        ("keras.optimizers.SGD(0.1, clipnorm=1.0)", r"^clipnorm=1.0 has no .* gradient descent\."),
        ("keras.optimizers.Adam(use_ema=True)", r"^use_ema=True has no .* average of the weights"),
        ("optax.amsgrad(0.1, bias_correction_nu=False)", r"^bias_correction_nu=False has no"),
        ("optax.adamw(0.1, mask=frozen)", r"^mask=.* has no counterpart .* others not\."),
        ("optax.contrib.schedule_free_sgd(0.1, weight_decay=0.1)", r"^weight_decay=0.1 has no"),
        ("optax.contrib.schedule_free_sgd(0.1, warmup_steps=9, weight_lr_power=1.0)",
         r"^warmup_steps=9 and weight_lr_power=1.0 have no counterpart here: .* Without them"),
        ("optax.adam(schedule)", r"^optax.adam\(schedule\) is read with numbers alone"),
        ("torch.optim.Adam(p, lr='1e-3')", r"numbers alone, and lr is 1e-3"),
        ("torch.optim.Adam(p, lr=9**9**9**9)", r"numbers alone"),
        ("torch.optim.Adam(p, lr=1/0)", r"numbers alone"),
        ("torch.optim.Adam(p, alpha=0.9)", r"has no argument alpha: it takes params, lr, betas"),
        ("torch.optim.RMSprop(p, fused=True)", r"RMSprop has no argument fused: it takes params"),
        ("torch.optim.SGD(p, 0.1, lr=0.1)", r"is given lr twice"),
        ("torch.optim.SGD(0.1, 0.9)", r"is what it trains, and here it is 0.1: write params"),
        ("torch.optim.SGD(p, **more)", r"^Write the arguments of torch.optim.SGD out"),
        ("Adam(p)", r"^Adam may be torch.optim.Adam or keras.optimizers.Adam"),
        ("optax.chain(optax.clip(1.0), optax.adam(0.1))", r"^The part optax.clip\(1.0\) of"),
        ("x" * 3000, r"^Write one call"),
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
    with pytest.raises(ValueError, match=r"^PyTorch has no call .* momentum; optax has\..*\.$"):
        write(AVERAGED_MOMENTUM, "torch", lr=0.1)
    with pytest.raises(ValueError, match=r"^Keras has no call .* PyTorch and optax have\..*\.$"):
        write(ADAM, "keras", lr=0.1)
    with pytest.raises(ValueError, match=r"; no library has\..*\.$"):
        write(optimizers.UNCORRECTED_ADAM, "keras", lr=0.1)
    with pytest.raises(ValueError, match=r"^Keras has psi = 1 built in, and 0.004 is asked for\.$"):
        write(SCHEDULED_NADAM, "keras", lr=0.1)
    with pytest.raises(ValueError, match=r"^There is no library called 'jax'"):
        write(ADAM, "jax", lr=0.1)
    with pytest.raises(TypeError, match="needs a value for lr"):
        write(ADAM, "torch")
    with pytest.raises(TypeError, match="no setting called 'b1'"):
        write(ADAM, "torch", lr=0.1, b1=0.9)


DECAYS = {
    "torch.optim.SGD(p, 0.1, 0.9, weight_decay=1e-4)": (MOMENTUM_L2, 1e-4),
    "torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)":
        (with_l2(NESTEROV), 5e-4),
    "torch.optim.SGD(p, 0.1, weight_decay=0.1)": (with_l2(optimizers.GRADIENT_DESCENT), 0.1),
    "torch.optim.RMSprop(p, weight_decay=0.1)": (with_l2(RMSPROP), 0.1),
    "torch.optim.Adam(p, weight_decay=0.1, amsgrad=True)": (with_l2(AMSGRAD), 0.1),
    "torch.optim.Adam(p, weight_decay=0.1, decoupled_weight_decay=True)": (ADAMW, 0.1),
    "torch.optim.AdamW(p, amsgrad=True)": (with_decoupled_decay(AMSGRAD), 0.01),
    "torch.optim.NAdam(p, weight_decay=0.1)": (with_l2(SCHEDULED_NADAM), 0.1),
    "torch.optim.NAdam(p, weight_decay=0.1, decoupled_weight_decay=True)":
        (with_decoupled_decay(SCHEDULED_NADAM), 0.1),
    "torch.optim.Muon(p)": (with_decoupled_decay(MUON), 0.1),
    "optax.adamw(1e-3)": (ADAMW, 1e-4),
    "optax.adamw(1e-3, nesterov=True)": (with_decoupled_decay(NADAM), 1e-4),
    "optax.adadelta(1.0, weight_decay=0.1)": (with_l2(optimizers.ADADELTA), 0.1),
    "optax.chain(optax.add_decayed_weights(0.1), optax.sgd(0.1, momentum=0.9))":
        (MOMENTUM_L2, 0.1),
    "optax.chain(optax.add_decayed_weights(0.1), optax.rmsprop(0.1, eps_in_sqrt=False))":
        (with_l2(RMSPROP), 0.1),
    "keras.optimizers.SGD(0.1, momentum=0.9, weight_decay=0.1)":
        (with_decoupled_decay(MOMENTUM), 0.1),
    "keras.optimizers.Adam(weight_decay=0.1)": (with_decoupled_decay(ADAM_HAT), 0.1),
    "keras.optimizers.AdamW()": (with_decoupled_decay(ADAM_HAT), 0.004),
    "keras.optimizers.RMSprop(weight_decay=0.1)":
        (with_decoupled_decay(optimizers.RMSPROP_INSIDE), 0.1),
}  # fmt: skip


@pytest.mark.parametrize("call", DECAYS)
def test_a_decay_is_read_with_every_rule_through_the_gradient_or_off_the_weights(call):
    reading, (rule, strength) = read(call), DECAYS[call]
    assert reading.rule is rule and reading.settings["decay"] == strength
    assert list(reading.settings) == list(rule.hyper)
    assert bool(reading.condition) == ("nesterov=True" in call and "torch" in call)


def test_momentum_with_l2_is_momentum_on_a_loss_with_a_penalty():
    for kernel in (decay._derived(MOMENTUM_RATE_OUTSIDE, penalised, "x", "").kernel, momentum_l2):
        w, v = np.array([2.0, -1.0]), np.array([0.5, 0.25])
        kernel(w, np.array([1.0, 3.0]), v, lr=0.1, beta=0.5, decay=0.2)
        assert v == pytest.approx([0.25 + 1.4, 0.125 + 2.8])
        assert w == pytest.approx([2 - 0.165, -1 - 0.2925])


def penalised(w, g, *memory, decay, **hyper):
    MOMENTUM_RATE_OUTSIDE.kernel(w, g + decay * w, *memory, **hyper)


@pytest.mark.parametrize("add", [with_l2, with_decoupled_decay])
def test_a_decay_is_added_once_and_only_where_it_has_a_place(add):
    assert add(RMSPROP) is add(RMSPROP) and add(ADAM) in (ADAM_L2, ADAMW)
    for rule in (ADAMW, optimizers.NEWTON, optimizers.NESTEROV_LOOK_AHEAD):
        with pytest.raises(TypeError, match=r"cannot be given a decay: .*\.$"):
            add(rule)


def test_a_decay_of_zero_is_none_and_decoupled_decay_shrinks_before_the_step():
    for add in (with_l2, with_decoupled_decay):
        one, other = np.array([1.0, -2.0]), np.array([1.0, -2.0])
        first, second = RMSPROP.start(one, lr=0.1), add(RMSPROP).start(other, lr=0.1, decay=0.0)
        for g in (np.array([1.0, 2.0]), np.array([-1.0, 0.5])):
            first(g), second(g)
        assert (one == other).all()
    w = np.array([1.0, -2.0])
    with_decoupled_decay(RMSPROP).start(w, lr=0.1, decay=0.5)(np.zeros(2))
    assert w == pytest.approx([0.95, -1.9])


def test_a_decay_that_is_added_is_a_penalty_or_a_share_of_the_weights_before_the_step():
    start, g, lr, decay = np.array([3.0, -2.0]), np.array([1.0, 2.0]), 0.1, 0.5
    plain, bare, penalised = start.copy(), start.copy(), start.copy()
    RMSPROP.start(plain, lr=lr)(g + decay * start)
    RMSPROP.start(bare, lr=lr)(g)
    with_l2(RMSPROP).start(penalised, lr=lr, decay=decay)(g)
    assert penalised == pytest.approx(plain)
    downhill = start.copy()
    with_l2(optimizers.GRADIENT_DESCENT).start(downhill, lr=lr, decay=decay)(g)
    assert downhill == pytest.approx(start - lr * (g + decay * start))
    shrunk = start.copy()
    with_decoupled_decay(RMSPROP).start(shrunk, lr=lr, decay=decay)(g)
    assert shrunk == pytest.approx(bare - lr * decay * start)


def test_a_dampening_damps_nothing_without_a_momentum_and_has_no_rule_with_one():
    assert read("torch.optim.SGD(p, lr=0.1, dampening=0.5)").rule is optimizers.GRADIENT_DESCENT
    with pytest.raises(ValueError, match="dampening=0.5 has no counterpart here"):
        read("torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5)")


@pytest.mark.parametrize("rule", [r for r in RULES if "eps" in r.hyper], ids=names)
def test_a_call_has_one_eps_and_it_is_ours(rule):
    for library in LIBRARIES:
        if counterpart(rule, library):
            call = write(rule, library, **{n: VALUES[n] for n in rule.hyper})
            assert call.count("1e-05") == 1, call


# Typed from the documentation: what a call does if nobody says otherwise.
BARE = {
    "torch.optim.SGD": {"lr": 1e-3, "momentum": 0}, "torch.optim.Adagrad": {"lr": 1e-2},
    "torch.optim.RMSprop": {"lr": 1e-2, "alpha": 0.99, "eps": 1e-8},
    "torch.optim.Adam": {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8},
    "torch.optim.AdamW": {"lr": 1e-3, "weight_decay": 1e-2},
    "torch.optim.Adamax": {"lr": 2e-3}, "torch.optim.NAdam": {"lr": 2e-3, "momentum_decay": 4e-3},
    "torch.optim.Adadelta": {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
    "optax.adagrad": {"initial_accumulator_value": 0.1, "eps": 1e-7},
    "optax.rmsprop": {"decay": 0.9, "eps": 1e-8, "eps_in_sqrt": True},
    "optax.adadelta": {"rho": 0.9, "eps": 1e-6, "weight_decay": 0.0},
    "optax.lion": {"b1": 0.9, "b2": 0.99, "weight_decay": 1e-3},
    "optax.adamw": {"b1": 0.9, "b2": 0.999, "eps": 1e-8, "weight_decay": 1e-4},
    "keras.optimizers.SGD": {"learning_rate": 1e-2},
    "keras.optimizers.Adagrad": {"learning_rate": 1e-3, "initial_accumulator_value": 0.1},
    "keras.optimizers.RMSprop": {"learning_rate": 1e-3, "rho": 0.9, "epsilon": 1e-7},
    "keras.optimizers.Adam": {"learning_rate": 1e-3, "epsilon": 1e-7},
    "keras.optimizers.AdamW": {"weight_decay": 4e-3},
    "keras.optimizers.Lion": {"learning_rate": 1e-3, "beta_2": 0.99},
}  # fmt: skip


@pytest.mark.parametrize("call", BARE)
def test_a_bare_call_has_the_defaults_of_its_documentation(call):
    assert {n: SIGNATURES[call][n] for n in BARE[call]} == BARE[call]


def test_the_table_says_our_defaults_as_they_are():
    row = next(x for x in libraries.table([ADAM]).rows)
    assert row[1] == "lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-08"


NUMBERS = {"0.5 * (1 - 0.9)": 0.05, "1/1000": 0.001, "-(-3e-4)": 3e-4, "10 ** -3": 0.001,
           "1e-3 + 0": 0.001}  # fmt: skip


@pytest.mark.parametrize("written", NUMBERS)
def test_numbers_may_be_written_as_arithmetic(written):
    assert read(f"torch.optim.SGD(p, lr={written})").settings["lr"] == pytest.approx(
        NUMBERS[written], rel=1e-12
    )


@pytest.mark.parametrize("name", SIGNATURES)
def test_what_changes_no_step_is_read_over(name):
    required = {n: "0.1" for n, x in SIGNATURES[name].items() if x is ...} | {"params": "p"}
    first = {n: x for n, x in required.items() if n in SIGNATURES[name]}
    first |= {"learning_rate": "0.1"} if name == "optax.adadelta" else {}
    idle = {n: "'x'" if off is ... else repr(off) for n, off in ASIDE.get(name, {}).items()}
    plain, more = (f"{name}({', '.join(f'{n}={x}' for n, x in given.items())})"
                   for given in (first, {**first, **idle}))  # fmt: skip
    try:
        wanted = repr(read(plain))
    except ValueError as error:
        wanted = str(error)
    try:
        got = repr(read(more))
    except ValueError as error:
        got = str(error)
    assert got == wanted


def test_every_argument_without_a_counterpart_has_a_sentence():
    for name, aside in ASIDE.items():
        assert name in SIGNATURES and not set(aside) & set(SIGNATURES[name])
        assert {n for n, off in aside.items() if off is not ...} <= set(EFFECTS)


def test_the_examples_run():
    assert doctest.testmod(translation).failed == 0
    assert doctest.testmod(decay).failed == 0


def test_calls_look_as_one_would_type_them():
    call = "torch.optim.AdamW(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01)"
    assert write(ADAMW, "torch", lr=0.001) == call
    average = write(optimizers.AVERAGED_MOMENTUM, "optax", lr=0.1, beta=0.9)
    assert average == "optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1))"


def test_the_table_has_every_rule_and_the_defaults_of_every_library():
    made = libraries.table()
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
    assert set(libraries.PAPERS) | set(libraries.ARTICLE) | set(COUNTERPARTS) <= set(rules)


# Proofs


@pytest.mark.parametrize(
    "pair", equivalences(), ids=lambda e: f"{e.library}-{e.rule.name}-{e.theirs.__name__}"
)
def test_every_equivalence_is_proved(pair):
    verdict = pair.prove()
    assert verdict, verdict
    assert repr(verdict).startswith(
        f"proved: {LIBRARIES[pair.library]}'s {pair.theirs.__name__} is "
    )


def test_every_call_of_a_rule_has_a_translation_and_every_transcription_is_used():
    proved = {(t.rule, t.library) for t in equivalences()}
    matrices = {(rule, library) for rule, library in PAIRS if rule in MATRIX_RULES}
    assert set(PAIRS) - matrices <= proved
    assert matrices == {(MUON, "torch")} and "bfloat16" in counterpart(MUON, "torch").note
    used = {t.theirs for t in equivalences()} | {
        x for s in differences() for x in (s.ours, s.theirs)
    }
    for module in (pytorch, optax, keras):
        kernels = [
            x for x in vars(module).values() if getattr(x, "__module__", "") == module.__name__
        ]
        assert kernels and set(kernels) <= used


MISTAKES = [
    ("optax_clip_by_global_norm", "* max_norm", ""),
    ("optax_clip_by_global_norm", "np.sqrt(np.sum(g**2))", "np.sum(g**2)"),
    ("optax_clip", "-max_delta", "0 * max_delta"),
    ("keras_sgd_global_clipnorm", "1 / clip_norm", "1"),
    ("keras_sgd_clipnorm", "maximum", "minimum"),
    ("keras_sgd_clipvalue", "minimum", "maximum"),
    ("torch_sgd_clip_grad_value", "np.minimum(np.maximum(g, -clip_value), clip_value)",
     "np.maximum(g, -clip_value)"),
    ("torch_sgd", "+ weight_decay * w", ""),
    ("torch_sgd_nesterov", "momentum * momentum_buffer)", "momentum_buffer)"),
    ("optax_sgd_l2", "weight_decay * w", "weight_decay"),
    ("optax_amsgrad_uncorrected", "nu, out", "nu_max, out"),
    ("keras_sgd_decay", "* learning_rate", ""),
    ("keras_adamw", "w * weight_decay * learning_rate", "w * weight_decay"),
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
    for pair in equivalences():
        idle = "weight_decay" in right and pair.settings.get("weight_decay") == "0"
        if pair.theirs.__name__ == name and not idle:
            peer = with_mistake(pair.theirs, right, wrong)
            verdict = replace(pair, theirs=peer).prove()
            assert not verdict and "refuted" in repr(verdict) and verdict.quantity


def test_a_wrong_substitution_is_refuted():
    (pair,) = [t for t in equivalences() if t.theirs is optax.optax_ema]
    wrong = Equivalence(pair.rule, "optax", pair.theirs, pair.memory,
                        {"step_size": "-lr", "decay": "1 - beta"})  # fmt: skip
    assert not wrong.prove()


@pytest.mark.parametrize("pair", differences(), ids=lambda s: s.name)
def test_every_separation_parts_and_says_where(pair):
    one, other = pair.paths()
    apart = int(re.search(r"they part at step (\d+)", repr(pair))[1])
    assert np.abs(one - other)[apart] > 1e-9
    assert np.abs(one - other)[:apart].max() < 1e-9
    assert pair.name in repr(pair) and pair.why.endswith(".")


def test_the_table_of_proofs_has_a_row_for_each():
    made = table_of_equivalences()
    assert len(made.rows) == len(equivalences())
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
        pytorch.torch_muon(one, g, buffer, lr=0.1, momentum=0.9, weight_decay=0)
        keras.keras_muon(other, g, m, learning_rate=0.1 * factor, momentum=0.9, rms_rate=1)
    np.testing.assert_allclose(one, ours, atol=1e-12)
    np.testing.assert_allclose(other, ours, atol=1e-5)


# The transcriptions make the paths that the libraries made


ALIASES = {"gd": optimizers.GRADIENT_DESCENT, "momentum_ema": optimizers.AVERAGED_MOMENTUM}
RULES_OF = {row.file: row.rule for row in paths.ROWS} | ALIASES
STORED = sorted(
    {
        (row.file, library)
        for row in paths.ROWS
        for case in paths.read(row.file)["cases"]
        for library in case["peers"].keys() - {"exact"}
    }
)


def rules_of(stem, library):
    if stem == "momentum":
        return optimizers.MOMENTUM if library == "keras" else optimizers.MOMENTUM_RATE_OUTSIDE
    return RULES_OF[stem]


def number(formula, hyper):
    values = {symbol(n): float(x) for n, x in hyper.items()}
    zero = {symbol(n): 0 for n in ("m", "s", "v", "c", "a", "u", "q", "d", "top")}
    return formula_of(formula).subs(values).subs(zero)


def transcribed(stem, hyper, library, call):
    """A transcription, its settings and the memory before its first step, for a stored path."""
    if stem == "momentum_torch":
        settings = {"lr": hyper["lr"], "momentum": hyper["beta"], "weight_decay": 0.0}
        return pytorch.torch_sgd, settings | {"dampening": hyper["dampening"]}, {}
    rule = rules_of(stem, library)
    (pair,) = [
        t for t in equivalences()
        if t.rule is rule and t.library == library and "step" not in t.condition
    ]  # fmt: skip
    settings = {n: float(number(f, hyper)) if "t" not in f.split("*") else f
                for n, f in pair.settings.items()}  # fmt: skip
    memory = {n: float(number(f, hyper)) for n, f in pair.memory.items()}
    reading = read(call)
    without = {ADAM_L2: ADAM, MOMENTUM: MOMENTUM_RATE_OUTSIDE}.get(rule)
    assert reading.rule in (rule, without)
    assert all(reading.settings[n] == x for n, x in hyper.items() if n in reading.settings)
    return pair.theirs, settings, memory


def transcriptions_path(stem, case, library, said):
    hyper = dict(case["hyper"])
    start = hyper.pop("start", 0)
    peer, settings, memory = transcribed(stem, hyper, library, said["call"])
    w = np.array(case["start"], dtype=float)
    slots = [np.full_like(w, memory.get(n, 0.0)) for n in memory_names(peer)]
    if np.any(start):
        slots[0] += start
    path = [w.copy()]
    for t in range(1, max(case["at"]) + 1):
        now = dict(settings)
        if stem == "momentum_torch" and t == 1:
            now["dampening"] = 0
        count = {"t": t} if "t" in keyword_names(peer) else {}
        peer(w, paths.gradient(case, t - 1, w), *slots, **now, **count)
        path.append(w.copy())
    return np.array(path)[case["at"]]


@pytest.mark.parametrize(("stem", "library"), STORED)
def test_a_transcription_makes_the_librarys_own_path(stem, library):
    away = {}
    for i, case in enumerate(paths.read(stem)["cases"]):
        if library in case["peers"]:
            said = case["peers"][library]
            theirs = np.array(said["path"], dtype=float)
            ours = transcriptions_path(stem, case, library, said)
            away[i] = (np.abs(ours - theirs) / (1 + np.abs(theirs))).max()
    assert away and {i: x for i, x in away.items() if not x <= 1e-10} == {}


def test_signatures_have_no_strangers():
    called = set()
    for rule in RULES:
        for call in (x.call for x in COUNTERPARTS.get(rule, ())):
            called |= set(
                re.findall(r"(?:torch\.optim|optax(?:\.contrib)?|keras\.optimizers)\.\w+", call)
            )
    assert called - {"optax.chain"} <= set(SIGNATURES)
    assert paths.torch_settings(1.0, 0.5, 0.5)["lr"] == 0.5

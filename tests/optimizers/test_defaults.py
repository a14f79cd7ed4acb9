"""What a rule does if nobody says otherwise: the settings of its source, typed from there."""

import pytest

from course_utils import optimizers
from course_utils.optimizers import HESSIAN_RULES, MATRIX_RULES, RULES

SUM = {"beta": 0.9}
PAPER = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}  # Kingma and Ba, algorithm 1
KERAS = {**PAPER, "eps": 1e-7}
MEAN = {"rho": 0.9, "eps": 1e-8}
NONE = ("GRADIENT_DESCENT", "SIGN_DESCENT", "SPECTRAL_DESCENT", "NEWTON", "SADDLE_FREE_NEWTON",
        "EXACT_LINE_SEARCH")  # fmt: skip
DEFAULTS = {
    **dict.fromkeys(NONE, {}),
    **dict.fromkeys(("MOMENTUM", "AVERAGED_MOMENTUM", "MOMENTUM_RATE_OUTSIDE"), SUM),
    **dict.fromkeys(("NESTEROV", "NESTEROV_LOOK_AHEAD", "SCHEDULE_FREE"), SUM),
    "MOMENTUM_L2": {**SUM, "decay": 1e-4},  # He et al., section 3.4
    "ADAGRAD": {"eps": 1e-10},  # PyTorch
    "ADAGRAD_INSIDE": {"eps": 1e-7},  # optax, Keras
    **dict.fromkeys(("RMSPROP", "RMSPROP_INSIDE"), MEAN),
    **dict.fromkeys(("CENTRED_RMSPROP", "CENTRED_RMSPROP_INSIDE"), MEAN),
    **dict.fromkeys(("RMSPROP_MOMENTUM", "RMSPROP_MOMENTUM_INSIDE"), {**MEAN, **SUM}),
    **dict.fromkeys(("ADAM", "ADAM_INSIDE", "UNCORRECTED_ADAM", "UNCORRECTED_ADAM_INSIDE"), PAPER),
    **dict.fromkeys(("UNCORRECTED_AMSGRAD", "AMSGRAD", "AMSGRAD_OF_CORRECTED"), PAPER),
    **dict.fromkeys(("NADAM", "ADAMAX"), PAPER),
    **dict.fromkeys(("ADAM_HAT", "AMSGRAD_HAT", "ADAMAX_OUTSIDE"), KERAS),
    **dict.fromkeys(("ADAM_L2", "ADAMW"), {**PAPER, "decay": 0.01}),
    "SCHEDULED_NADAM": {**PAPER, "psi": 0.004},  # Dozat, section 3
    "ADADELTA": {"lr": 1.0, "rho": 0.9, "eps": 1e-6},  # PyTorch; the paper has no factor
    "LION": {"beta1": 0.9, "beta2": 0.99, "decay": 0.0},
    "FULL_ADAGRAD": {"eps": 1e-6},
    "SHAMPOO": {"eps": 1e-8},
    "MUON": {"beta": 0.95},
    "DAMPED_NEWTON": {"mu": 1.0},
    "GUARDED_NEWTON": {"bound": 1.0},
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_rule_has_the_defaults_of_its_source(name):
    assert dict(getattr(optimizers, name).defaults) == DEFAULTS[name]


def test_no_rule_is_left_out():
    assert {getattr(optimizers, name) for name in DEFAULTS} == {
        *RULES, *MATRIX_RULES, *HESSIAN_RULES,
    }  # fmt: skip

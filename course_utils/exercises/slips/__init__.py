"""The bank of known mistakes: one file, one rule; data that the frame reads."""

from .adagrad import ADAGRAD, ADAGRAD_MISTAKES
from .adam import ADAM, ADAM_MISTAKES, ADAMW, ADAMW_MISTAKES
from .amsgrad import AMSGRAD, AMSGRAD_MISTAKES
from .averaged_momentum import AVERAGED_MOMENTUM, AVERAGED_MOMENTUM_MISTAKES
from .averages import CORRECTED, CORRECTED_MISTAKES, EMA, EMA_MISTAKES
from .full_adagrad import FULL_ADAGRAD, FULL_ADAGRAD_MISTAKES
from .gradient_descent import GRADIENT_DESCENT, GRADIENT_DESCENT_MISTAKES
from .mistake import Convention, Mistake, kernel
from .momentum import MOMENTUM, MOMENTUM_MISTAKES
from .nesterov import NESTEROV, NESTEROV_MISTAKES
from .newton import DAMPED_NEWTON, DAMPED_NEWTON_MISTAKES, NEWTON, NEWTON_MISTAKES
from .rmsprop import RMSPROP, RMSPROP_INSIDE, RMSPROP_INSIDE_MISTAKES, RMSPROP_MISTAKES
from .sign_descent import SIGN_DESCENT, SIGN_DESCENT_MISTAKES
from .spectral import SPECTRAL, SPECTRAL_MISTAKES

CONVENTIONS = {
    "gradient descent": GRADIENT_DESCENT,
    "momentum": MOMENTUM,
    "averaged momentum": AVERAGED_MOMENTUM,
    "Newton": NEWTON,
    "damped Newton": DAMPED_NEWTON,
    "Nesterov": NESTEROV,
    "exponential average": EMA,
    "corrected average": CORRECTED,
    "Adam": ADAM,
    "AdamW": ADAMW,
    "AMSGrad": AMSGRAD,
    "sign descent": SIGN_DESCENT,
    "AdaGrad": ADAGRAD,
    "full-matrix AdaGrad": FULL_ADAGRAD,
    "spectral descent": SPECTRAL,
    "RMSProp": RMSPROP,
    "RMSProp, eps inside": RMSPROP_INSIDE,
}

MISTAKES = {
    "gradient descent": GRADIENT_DESCENT_MISTAKES,
    "momentum": MOMENTUM_MISTAKES,
    "averaged momentum": AVERAGED_MOMENTUM_MISTAKES,
    "Newton": NEWTON_MISTAKES,
    "damped Newton": DAMPED_NEWTON_MISTAKES,
    "Nesterov": NESTEROV_MISTAKES,
    "exponential average": EMA_MISTAKES,
    "corrected average": CORRECTED_MISTAKES,
    "Adam": ADAM_MISTAKES,
    "AdamW": ADAMW_MISTAKES,
    "AMSGrad": AMSGRAD_MISTAKES,
    "sign descent": SIGN_DESCENT_MISTAKES,
    "AdaGrad": ADAGRAD_MISTAKES,
    "full-matrix AdaGrad": FULL_ADAGRAD_MISTAKES,
    "spectral descent": SPECTRAL_MISTAKES,
    "RMSProp": RMSPROP_MISTAKES,
    "RMSProp, eps inside": RMSPROP_INSIDE_MISTAKES,
}

__all__ = ["CONVENTIONS", "MISTAKES", "Convention", "Mistake", "kernel"]

"""What the exercises of lesson 03 need besides their words."""

import math

from ...optimizers import Rule, ema, ema_corrected
from ..mistake import Mistake

AVERAGE = Rule("exponential average", ema)
CORRECTED = Rule("corrected average", ema_corrected)
PARTS = {3: "third", 4: "quarter", 5: "fifth", 6: "sixth"}


def too_far(share: int, least: float, most: float) -> tuple[Mistake, ...]:
    """Usual shares beta that miss a goal, each with what it gives: too much noise or too long."""

    def mistake(beta: float) -> Mistake:
        noise = math.sqrt((1 - beta) / (1 + beta))
        wait = math.ceil(math.log(0.1) / math.log(beta))
        calm = "the noise is calm enough," if noise <= 1 / share else "the noise is at"
        return Mistake(
            beta,
            "calm costs time" if beta > least else "quick costs calm",
            f"At {beta} {calm} × {noise:.3f}, and nine tenths of the jump take {wait} steps.",
        )

    usual = (0.5, 0.8, 0.88, 0.9, 0.95)
    return tuple(mistake(beta) for beta in usual if not 0.998 * least < beta < 1.002 * most)

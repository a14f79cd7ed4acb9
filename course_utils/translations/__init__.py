"""Whether a call of PyTorch, optax or Keras makes the steps of a kernel: proofs and separations.

`translations` lists pairs that are one path under a stated substitution; `Translation.prove` runs
both kernels on symbols and lets SymPy decide, for every step at once: if the memories correspond
before a step, then both take the same step, and the memories correspond after it. `separations`
lists pairs that share a name and are not one path, each with gradients that show it.
"""

from .pairs import table, translations
from .proof import Translation, Verdict
from .separations import Separation, separations

__all__ = ["Separation", "Translation", "Verdict", "separations", "table", "translations"]

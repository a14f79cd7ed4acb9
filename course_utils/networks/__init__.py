"""Real data: the digits of scikit-learn, and a network whose gradient is derived by hand.

The axes are those of the rest of the course: coordinates first, samples last. A batch of inputs is
an array of shape (features, n), one column per sample, so that a layer reads W @ h + b and the
backward pass is the textbook's, transposes and all. The weights of a network are one flat vector,
so that every rule of the course runs on them as it runs on a ravine.
"""

from .comparison import Comparison, difference, ratio
from .data import Data, batches, batches_per_epoch, digits
from .network import Network
from .training import Training, one_thread, train

__all__ = [
    "Comparison",
    "Data",
    "Network",
    "Training",
    "batches",
    "batches_per_epoch",
    "difference",
    "digits",
    "one_thread",
    "ratio",
    "train",
]

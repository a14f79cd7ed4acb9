"""Real data: the digits of scikit-learn, and a network whose gradient is derived by hand.

The axes are those of the rest of the course: coordinates first, samples last. A batch of inputs is
an array of shape (features, n), one column per sample, so that a layer reads W @ h + b and the
backward pass is the textbook's, transposes and all. The weights of a network are one flat vector,
so that every rule of the course runs on them as it runs on a ravine.
"""

from .by_layer import by_layer
from .comparison import Comparison, difference, ratio
from .curve import CurveFit, Followed, follow
from .data import Data, batches, batches_per_epoch, digits
from .network import Network
from .race import Entry, Range, Trials, choose, final, repeat, search
from .range_test import RangeTest, range_test
from .records import record
from .side_by_side import Ends, train_side_by_side
from .tasks import SealedTest, Task, digits_task, make_task, wine_task, words_task
from .training import Training, one_thread, train

__all__ = [
    "Comparison",
    "CurveFit",
    "Data",
    "Ends",
    "Entry",
    "Followed",
    "Network",
    "Range",
    "RangeTest",
    "SealedTest",
    "Task",
    "Training",
    "Trials",
    "batches",
    "batches_per_epoch",
    "by_layer",
    "choose",
    "difference",
    "digits",
    "digits_task",
    "final",
    "follow",
    "make_task",
    "one_thread",
    "range_test",
    "ratio",
    "record",
    "repeat",
    "search",
    "train",
    "train_side_by_side",
    "wine_task",
    "words_task",
]

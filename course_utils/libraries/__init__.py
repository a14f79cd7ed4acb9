"""The same rules in PyTorch, optax and Keras: what they are called there, proved equal or apart.

`write` writes the call that makes the steps of a rule, `read` says which rule a call is, and
`table` shows them all. `equivalences` lists what is one path under a stated substitution, and
SymPy proves each; `differences` lists what shares a name and is not, each with gradients on which
the paths part. Nothing of the three libraries is imported or run.
"""

from .differences import Difference, differences
from .equivalences import Equivalence, Verdict, equivalences
from .names import ARTICLE, LIBRARIES, PAPERS
from .table import Table, table, table_of_equivalences
from .translation import Reading, defaults, read, write

__all__ = [
    "ARTICLE",
    "LIBRARIES",
    "PAPERS",
    "Difference",
    "Equivalence",
    "Reading",
    "Table",
    "Verdict",
    "defaults",
    "differences",
    "equivalences",
    "read",
    "table",
    "table_of_equivalences",
    "write",
]

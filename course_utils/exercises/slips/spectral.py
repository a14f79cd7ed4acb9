"""What goes wrong with w <- w - lr U V^T."""

from .mistake import Convention, Mistake

_SVD = "U, s, Vt = np.linalg.svd(g, full_matrices=False); "

SPECTRAL = (Convention(_SVD + "w = w - lr*U @ Vt"),)

SPECTRAL_MISTAKES = (
    Mistake(
        "singular values kept",
        "all singular values become one",
        "You put U, s and V together again, and that is the gradient: plain gradient descent. "
        "Leave the singular values out.",
        ("w = w - lr*g", _SVD + "w = w - lr*(U*s) @ Vt"),
    ),
    Mistake(
        "largest is one",
        "all singular values become one",
        "You divide by the largest singular value, so that one alone becomes 1 and the step keeps "
        "the gradient's direction.",
        ("w = w - lr*g/np.linalg.norm(g, 2)",),
    ),
    Mistake(
        "root of the sum of squares",
        "all singular values become one",
        "You divide the gradient by its length as a vector: that is the best step in a ball. In "
        "the spectral norm every singular value becomes 1.",
        ("w = w - lr*g/np.sqrt(np.sum(g**2))",),
    ),
    Mistake(
        "sum of singular values",
        "the norm of the step is lr",
        "You multiply by the sum of the singular values, so the size of the gradient is back. "
        "Every step is to have the spectral norm lr.",
        (_SVD + "w = w - lr*np.sum(s)*U @ Vt",),
    ),
    Mistake(
        "sign",
        "the matrix as a whole, not its entries",
        "You take the sign of every entry: that is the best step in a box, and it sees the axes.",
        ("w = w - lr*np.sign(g)",),
    ),
    Mistake(
        "inverse",
        "all singular values become one",
        "You divide by the singular values twice: U/s V^T turns them over. Small ones would make "
        "the longest steps.",
        (_SVD + "w = w - lr*(U/s) @ Vt",),
    ),
    Mistake(
        "roots",
        "all singular values become one",
        "You take the root of the singular values. Half of what Shampoo does; all of them become "
        "1.",
        (_SVD + "w = w - lr*(U*np.sqrt(s)) @ Vt",),
    ),
    Mistake(
        "one direction",
        "every direction takes part",
        "Your step has one direction, that of the largest singular value. All of them take part: "
        "`U @ Vt`.",
        (_SVD + "w = w - lr*np.outer(U[:, 0], Vt[0])",),
    ),
    Mistake(
        "rows one by one",
        "the matrix as a whole, not its entries",
        "You bring each row to length 1. The rows then still agree as much as they did; the polar "
        "factor makes them perpendicular, or as nearly so as their number allows.",
        ("w = w - lr*g/np.sqrt(np.sum(g**2, axis=1, keepdims=True))",),
    ),
    Mistake(
        "columns one by one",
        "the matrix as a whole, not its entries",
        "You bring each column to length 1. The polar factor treats the matrix as a whole: `U @ "
        "Vt`.",
        ("w = w - lr*g/np.sqrt(np.sum(g**2, axis=0, keepdims=True))",),
    ),
    Mistake(
        "uphill",
        "downhill is minus",
        "The step enters with a plus, so the loss climbs.",
        (_SVD + "w = w + lr*U @ Vt",),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "Your step has the spectral norm 1: `lr` arrives and is not used.",
        (_SVD + "w = w - U @ Vt",),
    ),
    Mistake(
        "of the weights",
        "the gradient, not the weights",
        "You decompose the weights. The slope is in g.",
        ("U, s, Vt = np.linalg.svd(w, full_matrices=False); w = w - lr*U @ Vt",),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "Your new w is the step. The new weights are the old ones plus that step.",
        (_SVD + "w = -lr*U @ Vt", _SVD + "w = lr*U @ Vt"),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `w = ...`, that makes a new array which nobody sees: write "
        "`w -= ...`, or return the new w.",
        ("pass",),
    ),
)

"""What goes wrong with S <- S + g g^T; w <- w - lr (S^(1/2) + eps I)^-1 g."""

from .mistake import Convention, Mistake

_SUM = "S = S + np.outer(g, g); "
_EIGEN = _SUM + "e, Q = np.linalg.eigh(S); e = np.maximum(e, 0); "
_STEP = "Q @ ((Q.T @ g)/(np.sqrt(e) + eps))"

FULL_ADAGRAD = (Convention(f"{_EIGEN}w = w - lr*{_STEP}"),)

FULL_ADAGRAD_MISTAKES = (
    Mistake(
        "root of each entry",
        "the root of a matrix, not of its entries",
        "You take the root of every entry of S. The root of a matrix is the matrix that gives S "
        "when it is multiplied by itself: `root(S)`, by way of the eigenvalues.",
        (
            _SUM + "w = w - lr*np.linalg.solve(np.sqrt(np.abs(S)) + eps*np.eye(len(g)), g)",
            _SUM + "w = w - lr*np.linalg.solve(np.sqrt(S) + eps*np.eye(len(g)), g)",
        ),
    ),
    Mistake(
        "one over each entry",
        "a linear solve, not one over each entry",
        "You divide by the entries of the root one by one. To divide by a matrix is to solve: find "
        "the step p with (S^(1/2) + eps I) p = g.",
        (
            _EIGEN + "w = w - lr*(1/((Q*np.sqrt(e)) @ Q.T + eps)) @ g",
            _EIGEN + "w = w - lr*np.sum(g/((Q*np.sqrt(e)) @ Q.T + eps), axis=1)",
        ),
    ),
    Mistake(
        "diagonal only",
        "what couples two weights",
        "You keep the matrix and divide by its diagonal alone: that is the AdaGrad of lesson 06, "
        "which sees the axes.",
        (
            _SUM + "w = w - lr*g/(np.sqrt(np.diag(S)) + eps)",
            "S = S + np.diag(g*g); w = w - lr*g/(np.sqrt(np.diag(S)) + eps)",
        ),
    ),
    Mistake(
        "squares on the diagonal",
        "what couples two weights",
        "You add the squares to the diagonal of S and leave the rest as it was. The products "
        "g1 g2 beside it are what tells the valley's direction: add `np.outer(g, g)`.",
        (
            "S = S + np.diag(g*g); e, Q = np.linalg.eigh(S); e = np.maximum(e, 0); "
            f"w = w - lr*{_STEP}",
        ),
    ),
    Mistake(
        "one number",
        "an outer product, not an inner one",
        "You add g·g, one number, to every entry of S. The outer product `np.outer(g, g)` holds "
        "g_i g_j at row i, column j.",
        (
            "S = S + g @ g; e, Q = np.linalg.eigh(S); e = np.maximum(e, 0); "
            f"w = w - lr*{_STEP}",
        ),
    ),
    Mistake(
        "no root",
        "the root of the matrix",
        "You divide by S itself, without its root. Then small gradients make long steps, and the "
        "scale of the loss counts again.",
        (_SUM + "w = w - lr*np.linalg.solve(S + eps*np.eye(len(g)), g)",),
    ),
    Mistake(
        "fourth root",
        "the root of the matrix",
        "You take the fourth root. Shampoo does, once from each side; with one matrix it is the "
        "square root.",
        (_EIGEN + "w = w - lr*Q @ ((Q.T @ g)/(e**0.25 + eps))",),
    ),
    Mistake(
        "multiplies",
        "divide by the root",
        "You multiply by the root: directions with large gradients get the longest steps, and they "
        "need the shortest.",
        (_EIGEN + "w = w - lr*Q @ ((np.sqrt(e) + eps)*(Q.T @ g))",),
    ),
    Mistake(
        "not turned back",
        "there and back",
        "You divide in the coordinates of the eigenvectors and forget to turn back: multiply by Q "
        "once more.",
        (_EIGEN + "w = w - lr*((Q.T @ g)/(np.sqrt(e) + eps))",),
    ),
    Mistake(
        "not turned there",
        "there and back",
        "You divide g, which is in the coordinates of the weights, by the eigenvalues, which are "
        "not. First turn it: `Q.T @ g`.",
        (
            _EIGEN + "w = w - lr*(g/(np.sqrt(e) + eps))",
            _EIGEN + "w = w - lr*Q @ (g/(np.sqrt(e) + eps))",
        ),
    ),
    Mistake(
        "forgets",
        "a sum, from the first step on",
        "The old S is lost, so each gradient is divided by its own length and nothing else is "
        "known. Add to S.",
        (
            "S = np.outer(g, g); e, Q = np.linalg.eigh(S); e = np.maximum(e, 0); "
            f"w = w - lr*{_STEP}",
        ),
    ),
    Mistake(
        "moves first",
        "first remember, then move",
        "You divide by S before it has heard of this gradient. Update S first.",
        (
            "e, Q = np.linalg.eigh(S); e = np.maximum(e, 0); "
            f"w = w - lr*{_STEP}; {_SUM}",
        ),
    ),
    Mistake(
        "eps on every entry",
        "eps times the identity",
        "You add eps to every entry. It belongs on the diagonal: `eps * np.eye(len(w))`.",
        (_EIGEN + "w = w - lr*np.linalg.solve((Q*np.sqrt(e)) @ Q.T + eps, g)",),
    ),
    Mistake(
        "eps kept",
        "eps is no memory",
        "Your eps is added to S and stays there. It is added for this division alone.",
        (
            "S = S + np.outer(g, g) + eps*np.eye(len(g)); e, Q = np.linalg.eigh(S); "
            "e = np.maximum(e, 0); w = w - lr*Q @ ((Q.T @ g)/np.sqrt(e))",
        ),
    ),
    Mistake(
        "eps inside",
        "where eps sits",
        "Your eps stands inside the root. Here it is added to the root, so that it has the unit of "
        "a gradient.",
        (_EIGEN + "w = w - lr*Q @ ((Q.T @ g)/np.sqrt(e + eps))",),
    ),
    Mistake(
        "uphill",
        "downhill is minus",
        "The step enters with a plus, so the weights climb.",
        (f"{_EIGEN}w = w + lr*{_STEP}",),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "The quotient moves w as it is: `lr` arrives and is not used.",
        (f"{_EIGEN}w = w - {_STEP}",),
    ),
    Mistake(
        "w stays",
        "divide by the root",
        "The sum is right and w never moves: `w = w - ...` makes a new array that nobody sees. "
        "Write `w -= ...`, or return (w, S).",
        (_SUM,),
    ),
    Mistake(
        "memory thrown away",
        "the caller keeps the memory",
        "Your step is right, and S stays as it was: `S = ...` makes a new array that nobody sees. "
        "Write `S += np.outer(g, g)`, or return (w, S).",
        (
            "T = S + np.outer(g, g); e, Q = np.linalg.eigh(T); e = np.maximum(e, 0); "
            f"w = w - lr*{_STEP}",
        ),
    ),
    Mistake(
        "plain gradient",
        "divide by the root",
        "You keep the sum, and then w takes the plain gradient step without it.",
        (_SUM + "w = w - lr*g",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `S = ...` and `w = ...`, those are new arrays which nobody "
        "sees: change the arrays in place with `+=` and `-=`, or return (w, S).",
        ("pass",),
    ),
)

"""What goes wrong with w <- w - H^-1 g, and with its damped form."""

from .mistake import Convention, Mistake

NEWTON = (Convention("w = w - np.linalg.solve(H, g)"),)

NEWTON_MISTAKES = (
    Mistake(
        "M22 sign",
        "the sign of the step",
        "Your step goes the other way: in a valley it leads uphill, so it is minus H⁻¹g.",
        ("w = w + np.linalg.solve(H, g)",),
    ),
    Mistake(
        "one over each entry",
        "a linear solve, not one over each entry",
        "You take one over every entry of H; but H⁻¹ is the matrix that undoes H, and its entries "
        "mix. `np.linalg.solve(H, g)` finds the step p with Hp = g.",
        ("w = w - (1/H) @ g", "w = w - np.sum(1/H, axis=1)*g"),
    ),
    Mistake(
        "diagonal only",
        "a linear solve, not one over each entry",
        "You divide each slope by its own curvature and forget what couples the weights, the "
        "entries beside the diagonal. That is enough only where the axes lie along the valley.",
        ("w = w - g/np.diag(H)",),
    ),
    Mistake(
        "multiplies",
        "divide by the curvature",
        "You multiply by the Hessian: strongly curved directions get the longest steps, and they "
        "need the shortest.",
        ("w = w - H @ g", "w = w - H @ (H @ g)"),
    ),
    Mistake(
        "line search",
        "another direction, not only another length",
        "Your step is the best one along −g, with length g·g/g·Hg. Newton's step has another "
        "direction too.",
        ("w = w - (g @ g)/(g @ H @ g)*g",),
    ),
    Mistake(
        "plain gradient",
        "divide by the curvature",
        "Your step is minus the gradient: `H` arrives and is not used.",
        ("w = w - g",),
    ),
    Mistake(
        "determinant",
        "a linear solve, not a division by one number",
        "You divide the gradient by the determinant, one number for all directions.",
        ("w = w - g/np.linalg.det(H)",),
    ),
    Mistake(
        "norm",
        "a linear solve, not a division by one number",
        "You divide the gradient by the size of the Hessian, one number for all directions.",
        ("w = w - g/np.linalg.norm(H)",),
    ),
    Mistake(
        "largest curvature",
        "a linear solve, not a division by one number",
        "You divide by the largest curvature in every direction: that is gradient descent with "
        "the rate 1/λ₁.",
        (
            "w = w - g/np.max(np.abs(np.linalg.eigvalsh(H)))",
            "w = w - g/np.max(np.linalg.eigvalsh(H))",
        ),
    ),
    Mistake(
        "M20 mean curvature",
        "a linear solve, not a division by one number",
        "You divide by the mean curvature in every direction.",
        ("w = w - g/(np.trace(H)/len(g))", "w = w - g/np.trace(H)"),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "You solve with the weights in place of the gradient; the slope is in g.",
        ("w = w - np.linalg.solve(H, w)",),
    ),
    Mistake(
        "sizes",
        "the curvatures with their signs",
        "You take the sizes of the curvatures, so your step never climbs. That is saddle-free "
        "Newton, a page ahead; here each curvature keeps its sign.",
        (
            "e, Q = np.linalg.eigh(H); w = w - Q @ ((Q.T @ g)/np.abs(e))",
            "e, Q = np.linalg.eigh(H); w = w - (Q/np.abs(e)) @ Q.T @ g",
        ),
    ),
    Mistake(
        "damped by one",
        "the Hessian as it is",
        "You add something to the diagonal of H. Damping comes later; here H is taken as it is.",
        ("w = w - np.linalg.solve(H + np.eye(len(g)), g)",),
    ),
    Mistake(
        "half",
        "the whole step",
        "You go half of Newton's step; the ½ of the quadratic is gone once it is derived.",
        ("w = w - np.linalg.solve(H, g)/2", "w = w - np.linalg.solve(2*H, g)"),
    ),
    Mistake(
        "twice",
        "the whole step",
        "You go twice Newton's step, as far behind the flat point as you were before it.",
        ("w = w - 2*np.linalg.solve(H, g)", "w = w - np.linalg.solve(H/2, g)"),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "You return the step. The new weights are the old ones plus that step.",
        ("w = -np.linalg.solve(H, g)", "w = np.linalg.solve(H, g)"),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `w = ...`, that makes a new array which nobody sees: "
        "write `w -= ...`, or return the new w.",
        ("pass",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The matrix is solved for a vector of ones, so the step does not hear of the slope. Solve "
        "for g.",
        ("w = w - np.linalg.solve(H, np.ones(len(g)))",),
    ),
    Mistake(
        "M15 gradient once more",
        "one gradient, once",
        "g enters twice, in the solve and beside it. The solve has it already.",
        ("w = w - np.linalg.solve(H, g)*g",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            "w = (w - np.linalg.solve(H, g)).astype(int)",
            "w = np.round(w - np.linalg.solve(H, g))",
        ),
    ),
)

DAMPED_NEWTON = (Convention("w = w - np.linalg.solve(H + mu*np.eye(len(g)), g)"),)

DAMPED_NEWTON_MISTAKES = (
    Mistake(
        "mu on every entry",
        "mu times the identity",
        "`H + mu` adds mu to every entry of H, also beside the diagonal. Damping adds mu to each "
        "curvature: `H + mu * np.eye(len(w))`.",
        ("w = w - np.linalg.solve(H + mu, g)",),
    ),
    Mistake(
        "no mu",
        "damping adds curvature",
        "This is Newton's step: `mu` arrives and is not used.",
        ("w = w - np.linalg.solve(H, g)",),
    ),
    Mistake(
        "mu subtracted",
        "damping adds curvature",
        "You take mu away from every curvature; damping adds it.",
        ("w = w - np.linalg.solve(H - mu*np.eye(len(g)), g)",),
    ),
    Mistake(
        "M22 sign",
        "the sign of the step",
        "Your step goes the other way: it is minus (H + mu I)⁻¹g.",
        ("w = w + np.linalg.solve(H + mu*np.eye(len(g)), g)",),
    ),
    Mistake(
        "mu after the solve",
        "damping acts on the curvature, not on the step",
        "You shorten Newton's step as a whole, so its direction stays, uphill included. Damping "
        "adds mu to H before the solve.",
        (
            "w = w - np.linalg.solve(H, g)/(1 + mu)",
            "w = w - mu*np.linalg.solve(H, g)",
            "w = w - np.linalg.solve(H, g)/mu",
        ),
    ),
    Mistake(
        "gradient added",
        "damping acts on the curvature, not on the step",
        "You add a gradient step to Newton's. Damping adds mu to H before the solve.",
        ("w = w - np.linalg.solve(H, g) - mu*g",),
    ),
    Mistake(
        "scaled by its diagonal",
        "mu times the identity",
        "You add mu times the diagonal of H, as Marquardt did for sums of squares. Where a "
        "curvature is negative that makes it worse; here mu multiplies the identity.",
        ("w = w - np.linalg.solve(H + mu*np.diag(np.diag(H)), g)",),
    ),
    Mistake(
        "sizes",
        "the curvatures with their signs",
        "You take the sizes of the curvatures and add mu. Here each curvature keeps its sign, and "
        "mu alone has to make up for a negative one.",
        ("e, Q = np.linalg.eigh(H); w = w - Q @ ((Q.T @ g)/(np.abs(e) + mu))",),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "You return the step. The new weights are the old ones plus that step.",
        ("w = -np.linalg.solve(H + mu*np.eye(len(g)), g)",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `w = ...`, that makes a new array which nobody sees: "
        "write `w -= ...`, or return the new w.",
        ("pass",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The matrix is solved for a vector of ones, so the step does not hear of the slope. Solve "
        "for g.",
        ("w = w - np.linalg.solve(H + mu*np.eye(len(g)), np.ones(len(g)))",),
    ),
    Mistake(
        "M15 gradient once more",
        "one gradient, once",
        "g enters twice, in the solve and beside it. The solve has it already.",
        ("w = w - np.linalg.solve(H + mu*np.eye(len(g)), g)*g",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            "w = (w - np.linalg.solve(H + mu*np.eye(len(g)), g)).astype(int)",
            "w = np.round(w - np.linalg.solve(H + mu*np.eye(len(g)), g))",
        ),
    ),
    Mistake(
        "M20 mean curvature",
        "a linear solve, not a division by one number",
        "You divide the whole gradient by one number, so its direction stays. Each direction has "
        "a curvature of its own: solve with the matrix.",
        ("w = w - g/(np.trace(H)/len(g) + mu)",),
    ),
)

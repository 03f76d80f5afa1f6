"""A logistic regression with a ridge and bounds on its weights; scikit-learn is not needed for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectra_library.spectrum import FloatArray


def ridge_logistic(
    design: FloatArray,
    target: FloatArray,
    *,
    ridge: float,
    bounds: Sequence[tuple[float | None, float | None]],
) -> FloatArray:
    """Minimise the logistic loss of ``design`` (Q, W) against ``target`` (Q,) 0 or 1; gives weights (W,).

    The first column, the intercept, is not penalised.
    """
    from scipy.optimize import minimize  # 0.3 s that a program which calibrates nothing need not wait

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = design @ weights  # (Q, W) @ (W,) -> (Q,)
        penalised = np.concatenate([[0.0], weights[1:]])
        value = np.logaddexp(0.0, odds).sum() - target @ odds + ridge / 2 * penalised @ penalised
        slope = design.T @ (1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500))) - target) + ridge * penalised
        return float(value), slope

    start = np.zeros(design.shape[1])
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=list(bounds), options={"ftol": 1e-14, "gtol": 1e-9}
    )
    return np.asarray(found.x, dtype=np.float64)

"""Do probabilities fit what was found? A likelihood-ratio test against every map there is.

Notation: l(m) log-likelihood of the classes under the fitted map m, k its free numbers.

    LR(m) = 2 (l(m) - l(leave alone)) ~ chi-square with k degrees of freedom when nothing is wrong
    p = 4 min over m of P(chi-square_k > LR(m)), at most 1 (Bonferroni over the four maps)

Why not a paired test of the scores before and after: for a small shift its z is half that of
this test (with I the information of one patient and d the shift, the mean gain is d^2 I / 2 and
its spread d sqrt(I)), so it needs four times as many patients to see the same fault.
Sources: Cox, Biometrika 1958;45:562-565, for the test of stated probabilities; Wilks 1938.
"""

import numpy.typing as npt

from face2bone.calibration.calibrators import CALIBRATORS, calibrated
from face2bone.calibration.labelled import checked_labels, checked_scores
from face2bone.calibration.losses import log_losses


def miscalibration_p(scores: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """P-value in (0, 1] that scores (N, K), log-probabilities, fit classes (N,).

    Raises ``TrainingError`` when shapes disagree or a value is not finite.
    """
    from scipy.stats import chi2  # a second to import, and no assessment asks for it

    z = checked_scores(scores)
    y = checked_labels(labels, z)
    alone = log_losses(calibrated(z), y).sum()
    smallest = min(
        float(
            chi2.sf(
                2 * (alone - log_losses(calibrated(z, m.fit(z, y)), y).sum()),
                m.parameters(z.shape[1]),
            )
        )
        for m in CALIBRATORS.values()
    )
    return min(1.0, len(CALIBRATORS) * smallest)

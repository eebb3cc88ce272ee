import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk
from torchmetrics.functional import classification as tm

from face2bone.evaluation import confusion as con
from face2bone.evaluation.bootstrap import unit_weights


def predictions(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    p = np.exp(rng.normal(0.0, 1.0, (n, 3)) + 1.5 * np.eye(3)[y])
    return p / p.sum(axis=1, keepdims=True), y


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_equals_scikit_learn(seed: int) -> None:
    p, y = predictions(300, seed)
    named = p.argmax(axis=1)
    matrix = con.confusions(p, y, unit_weights(300))[0]
    assert (matrix == sk.confusion_matrix(y, named)).all()
    assert con.accuracy(matrix) == pytest.approx(sk.accuracy_score(y, named))
    assert con.kappa(matrix) == pytest.approx(sk.cohen_kappa_score(y, named))
    expected = sk.cohen_kappa_score(y, named, weights="quadratic")
    assert con.quadratic_kappa(matrix) == pytest.approx(expected)
    assert con.matthews(matrix) == pytest.approx(sk.matthews_corrcoef(y, named))
    for ours, theirs in (
        (con.precision, sk.precision_score),
        (con.recall, sk.recall_score),
        (con.f1, sk.f1_score),
    ):
        assert ours(matrix) == pytest.approx(theirs(y, named, average=None))


def test_figures_equal_torchmetrics() -> None:
    p, y = predictions(300, 7)
    matrix = con.confusions(p, y, unit_weights(300))[0]
    named, true = torch.tensor(p.argmax(axis=1)), torch.tensor(y)
    kappa = tm.multiclass_cohen_kappa(named, true, 3, weights="quadratic")
    assert con.quadratic_kappa(matrix) == pytest.approx(float(kappa), abs=1e-6)
    matthews = tm.multiclass_matthews_corrcoef(named, true, 3)
    assert con.matthews(matrix) == pytest.approx(float(matthews), abs=1e-6)
    f1 = tm.multiclass_f1_score(named, true, 3, average="macro")
    assert con.f1(matrix).mean() == pytest.approx(float(f1), abs=1e-6)


def test_a_weight_of_two_is_the_patient_twice() -> None:
    p, y = predictions(60, 8)
    weights = np.random.default_rng(9).integers(0, 4, (5, 60)).astype(float)
    for row, matrix in zip(weights, con.confusions(p, y, weights), strict=True):
        times = row.astype(int)
        assert (matrix == sk.confusion_matrix(y.repeat(times), p.argmax(1).repeat(times))).all()


MATRICES = st.lists(st.integers(0, 50), min_size=9, max_size=9).map(
    lambda cells: np.array(cells, float).reshape(3, 3)
)


@given(MATRICES)
@settings(max_examples=100)
def test_identities_between_the_figures(matrix: np.ndarray) -> None:
    true = matrix.sum(axis=1)
    if (true > 0).all():
        weighted = (con.recall(matrix) * true).sum() / true.sum()
        assert con.accuracy(matrix) == pytest.approx(weighted)  # accuracy is weighted recall
        both = con.precision(matrix) + con.recall(matrix)
        product = 2 * con.precision(matrix) * con.recall(matrix)
        assert con.f1(matrix) * both == pytest.approx(product)  # the harmonic mean
    if not np.isnan(con.kappa(matrix)):
        assert con.kappa(matrix) == pytest.approx(con.kappa(matrix.T), abs=1e-9)
        assert con.kappa(matrix) <= con.accuracy(matrix) + 1e-9
    if not np.isnan(con.matthews(matrix)):
        assert con.matthews(matrix) == pytest.approx(con.matthews(matrix.T), abs=1e-9)


def test_what_the_patients_cannot_define_is_nan_and_what_is_missed_is_zero() -> None:
    nobody_osteoporotic = np.array([[5.0, 1, 0], [1, 4, 0], [0, 0, 0]])
    assert np.isnan(con.recall(nobody_osteoporotic)[2])
    assert np.isnan(con.precision(nobody_osteoporotic)[2])
    assert np.isnan(con.f1(nobody_osteoporotic)[2])
    never_named = np.array([[5.0, 1, 0], [1, 4, 0], [1, 2, 0]])
    assert (
        con.precision(never_named)[2] == con.recall(never_named)[2] == con.f1(never_named)[2] == 0
    )
    one_class = np.diag([7.0, 0, 0])
    assert np.isnan(con.kappa(one_class))
    assert np.isnan(con.matthews(one_class))
    assert con.accuracy(one_class) == 1.0

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from face2bone.evaluation.added_value import crossfit
from face2bone.evaluation.guards.chance import chance_limit, seed_spread, shuffle_labels
from face2bone.evaluation.guards.photo_facts import PhotoFacts
from face2bone.evaluation.guards.shortcuts import EVERYTHING, Probe, Shortcuts, probe_shortcuts
from face2bone.evaluation.ranking import auc

PATIENTS = 240


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One way of dealing the folds and one ridge are enough here."""
    monkeypatch.setattr(crossfit, "REPEATS", 1)
    monkeypatch.setattr(crossfit, "PENALTIES", (10.0,))


def clinic(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Details, classes that follow age, and facts that follow nothing."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(45, 85, PATIENTS)
    about = pd.DataFrame(
        {
            "age_years": age,
            "sex": rng.choice(["F", "M"], PATIENTS),
            "height_cm": rng.normal(160, 8, PATIENTS),
            "weight_kg": rng.normal(60, 8, PATIENTS),
        }
    )
    latent = (age - 65) / 8 + rng.logistic(size=PATIENTS)
    labels = (latent > -1).astype(np.int64) + (latent > 1)
    facts = pd.DataFrame(
        {
            "jpeg": 1.0,
            "log_bytes": rng.normal(10, 0.2, PATIENTS),
            "red": rng.normal(120, 20, PATIENTS),
            "day": rng.integers(0, 90, PATIENTS).astype(float),
        }
    )
    return about, labels, facts


def photo_facts_of(table: pd.DataFrame) -> PhotoFacts:
    return PhotoFacts(table, np.zeros((len(table), 255), bool), 0)


def test_a_clean_clinic_is_quiet() -> None:
    about, labels, facts = clinic()
    found = probe_shortcuts(about, photo_facts_of(facts), labels)
    assert found.loud == ()
    assert set(found.probes) == {"file", "light", "record", EVERYTHING}
    assert "quiet" in str(found)


def test_one_device_for_the_diseased_is_heard() -> None:
    about, labels, facts = clinic()
    facts["device_tablet"] = (labels == 2).astype(float)
    found = probe_shortcuts(about, photo_facts_of(facts), labels)
    assert set(found.loud) == {"record", EVERYTHING}
    assert found.probes["record"].macro_auc > 0.7
    assert "SHORTCUT" in str(found)
    assert "record" in str(found)


def test_light_that_only_follows_age_is_not_accused() -> None:
    about, labels, facts = clinic()
    facts["red"] = about["age_years"] + np.random.default_rng(1).normal(0, 5, PATIENTS)
    found = probe_shortcuts(about, photo_facts_of(facts), labels)
    assert found.probes["light"].macro_auc > 0.7
    assert not found.probes["light"].loud


def test_significance_alone_is_not_loud() -> None:
    faint = Probe(macro_auc=0.55, clinical_macro_auc=0.7, p_value=1e-9, loud=False)
    assert Shortcuts({EVERYTHING: faint}, 0.025).loud == ()


def test_shuffled_labels_fall_to_chance() -> None:
    about, labels, facts = clinic()
    clinical, features = about[["age_years", "weight_kg"]].to_numpy() / 60, facts.to_numpy()
    shuffled = shuffle_labels(clinical, features, labels)
    assert shuffled.at_chance
    assert max(shuffled.clinical, shuffled.picture, shuffled.both) < 0.5 + shuffled.limit


def test_the_limit_of_chance_is_met_by_useless_scores() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 300)
    limit, ones = chance_limit(labels), np.ones((1, 300))
    areas = [
        np.mean([auc(rng.normal(size=300), labels == k, ones)[0] for k in range(3)])
        for _ in range(300)
    ]
    assert np.abs(np.array(areas) - 0.5).max() < limit
    assert limit < 0.15


def test_seeds_agree_on_what_is_there() -> None:
    about, labels, _ = clinic()
    features = labels[:, None] + np.random.default_rng(0).normal(size=(PATIENTS, 3))
    spread = seed_spread(about[["age_years"]].to_numpy() / 60, features, labels, seeds=2)
    assert spread.agree
    assert spread.found == (True, True)
    assert len(set(spread.gains)) == 2

"""The 2013 scheme from plan to proof on made-up data, once, in its whole size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from toolkit import Scheme
from toolkit.demo import made_answers, made_round
from toolkit.simulate import make_population


def test_the_2013_scheme_from_frames_to_proof(tmp_path: Path) -> None:
    population = make_population(Scheme.load("guangan-2013"))
    one = made_round(population, "guangan-2013", tmp_path)
    scheme = one.scheme

    # Each evaluatee has its own 1,400 users and 20 staff (the library its 12); all share 580 and 15.
    counts = one.draw("公开的钥匙")
    assert counts == {
        "towns": 35,
        "users": 79 * 1400,
        "staff": 78 * 20 + 12,
        "delegates": 580,
        "inspectors": 15,
    }
    sheets = one.collect(made_answers(one, population)).sheets
    assert sheets == 79 * 2015 - 8
    assert one.made

    scores = one.score()
    table = scores.table
    assert table["evaluatee"].tolist() == list(scheme.evaluatees)
    assert table.groupby("class", sort=False).size().tolist() == [11, 43, 11, 14]
    for _, part in table.groupby("class"):
        order = part.sort_values("estimate", ascending=False)
        assert order["rank"].tolist() == list(range(1, len(part) + 1))
        assert (part["rank_low"] <= part["rank"]).all() and (part["rank"] <= part["rank_high"]).all()
    weights = np.array([group.weight for group in scheme.groups])
    by_hand = table[[group.id for group in scheme.groups]] @ weights
    assert table["estimate"].tolist() == pytest.approx(by_hand.tolist())
    counted = scores.groups.groupby("evaluatee")["counted"].sum()
    assert counted.where(counted.index != "邓小平图书馆", counted + 8).between(2000, 2015).all()

    # Of 79 intervals of 95 % about 75 hold the truth; that fewer than 67 do has no chance.
    truth = population.truth.set_index("evaluatee")["composite"][table["evaluatee"]].to_numpy()
    held = (table["low"].to_numpy() <= truth) & (truth <= table["high"].to_numpy())
    assert held.sum() >= 67
    assert table["se"].between(0.1, 1.0).all()
    assert np.linalg.eigvalsh(scores.cov).min() > -1e-9

    assert one.verify() == []

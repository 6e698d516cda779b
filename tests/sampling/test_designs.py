"""Designs read what was meant, or say that it was not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from sampling import PPS, DesignError, SimpleRandom, Systematic, draw

FRAME = pd.DataFrame({"id": list("uvwxyz"), "ab": [6, 5, 4, 3, 2, 1], "size": [3, 2, 2, 1, 1, 1]})


def test_one_column_given_as_text_is_not_read_letter_by_letter() -> None:
    assert Systematic(n=2, order="ab") == Systematic(n=2, order=("ab",))  # type: ignore[arg-type]
    assert PPS(n=2, size="size", order="ab").order == ("ab",)  # type: ignore[arg-type]
    drawn = draw(FRAME, Systematic(n=2, order="ab"), key="k", name="d", unit="id")  # type: ignore[arg-type]
    assert drawn.receipt["frame"]["columns"] == ["id", "ab"]


def test_no_number_is_no_census() -> None:
    with pytest.raises(DesignError, match="whole number"):
        draw(FRAME, SimpleRandom(n=None), key="k", name="d", unit="id")  # type: ignore[arg-type]


def test_a_receipt_of_a_numpy_number_can_be_written() -> None:
    drawn = draw(FRAME, SimpleRandom(n=np.int64(2)), key="k", name="d", unit="id")  # type: ignore[arg-type]
    assert json.loads(json.dumps(drawn.receipt)) == drawn.receipt


def test_drawn_columns_never_repeat() -> None:
    units = FRAME
    for name in ("first", "second", "third"):
        units = draw(units, SimpleRandom(n=6), key="k", name=name, unit="id").units
    assert units.columns.is_unique

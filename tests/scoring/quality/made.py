"""Sheets made up for the tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scoring import Ratings, Scale, Sheets, State

SCALE = Scale(0, 10)


def sheets(values: Any, scale: Scale = SCALE, **columns: Any) -> Sheets:
    """Make sheets of ratings (n, K), NaN for 不了解; columns are named as in ``Sheets.of``."""
    ratings = np.asarray(values, dtype=np.float64)
    table = pd.DataFrame(columns, index=range(len(ratings)))
    state = np.where(np.isnan(ratings), int(State.DONT_KNOW), int(State.RATED))
    read = Ratings(pd.DataFrame(ratings), pd.DataFrame(state))
    return Sheets.of(table, read, scale, **{name: name for name in columns})

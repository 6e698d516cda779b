"""What each key of a scheme file decides, for who writes a plan down: in Chinese and in English.

A pattern is the end of a key's path (``classes.name``); one of a single word is a key of the file itself.
``…`` stands for a name that the plan chooses, and has no words of its own.
"""

from __future__ import annotations

from toolkit.new.keys_after import AFTER
from toolkit.new.keys_duties import DUTIES
from toolkit.new.keys_plan import PLAN
from toolkit.new.keys_scores import SCORES
from toolkit.new.keys_survey import SURVEY

EXPLAINED: dict[str, tuple[str, str]] = {**PLAN, **SCORES, **SURVEY, **AFTER, **DUTIES}
NAMED_BY_THE_PLAN = (
    *("column_names", "tables", "tables.….columns", "n.cv", "n.by_cv", "n.shares"),
    *("duties.rows.where", "duties.exempt", "days_by.days"),
)
"""Tables whose keys are names that the plan chooses."""
ROWS = ("units", "visits", "roster", "numerator", "denominator")
"""Keys of a duty that name rows of a table, as ``rows`` does."""


def pattern_of(path: tuple[str, ...]) -> str | None:
    """Give the pattern that explains a key, the longest that fits; None where there is none.

    What is said of a design holds for that of each stratum as well.

    >>> pattern_of(("groups", "draws", "design", "method", "n", "total"))
    'n.total'
    >>> pattern_of(("tables", "visits", "columns", "村"))
    'tables.….columns.…'
    >>> pattern_of(("classes", "level")) is None
    True
    """
    told: list[str] = []
    for key in path:
        if told[-1:] == ["method"] and told[-2:-1] == ["design"]:
            told.pop()
        if told == ["samples"]:  # a draw like those of groups
            told = ["draws"]
        if told[:1] == ["duties"] and told[1:] and told[1] in ROWS:
            told[1] = "rows"
        told.append("…" if _ends(told, NAMED_BY_THE_PLAN) else key)
    fits = [".".join(told[at:]) for at in range(len(told))]
    return next((one for one in fits if one in EXPLAINED and ("." in one or len(told) == 1)), None)


def _ends(path: list[str], tables: tuple[str, ...]) -> bool:
    """Tell whether a path is, or ends as, one of these; a single word is a key of the file itself."""
    whole = ".".join(path)
    return any(whole == one or ("." in one and whole.endswith(f".{one}")) for one in tables)

"""What can be wrong with answers and estimates: errors that say where, the rule, what was found, what to do.

Their messages stand beside this file by subject, in English and Chinese.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

from scoring.errors import (
    composites,
    consequences,
    disclosures,
    events,
    grades,
    qualities,
    ranks,
    ratings,
    replicates,
    sensitivities,
    surveys,
    weights,
)

MOST_FAULTS = 20  # told one by one

SUBJECTS = (
    composites,
    consequences,
    disclosures,
    events,
    grades,
    qualities,
    ranks,
    ratings,
    replicates,
    sensitivities,
    surveys,
    weights,
)
TEMPLATES: dict[str, tuple[str, str]] = {
    rule: texts for subject in SUBJECTS for rule, texts in subject.TEMPLATES.items()
}


class _Stated(ValueError):
    """An error that says where, the rule, what was found and what to do.

    Attributes
    ----------
    rule : str
        Key of the template.
    chinese : str
        The same message in Chinese.
    found : dict
        What was found, by the names in the template.
    """

    def __init__(self, rule: str, **found: Any) -> None:
        english, chinese = TEMPLATES[rule]
        super().__init__(english.format(**found))
        self.rule = rule
        self.chinese = chinese.format(**found)
        self.found = found

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error come whole from another process."""
        return partial(type(self), self.rule, **self.found), ()

    def _render_traceback_(self) -> list[str]:
        """Give the lines that IPython shows in place of a traceback: what to mend is not in our code."""
        return [f"{type(self).__name__}: {self}", self.chinese]


class AnswerError(_Stated):
    """The answers, or what is said of their design, cannot be used as they are."""


class EstimateError(_Stated):
    """Estimates or their covariance cannot be ranked or combined as they are."""


Kind = TypeVar("Kind", bound=_Stated)


def several(kind: type[Kind], where: str, faults: Sequence[tuple[str, dict[str, Any]]]) -> Kind:
    """Give one error that tells all faults, each a template without ``where`` and what it names."""
    texts = [[TEMPLATES[rule][language].format(**found) for rule, found in faults] for language in (0, 1)]
    english, chinese = ("\n".join(f"- {one}" for one in part[:MOST_FAULTS]) for part in texts)
    return kind("several", where=where, count=len(faults), english=english, chinese=chinese)

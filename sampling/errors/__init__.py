"""What can be wrong with a frame or a design: errors that say where, the rule, what was found, what to do.

Their messages stand beside this file by subject, in English and Chinese.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sampling.errors import coordinations, designs, files, frames, joints, margins, samples, sizes, stages

SUBJECTS = (coordinations, designs, files, frames, joints, margins, samples, sizes, stages)
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
    """

    def __init__(self, rule: str, **found: Any) -> None:
        english, chinese = TEMPLATES[rule]
        super().__init__(english.format(**found))
        self.rule = rule
        self.chinese = chinese.format(**found)
        self._found = found

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error come whole from another process."""
        return partial(type(self), self.rule, **self._found), ()

    def _render_traceback_(self) -> list[str]:
        """Give the lines that IPython shows in place of a traceback: what to mend is not in our code."""
        return [f"{type(self).__name__}: {self}", self.chinese]


class FrameError(_Stated):
    """The list to draw from cannot be used as it is."""


class DesignError(_Stated):
    """The design cannot be carried out on this frame."""

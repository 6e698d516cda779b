"""What the README shows runs as it is shown."""

from __future__ import annotations

import doctest
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_examples_of_the_readme_run() -> None:
    outcome = doctest.testfile(str(README), module_relative=False, encoding="utf8")
    assert outcome.attempted > 5
    assert outcome.failed == 0

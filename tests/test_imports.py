"""The packages import one way: toolkit may use sampling and scoring, which use nothing else of ours."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = {"toolkit", "sampling", "scoring", "tests", "benchmarks", "run"}
MAY_IMPORT = {"sampling": {"sampling"}, "scoring": {"scoring"}, "toolkit": {"toolkit", "sampling", "scoring"}}


def wrong_imports(source: str, package: str) -> list[str]:
    """The imports of `source`, a file of `package`, that go the wrong way, as "line 3: toolkit.scheme"."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue  # a relative import stays inside its package
        found += [(node.lineno, name) for name in names if name.split(".")[0] in OURS - MAY_IMPORT[package]]
    return [f"line {line}: {name}" for line, name in sorted(found)]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_one_way(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files, f"no Python files in {package}/"
    wrong = {str(file.relative_to(ROOT)): wrong_imports(file.read_text("utf-8"), package) for file in files}
    assert not {file: lines for file, lines in wrong.items() if lines}


@pytest.mark.parametrize(
    ("package", "source", "expected"),
    [
        ("sampling", "import toolkit.scheme", ["line 1: toolkit.scheme"]),
        ("sampling", "import json, toolkit as t", ["line 1: toolkit"]),
        ("scoring", "from sampling import draw", ["line 1: sampling"]),
        ("sampling", "from scoring.rank import rank_sets", ["line 1: scoring.rank"]),
        ("scoring", "def f():\n    import toolkit", ["line 2: toolkit"]),
        ("scoring", "if True:\n    import toolkit\nimport run", ["line 2: toolkit", "line 3: run"]),
        ("toolkit", "import sampling\nfrom scoring import Survey\nfrom tests import data", ["line 3: tests"]),
        ("sampling", "import sampling.draw\nfrom . import lottery\nfrom .draw import draw\nimport numpy", []),
        ("scoring", "from sampling_tools import x  # another package, by its whole name", []),
    ],
)
def test_wrong_imports_are_found(package, source, expected):
    assert wrong_imports(source, package) == expected


HEAVY = "matplotlib scipy.stats statsmodels xlsxwriter jinja2 fontTools IPython rich".split()
FIGURES = "import sampling, toolkit; sampling.Census().plot(); toolkit.Scheme.load('guangan-2013').plot()"


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import sampling, scoring, toolkit", HEAVY),
        ("import toolkit; toolkit.Scheme.load('guangan-2013')._repr_html_()", HEAVY),
        (FIGURES, ["matplotlib.pyplot", "IPython"]),
    ],
)
def test_imports_are_light(code, unwanted):
    code += f"; import sys; print([name for name in {unwanted} if name in sys.modules])"
    command, env = [sys.executable, "-c", code], {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout.strip() == "[]"

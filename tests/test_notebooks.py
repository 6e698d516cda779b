"""Notebooks are committed as they ran: nbval compares outputs, and this guards what nbval lets pass."""

import copy
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"

ABSOLUTE_PATH = re.compile(
    r"file://"
    r"|(?<![\w.:/<])/(?:home|root|tmp|work|workspace|Users|Volumes|private|var|opt|usr|mnt|srv|media|etc)/[\w.~-]"
    r"|(?<![A-Za-z0-9])[A-Za-z]:(?:\\\\+\w|\\\w+(?:\\|\.\w)|\\[A-Z]|/\w)"
    r"|(?<!\\)\\\\[A-Za-z][\w.-]+\\\w"
)
MEMORY_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")


def text(value) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def shown_by(output) -> list[str]:
    """All that an output shows as text; pictures are encoded, and hold no words."""
    data = output.get("data", {}).items()
    words = [text(value) for kind, value in data if not kind.startswith(("image/png", "image/jpeg"))]
    return [text(output.get("text", "")), *words]


def faults(raw: str) -> list[str]:
    """What is wrong with a notebook, given as the text of its file; cells are counted from 1."""

    def refuse(constant):
        raise ValueError(f"{constant} is not standard JSON")

    try:
        notebook = json.loads(raw, parse_constant=refuse)
    except ValueError as error:
        return [f"not standard JSON: {error}"]
    found = []
    if "widgets" in notebook["metadata"]:
        found.append("widget state in the metadata")
    code = []
    for number, cell in enumerate(notebook["cells"], start=1):
        source, outputs = text(cell["source"]), cell.get("outputs", [])
        if cell["cell_type"] == "code" and source.strip():
            code.append(cell)
            if cell["execution_count"] != len(code):
                found.append(f"cell {number}: run as {cell['execution_count']}, not as {len(code)}")
        shown = [words for output in outputs for words in shown_by(output)]
        for output in outputs:
            if output["output_type"] == "error":
                found.append(f"cell {number}: error output {output.get('ename')}")
            if any("jupyter.widget" in kind for kind in output.get("data", {})):
                found.append(f"cell {number}: widget output")
        for words in [source, *shown]:
            if match := ABSOLUTE_PATH.search(words):
                found.append(f"cell {number}: absolute path {words[match.start() : match.start() + 30]!r}")
        for words in shown:
            if match := MEMORY_ADDRESS.search(words):
                found.append(f"cell {number}: memory address {match[0]}")
    if not code:
        found.append("no code cells")
    with_outputs = sum(bool(cell["outputs"]) for cell in code)
    if 2 * with_outputs < len(code):
        found.append(f"outputs stripped: {with_outputs} of {len(code)} code cells have any")
    return found


def test_notebooks_are_committed_as_they_ran():
    notebooks = sorted(FOLDER.glob("*.ipynb"))
    assert notebooks, "no notebooks in notebooks/"
    found = {file.name: faults(file.read_text("utf-8")) for file in notebooks}
    assert not {name: lines for name, lines in found.items() if lines}


def stream(words):
    return {"output_type": "stream", "name": "stdout", "text": [words]}


def data(kind, words):
    return {"output_type": "display_data", "metadata": {}, "data": {kind: words}}


GOOD = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "cells": [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": ["# 广安 2013, see https://example.org/home/page"],
        },
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": ["x = 1"], "outputs": []},
        {"cell_type": "code", "metadata": {}, "execution_count": None, "source": [], "outputs": []},
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 2,
            "source": ["print('n:\\n', x)"],
            "outputs": [stream("data/rounds: 12/40, and/or\n"), data("image/png", "iVBO/tmp/x0x7f00ff00")],
        },
    ],
}


def test_good_notebook_passes():
    assert faults(json.dumps(GOOD)) == []


def shows(output):
    return lambda metadata, cells: cells[3]["outputs"].append(output)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda metadata, cells: cells[3].update(execution_count=None), "cell 4: run as None, not as 2"),
        (lambda metadata, cells: cells[3].update(execution_count=5), "cell 4: run as 5, not as 2"),
        (lambda metadata, cells: cells[1].update(execution_count=2), "cell 2: run as 2, not as 1"),
        (lambda metadata, cells: cells[3].update(outputs=[]), "outputs stripped: 0 of 2 code cells have any"),
        (lambda metadata, cells: cells.__delitem__(slice(1, None)), "no code cells"),
        (
            lambda metadata, cells: cells[0]["source"].append("see /home/me/a"),
            "cell 1: absolute path '/home/me/a'",
        ),
        (lambda metadata, cells: metadata.update(widgets={}), "widget state in the metadata"),
        (
            lambda metadata, cells: metadata.update(n=float("nan")),
            "not standard JSON: NaN is not standard JSON",
        ),
        (shows({"output_type": "error", "ename": "KeyError"}), "cell 4: error output KeyError"),
        (shows(stream("saved in /tmp/a")), "cell 4: absolute path '/tmp/a'"),
        (shows(stream("<Round at 0x7f2eb2074b10>")), "cell 4: memory address 0x7f2eb2074b10"),
        (shows(data("text/html", ["<p>", "0x00000207F1"])), "cell 4: memory address 0x00000207F1"),
        (shows(data("application/vnd.jupyter.widget-view+json", {})), "cell 4: widget output"),
    ],
)
def test_bad_notebook_is_named(spoil, expected):
    notebook = copy.deepcopy(GOOD)
    spoil(notebook["metadata"], notebook["cells"])
    assert faults(json.dumps(notebook)) == [expected]


def test_text_that_is_no_json_is_named():
    assert faults("<<<<<<< HEAD")[0].startswith("not standard JSON: ")


@pytest.mark.parametrize(
    "words",
    r"""
    /tmp/a  '/opt/a/b.toml'  (/Users/me/x)  file:///x
    C:\Users\me  'C:\\Users'  r'd:\temp\new.csv'  C:\data.csv  D:/调查/a.xlsx  \\server\share
    """.split(),
)
def test_absolute_paths_are_found(words):
    assert ABSOLUTE_PATH.search(words)


@pytest.mark.parametrize(
    "words",
    r"""
    data/tmp/x  ../tmp/x  https://x.org/home/a  a/b  1/2/3  他/她/它  </tmp/>  {x:/}
    12:30  a:b  n:  'n:\n'  'n:\t'  '\\n'
    """.split(),
)
def test_other_text_is_not_taken_for_a_path(words):
    assert not ABSOLUTE_PATH.search(words)

"""Set up and run Minyi on a machine that has only Python. `python3 run.py` alone says how."""

# Python 3.6 must still be able to read this file: it has to get as far as saying what it needs.
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

HELP = """\
python3 run.py COMMAND        (Windows: py run.py COMMAND)

  setup   install Minyi in .venv
  demo    run the demonstration
  test    run ruff, mypy, and pytest with the notebooks; with arguments, pytest alone: test -k lottery
  lab     open the notebooks in JupyterLab
  bench   run the benchmarks

Each first installs what it lacks, once: 420 MB; for lab 600 MB, for test 770 MB.
"""
SIZES = {"core": 420, "lab": 600, "test": 770}  # MB in .venv; each level contains the one before it
LEVELS = {"setup": "core", "demo": "core", "bench": "core", "lab": "lab", "test": "test"}
CHECKS = ["ruff check .", "mypy", "pytest -n auto --dist loadfile"]

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "minyi-setup.txt"  # "unfinished", or three words: place, requirements, level
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# The repository is on PYTHONPATH because Python < 3.13 on Windows misreads the path that an
# editable install writes down when a folder's name is outside the machine's code page.
ENV = dict(os.environ, PYTHONUTF8="1", PYTHONIOENCODING="utf-8", PYTHONPATH=str(ROOT), VIRTUAL_ENV=str(VENV))
ENV["PATH"] = str(BIN) + os.pathsep + os.environ.get("PATH", "")
for unwanted in ("PYTHONHOME", "PYTHONDONTWRITEBYTECODE"):  # the latter, as pip is told to --no-compile
    ENV.pop(unwanted, None)
CAPTURE = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")


def main(command="--help", *arguments):
    if command in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0
    if command not in LEVELS:
        sys.exit(f"run.py knows no command {command!r}; it knows {', '.join(LEVELS)}.")
    check_python(command)
    sys.stdout.reconfigure(errors="replace")  # pip's own words may hold more than the output's encoding
    set_up(LEVELS[command])
    if command == "setup":
        print(f"Ready. Try: {BIN.relative_to(ROOT) / 'minyi'} --help")
        return 0
    if command == "demo":
        return python("-m", "toolkit", "demo", *arguments)
    if command == "bench":
        return python("benchmarks/run.py", *arguments)
    if command == "lab":
        return python("-m", "jupyterlab", *arguments, folder=ROOT / "notebooks")
    if arguments:
        return python("-m", "pytest", *arguments)
    for number, check in enumerate(CHECKS, start=1):
        print(f"[{number}/{len(CHECKS)}] {check}", flush=True)
        code = python("-m", *check.split())
        if code:
            return code
    return 0


def check_python(command):
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(
            f"Minyi needs Python 3.11 or newer and this is {sys.version.split()[0]}: install a newer one and "
            f"use it, for example python3.12 run.py {command} (Windows: py -3.12 run.py {command})."
        )
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        sys.exit(
            "This Python lacks its modules venv and ensurepip: on Debian and Ubuntu run `sudo apt install "
            "python3-venv`, elsewhere install Python afresh, then run this again."
        )


def set_up(level):
    """Bring .venv to `level`, unless its stamp says that it is there already."""
    place = fingerprint(sys.version, sys.base_prefix, str(ROOT))
    files = ROOT / "pyproject.toml", ROOT / "constraints.txt"
    requirements = fingerprint(*[file.read_text("utf-8") for file in files])
    stamp = STAMP.read_text("utf-8").split() if STAMP.exists() else []
    usable = stamp[:1] == [place] and PYTHON.exists()
    if usable and stamp[1] == requirements and SIZES[stamp[2]] >= SIZES[level]:
        return
    if not usable:
        make_venv()
    what = f"installing Minyi and what it needs (about {SIZES[level]} MB, a few minutes the first time)"
    print("[1/1]" if usable else "[2/2]", what, flush=True)
    before, started, said = STAMP.read_text("utf-8"), time.monotonic(), []
    STAMP.write_text("unfinished", "utf-8")
    try:
        code = pip_install("." if level == "core" else f".[{level}]", said)
    finally:
        if not any(line.startswith("Installing collected") for line in said):
            STAMP.write_text(before, "utf-8")  # pip had not come to changing anything
    if code:
        print("".join(said))
        print("Installing failed; pip's own words are above. That mended, run the same command again.")
        sys.exit(code)
    STAMP.write_text(f"{place}\n{requirements}\n{level}\n", "utf-8")
    print(f"      done in {time.monotonic() - started:.0f} s", flush=True)


def make_venv():
    if VENV.exists() and any(VENV.iterdir()) and not STAMP.exists():
        sys.exit("There is a .venv here that run.py did not make: rename or remove it, then run this again.")
    print("[1/2] making .venv", flush=True)
    try:
        VENV.mkdir(exist_ok=True)
        STAMP.write_text("unfinished", "utf-8")
        for old in VENV.iterdir():
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            elif old != STAMP:
                old.unlink()
    except OSError as error:
        sys.exit(f".venv cannot be made afresh: close what is using it, then run this again ({error}).")
    base = getattr(sys, "_base_executable", sys.executable)  # in case .venv's own python is running this
    made = subprocess.run([base, "-m", "venv", VENV], **CAPTURE)
    if made.returncode:
        print(made.stdout, "Making .venv failed: Python's own words are above.", sep="\n")
        sys.exit(made.returncode)


def pip_install(requirement, said):
    """Install with .venv's pip and the user's own pip settings; what pip says is appended to `said`."""
    pip = "-m pip install --no-input --no-compile --progress-bar=off -c constraints.txt -e".split()
    env = dict(ENV, PYTHONUNBUFFERED="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0")
    process = subprocess.Popen([PYTHON, *pip, requirement], cwd=ROOT, env=env, **CAPTURE)
    reader = threading.Thread(target=lambda: [said.append(line) for line in process.stdout], daemon=True)
    reader.start()
    started, news, seen = time.monotonic(), "starting pip", 0
    try:
        while reader.is_alive():
            reader.join(0.2)
            for line in said[seen:]:
                seen += 1
                if line.startswith("Installing collected"):
                    news = f"unpacking {line.count(',') + 1} packages"
                elif line.strip().startswith(("Collecting", "Downloading", "WARNING: Retrying")):
                    news = line.split(" (from")[0].strip()
            show(f"      {time.monotonic() - started:.0f} s  {news}")
    except BaseException:
        process.terminate()
        raise
    finally:
        process.wait()
        reader.join(2)
        show("")
    return process.returncode


def show(text):
    """Write over the current line of the terminal; elsewhere write nothing."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + text[:width].ljust(width), end="" if text else "\r", flush=True)


def python(*arguments, folder=ROOT):
    """Run .venv's Python and return its exit code; Ctrl-C is for the program it runs to answer."""
    process = subprocess.Popen([PYTHON, *arguments], cwd=folder, env=ENV)
    while True:
        try:
            code = process.wait()
            return code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            pass


def fingerprint(*texts):
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped. The same command starts it again.", file=sys.stderr)
        sys.exit(130)

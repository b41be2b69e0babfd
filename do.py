"""Set up what the two commands of the README need, then run them: standard library only."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MARK = VENV / ".set-up-for"

USAGE = (
    "usage: python3 do.py demo | test [pytest options] | soak --minutes N | check | lock | run COMMAND ..."
)


def environment() -> dict[str, str]:
    """Environment for children: byte code is written, since imports are several times slower without."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}}
    return kept | {"VIRTUAL_ENV": str(VENV), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def wanted() -> str:
    """Digest of everything the environment depends on."""
    parts = [LOCK.read_bytes(), Path(__file__).read_bytes(), sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def set_up() -> None:
    """Make `.venv` from the hash-pinned lock unless it already is what the lock asks for."""
    if MARK.exists() and MARK.read_text() == wanted():
        return
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is what an older Python meets first)
        sys.exit(f"Delphi needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    start = time.monotonic()
    print(
        "Setting up .venv from requirements.lock (once, a few minutes at most) ...",
        file=sys.stderr,
        flush=True,
    )
    venv.create(VENV, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    quick = (
        subprocess.run([*pip, "install", "-q", "uv>=0.9,<1"], env=environment(), check=False).returncode == 0
    )
    if quick:
        command = [str(PYTHON), "-m", "uv", "pip", "install", "-q", "-p", str(PYTHON), "--compile-bytecode"]
        quick = (
            subprocess.run(
                [*command, "--require-hashes", "-r", str(LOCK)], env=environment(), check=False
            ).returncode
            == 0
        )
    if not quick:
        subprocess.run(
            [*pip, "install", "-q", "--require-hashes", "-r", str(LOCK)], env=environment(), check=True
        )
    site = subprocess.run(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (Path(site) / "delphi-source.pth").write_text(f"{ROOT / 'src'}\n{ROOT}\n")
    MARK.write_text(wanted())
    print(f"Ready after {time.monotonic() - start:.0f} s.", file=sys.stderr, flush=True)


def run(*command: str) -> int:
    """Run a command of the environment from the project's folder."""
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


def check() -> int:
    """Style, types and import contracts."""
    python = str(PYTHON)
    steps = [
        (python, "-m", "ruff", "check", "."),
        (python, "-m", "ruff", "format", "--check", "."),
        (python, "-m", "mypy"),
        (str(BIN / "lint-imports"),),
    ]
    return max(run(*step) for step in steps)


def lock() -> int:
    """Write `requirements.lock` again: hashes, no addresses."""
    return run(
        str(PYTHON), "-m", "uv", "pip", "compile", "pyproject.toml", "--group", "dev", "--generate-hashes",
        "--no-emit-index-url", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate",
        "-q", "-o", "requirements.lock",
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run one of the tasks named in `USAGE`."""
    task, rest = (arguments[0] if arguments else ""), arguments[1:]
    if task not in {"demo", "test", "soak", "check", "lock", "run"}:
        print(USAGE, file=sys.stderr)
        return 2
    set_up()
    if task == "demo":
        return run(str(PYTHON), "-m", "delphi", "demo", *(rest or ["data/raw/gfmd-mapping"]))
    if task == "test":
        # The tests of a file share what they set up, so a file stays with one process.
        side_by_side = ("--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile")
        return run(str(PYTHON), "-m", "pytest", *side_by_side, *rest)
    if task == "soak":
        return run(str(PYTHON), "-m", "tests.faults.soak", *rest)
    if task == "check":
        return check()
    if task == "lock":
        return lock()
    return run(*rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which command, when, of which code made a result."""

import datetime
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def made_by(module: str, arguments: Sequence[str]) -> dict[str, str | None]:
    """What a results file says of where it comes from: ``command``, ``date`` and ``commit``.

    Args:
        module: what ``python -m`` runs.
    """
    return {
        "command": shlex.join(["python", "-m", module, *arguments]),
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
    }


def commit() -> str | None:
    """The commit of this code, "+dirty" where files differ from it (results aside); None outside a repository."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(REPOSITORY), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        changes = git("status", "--porcelain", "--", ".", ":(exclude)results")
        return git("rev-parse", "HEAD") + ("+dirty" if changes else "")
    except (OSError, subprocess.CalledProcessError):
        return None

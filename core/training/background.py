"""Trainings of visitors' own data in the background: one at a time, each a process of its own with a folder of its own.

What runs is the command line's ``train`` (:mod:`core.training.guarded`), first with ``--check``. A run's folder tells
all of it, so that whoever knows its name, which nobody guesses, finds it again after a reload or a restart of the
server: ``data/`` what was given, ``run/`` the training's own, with the checkpoints at its end, and beside them
``state.json``, ``check.json``, ``progress.json`` and ``log.txt``. Here is no torch and no Streamlit.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from core.files import write_whole
from core.training.progress import Progress, in_words, read_progress, seconds_left

REPOSITORY = Path(__file__).resolve().parents[2]
Status = Literal["checking", "checked", "training", "stopped", "done", "failed"]
DAY = 86400.0
PREFIX = "training-"  # of a run's name and folder; whatever else lies beside them is let alone
NAME = re.compile(PREFIX + r"[\w-]{16}", re.ASCII)
TAIL = 2_000  # bytes of the log, that say why a process failed


class BusyError(ValueError):
    """Another training is under way; the message is a sentence for the visitor."""


@dataclass(frozen=True)
class TrainingState:
    """What stays of a run when its process is gone.

    Attributes:
        arguments: of ``python -m core train``, the kind of data first, without the run's folder.
        source: where the data lie; ``about`` is what people call them, and read in place of that path.
        wish: what is to be trained, in words.
        why: the sentence that says why it failed or was stopped.
        findings: of the check, a sentence each; ``plan``: each stage's expected seconds, None where unknown.
        spent: seconds of the sittings before.
    """

    arguments: tuple[str, ...]
    source: str
    about: str
    wish: str = ""
    status: Status = "checking"
    why: str = ""
    findings: tuple[str, ...] = ()
    plan: Mapping[str, float] | None = field(default=None)
    spent: float = 0.0


class Training:
    """One run: being checked, ready to begin, under way, or over."""

    def __init__(self, folder: Path, state: TrainingState) -> None:
        self.folder, self.state = folder, state
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = ""  # why it was, once it is

    @property
    def name(self) -> str:
        """What finds it again."""
        return self.folder.name

    @property
    def out(self) -> Path:
        """Holds the checkpoints when it is done."""
        return self.folder / "run"

    @property
    def models(self) -> list[str]:
        """The names of what is learnt, as far as it is done; an encoder that is only there for them is none."""
        return [path.parent.name for path in sorted(self.out.glob("*/config.json")) if path.parent.name != "encoder"]

    @property
    def begun(self) -> bool:
        """Whether there is more to it than data that were looked at."""
        return self.out.exists()

    @property
    def under_way(self) -> bool:
        return self._process is not None

    @property
    def progress(self) -> Progress | None:
        return read_progress(self.folder / "progress.json")

    @property
    def seconds_left(self) -> float | None:
        """None where nobody knows."""
        return None if self.state.plan is None else seconds_left(self.state.plan, self.progress)

    def figures(self) -> dict[str, list[dict[str, float]]]:
        """Part of the training -> its figures, an epoch each, "epoch" among them; in the order in which they began."""
        found: dict[str, dict[int, dict[str, float]]] = {}
        files = [*self.out.glob("*.jsonl"), *self.out.glob("*/*.jsonl")]
        for path in sorted(files, key=lambda path: path.stat().st_ctime_ns):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError, KeyError, TypeError):  # a line that is being written
                    data = json.loads(line)
                    numbers = {key: float(value) for key, value in data.items() if key != "training"}
                    found.setdefault(str(data["training"]), {})[int(data["epoch"])] = numbers
        return {part: [by_epoch[epoch] for epoch in sorted(by_epoch)] for part, by_epoch in found.items()}

    def stop(self, why: str = "") -> None:
        """Cut the process off; what it has learnt up to the last epoch is kept."""
        with self._lock:
            if self._process is not None and not self._stopped:
                self._stopped = why or "It was stopped."
                self._process.terminate()

    # --- the process ------------------------------------------------------------------------------------------

    def _keep(self, state: TrainingState) -> None:
        self.state = state
        with suppress(OSError):  # the disk is full; the run goes on, and what it says is in memory
            write_whole(self.folder / "state.json", json.dumps(asdict(state)) + "\n")

    def _launch(self, status: Status, more: Sequence[str], out: Path, longest: float) -> None:
        with self._lock:
            arguments = [*self.state.arguments, "--out", str(self.out), *more]
            environment = os.environ | {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 2) // 2))}
            with open(out, "wb") as stdout, open(self.folder / "log.txt", "ab") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "core.training.guarded", "train", *arguments], cwd=REPOSITORY,
                    stdin=subprocess.PIPE, stdout=stdout, stderr=log, env=environment,
                )  # fmt: skip
            self._stopped = ""
            self._keep(replace(self.state, status=status, why=""))
        threading.Thread(target=self._wait, args=(self._process, longest), daemon=True).start()

    def _wait(self, process: subprocess.Popen[bytes], longest: float) -> None:
        """Until the process is over; then say what came of it."""
        began = time.monotonic()
        try:
            code = process.wait(longest)
        except subprocess.TimeoutExpired:
            self.stop("It was stopped because no sitting may take longer; it can go on.")
            code = process.wait()
        assert process.stdin is not None  # a pipe
        process.stdin.close()
        with self._lock:
            self._keep(self._outcome(code, time.monotonic() - began))
            self._process = None

    def _outcome(self, code: int, seconds: float) -> TrainingState:
        checking = self.state.status == "checking"
        if self._stopped:
            return replace(self.state, status="failed" if checking else "stopped", why=self._stopped,
                           spent=self.state.spent + seconds)  # fmt: skip
        if code == 0 and checking:
            try:
                found = json.loads((self.folder / "check.json").read_text(encoding="utf-8"))
                findings = tuple(map(self._said, found["findings"]))
                return replace(self.state, status="checked", findings=findings, plan=found["plan"])
            except (OSError, ValueError, KeyError, TypeError):
                return replace(self.state, status="failed", why="What the check found cannot be read.")
        if code == 0:
            for path in self.out.glob("features-*"):  # large, and made again whenever they are needed
                path.unlink(missing_ok=True)
            return replace(self.state, status="done", spent=self.state.spent + seconds)
        return replace(self.state, status="failed", why=self._last_words(code))

    def _last_words(self, code: int) -> str:
        """Why the process failed: of a wrong input its own sentence."""
        with suppress(OSError):
            with open(self.folder / "log.txt", "rb") as log:
                log.seek(max(0, log.seek(0, 2) - TAIL))
                lines = log.read().decode("utf-8", "replace").strip().splitlines()
            if code == 2 and lines:
                return self._said(lines[-1])
        return "The training ended unexpectedly; log.txt in its folder has what it said."

    def _said(self, sentence: str) -> str:
        """A sentence of the command line without the paths of this machine."""
        return sentence.replace(self.state.source, self.state.about).replace(str(self.folder), "its folder")


class Trainings:
    """All runs of a server.

    Args:
        home: the folder that holds theirs.
        longest: seconds of one sitting.
        keep: seconds since its last change after which a run that is not under way is removed, data and models.
        most: runs that are kept.
    """

    def __init__(self, home: Path, longest: float = DAY / 2, keep: float = 7 * DAY, most: int = 20) -> None:
        self.home, self.longest, self.keep, self.most = home, longest, keep, most
        self._known: dict[str, Training] = {}
        self._lock = threading.RLock()

    def new_folder(self) -> Path:
        """A folder for a new run; in its ``data`` goes what is given.

        Raises:
            BusyError: as many as are kept are there.
            OSError: it cannot be made.
        """
        self._clear()
        if len(self._folders()) >= self.most:
            raise BusyError(
                f"This machine keeps {self.most} trainings, and has as many. Yours can be removed on its page."
            )
        folder = self.home / (PREFIX + secrets.token_urlsafe(12))
        (folder / "data").mkdir(parents=True)
        return folder

    def check(self, folder: Path, arguments: Sequence[str], source: Path, about: str, wish: str = "") -> Training:
        """Begin a run in a folder of :meth:`new_folder`: its data are looked at, and a part of the training timed.

        Raises:
            BusyError: another run is under way.
        """
        with self._lock:
            self.refuse_if_busy()
            training = Training(folder, TrainingState(tuple(arguments), str(source), about, wish))
            self._known[training.name] = training
            training._launch("checking", ["--check", "--json"], folder / "check.json", self.longest)
            return training

    def train(self, training: Training) -> None:
        """Begin what was checked, or go on with what was stopped.

        Raises:
            BusyError: another run is under way.
        """
        with self._lock:
            self.refuse_if_busy()
            if training.state.status in ("checked", "stopped", "failed"):
                more = ["--resume", "--progress", str(training.folder / "progress.json")]
                training._launch("training", more, training.folder / "models.txt", self.longest)

    def find(self, name: str) -> Training | None:
        """The run of that name; None where there is none, or no more."""
        with self._lock:
            if name in self._known:
                return self._known[name]
            folder = self.home / name
            if not NAME.fullmatch(name) or not (state := _read(folder)):
                return None
            if state.status in ("checking", "training"):  # the server was started anew meanwhile
                cut = state.status == "checking"
                why = "The server was started anew meanwhile."
                state = replace(state, status="failed" if cut else "stopped", why=why)
            return self._known.setdefault(name, Training(folder, state))

    def busy(self) -> Training | None:
        """The run that is under way."""
        with self._lock:
            return next((one for one in self._known.values() if one.under_way), None)

    def remove(self, training: Training) -> None:
        """Everything of a run goes: data, models, and whatever tells of it."""
        training.stop()
        with self._lock:
            self._known.pop(training.name, None)
        if (process := training._process) is not None:
            process.wait()
        shutil.rmtree(training.folder, ignore_errors=True)

    def close(self) -> None:
        """The server ends: what is under way stops, and can go on when the server is there again."""
        if training := self.busy():
            training.stop("The server was stopped meanwhile.")

    def refuse_if_busy(self) -> None:
        """Before any work is done for another run.

        Raises:
            BusyError: one is under way.
        """
        if other := self.busy():
            left = other.seconds_left if other.state.status == "training" else 60.0
            when = "" if left is None else f", in about {in_words(left)} as things stand"
            raise BusyError(f"This machine trains one model at a time, and one is under way. Try again later{when}.")

    def _folders(self) -> list[Path]:
        """Those of all runs."""
        return [one for one in self.home.iterdir() if NAME.fullmatch(one.name)] if self.home.is_dir() else []

    def _clear(self) -> None:
        """Remove runs that nobody has touched for long."""
        now = time.time()
        for folder in self._folders():
            known = self._known.get(folder.name)
            if known and known.under_way:
                continue
            with suppress(OSError):
                state = folder / "state.json"
                if now - (state if state.exists() else folder).stat().st_mtime > self.keep:
                    self._known.pop(folder.name, None)
                    shutil.rmtree(folder, ignore_errors=True)


def _read(folder: Path) -> TrainingState | None:
    try:
        data: dict[str, Any] = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        lists = {"arguments": tuple(data["arguments"]), "findings": tuple(data["findings"])}
        return TrainingState(**{**data, **lists})
    except (OSError, ValueError, KeyError, TypeError):
        return None

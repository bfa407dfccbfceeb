"""How good captions are: BLEU, METEOR, ROUGE-L and CIDEr, as the field measures them.

Captions and references are words as :mod:`core.data.captions` reads them, in small letters and without punctuation,
joined by spaces, so no tokenizer runs here. All scores are times 100, over
the whole corpus of the photos given, each photo once; a generated caption is never shown its reference.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

EACH = ("BLEU-4", "CIDEr")  # of a single caption
METRICS = ("BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "METEOR", "ROUGE-L", "CIDEr")

log = logging.getLogger(__name__)


def score_captions(
    predictions: Mapping[str, str], references: Mapping[str, Sequence[str]], meteor: bool = True
) -> dict[str, float | None]:
    """Score one caption a photo against the photo's references, with coco-caption's measures.

    CIDEr weighs words by how few of the photos' references hold them, so its value depends on which photos are
    scored together, and says nothing of a single one.

    Args:
        predictions: photo -> caption, words joined by spaces. These photos are scored, no others.
        references: photo -> its reference captions, in the same form; at least one each.
        meteor: METEOR is wanted, whose program takes seconds to start.

    Returns:
        :data:`METRICS`, times 100. METEOR (version 1.5, in Java) is None where Java is absent or fails, CIDEr
        where there is one photo only.

    Raises:
        ValueError: there is nothing to score, or a photo has no references.
    """
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge

    truths, captions = _as_compared(predictions, references)
    bleu, _ = Bleu(4).compute_score(truths, captions, verbose=0)
    rouge, _ = Rouge().compute_score(truths, captions)
    cider, _ = Cider().compute_score(truths, captions)
    found = _meteor(truths, captions) if meteor else None
    return {
        **{f"BLEU-{n}": 100 * float(score) for n, score in enumerate(bleu, start=1)},
        "METEOR": None if found is None else 100 * found,
        "ROUGE-L": 100 * float(rouge),
        "CIDEr": 100 * float(cider) if len(captions) > 1 else None,
    }


def score_each(predictions: Mapping[str, str], references: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Photo -> :data:`EACH` of its own caption, times 100; CIDEr's mean over the photos is that of the corpus.

    CIDEr is left out where there is a single photo, of which it says nothing. BLEU-4 of a single sentence is almost 0
    unless four words in a row are those of a reference. Otherwise as :func:`score_captions`.
    """
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider

    truths, captions = _as_compared(predictions, references)
    _, bleu = Bleu(4).compute_score(truths, captions, verbose=0)
    _, cider = Cider().compute_score(truths, captions)
    scores = zip(captions, bleu[3], cider, strict=True)
    return {
        photo: {"BLEU-4": 100 * float(four)} | ({"CIDEr": 100 * float(one)} if len(captions) > 1 else {})
        for photo, four, one in scores
    }


def _as_compared(
    predictions: Mapping[str, str], references: Mapping[str, Sequence[str]]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """References and captions as the measures take them."""
    if not predictions:
        raise ValueError("There are no captions to score.")
    for photo in predictions:
        if not references.get(photo):
            raise ValueError(f"The photo {photo} has no reference captions.")
    captions = {photo: [_clean(caption)] for photo, caption in predictions.items()}
    return {photo: [_clean(caption) for caption in references[photo]] for photo in predictions}, captions


def _clean(caption: str) -> str:
    """Single spaces and no line breaks; the bars are METEOR's separator."""
    return " ".join(caption.replace("|||", " ").split())


def _meteor(truths: Mapping[str, list[str]], captions: Mapping[str, list[str]]) -> float | None:
    if shutil.which("java") is None:
        return None
    try:
        # Starting takes Java seconds, a caption milliseconds: what takes this long has hung.
        with MeteorProcess(seconds=120 + len(captions)) as meteor:
            return meteor.score((captions[photo][0], truths[photo]) for photo in captions)
    except (OSError, ValueError) as error:
        log.warning("METEOR could not be computed: Java is here, but its program failed (%s).", error)
        return None


class MeteorProcess:
    """METEOR 1.5 as coco-caption runs it: its Java program, asked line by line and ended after ``seconds``.

    pycocoevalcap ships the program; its own wrapper waits for ever when Java dies, and leaves Java running after
    an error.
    """

    def __init__(self, seconds: float):
        import pycocoevalcap.meteor.meteor as package

        # Without these, a machine whose decimals have commas prints scores that do not parse.
        locale = ("-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8")
        self._java = subprocess.Popen(
            ["java", *locale, "-Xmx2G", "-jar", package.METEOR_JAR, "-", "-", "-stdio", "-l", "en", "-norm"],
            cwd=Path(package.__file__).parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        assert self._java.stdin and self._java.stdout  # pipes, as asked for
        self._to, self._from = self._java.stdin, self._java.stdout
        self._watchdog = threading.Timer(seconds, self._java.kill)
        self._watchdog.daemon = True
        self._watchdog.start()

    def __enter__(self) -> MeteorProcess:
        return self

    def __exit__(self, *_: object) -> None:
        """End Java, whatever state it is in."""
        self._watchdog.cancel()
        self._java.kill()
        with suppress(OSError):  # what was not yet written has nowhere to go
            self._to.close()
        self._from.close()
        self._java.wait()

    def score(self, pairs: Iterable[tuple[str, Sequence[str]]]) -> float:
        """The corpus's METEOR, 0..1, of (caption, references) pairs.

        Raises:
            ValueError: Java ended, or answered something that is no score.
            OSError: Java ended while it was being asked.
        """
        statistics = [self._ask(" ||| ".join(["SCORE", *references, caption])) for caption, references in pairs]
        scores = [float(self._ask(" ||| ".join(["EVAL", *statistics])))]
        scores += [float(self._answer()) for _ in statistics]  # one a caption, then the corpus's
        return scores[-1]

    def _ask(self, line: str) -> str:
        self._to.write(line + "\n")
        self._to.flush()
        return self._answer()

    def _answer(self) -> str:
        line = self._from.readline()
        if not line:
            raise ValueError("it ended without an answer")
        return line.strip()

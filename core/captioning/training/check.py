"""What is found out of the data before a training begins: every photo is opened, and what could spoil the run is said.

The digests of all that was found tie a run to its data, so that features that were cached of other photos, or of the
same ones in another order, are never learnt from.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core import checkpoints
from core.captioning.photo import PhotoError, open_photo
from core.captioning.training.settings import PhotoTrainSettings
from core.captioning.vocabulary import Vocabulary
from core.data.captions import CaptionedPhoto, name_some, read_captions
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.data.phrases import PhotoPhrases, read_phrases
from core.training.progress import Stage
from core.training.run_folder import read_data

LEARNT = ("train", "restval")  # splits that are learnt from


@dataclass(frozen=True)
class TrainingData:
    """What a run may learn from and validate with, all of it there and sound.

    Attributes:
        photos: of all data sets, those in ``train``, ``restval`` and ``val``.
        first: how many of them are the first data set's.
        phrases: of the first data set's captions, by file name.
        opened: the sha256 of each photo's file, by name.
        digests: of everything that decides what is learnt, by what it is.
        findings: sentences for who begins the training.
    """

    photos: list[CaptionedPhoto]
    first: int
    files: PhotoFiles
    phrases: dict[str, PhotoPhrases]
    opened: dict[str, str]
    digests: dict[str, str]
    findings: tuple[str, ...]

    @property
    def pixels(self) -> str:
        """What cached features are of: these photos in this order, through this encoder."""
        return _digest(self.digests[what] for what in ("photos", "pixels", "encoder"))


def check_data(settings: PhotoTrainSettings, stage: Stage) -> TrainingData:
    """Read all data of a run, and open every photo, unless the run folder says that this was done with these files.

    Raises:
        DataError: data cannot be read; too few photos are left in a split; a photo is learnt from and chosen by; or no
            word is frequent enough to be learnt.
    """
    findings: list[str] = []
    listed: list[CaptionedPhoto] = []
    first = 0
    for path in settings.dataset:
        data = read_captions(path)
        findings += [f"{path}: {sentence}" for sentence in (data.found, *data.notes)]
        data.of("train")
        if not listed:
            data.of("val")  # it chooses the epoch to keep
        listed += [photo for photo in data.photos if photo.split in (*LEARNT, "val")]
        first = first or len(listed)
    _refuse_in_both(listed, first)
    phrases = read_phrases(settings.phrases, listed[:first]) if settings.phrases else {}
    files = PhotoFiles(settings.images, [photo.filename for photo in listed])
    sums, left_out = _look_at(files, listed, read_data(settings.out), stage)
    if left_out:
        some = "; ".join(list(left_out.values())[:3])
        findings.append(f"{len(left_out):,} photos cannot be used and are left out: {name_some(left_out)}. ({some})")
    first = sum(photo.filename not in left_out for photo in listed[:first])
    photos = [photo for photo in listed if photo.filename not in left_out]
    findings += _few(photos, first, settings.devices, left_out)
    findings += _twice(photos, first, sums)
    findings += _known_words(photos, settings) if settings.start else _vocabulary(photos, settings.least)
    digests = {
        "photos": _digest(f"{photo.filename}\t{photo.split}" for photo in photos),
        "captions": _digest(repr(photo.captions) for photo in photos),
        "pixels": _digest(sums[photo.filename] for photo in photos),
        "phrases and texts": _digest(_sum(path) for path in (settings.phrases, *settings.texts) if path),
        "encoder": _digest(_encoder(settings)),
    }
    opened = {photo.filename: sums[photo.filename] for photo in photos}
    return TrainingData(
        photos,
        first,
        files,
        phrases,
        opened,
        digests,
        tuple(findings),
    )


def _look_at(
    files: PhotoFiles, photos: Sequence[CaptionedPhoto], known: Mapping[str, object] | None, stage: Stage
) -> tuple[dict[str, str], dict[str, str]]:
    """The sha256 of each photo's bytes, and which photos cannot be used, and why.

    Args:
        known: what the run folder says, which photos were opened among it.
    """
    names = list(dict.fromkeys(photo.filename for photo in photos))
    tick = stage("checking the photos", len(names))
    sums: dict[str, str] = {}
    left_out: dict[str, str] = {}
    opened = known.get("opened") if known else None
    opened = opened if isinstance(opened, dict) else {}
    for name in names:
        try:
            data = files.read(name)
            sums[name] = hashlib.sha256(data).hexdigest()
            if opened.get(name) != sums[name]:
                open_photo(data)
        except (DataError, PhotoError) as error:
            left_out[name] = f"{name}: {error}" if isinstance(error, PhotoError) else str(error)
        tick()
    return sums, left_out


def _refuse_in_both(photos: Sequence[CaptionedPhoto], first: int) -> None:
    learnt = {photo.filename for photo in photos if photo.split in LEARNT}
    both = sorted({photo.filename for photo in photos[:first] if photo.split == "val"} & learnt)
    if both:
        raise DataError(
            f"{len(both):,} photos are in val and in train, so that what is learnt from would choose the epoch to keep:"
            f" {name_some(both)}. A photo belongs in one split, with all of its captions."
        )


def _few(photos: Sequence[CaptionedPhoto], first: int, processes: int, left_out: Mapping[str, str]) -> list[str]:
    learnt = sum(photo.split in LEARNT for photo in photos)
    val = sum(photo.split == "val" for photo in photos[:first])
    because = f" ({len(left_out):,} are missing or damaged: {next(iter(left_out.values()))})" if left_out else ""
    if learnt < processes:
        more = f", and each of {processes} processes needs one" if processes > 1 else ""
        raise DataError(f"{learnt} photos are left to learn from{more}{because}.")
    if not val:
        raise DataError(f"No photo is left in val, which chooses the epoch to keep{because}.")
    if val == 1:
        return ["val has one photo, and CIDEr of one photo is always 0: the epoch to keep cannot be chosen. Add some."]
    return []


def _twice(photos: Sequence[CaptionedPhoto], first: int, sums: Mapping[str, str]) -> list[str]:
    """Whether photos of val are learnt from under another name."""
    learnt = {sums[photo.filename]: photo.filename for photo in photos if photo.split in LEARNT}
    chosen = [photo.filename for photo in photos[:first] if photo.split == "val"]
    same = [f"{name} is {learnt[sums[name]]}" for name in chosen if sums[name] in learnt]
    if not same:
        return []
    return [f"{len(same):,} photos of val are also learnt from, under another name, which flatters: {name_some(same)}."]


def _learnt_words(photos: Sequence[CaptionedPhoto]) -> tuple[list[tuple[str, ...]], Counter[str]]:
    """The captions to learn from, and how often each of their words occurs."""
    captions = [words for photo in photos if photo.split in LEARNT for words in photo.captions]
    return captions, Counter(word for words in captions for word in words)


def _known_words(photos: Sequence[CaptionedPhoto], settings: PhotoTrainSettings) -> list[str]:
    """Which words the captioners that a run goes on from know; they learn no others."""
    captions, counts = _learnt_words(photos)
    said = f"The {len(captions):,} captions to learn from hold {len(counts):,} words; the captioners keep the words"
    assert settings.start is not None
    folders = [settings.start / name for name in settings.captioners]
    there = next((folder for folder in folders if (folder / checkpoints.CONFIG).exists()), None)
    known = set(checkpoints.read(there).config.get("vocabulary", ())) if there else set()
    unknown = [word for word, _ in counts.most_common() if word not in known]
    if not known or not unknown:
        return [f"{said} that they know."]
    return [f"{said} that they know, and never write {len(unknown):,} of these: {name_some(unknown)}."]


def _vocabulary(photos: Sequence[CaptionedPhoto], least: int) -> list[str]:
    """How many words will be known."""
    captions, counts = _learnt_words(photos)
    about = f"{len(captions):,} captions to learn from hold {len(counts):,} words"
    vocabulary = Vocabulary.build(captions, least)
    if not vocabulary.words:
        word, n = counts.most_common(1)[0]
        raise DataError(
            f"No word can be learnt: it must occur {least} times, and the commonest of the {about.split(' hold')[0]},"
            f" {word!r}, occurs {n} times. More captions are needed."
        )
    covered = sum(counts[word] for word in vocabulary.words) / counts.total()
    return [
        f"The {about}, of which {len(vocabulary.words):,} occur at least {least} times and are learnt: {covered:.0%} of"
        " the text."
    ]


def _encoder(settings: PhotoTrainSettings) -> Iterable[str]:
    source = settings.start / "encoder" if settings.start else settings.encoder_weights
    if source:
        yield _sum(source / checkpoints.CONFIG if source.is_dir() else source)


def _sum(path: Path) -> str:
    """The sha256 of a file; "" for one that is not there, which whoever reads it will say."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()

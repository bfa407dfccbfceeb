"""Photos with captions by people, in whatever of the usual forms they come: the one reader of all that use them.

Read are Karpathy's and COCO's JSON (:mod:`core.data.caption_formats`), Flickr8k's token file, tables as CSV, TSV, a
JSON object a line or Parquet (:mod:`core.data.caption_tables`), and Hugging Face's imagefolder. Which it is is seen
from what is in the file, not from its name. Where the file says of no photo which split it is in, a split is made.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data.caption_entries import Entries, Entry, FormError, Sentence, decode
from core.data.caption_formats import read_json
from core.data.caption_tables import (
    SPLIT_NAMES,
    is_token_file,
    read_csv,
    read_json_lines,
    read_parquet,
    read_token_file,
)
from core.data.errors import DataError
from core.data.photo_files import bad_name
from core.data.tokens import MAX_LETTERS, are_words, tokenise

MAX_BYTES = 500_000_000  # of a file of captions; COCO's in Karpathy's form has 150 million
SPLIT_SEED = 0  # of a split that is made here
SHARE = 0.1  # of the photos, that such a split puts into val, and into test
ALL = "all"  # in place of a split's name: the photos of all splits
METADATA = ("metadata.jsonl", "metadata.csv", "metadata.parquet")  # imagefolder's, in the folder of the photos
ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".txt", ".token", ".parquet")  # of a folder's one file of captions
NAMED = 5  # photos that are named in a sentence; of the others their number is said

_FORMS = (
    "Karpathy's or COCO's JSON, Flickr8k's token file, or photos and captions in a table"
    " (CSV, TSV, JSON Lines, Parquet; imagefolder's metadata too)"
)


@dataclass(frozen=True)
class CaptionedPhoto:
    """One photo of a data set: its name there with its folders, the split it is in, its captions as lists of words."""

    filename: str
    split: str
    captions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CaptionData:
    """A data set as it was read.

    Attributes:
        source: what it was read from, for sentences.
        photos: those that have captions, each once in a split, in the file's order.
        found: a sentence that says what it is.
        notes: a sentence for each kind of thing that was left out.
    """

    source: str
    photos: tuple[CaptionedPhoto, ...]
    found: str
    notes: tuple[str, ...] = ()

    def of(self, *splits: str) -> list[CaptionedPhoto]:
        """The photos of some splits; of all with :data:`ALL`.

        Raises:
            DataError: there are none, and which splits there are.
        """
        found = [photo for photo in self.photos if ALL in splits or photo.split in splits]
        if not found:
            there = ", ".join(sorted({photo.split for photo in self.photos}))
            raise DataError(f"{self.source} has no photos in the split {' or '.join(splits)!r}; it has {there}.")
        return found


def read_captions(path: Path) -> CaptionData:
    """Read the captions in a file, or in a folder that holds such a file beside its photos.

    Raises:
        DataError: it is missing, too large, of none of the forms that are read, holds what cannot be a photo's name or
            a caption, or no captions at all.
    """
    if path.is_dir():
        return _assemble(str(path), _read_folder(path))
    return parse_captions(str(path), _bytes(path))


def parse_captions(name: str, data: bytes) -> CaptionData:
    """Read the captions in the bytes of a file; ``name`` is for sentences.

    Raises:
        DataError: as of :func:`read_captions`.
    """
    return _assemble(name, _recognise(name, data))


def default_images(dataset: Path) -> Path:
    """Where the photos are looked for if nobody says: in the folder of the captions."""
    return dataset if dataset.is_dir() else dataset.parent


def _bytes(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(data) > MAX_BYTES:
        raise DataError(f"{path} is too large: captions of up to {MAX_BYTES // 1_000_000} MB are read.")
    return data


def _recognise(name: str, data: bytes) -> Entries:
    """The entries of a file, read as what it is."""
    try:
        if data.startswith(b"PAR1"):
            return read_parquet(data)
        text = decode(data)
        start = text.lstrip()[:1]
        if start in ("{", "["):
            first, _, rest = text.strip().partition("\n")
            lines = start == "{" and first.rstrip().endswith("}") and rest.lstrip().startswith("{")
            return read_json_lines(text) if lines else read_json(text)
        return read_token_file(text) if is_token_file(text) else read_csv(text)
    except FormError as error:
        raise DataError(f"{name} cannot be read as captions: {error}. What is read is {_FORMS}.") from error


def _read_folder(folder: Path) -> Entries:
    """The entries of imagefolder's metadata in a folder and in the folders in it; else of its one file of captions."""
    try:
        inside = sorted(folder.iterdir())
        metadata = [(folder / name, "") for name in METADATA if (folder / name).is_file()]
        for below in (path for path in inside if path.is_dir()):
            metadata += [(below / name, below.name) for name in METADATA if (below / name).is_file()]
        others = [path for path in inside if path.suffix.lower() in ENDINGS and path.is_file()]
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror or error}.") from error
    if not metadata:
        if len(others) != 1:
            what = ", ".join(path.name for path in others[:NAMED]) or "none"
            raise DataError(f"{folder} should hold one file of captions, and holds {what}; name the file that counts.")
        return _recognise(str(others[0]), _bytes(others[0]))
    read = [(_recognise(str(path), _bytes(path)), within) for path, within in metadata]
    entries = [
        entry._replace(photo=f"{within}/{entry.photo}" if within else entry.photo)
        for found, within in read
        for entry in found.entries
    ]
    return Entries(f"imagefolder's metadata as {read[0][0].kind.removeprefix('a ')}", entries)


def _assemble(source: str, read: Entries) -> CaptionData:
    """Entries of whatever form as a data set."""
    entries = [entry._replace(photo=_checked(source, entry.photo)) for entry in read.entries]
    notes: list[str] = []
    splits, how = _splits(source, entries, notes)
    mere = _merely_split(entries)
    merged: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    made = long = 0
    for entry, split in zip(entries, splits, strict=True):
        if split is None:
            continue
        captions = merged.setdefault((entry.photo, split), [])
        for sentence in entry.sentences:
            letters = len(sentence.raw or "") if sentence.tokens is None else sum(map(len, sentence.tokens))
            if letters > MAX_LETTERS:
                long += 1
                continue
            words, ours = _words(sentence, mere)
            made += ours and bool(words)
            if words:
                captions.append(words)
    empty = [name for (name, _), captions in merged.items() if not captions]
    photos = [CaptionedPhoto(name, split, tuple(captions)) for (name, split), captions in merged.items() if captions]
    if not photos:
        what = f"none of its {len(empty):,} photos has one" if empty else "there are no photos in it"
        raise DataError(f"{source} holds no captions: {what}.")
    if empty:
        notes.append(f"{_count(len(empty), 'photo')} without a caption left out: {name_some(empty)}.")
    if long:
        notes.append(f"{_count(long, 'caption')} of more than {MAX_LETTERS:,} letters left out.")
    return CaptionData(source, tuple(photos), _sentence(read.kind, photos, how, made, mere), tuple(notes))


def _checked(source: str, name: str) -> str:
    """A photo's name with its folders, between slashes."""
    plain = name.replace("\\", "/")
    while plain.startswith("./"):
        plain = plain[2:]
    if problem := bad_name(plain):
        raise DataError(f"{source} names a photo {name[:100]!r}: {problem}.")
    return plain


def _splits(source: str, entries: Sequence[Entry], notes: list[str]) -> tuple[list[str | None], str]:
    """The split of each entry, None for one that is left out; and how they came about, for a sentence."""
    said = [SPLIT_NAMES.get((split := (entry.split or "").strip()).lower(), split) for entry in entries]
    if any(said):
        if without := list(dict.fromkeys(e.photo for e, split in zip(entries, said, strict=True) if not split)):
            notes.append(f"{_count(len(without), 'photo')} in no split left out: {name_some(without)}.")
        return [split or None for split in said], "split as it says"
    tops = [SPLIT_NAMES.get(entry.photo.partition("/")[0].lower()) for entry in entries]
    if entries and all(tops) and len(set(tops)) > 1:
        return list(tops), "split as its folders say"
    made = make_split(entry.photo for entry in entries)
    return [made[entry.photo] for entry in entries], f"split made here by photo (seed {SPLIT_SEED})"


def make_split(names: Iterable[str]) -> dict[str, str]:
    """A split of photos into train, val and test, by their names alone: neither their order nor their file counts.

    Of two photos one is in val, of more at least one in each.
    """

    def place(name: str) -> str:
        return hashlib.sha256(f"{SPLIT_SEED}-{name}".encode()).hexdigest()

    shuffled = sorted(set(names), key=place)
    n = max(1, round(SHARE * len(shuffled)))
    val, test = n if len(shuffled) > 1 else 0, n if len(shuffled) > 2 else 0
    return {name: "val" if i < val else "test" if i < val + test else "train" for i, name in enumerate(shuffled)}


def _merely_split(entries: Sequence[Entry]) -> bool:
    """Whether what is given as words is throughout what stands between two spaces, and at times no word."""
    both = [(s.raw, s.tokens) for entry in entries for s in entry.sentences if s.raw is not None and s.tokens]
    return all(raw.split() == tokens for raw, tokens in both) and not all(are_words(tokens) for _, tokens in both)


def _words(sentence: Sentence, mere: bool) -> tuple[tuple[str, ...], bool]:
    """The words of a caption, and whether they were made here."""
    raw, tokens = sentence
    if tokens and not mere and are_words(tokens):
        return tuple(tokens), False
    return tuple(tokenise(" ".join(tokens or ()) if raw is None else raw)), True


def _sentence(kind: str, photos: Sequence[CaptionedPhoto], how: str, made: int, mere: bool) -> str:
    captions = sum(len(photo.captions) for photo in photos)
    parts = Counter(photo.split for photo in photos)
    known = [name for name in ("train", "restval", "val", "test") if name in parts]
    listed = [f"{parts[name]:,} {name}" for name in [*known, *sorted(parts.keys() - set(known))]]
    splits = ", ".join(listed[:8]) + (", ..." if len(listed) > 8 else "")
    sentence = f"{_count(len({p.filename for p in photos}), 'photo')} with {_count(captions, 'caption')}, {kind}"
    sentence += f", {how}: {splits}"
    if made:
        which = "" if made == captions else f" of {made:,} captions"
        why = " (the given ones were only what stands between spaces)" if mere else ""
        sentence += f"; words{which} made by the PTB rules of coco-caption's tokeniser{why}"
    return sentence + "."


def name_some(names: Collection[str]) -> str:
    """The first few of some names, and how many more there are."""
    some = ", ".join(list(names)[:NAMED])
    return some + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("" if n == 1 else "s")

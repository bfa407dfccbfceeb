"""Sentences without photos: what is read as words, and what is refused in a sentence."""

import gzip
from pathlib import Path

import pytest

from core.data import sentences
from core.data.errors import DataError
from core.data.sentences import read_sentences, words

PACKED = gzip.compress(b"A dog runs.\n" * 500, mtime=0)  # without the time, which would be in the tests' names


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A man's T-shirt , red.", ["a", "man's", "t-shirt", "red"]),
        ('Two dogs ( 1 brown ) "run" -- fast!', ["two", "dogs", "1", "brown", "run", "fast"]),
        ("... ?!", []),
    ],
)
def test_words_are_written_as_the_data_sets_tokens_are(sentence, expected):
    assert words(sentence) == expected


def test_a_file_is_read_plain_or_packed_without_its_empty_lines(tmp_path: Path):
    text = "A dog runs .\n\n   \r\nTwo cats .\n"
    (tmp_path / "plain.txt").write_text(text)
    (tmp_path / "packed.txt.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("plain.txt", "packed.txt.gz"):
        assert read_sentences(tmp_path / name) == [["a", "dog", "runs"], ["two", "cats"]]


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("nowhere.txt", None, "cannot be read"),
        ("not_packed.txt.gz", b"A dog runs.\n", "damaged"),
        ("cut_off.txt.gz", PACKED[:-12], "damaged"),
        ("latin.txt", b"caf\xe9\n", "UTF-8"),
        ("page.txt", b"word " * 1000, "one sentence a line"),
        ("large.txt", b"A dog.\n" * 200, "too large"),
        ("bomb.txt.gz", PACKED, "too large"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, monkeypatch, name, data, complaint):
    if "large" in name or "bomb" in name:
        monkeypatch.setattr(sentences, "MAX_BYTES", 1000)
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=complaint):
        read_sentences(tmp_path / name)

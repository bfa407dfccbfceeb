"""Sentences as words: the same as coco-caption's tokeniser makes, without its Java."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from core.data.tokens import are_words, tokenise

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"

SENTENCES = {
    "A man's T-shirt (red) .": "a man 's t-shirt red",
    "They can't, won't and cannot!": "they ca n't wo n't and can not",
    "Two dogs' tails -- one brown; it's 10:30.": "two dogs tails one brown it 's 10:30",
    "“Smart” quotes … and it’s fine": "smart quotes and it 's fine",
    "A sign says St. Louis, 5 p.m.": "a sign says st. louis 5 p.m.",
    "$5 & 50% of #1": "$ 5 & 50 % of # 1",
    "Un café naïve": "un café naïve",
    "": "",
    " ... ?! ": "",
}


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES.items())
def test_sentences_become_words(sentence, expected):
    assert " ".join(tokenise(sentence)) == expected


def test_words_stay_the_words_that_they_are():
    for words in SENTENCES.values():
        if "n't" not in words:
            assert tokenise(words) == words.split()


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (["a", "man", "'s", "t-shirt"], True),
        (["A", "dog"], False),
        (["a", "dog", "."], False),
        (["a", "dog."], False),
        (["a dog"], False),
        ([""], False),
    ],
)
def test_what_merely_stood_between_spaces_is_told_from_words(tokens, words):
    assert are_words(tokens) == words


def test_a_hostile_sentence_takes_no_time_to_speak_of():
    for letters in ("a.", "'s", "-", "a'", "@", "a@", "a-", "1,"):
        assert isinstance(tokenise(letters * 100_000), list)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="the official tokeniser needs Java")
@pytest.mark.skipif(not (SHARED / "flickr8k").is_dir(), reason="the shared data are absent")
def test_real_captions_become_what_the_official_tokeniser_makes(tmp_path):
    import pycocoevalcap.tokenizer

    (folder,) = pycocoevalcap.tokenizer.__path__
    raws: list[str] = []
    for name in (
        "flickr8k/dataset_flickr8k",
        "coco_more/dataset_coco_more",
        "pascal_sentences/dataset_pascal_sentences",
    ):
        images = json.loads((SHARED / f"{name}.json").read_text())["images"]
        raws += [" ".join(sentence["raw"].split()) for image in images for sentence in image["sentences"]]
    (tmp_path / "raw.txt").write_text("\n".join(raws))
    jar = Path(folder) / "stanford-corenlp-3.4.1.jar"
    program = "edu.stanford.nlp.process.PTBTokenizer"
    command = ["java", "-cp", jar, program, "-preserveLines", "-lowerCase", tmp_path / "raw.txt"]
    theirs = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    marks = {"''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"}
    brackets = {f"-{side}{kind}b-" for side in "lr" for kind in "rcs"}
    assert len(theirs) == len(raws) > 50_000
    others = sum(
        tokenise(raw) != [word for word in line.split() if word not in marks | brackets]
        for raw, line in zip(raws, theirs, strict=True)
    )
    assert others <= 5

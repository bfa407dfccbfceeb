"""Sentences as words: what the tokeniser of coco-caption, which the field's scores are computed with, makes of them.

That is Stanford's Penn Treebank (PTB) tokeniser in small letters, without punctuation: "A man's T-shirt (red)." becomes
"a man 's t-shirt red". It runs in Java; the rules for what captions hold are written down here, so that no Java is
needed. On 64,171 captions of Flickr8k, COCO and Pascal all but 3 come out the same (``tests/test_tokens.py``).
One thing is meant to differ: brackets, which coco-caption leaves in as "-lrb-", are left out.
"""

import re
from collections.abc import Sequence

MAX_LETTERS = 2_000  # of a sentence

_SAME = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": " -- ", "—": " -- ", "…": " ... "}
)
_ABBREVIATIONS = "mr mrs ms dr st vs etc jr sr prof mt inc ltd corp ave blvd rd sgt capt gov rev"
_TOKEN = re.compile(
    rf"""
    https?://\S+ | www\.\S+ | [\w.+-]+@[\w-]+(?:\.[\w-]+)+      # addresses
    | (?:[a-z]\.)+[a-z](?:\.|\b(?=\s|$)) | \b(?:{_ABBREVIATIONS.replace(" ", "|")})\. | \b[a-z]\.(?=\s+\S)
    | @?[^\W_]+(?:[-._/@']+[^\W_]+|(?<=\d)[,:](?=\d)[^\W_]+)*   # words: t-shirt, his/her, 10:30, 3,000; a man's
    | 'n' | '(?:s|re|ve|ll|d|m|em|til|tis|twas|cause|\d0s)\b
    | \S
    """,
    re.VERBOSE,
)
_CONTRACTED = re.compile(r"^(.+?)(n't|'(?:s|re|ve|ll|d|m))$")
_JOINED = {
    "cannot": ("can", "not"),
    "gonna": ("gon", "na"),
    "gotta": ("got", "ta"),
    "wanna": ("wan", "na"),
    "lemme": ("lem", "me"),
    "gimme": ("gim", "me"),
    "'tis": ("'t", "is"),
    "'twas": ("'t", "was"),
}
_POINTS = frozenset(".,;:!?-'\"()[]{}")  # what consists of these alone is left out


def tokenise(sentence: str) -> list[str]:
    """The words of a sentence; of more than :data:`MAX_LETTERS` letters none behind them."""
    words: list[str] = []
    for token in _TOKEN.findall(sentence[:MAX_LETTERS].lower().translate(_SAME)):
        if token in _JOINED:
            words += _JOINED[token]
        elif contracted := _CONTRACTED.match(token):
            words += contracted.groups()
        elif not _POINTS.issuperset(token):
            words.append(token)
    return words


def are_words(tokens: Sequence[str]) -> bool:
    """Whether tokens are words already, and not just what stood between two spaces: small letters, no punctuation."""
    return all(
        token == token.lower() and token.split() == [token] and token.rstrip('.,;:!?"') == token for token in tokens
    )

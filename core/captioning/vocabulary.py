"""Words and their numbers. Built from training captions only; a test caption never adds a word."""

from collections import Counter
from collections.abc import Iterable, Sequence

SPECIAL = ("<end>", "<start>", "<unk>")  # never shown: the end token stops, the others are never written
END, START, UNKNOWN = range(3)


class Vocabulary:
    """A two-way map between words and the numbers 3, 4, ...; 0 to 2 are :data:`SPECIAL`."""

    def __init__(self, words: Sequence[str]):
        self.words = tuple(words)
        self._index = {word: i for i, word in enumerate(self.words, start=len(SPECIAL))}
        if len(self._index) != len(self.words):
            raise ValueError("A vocabulary holds each word once.")

    @classmethod
    def build(cls, captions: Iterable[Sequence[str]], least: int) -> "Vocabulary":
        """The words that occur at least ``least`` times, commonest first."""
        counts = Counter(word for caption in captions for word in caption)
        return cls([word for word, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n >= least])

    def __len__(self) -> int:
        return len(SPECIAL) + len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._index

    def encode(self, words: Iterable[str]) -> list[int]:
        """Numbers of words; a word that is not known becomes :data:`UNKNOWN`."""
        return [self._index.get(word, UNKNOWN) for word in words]

    def word(self, number: int) -> str:
        """The word of a number, special tokens by their names."""
        return SPECIAL[number] if number < len(SPECIAL) else self.words[number - len(SPECIAL)]

"""CIDEr-D of captions against their photo's references, fast enough to be a reward in training.

CIDEr-D (Vedantam et al. 2015) is the mean over n = 1..4 and over the references of the cosine between tf-idf
vectors of n-grams, with the candidate's counts clipped to the reference's and a Gaussian penalty
(sigma = 6) on the difference of lengths, times 10.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

MAX_N = 4
SIGMA = 6.0

Words = Sequence[int]
Gram = tuple[int, ...]


def _ngrams(words: Words) -> list[Counter[Gram]]:
    """Counts of the n-grams for each n."""
    return [Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1)) for n in range(1, MAX_N + 1)]


class CiderD:
    """Scores candidates for photos whose references were given; document frequencies come from those."""

    def __init__(self, references: Mapping[int, Sequence[Words]]):
        counts = {photo: [_ngrams(words) for words in sentences] for photo, sentences in references.items()}
        documents: Counter[Gram] = Counter()
        for sentences in counts.values():
            documents.update({gram for sentence in sentences for grams in sentence for gram in grams})
        self._log_photos = math.log(max(len(references), 2))
        self._idf = {gram: self._log_photos - math.log(n) for gram, n in documents.items()}
        self._references = {
            photo: [self._vector(sentence) for sentence in sentences] for photo, sentences in counts.items()
        }

    def _vector(self, counts: list[Counter[Gram]]) -> tuple[list[dict[Gram, float]], list[float], int]:
        """tf-idf by n, its norms, and the length in bigrams."""
        unseen = self._log_photos
        vectors = [{gram: n * self._idf.get(gram, unseen) for gram, n in grams.items()} for grams in counts]
        norms = [math.sqrt(sum(x * x for x in vector.values())) for vector in vectors]
        return vectors, norms, sum(counts[1].values())

    def __call__(self, photo: int, words: Words) -> float:
        """The score of a candidate caption, 0 to 10.

        Raises:
            KeyError: no references were given for the photo.
        """
        vectors, norms, length = self._vector(_ngrams(words))
        total = 0.0
        references = self._references[photo]
        for others, other_norms, other_length in references:
            penalty = math.exp(-((length - other_length) ** 2) / (2 * SIGMA**2))
            for vector, norm, other, other_norm in zip(vectors, norms, others, other_norms, strict=True):
                if norm and other_norm:
                    dot = sum(min(x, other[gram]) * other[gram] for gram, x in vector.items() if gram in other)
                    total += penalty * dot / (norm * other_norm)
        return 10.0 * total / (MAX_N * len(references))

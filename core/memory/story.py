"""Any text that a person types -> sentences -> words, the same for every network.

A story comes one sentence a line or as a pasted paragraph, with capitals and full stops or without. A sentence that
tells several things, each with its verb, becomes several.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from core.data.stories.words import DONE
from core.memory.tense import PAST

MAX_CHARACTERS = 200_000  # of a story or of the questions
MAX_SENTENCES = 2_000  # of a story
MAX_QUESTIONS = 1_000
MAX_WORDS = 100  # of one sentence
MAX_LETTERS = 40  # of one word; what is longer is cut
MAX_CACHED = 500  # characters of a sentence whose words are kept for the next time

_NUMBERED = re.compile(r"\s*(\d{1,5})[.):]?\s+(?=\S)")
_BULLET = re.compile(r"\s*[-*•–—]\s+(?=\S)")
# A sentence ends with its stop and what closes after it. A stop inside a word ends one only before a capital.
_END = re.compile(r"""(?<=[.!?…。！？؟।])(["'”’)\]]*)(?:\s+|(?<=[^\W\d_]{2}[.!?])(?=[A-Z]))""")
# ... but not after a title or an initial: enough of what is before the end to tell.
_NO_END = re.compile(
    r"\b(?:(?i:mr|mrs|ms|dr|st|prof|jr|sr|vs|etc)|(?<!of )(?<!to )(?<!in )(?<!the )(?<!than )[A-Z])\.$"
)
_TITLE = 6
# One sentence may tell two things, each with its verb: "Mary took the milk and went home, but John is here".
_AND = re.compile(r"\s*[,;]?\s+(?:and|but|then)(?:\s+then)?\s+|\s*[,;]\s+", re.IGNORECASE)
_IS = "(?:is|was|are|were)(?:n['’]t)?"
_VERBS = "|".join(sorted({*DONE, *PAST}))
_TOLD = re.compile(rf"(?:^|\s)(?:{_VERBS}|{_IS}|been)\s", re.IGNORECASE)
_TELLS = re.compile(rf"(?:{_VERBS}|is|was|are|were)\b|(?:\S+\s+){{1,4}}?(?:{_VERBS}|{_IS})\s", re.IGNORECASE)
# What the first clause tells depends on the second: they are read together.
_HOLDS_ANOTHER = re.compile(r"\W*(?:if|unless|before|neither)\b", re.IGNORECASE)
MAX_CLAUSES = 2_000  # characters of a sentence up to which it is taken apart
_KEPT_CONTROLS = frozenset("\n\u200c\u200d")  # the joiners: some scripts and emoji need them

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'"))
_WHOLE = {"can't": "can not", "won't": "will not", "shan't": "shall not", "cannot": "can not", "let's": "let us"}
# Typed without an apostrophe, where that is no other word.
_WHOLE |= {"cant": "can not", "hes": "he is", "shes": "she is", "theyre": "they are", "im": "i am"}
_WHOLE |= {"wheres": "where is", "whats": "what is", "theres": "there is"}
_BARE_NOT = re.compile(r"(is|are|was|were|has|have|had|do|does|did|could|would|should)nt")
_ENDINGS = {"n't": " not", "'re": " are", "'ve": " have", "'ll": " will", "'m": " am", "'d": " had"}
# After these 's is always "is"; after a name it is, where one of the words of place, time and quality follows.
_SUBJECTS = re.compile(r"he|she|it|who|what|where|when|how|why|that|there|here|this|everyone|somebody|nobody")
_AFTER_IS = re.compile(
    r"not|no|in|inside|at|on|to|by|with|near|above|below|left|right|north|south|east|west|behind|between"
    r"|an?|the|either|carrying|holding|going|afraid|bored|hungry|thirsty|tired|now|still|here|there|back"
    r"|bigger|smaller|white|green|gray|yellow|bored|dirty|sleepy|gone"
)


class StoryError(ValueError):
    """A story or a question that cannot be used; the message is a sentence for the person who typed it."""


def split_story(text: str) -> list[str]:
    """The sentences of a story as typed, each without its line's number or bullet; those without a word are left out.

    Raises:
        StoryError: there is no sentence, or there is too much text.
    """
    sentences = _sentences(text, "story")
    if not sentences:
        raise StoryError("The story is empty: type at least one sentence.")
    if len(sentences) > MAX_SENTENCES:
        raise StoryError(f"The story has {len(sentences):,} sentences; at most {MAX_SENTENCES:,} are read.")
    return sentences


def split_questions(text: str) -> list[str]:
    """The questions as typed: one a line or several, with question marks or without.

    Raises:
        StoryError: there is no question, or there is too much text.
    """
    questions = _sentences(text, "questions")
    if not questions:
        raise StoryError("There is no question: type at least one.")
    if len(questions) > MAX_QUESTIONS:
        raise StoryError(f"There are {len(questions):,} questions; at most {MAX_QUESTIONS:,} are answered at once.")
    return questions


def tokens(sentence: str) -> tuple[str, ...]:
    """The words of a sentence: lower case, punctuation dropped, contractions undone (isn't: is, not).

    An emoji is a word, so that it can be named as one that is not known.
    """
    return _tokens(sentence) if len(sentence) <= MAX_CACHED else _tokens.__wrapped__(sentence)


@lru_cache(maxsize=20_000)
def _tokens(sentence: str) -> tuple[str, ...]:
    text = unicodedata.normalize("NFKC", sentence.translate(_APOSTROPHES)).lower()
    spaced = "".join(character if _in_word(character) else " " for character in text)
    # What is left of a possessive or of quotation marks at a word's ends is no letter of it.
    words = [word for word in (part.strip("'-") for part in spaced.split()) if word]
    undone: list[str] = []
    for word, following in pairwise([*words, ""]):
        undone += _undo(word, following).split()
    return tuple(word[:MAX_LETTERS] for word in undone)


def _in_word(character: str) -> bool:
    if character.isalnum() or character in "'-":
        return True
    return unicodedata.category(character) in ("Mn", "Mc", "So")


def _undo(word: str, following: str) -> str:
    """A word with its contraction undone; ``following`` is the word after it."""
    if word in _WHOLE:
        return _WHOLE[word]
    if bare := _BARE_NOT.fullmatch(word):
        return f"{bare[1]} not"
    for ending, long in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending) + long
    if word.endswith("'s") and len(word) > 2:
        owner = word.removesuffix("'s")
        return f"{owner} is" if _SUBJECTS.fullmatch(owner) or _AFTER_IS.fullmatch(following) else owner
    return word


def _sentences(text: str, what: str) -> list[str]:
    if len(text) > MAX_CHARACTERS:
        raise StoryError(f"The {what} must have at most {MAX_CHARACTERS:,} characters; this has {len(text):,}.")
    lines = [line for line in _clean(text).split("\n") if line.strip()]
    numbers = [_NUMBERED.match(line) for line in lines]
    # Numbers are those of the lines, and no part of the story, only where every line has its own.
    if [match and int(match[1]) for match in numbers] == list(range(1, len(lines) + 1)):
        lines = [line[match.end() :] for line, match in zip(lines, numbers, strict=True) if match]
    found: list[str] = []
    for line in lines:
        bullet = _BULLET.match(line)
        parts = _split_line(line[bullet.end() :] if bullet else line)
        for sentence in [clause for part in parts for clause in _clauses(part)] if what == "story" else parts:
            words = len(tokens(sentence))
            if words > MAX_WORDS:
                raise StoryError(f"Sentence {len(found) + 1} has {words:,} words; at most {MAX_WORDS} are read.")
            if words:
                found.append(sentence)
    return found


def _split_line(line: str) -> list[str]:
    parts: list[str] = []
    start = 0
    for end in _END.finditer(line):
        stop = end.end(1)
        if _NO_END.search(line[max(start, stop - _TITLE) : stop]):
            continue
        parts.append(line[start:stop].strip())
        start = end.end()
    return [*parts, line[start:].strip()]


def _clauses(sentence: str) -> list[str]:
    """What one sentence tells, a clause each; without the "and" between them."""
    if len(sentence) > MAX_CLAUSES or _HOLDS_ANOTHER.match(sentence):
        return [sentence]
    clauses: list[str] = []
    start = 0
    for joint in _AND.finditer(sentence):
        if _TOLD.search(sentence[start : joint.start()] + " ") and _TELLS.match(sentence[joint.end() :]):
            clauses.append(sentence[start : joint.start()])
            start = joint.end()
    return [*clauses, sentence[start:]]


def _clean(text: str) -> str:
    """One kind of line break, and no character that is invisible or changes the direction of others."""
    text = re.sub(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    return "".join(
        character
        for character in text
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )

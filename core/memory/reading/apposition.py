"""Who somebody is, told beside their name: "Rosencrantz the cook", "his ram Curly", "my cat Fluffy".

Both are one and the same; the sentence is read with the name alone, and "the cook" means Rosencrantz from then on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.memory.reading.beings import BEINGS
from core.memory.reading.verbs import form_of
from core.memory.reading.words import ADVERBS, AUXILIARY, DETERMINERS, PREPOSITIONS, PRONOUNS

# With their names these are how people are called: "Doctor Ferreira".
_FORMAL = frozenset(
    ["doctor", "professor", "detective", "inspector", "captain", "king", "queen", "prince", "princess", "uncle", "aunt",
     "auntie", "officer", "sergeant", "general", "colonel", "admiral", "lieutenant", "judge", "president", "duke",
     "duchess", "count", "countess", "baron", "grandma", "grandpa", "granny", "robot", "sheriff", "mayor", "senator",
     "lady", "knight"]
)  # fmt: skip
_NAME = r"[^\W\d_a-z][\w’'-]*"
_BEHIND = [
    re.compile(
        rf"(?P<name>(?:(?:Old|Little|Young|Big) )?{_NAME}(?: {_NAME})?|(?:^|(?<=[.!?;] ))[a-z]+)"
        rf"(?P<comma>,?) (?:the|a|an|my|his|her|our|their) (?P<kind>{kind})(?P=comma) (?P<next>[\w’']+)"
    )
    for kind in ("[a-z]+", "[a-z]+ [a-z]+")
]
_BEFORE = re.compile(
    rf"(?:(?P<article>\b(?:the|a|an|my|his|her|our|their|The|A|An|My|His|Her|Our|Their) )(?P<more>(?:[\w-]+ ){{0,2}}?)"
    rf"|^(?:Big|Little|Old|Young|First|Head) |)(?P<kind>\b[A-Za-z][a-z]+),? (?P<name>{_NAME}(?: {_NAME})*)"
)
_NAMED = re.compile(
    rf"(?P<article>\b[Aa]n?|\b(?:[Tt]he|[Mm]y|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur)) (?:[a-z]+ ){{0,2}}?(?P<kind>[a-z]+)"
    rf" (?:named|called) (?P<name>{_NAME}(?: {_NAME})*)(?P<next> [a-z]+)?"
)
_CASUAL = re.compile(r"(?P<begin>^|and |then |now )my (?P<kind>[a-z]+) (?P<name>[a-z]+) (?P<next>[\w’']+)")


class Appositions:
    """Takes out of sentences what stands beside a name, and keeps who is called what.

    Attributes:
        whole: "cook" -> the name, in lower case.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        self.whole: dict[str, str] = {}
        self._often: set[str] = set()  # kinds of which the story has several
        self._casual = not any(letter.isupper() for text in sentences for letter in text)

    def plain(self, text: str) -> str:
        """The sentence with the names alone."""
        text = _NAMED.sub(self._named, text)
        for pattern in _BEHIND:
            text = pattern.sub(self._behind, text)
        if self._casual:
            return _CASUAL.sub(self._called, text)
        return _BEFORE.sub(self._before, text)

    def _is(self, kind: str, name: str) -> None:
        name = name.lower().replace(".", "")
        if self.whole.get(kind, name) != name:
            self._often.add(kind)
        self.whole[kind] = name

    def named(self) -> dict[str, str]:
        """Who is meant by a kind, where the story has one of them."""
        return {kind: name for kind, name in self.whole.items() if kind not in self._often}

    def _named(self, match: re.Match[str]) -> str:
        """ "a thief named Wren": the name; of "The boss called Tim" nothing is one's name."""
        following = (match["next"] or "").strip()
        form = form_of(following)
        tells = following in AUXILIARY or form is not None and form.tense in ("past", "s", "part")
        if match["article"].lower() not in ("a", "an") and not tells or match["kind"] in AUXILIARY | PREPOSITIONS:
            return match[0]
        self._is(match["kind"], match["name"])
        return f"{match['name']}{match['next'] or ''}"

    def _behind(self, match: re.Match[str]) -> str:
        kind, name, following = match["kind"].split()[-1], match["name"], match["next"].lower()
        begin = match.string[: match.start()].rstrip()
        starts = not begin or begin[-1] in ".!?;," or begin.split()[-1].lower() in ("and", "then", "but", "now", "when")
        small = name.lower()
        form = form_of(following)
        tells = following in AUXILIARY or form is not None and form.tense in ("past", "s", "part")
        if (
            not starts and not match["comma"]
            or not tells
            or kind not in BEINGS
            or small in DETERMINERS | PREPOSITIONS | PRONOUNS | AUXILIARY | ADVERBS | {"and", "then", "so", "but"}
            or small in BEINGS
            or form_of(small) is not None and name.islower()
        ):  # fmt: skip
            return match[0]
        self._is(kind, name)
        return f"{name} {match['next']}"

    def _before(self, match: re.Match[str]) -> str:
        article, kind, name = match["article"] or "", match["kind"], match["name"]
        low = kind.lower()
        more = (match["more"] or "").lower().split()
        known = low in BEINGS and not any(
            word in PREPOSITIONS | AUXILIARY | PRONOUNS | {"and", "or", "of"} or form_of(word) for word in more
        )
        formal = low in _FORMAL and kind[0].isupper()
        begins = match.string[match.end() : match.end() + 1] in ("'", "’")
        if not known or formal or begins or (more and not article and match.start() > 0):
            return match[0]
        if kind[0].isupper() and match.start("kind") > 0 and not more:
            return match[0]
        self._is(low, name)
        return name

    def _called(self, match: re.Match[str]) -> str:
        form = form_of(match["next"])
        finite = match["next"] in AUXILIARY or form is not None and form.tense in ("past", "s", "part")
        if match["kind"] not in BEINGS or not finite or match["name"] in AUXILIARY | PREPOSITIONS or (
            (verb := form_of(match["name"])) and verb.tense in ("past", "s")
        ):  # fmt: skip
            return match[0]
        self._is(match["kind"], match["name"])
        return f"{match['begin']}{match['name']} {match['next']}"

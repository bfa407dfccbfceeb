"""Stories as people type them -> the statements that the networks know, and how each sentence was read.

What bAbI tells passes through as it is. Of everything else a sentence becomes none, one or several statements in
bAbI's wordings: who went where, who took, put down or gave what, how things lie. Names that would be read for
something else ("Left Street", "the right shoe", Rose who took the rose) are given to the networks under another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from core.data.stories.words import PRONOUNS, THEY
from core.memory.reading.alike import alike
from core.memory.reading.apposition import Appositions
from core.memory.reading.asked import COMPARISON, COUNT, DEED, RELATION, TIME, Asked
from core.memory.reading.babi import ambiguous, is_babi
from core.memory.reading.clauses import clauses_of
from core.memory.reading.counting import FOUND, OWNED, counted, vague
from core.memory.reading.cuts import Cut
from core.memory.reading.deed_lists import several
from core.memory.reading.deeds import deed, kinds_of, of_itself, placed
from core.memory.reading.ellipsis import filled, with_noun
from core.memory.reading.idioms import ASKS, noted
from core.memory.reading.most import LEAST, MOST, rivals
from core.memory.reading.names import Name, Names, Word, lower, noun, owners, words_of
from core.memory.reading.order import BEGINS
from core.memory.reading.questions import read_question
from core.memory.reading.reasons import with_reason
from core.memory.reading.scene import Scene, Sexes
from core.memory.reading.statements import Teller
from core.memory.reading.times import Times, dated
from core.memory.reading.typos import misspelt_verb, offered, slips
from core.memory.reading.verbs import VERBS
from core.memory.reading.words import DETERMINERS, IN, IS
from core.memory.story import tokens

MOST_HELD, MOST_LISTED = 3, 5  # things of one person that the networks were taught to count, and that they list
MOST_CACHED = 256  # stories; the answer without each sentence reads a hundred of them


@dataclass(frozen=True)
class ReadSentence:
    """How a sentence was read.

    Attributes:
        statements: what the networks are told of it, its names as they were written.
        aside: its words that were left aside.
        understood: whether it was read; else the networks are given it as it is.
        names: the names in it, each a person, a place, a thing or nothing of these.
        unsure: its verb is listed nowhere, or a pronoun in it may mean somebody else.
    """

    statements: tuple[str, ...]
    aside: tuple[str, ...] = ()
    understood: bool = True
    names: tuple[tuple[str, str], ...] = ()
    unsure: bool = False


@dataclass(frozen=True)
class ReadStory:
    """A story and its question as the networks are given them.

    Attributes:
        statements: in the networks' wordings.
        rows: for each sentence, which statements it became.
        question: in the networks' wording.
        sentences: how each was read.
        asked: how the question was read; None where it was not, or needed no reading.
        outside: the question is of no kind that is read.
        names: of the story.
        offers: sentence -> how it was read, without what looks like typing errors in it. Nobody says that this is
            meant; what is answered is a guess.
        offer: the same for the question; empty where there are none.
        plain: all of it is in bAbI's own wordings; it was not read, or for its names alone.
    """

    statements: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    question: str
    sentences: tuple[ReadSentence, ...]
    asked: Asked | None = None
    outside: bool = False
    names: Names = field(default_factory=Names, compare=False)
    offers: Mapping[int, str] = field(default_factory=dict)
    offer: str = ""
    plain: bool = False

    @property
    def answers_as_asked(self) -> bool:
        """The networks' answer is the answer; nothing is made of it first."""
        return not (self.asked and self.asked.make)

    def unread_about(self, name: str) -> list[int]:
        """The sentences that have a name in them and of which nothing, or not all, was read."""
        wanted = name.casefold().split()
        left = [
            " ".join([*one.aside, *([] if one.understood else one.statements)]).casefold().replace(".", " ").split()
            for one in self.sentences
        ]
        return [n for n, words in enumerate(left) if {*wanted} <= {*words}]

    def hidden(self, answer: str) -> str:
        """An answer in the names that the networks are given."""
        given = {text.casefold(): mark for mark, text in self.names.hidden.items()}
        return ",".join(given.get(part.casefold(), part) for part in answer.split(","))


def read(sentences: Sequence[str], question: str, names: bool = False) -> ReadStory:
    """Read a story with a question.

    ``names``: name the names of bAbI's own sentences, too, which are then read like all others.
    """
    return _read(tuple(sentences), question, names)


@lru_cache(maxsize=MOST_CACHED)
def _read(sentences: tuple[str, ...], question: str, names: bool) -> ReadStory:
    story = _as_it_stands(sentences, question, names)
    offers, asks = _offers(story, sentences, question)
    if not offers and not asks:
        return story
    again = _as_it_stands(tuple(offers.get(n, text) for n, text in enumerate(sentences)), asks or question, names)
    mended = {n: text for n, text in offers.items() if again.sentences[n].understood and again.rows[n]}
    if again.outside or not (asks or mended):
        return story
    return replace(again, offers=mended, offer=asks)


def _offers(story: ReadStory, sentences: Sequence[str], question: str) -> tuple[dict[int, str], str]:
    """What was not read without what looks like typing errors; for each sentence, and for the question."""
    words = [lower(words_of(text)) for text in sentences]
    doubtful = [
        n
        for n, one in enumerate(story.sentences)
        if not one.understood or slips(words[n]) or misspelt_verb(sentences[n].split())
    ]
    if not doubtful and not story.outside:
        return {}, ""
    named = {name for n, its in enumerate(words) if n not in doubtful for name in its} | {*story.names.kinds}
    offers = {n: better for n in doubtful if (better := offered(sentences[n], named))}
    return offers, offered(question, named | {word for its in words for word in its}, True) if story.outside else ""


def _as_it_stands(sentences: tuple[str, ...], question: str, names: bool) -> ReadStory:
    beside = Appositions(sentences)
    alone = [beside.plain(text) for text in sentences]
    plain = not names and is_babi(question, True) and all(map(is_babi, sentences)) and not beside.whole
    if plain and not ambiguous(sentences, question):
        rows_ = tuple((n,) for n in range(len(sentences)))
        return ReadStory(sentences, rows_, question, tuple(ReadSentence((text,)) for text in sentences), plain=True)
    known = [word for text in sentences for word in tokens(text)]
    said, question = dated(alone, owners(beside.plain(question), known))
    words = [words_of(text) for text in map(noted, said)]
    asked = read_question(words_of(question))
    outside = asked is None and not is_babi(question, True)
    scene = Scene()
    scene.names.both, scene.names.whole = alike([*words, words_of(question)])
    scene.names.whole = {**beside.named(), **scene.names.whole}
    scene.sexes = Sexes([words_of(text) for text in sentences], beside.whole)
    asked = of_itself(asked, words) if asked else None
    about = asked.about if asked else ""
    scene.acting = acting(words)
    scene.casual = not any(letter.isupper() for text in sentences for letter in text)
    asked, reasons = with_reason(words_of(question), asked, words, scene.names)
    about = asked.about if asked else ""
    cut = Cut(asked)
    times = Times(words, bool(asked and (about == TIME or "before" in asked.text)), asked.time if asked else "")
    outside = outside or about == TIME and times.missing
    if asked and asked.slot == "whose":  # who found it need not own it
        found = any({*lower(its)} & FOUND for its in words)
        own = any({*lower(its)} & OWNED or any(w.endswith("'s") for _, w in its) for its in words)
        outside = outside or found and not own
    teller = Teller(
        scene, about == RELATION, asked.detail if asked and about == COMPARISON else "",
        [name for name in asked.names[:1] if name.words[0].lower() not in PRONOUNS.values()] if asked else [], times,
    )  # fmt: skip
    teller.holding = about == "holding"
    teller.sources = bool(asked and asked.slot == "last")
    teller.where = bool(asked and asked.text.startswith("Where "))
    kinds = kinds_of(words) if about == DEED else {}
    if asked and "How many" in asked.text:
        teller.counted = 1
        teller.counts = counted(words, asked.counted)
        outside = outside or not teller.counts and vague(words, asked.counted)
    last: Sequence[Word] = ()
    statements: list[str] = []
    rows: list[tuple[int, ...]] = []
    read_: list[ReadSentence] = []
    for n, (text, its) in enumerate(zip(sentences, words, strict=True)):
        before = len(statements)
        statements += [_capital(reasons[n])] if n in reasons else []
        aside: list[str] = []
        understood = True
        unsure = False
        main: list[Name] = []
        parts = [] if ASKS.search(text) or cut.done else clauses_of(its)
        if ASKS.search(text):
            teller.spoken_of(its)  # "Where is my hat?" "It is here."
            for _, written in its[1:]:
                if written[:1].isupper() and scene.known_person(name := Name((written,), proper=True)):
                    scene.person(name)  # "Where did Tom go? He ..."
        if not parts and len(its) < 4 and (named := noun(its, 0, first=True)[0]):
            scene.something(named)  # "The keys? They are here."
        aside += [] if parts else [" ".join(lower(its))]
        for part_n, part in enumerate(parts):
            if cut.done:
                aside += lower(part)
                continue
            told = teller.read(part := filled(with_noun(part), last), part_n == 0)
            last = part
            unsure = unsure or told is not None and told.unsure
            if told and (new := cut.read(told, scene, part)) is not None:
                told.statements = new
            extra = deed(part, asked, scene, kinds) if asked and about == DEED else []
            if told is None and not extra:
                understood = False
                statements.append(text if len(part) == len(its) else " ".join(word for _, word in part))
                continue
            if asked and told and asked.slot == "whose" and {*lower(part)} & FOUND:
                told.statements = []
            if asked and told and asked.slot in ("visit", "within", "inside", "absent", "owner"):
                extra = placed(told, asked, scene)
                if extra and asked.slot == "inside" or asked.slot in ("absent", "owner"):
                    told.statements = []
            statements += [_capital(one) for one in [*extra, *(told.statements if told else ())]]
            aside += told.aside if told and not extra else []
            if part[0] == its[0] or its[0][0] in BEGINS:
                main = list(scene.subjects)  # and nobody of whom only "until her mother called" tells
        scene.recent = {one.key for one in scene.last if one.words[-1].lower() in lower(its)}
        scene.aside_told = len(parts) > 1 and its[0][0] in BEGINS
        if len(parts) > 1 and main:
            scene.subjects = main
        rows.append(tuple(range(before, len(statements))))
        shown = tuple(scene.names.shown(one) for one in statements[before:])
        read_.append(ReadSentence(shown, tuple(aside), understood or bool(aside), _named(shown, scene), unsure))
    if asked and about == DEED and (listed := several(asked, statements, rows, scene.names)):
        asked, statements, rows = listed
    counts = asked is not None and "How many objects" in asked.text
    got = sum(" got " in one for one in statements) if counts else 0
    left = got - sum(" put down " in one for one in statements)
    outside = outside or got > MOST_LISTED <= left
    if asked and left > MOST_HELD and not asked.make:  # what they list is counted here
        asked = replace(asked, text="What is {0} carrying?", make=COUNT)
    if not statements:
        statements = ["Nobody said anything."]
    asks = question
    if asked and asked.slot in (MOST, LEAST):
        pair = rivals(asked, scene.compared)
        outside = outside or not pair
        asked = replace(asked, names=pair if asked.slot == MOST else pair[::-1], of=pair) if pair else None
    if asked:
        asks = _ask(asked, scene, times)
    return ReadStory(tuple(statements), tuple(rows), asks, tuple(read_), asked, outside, scene.names, plain=plain)


def _ask(asked: Asked, scene: Scene, times: Times) -> str:
    said: list[str] = []
    for name in asked.names:
        low = name.words[0].lower()
        name = scene.me if scene.me and low == "i" else name
        if asked.slot == "last" and said:  # "where was it before": before it came where it is
            its = name.key if name.key in scene.at else scene.held.get(name.key, "")
            name = scene.at.get(its, name)
        meant = scene.who(low) if len(name.words) == 1 and (low in PRONOUNS.values() or low in ("it", THEY)) else [name]
        said.append(scene.names.say(_known((meant or [name])[-1], scene)))
    text = asked.text
    if asked.time:
        text = text.replace(asked.time, times.known(asked.time) or asked.time)
    if asked.about == DEED:
        verb = scene.names.say(Name((asked.detail,)))
        said = (
            [verb, *(said or [scene.names.say(Name(("something",)))])]
            if asked.slot in ("who", "within")
            else [said[0], verb]
        )
    return _capital(text.format(*said))


def acting(sentences: Sequence[Sequence[Word]]) -> set[str]:
    """The names of which some sentence says that they did something, or are somewhere."""
    return {
        words[0][0]
        for words in sentences
        if len(words) > 2
        and words[0][1][:1].isupper()
        and words[0][0] not in DETERMINERS
        and (words[1][0] in VERBS and VERBS[words[1][0]].tense != "base" or words[1][0] in IS and words[2][0] in IN)
    }


def _known(name: Name, scene: Scene) -> Name:
    """The name, or the only one of the story that ends with it: "my sister" of "my little sister"."""
    if name.key in scene.names.kinds or name.key in scene.names.whole:
        return name
    if len(name.words) > 1 and name.words[0].endswith("'s") and name.words[-1].casefold() in scene.names.whole:
        return Name(name.words[-1:])  # "Ida's dog", whose name is told
    longer = [key for key in scene.names.kinds if key.endswith(f" {name.key}") or key.startswith(f"{name.key} of ")]
    owned = next((at for at, word in enumerate(name.words[:-1], start=1) if word.endswith("'s")), 0)
    if owned and not longer and " ".join(name.words[owned:]).casefold() in scene.names.kinds:
        return replace(name, words=name.words[owned:])  # "Mia's phone", of which the story says "her phone"
    return replace(name, words=tuple(longer[0].split())) if len(longer) == 1 else name


def _named(statements: Sequence[str], scene: Scene) -> tuple[tuple[str, str], ...]:
    """The names in a row's statements, each with its kind."""
    text = f" {' '.join(statement.rstrip('.') for statement in statements)} ".casefold()
    names = scene.names
    return tuple((names.written[key], kind) for key, kind in names.kinds.items() if f" {key} " in text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""Every wording of the stories: the words that carry their structure, with the names left open.

A phrasebook gives the wordings for each kind of sentence; one of them is drawn, so a wording that stands twice is drawn
twice as often. Slots for names, which bring their articles: {who}, {to}, {other}, {place}, {thing}, {a}, {b}; the
others are filled as they are.
"""

import re

Phrasebook = dict[str, tuple[str, ...]]

COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NOTHING = "nothing"
NOT_TOLD = "not told"  # the answer to what the story does not tell
PRONOUNS = {"f": "she", "m": "he"}
THEY = "they"
# From the earliest to the latest; bAbI has the last four.
TIMES = ("last month", "last week", "yesterday", "this morning", "this afternoon", "this evening")
# The steps on a map; a direction's first letter stands for it in an answer.
DIRECTIONS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
RELATIONS = {"above": (0, 1), "below": (0, -1), "to the left of": (-1, 0), "to the right of": (1, 0)}
# Other words for relations, which the free style draws from.
SYNONYMS = {
    "above": ("above", "over"),
    "below": ("below", "under", "beneath", "underneath"),
    "to the left of": ("to the left of", "left of", "on the left of"),
    "to the right of": ("to the right of", "right of", "on the right of"),
}
# What people who feel so do, in each style: where they go, and what they may get there.
MOTIVES: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "babi": {
        "bored": ("garden", ("football",)),
        "hungry": ("kitchen", ("apple",)),
        "thirsty": ("kitchen", ("milk",)),
        "tired": ("bedroom", ("pajamas",)),
    },
    "free": {
        "bored": ("garden", ("football", "ball", "frisbee", "kite")),
        "dirty": ("bathroom", ("soap", "towel", "shampoo", "sponge")),
        "hungry": ("kitchen", ("apple", "sandwich", "banana", "bread")),
        "sleepy": ("bedroom", ("pillow", "blanket", "teddy", "quilt")),
        "thirsty": ("kitchen", ("milk", "juice", "water", "lemonade")),
        "tired": ("bedroom", ("pajamas", "slippers", "nightgown", "mattress")),
    },
}


def _each(patterns: tuple[str, ...], **choices: tuple[str, ...]) -> tuple[str, ...]:
    """Every pattern with every choice for its slots: _each(("{a} it",), a=("do", "see")) -> ("do it", "see it")."""
    for slot, words in choices.items():
        patterns = tuple(pattern.replace(f"{{{slot}}}", word) for pattern in patterns for word in words)
    return patterns


_GO = ("went to", "journeyed to", "travelled to", "went back to", "moved to")
_GET = ("got", "grabbed", "took", "picked up")
_DROP = ("left", "discarded", "dropped", "put down")
_GIVE = ("gave", "passed", "handed")
_NEXT = ("Then", "After that", "Afterwards", "Following that")

# Exactly bAbI's wordings, about as often as there.
BABI: Phrasebook = {
    "go": _each(("{who} {go} {place}.",), go=_GO),
    "get there": _each(("{who} {get} {thing} there.",), get=_GET),
    "get": _each(("{who} {get} {thing}.",) * 4 + ("{who} {get} {thing} there.",), get=_GET),
    "drop": _each(("{who} {drop} {thing}.",) * 4 + ("{who} {drop} {thing} there.",), drop=_DROP),
    "give": _each(("{who} {give} {thing} to {to}.",), give=_GIVE),
    "where person": ("Where is {who}?",),
    "where thing": ("Where is {thing}?",),
    "where before": ("Where was {thing} before {place}?",),
    "is in": ("Is {who} in {place}?",),
    "how many": ("How many objects is {who} carrying?",),
    "carrying": ("What is {who} carrying?",),
    "what given": ("What did {who} give to {to}?",),
    "who gave": ("Who gave {thing}?",),
    "who gave to": ("Who gave {thing} to {to}?",),
    "who received": ("Who received {thing}?",),
    "to whom": ("Who did {who} give {thing} to?",),
    "there": ("{who} is in {place}.",),
    "not there": ("{who} is no longer in {place}.", "{who} is not in {place}."),
    "either": ("{who} is either in {place} or {other}.",),
    "next": _each(("{next} {pronoun} {go} {place}.",), next=_NEXT, go=_GO),
    "go together": _each(("{who} and {other} {go} {place}.",), go=_GO),
    "day": _each(("{time} {who} {go} {place}.", "{who} {go} {place} {time}."), go=_GO),
    "where on day": ("Where was {who} before {place}?",),
    "lies": ("{a} is {way} of {b}.",),
    "what lies": ("What is {way} of {b}?",),
    "lies of what": ("What is {a} {way} of?",),
    "path": ("How do you go from {a} to {b}?",),
    "beside": ("{a} is {way} {b}.",),
    "is beside": ("Is {a} {way} {b}?",),
    "bigger": ("{a} is bigger than {b}.", "{b} fits inside {a}."),
    "is bigger": ("Is {a} bigger than {b}?", "Does {b} fit in {a}?"),
    "fears": ("{kinds} are afraid of {others}.",),
    "is a": ("{who} is {one} {kind}.",),
    "what feared": ("What is {name} afraid of?",),
    "colour": ("{who} is {colour}.",),
    "what colour": ("What color is {who}?",),
    "feels": ("{who} is {state}.",),
    "where will": ("Where will {name} go?",),
    "why go": ("Why did {name} go to {place}?",),
    "why get": ("Why did {name} get {thing}?",),
}

_FREE_GO = (
    *_GO,
    *("walked to", "ran to", "hurried to", "strolled to", "headed to", "rushed to", "wandered to", "marched to"),
    *("came to", "returned to", "walked over to", "went over to", "sneaked into", "walked into", "went into"),
    "entered",
)
_FREE_GET = (*_GET, "collected", "fetched", "lifted", "took hold of", "got hold of", "snatched")
_FREE_DROP = (*_DROP, "left behind", "let go of", "set down", "laid down", "got rid of", "threw down")
_DROP_IT = ("left", "dropped", "discarded", "let go of", "got rid of")
_FREE_GIVE = (*_GIVE, "offered", "brought", "lent")
_FREE_NEXT = (*_NEXT, "Next", "Later", "Soon after that", "A little later", "In the end")
_THEN = tuple(f"{word} " for word in _FREE_NEXT) + ("",) * 9  # before a pronoun
_FIRST = ("",) * 5 + ("Then ", "Later ", "Soon ", "Next ", "Meanwhile ", "A moment later ")  # where any word may stand
_LAST = ("",) * 8 + (" again", " in a hurry", " right away", " quietly")
_QUESTION = ("",) * 4 + (" now", " right now", " at the moment")

# What people do in these stories, the first words of the verbs.
DONE = frozenset(verb.split()[0] for verb in (*_FREE_GO, *_FREE_GET, *_FREE_DROP, *_FREE_GIVE))

# Many wordings; every one of bAbI's is among them.
FREE: Phrasebook = {
    "go": _each(("{first}{who} {go} {place}{last}.",), first=_FIRST, go=_FREE_GO, last=_LAST),
    "get": _each(
        ("{first}{who} {get} {thing}.", "{first}{who} {get} {thing} there.", "{first}{who} picked {thing} up."),
        first=_FIRST,
        get=_FREE_GET,
    ),
    "drop": _each(
        ("{first}{who} {drop} {thing}.", "{first}{who} {drop} {thing} there.", "{first}{who} put {thing} down."),
        first=_FIRST,
        drop=_FREE_DROP,
    ),
    "give": _each(
        (
            *("{first}{who} {give} {thing} to {to}.", "{first}{who} {give} {to} {thing}."),
            *("{first}{who} handed {thing} over to {to}.", "{first}{to} received {thing} from {who}."),
        ),
        first=_FIRST,
        give=_FREE_GIVE,
    ),
    "where person": (
        *_each(("Where is {who}{now}?", "Which place is {who} in{now}?"), now=_QUESTION),
        *("Where can {who} be found?", "Where did {who} go?", "In which place is {who}?"),
        "Do you know where {who} is?",
    ),
    "where thing": (
        *_each(("Where is {thing}{now}?", "Which place is {thing} in{now}?"), now=_QUESTION),
        *("Where can {thing} be found?", "In which place is {thing}?", "Do you know where {thing} is?"),
    ),
    "where before": (
        *("Where was {thing} before {place}?", "Where was {thing} before it was in {place}?"),
        *("Where was {thing} just before {place}?", "Which place was {thing} in before {place}?"),
    ),
    "is in": _each(
        (
            *("Is {who} in {place}{now}?", "Is {who} now in {place}?", "Can {who} be found in {place}?"),
            "Is {who} at {place}{now}?",
        ),
        now=_QUESTION,
    ),
    "how many": _each(
        ("How many {objects} is {who} {carrying}{now}?", "How many {objects} does {who} have{now}?"),
        objects=("objects", "things"),
        carrying=("carrying", "holding"),
        now=_QUESTION,
    ),
    "carrying": _each(
        ("What is {who} {carrying}{now}?", "What does {who} have{now}?", "Which things is {who} {carrying}{now}?"),
        carrying=("carrying", "holding"),
        now=_QUESTION,
    ),
    "what given": (
        *("What did {who} give to {to}?", "What did {who} give {to}?", "What did {to} receive from {who}?"),
        *("What was given to {to} by {who}?", "Which thing did {who} give to {to}?"),
    ),
    "who gave": ("Who gave {thing}?", "Who gave {thing} away?", "By whom was {thing} given?"),
    "who gave to": ("Who gave {thing} to {to}?", "Who gave {to} {thing}?", "From whom did {to} receive {thing}?"),
    "who received": ("Who received {thing}?", "Who was given {thing}?", "To whom was {thing} given?"),
    "to whom": (
        *("Who did {who} give {thing} to?", "To whom did {who} give {thing}?", "Who received {thing} from {who}?"),
        "Who was given {thing} by {who}?",
    ),
    "there": (
        *("{who} is in {place}.", "{who} is now in {place}.", "{who} can be found in {place}."),
        *("{who} was in {place}.", "{who} is at {place}.", "{who} is now at {place}."),
    ),
    "not there": (
        *("{who} is no longer in {place}.", "{who} is not in {place}.", "{who} is not in {place} any more."),
        *("{who} has left {place}.", "{who} was not in {place}."),
    ),
    "either": (
        *("{who} is either in {place} or {other}.", "{who} is in {place} or in {other}."),
        "{who} is in {place} or {other}.",
        *("{who} is either in {place} or in {other}.", "Either {who} is in {place} or in {other}."),
    ),
    "next": _each(("{next}{pronoun} {go} {place}{last}.",), next=_THEN, go=_FREE_GO, last=_LAST),
    # bAbI has none of these: there "she" only goes.
    "next get": _each(
        ("{next}{pronoun} {get} {thing}.", "{next}{pronoun} {get} {thing} there."), next=_THEN, get=_FREE_GET
    ),
    "next drop": _each(
        ("{next}{pronoun} {drop} {thing}.", "{next}{pronoun} {drop} {thing} there."), next=_THEN, drop=_FREE_DROP
    ),
    "next give": _each(
        ("{next}{pronoun} {give} {thing} to {to}.", "{next}{pronoun} {give} {to} {thing}."), next=_THEN, give=_FREE_GIVE
    ),
    "next drop it": _each(
        ("{next}{pronoun} {drop} it.", "{next}{pronoun} {drop} it there.", "{next}{pronoun} put it down."),
        next=_THEN,
        drop=_DROP_IT,
    ),
    "next give it": _each(("{next}{pronoun} {give} it to {to}.",), next=_THEN, give=_FREE_GIVE),
    "who has": (*("Who has {thing}?", "Who is carrying {thing}?", "Who is holding {thing}?", "Who has {thing} now?"),),
    "go together": _each(
        ("{first}{who} and {other} {go} {place}.", "{first}both {who} and {other} {go} {place}."),
        first=_FIRST,
        go=_FREE_GO,
    ),
    "day": _each(("{time} {who} {go} {place}.", "{who} {go} {place} {time}."), go=_FREE_GO),
    "where on day": (
        *("Where was {who} before {place}?", "Where was {who} before going to {place}?"),
        *("Where was {who} just before {place}?", "Which place was {who} in before {place}?"),
    ),
    "where at time": ("Where was {who} {time}?", "Where did {who} go {time}?"),
    "lies": (
        *("{a} is {way} of {b}.", "{a} lies {way} of {b}.", "{a} is to the {way} of {b}."),
        "{a} is located {way} of {b}.",
    ),
    "what lies": (
        *("What is {way} of {b}?", "What lies {way} of {b}?", "What is to the {way} of {b}?"),
        "Which place is {way} of {b}?",
    ),
    "lies of what": ("What is {a} {way} of?", "What does {a} lie {way} of?", "What is {a} to the {way} of?"),
    "path": (
        *("How do you go from {a} to {b}?", "How do you get from {a} to {b}?", "What is the way from {a} to {b}?"),
        *("How does one go from {a} to {b}?", "Which way leads from {a} to {b}?"),
    ),
    "beside": ("{a} is {way} {b}.", "{a} lies {way} {b}.", "{a} is placed {way} {b}.", "{a} was {way} {b}."),
    "is beside": ("Is {a} {way} {b}?", "Does {a} lie {way} {b}?", "Is {a} placed {way} {b}?"),
    "bigger": (
        *("{a} is bigger than {b}.", "{b} fits inside {a}.", "{b} is smaller than {a}.", "{a} is larger than {b}."),
        *("{b} fits in {a}.", "{b} fits into {a}."),
    ),
    "is bigger": (
        *("Is {a} bigger than {b}?", "Does {b} fit in {a}?", "Is {b} smaller than {a}?", "Is {a} larger than {b}?"),
        *("Does {b} fit inside {a}?", "Would {b} fit into {a}?"),
    ),
    "fears": ("{kinds} are afraid of {others}.", "{kinds} fear {others}.", "{kinds} are scared of {others}."),
    "is a": ("{who} is {one} {kind}.", "{who} was {one} {kind}."),
    "what feared": ("What is {name} afraid of?", "What does {name} fear?", "What is {name} scared of?"),
    "colour": (
        *("{who} is {colour}.", "{who} was {colour}.", "The color of {who} is {colour}."),
        "The colour of {who} is {colour}.",
    ),
    "what colour": (
        *("What color is {who}?", "What colour is {who}?", "Which color is {who}?", "What is the colour of {who}?"),
    ),
    "feels": ("{who} is {state}.", "{who} feels {state}.", "{who} was {state}.", "{who} felt {state}."),
    "is so": ("Is {who} {state}?", "Is {who} {state} now?"),
    "where will": ("Where will {name} go?", "Where will {name} probably go?", "Where is {name} going to go?"),
    "why go": ("Why did {name} go to {place}?", "Why is {name} in {place}?"),
    "why get": ("Why did {name} get {thing}?", "Why did {name} take {thing}?", "Why does {name} have {thing}?"),
}
FREE["get there"] = FREE["get"]

# Sentences that say nothing about any question. Their words are known ones too, so none of them is a noun that could
# as well be a name.
EMPTY = (
    *("It was raining.", "It was getting late.", "Nobody said anything.", "Everyone waited.", "It was late."),
    *("{who} smiled.", "{who} laughed.", "{who} yawned.", "{who} sang.", "{who} looked around.", "{who} sat down."),
    *("{who} stood up.", "{who} whistled.", "{who} said hello.", "{who} waited for a while.", "{who} slept."),
    *("{who} waved to {other}.", "{who} talked to {other}.", "{who} smiled at {other}."),
    "{who} told {other} everything.",
    *("{who} thought about {thing}.", "{who} liked {thing}.", "{who} talked about {thing}."),
    "{who} looked at {thing}.",
    *("{who} thought about {place}.", "{who} dreamed of {place}.", "{who} asked {other} about {place}."),
    *("{who} asked {other} about {thing}.", "{who} told {other} about {place}."),
)


def _structure() -> set[str]:
    wordings = (wording for book in (BABI, FREE) for wordings in book.values() for wording in wordings)
    states = (state for motives in MOTIVES.values() for state in motives)
    relations = (word for words in SYNONYMS.values() for word in words)
    text = " ".join(
        (*wordings, *EMPTY, *COUNTS, NOTHING, *PRONOUNS.values(), THEY, *TIMES, *DIRECTIONS, *relations, *states)
    )
    others = {"a", "an", "the", "yes", "no", "maybe"}
    return others.union(re.findall(r"[a-z]+", re.sub(r"\{\w+\}", " ", text.lower())))


# All words that carry structure, in lower case: no name has one of them.
STRUCTURE = frozenset(_structure())

"""The words by which typed sentences are read: verbs by what they tell, and the small words between names."""

from typing import NamedTuple

from core.data.stories import lists
from core.data.stories.words import DIRECTIONS, TIMES

# What a verb tells of, then its forms: base, past, participle; regular ones by their base alone.
_VERBS = """
go: go went gone; walk; run ran run; move; travel travelled travelled; journey; drive drove driven; ride rode ridden;
 fly flew flown; hurry; rush; head; stroll; wander; march; come came come; return; sneak; arrive; sail; swim swam swum;
 climb; jog; cycle; step; crawl; dash; race; flee fled fled; hike; land; jump; proceed; escape; skip; stumble; slip;
 tiptoe; migrate; relocate; visit; enter; reach; approach
get: get got got; grab; take took taken; pick; collect; fetch; lift; snatch; find found found; buy bought bought;
 steal stole stolen; catch caught caught; seize; obtain; gather; borrow; retrieve; pack; keep kept kept; receive; carry;
 hold held held; accept; purchase; clutch; discover; own; bring brought brought; drag; haul; transport; deliver; have had had
drop: drop; discard; leave left left; put put put; set set set; lay laid laid; place; throw threw thrown; lose lost lost;
 dump; hide hid hidden; store; park; forget forgot forgotten; abandon; release; toss; hang hung hung; stash; deposit; let let let
give: give gave given; pass; hand; offer; lend lent lent; sell sold sold; donate; present; mail; send sent sent
fit: fit; contain
meet: meet met met; join; accompany; follow
stay: stay; sit sat sat; sleep slept slept; stand stood stood; wait; play; work; rest; remain; live; study; hide hid hidden;
 relax; lie lay lain; nap; dance; sing sang sung; read read read; swim swam swum; cook; stop; eat ate eaten; practise
feel: feel felt felt; seem; look; become became become; fear
"""
# Verbs of their own: told as "somebody does this to something".
_OTHERS = """
bite bit bitten; eat ate eaten; love; like; hate; see saw seen; meet met met; kiss; kill; write wrote written; drink drank drunk;
 paint; build built built; break broke broken; teach taught taught; help; call; cost cost cost; weigh; chase; hit hit hit;
 hug; marry; know knew known; win won won; lose lost lost; invite; watch; hear heard heard; visit; clean; repair; open; close;
 cook; bake; wash; cut cut cut; wear wore worn; play; sing sang sung; read read read; study; speak spoke spoken; feed fed fed;
 push; pull; follow; kick; draw drew drawn; make made made; want; need; plant; water; fix; ride rode ridden; thank; ask; tell told told;
 start; begin began begun; end; live; work; own; grow grew grown; invent; discover; climb; pay paid paid; beat beat beaten;
 scratch; sting stung stung; admire; trust; miss; rescue; save; lick; order; choose chose chosen; swallow; adopt; train
"""
DIRECT_PLACES = frozenset(("enter", "visit", "reach", "approach"))  # what they go to follows at once
TO_PLACES = frozenset(
    ["take", "bring", "carry", "move", "drag", "haul", "transport", "deliver", "push", "get", "pull"]
)  # ... a thing to a place
FROM_GIVER = frozenset(
    ["get", "receive", "borrow", "buy", "accept", "take", "obtain", "collect", "purchase"]
)  # ... from somebody


class Form(NamedTuple):
    """A form of a verb: ``tells`` is the verb's kind, ``tense`` one of base, s, past, part, ing."""

    tells: str
    base: str
    tense: str


def _forms(base: str, past: str = "", part: str = "") -> dict[str, str]:
    """The forms of a verb, each with its tense; the participle comes before the past where they are the same."""
    stem = base.removesuffix("e")
    doubled = base + base[-1] if base in _DOUBLED else stem
    regular = base[:-1] + "ied" if base.endswith("y") and base[-2] not in "aeou" else doubled + "ed"
    third = base[:-1] + "ies" if base.endswith("y") and base[-2] not in "aeou" else base + "s"
    third = base + "es" if base.endswith(("s", "sh", "ch", "x", "o")) else third
    ing = base[:-2] + "ying" if base.endswith("ie") else doubled + "ing" if not base.endswith("ee") else base + "ing"
    return {base: "base", third: "s", ing: "ing", part or regular: "part", past or regular: "past"}


_DOUBLED = frozenset(
    [
        "grab",
        "get",
        "drop",
        "put",
        "set",
        "fit",
        "let",
        "jog",
        "run",
        "swim",
        "sit",
        "stop",
        "step",
        "nap",
        "hug",
        "hit",
        "cut",
        "plan",
        "dash",
        "slip",
        "skip",
        "forget",
        "win",
        "begin",
    ]
)
_DOUBLED -= {"dash"}


def _table() -> tuple[dict[str, Form], dict[str, Form]]:
    table: dict[str, Form] = {}
    for line in _VERBS.replace("\n ", " ").strip().splitlines():
        tells, _, verbs = line.partition(": ")
        for verb in verbs.split(";"):
            for form, tense in _forms(*verb.split()).items():
                table.setdefault(form, Form(tells, verb.split()[0], tense))
    others: dict[str, Form] = {}
    for verb in _OTHERS.replace("\n", " ").split(";"):
        for form, tense in _forms(*verb.split()).items():
            others.setdefault(form, Form("does", verb.split()[0], tense))
    return table, others


VERBS, OTHERS = _table()
VERBS |= {
    "has": Form("get", "have", "s"),
    "travelling": Form("go", "travel", "ing"),
    "lying": Form("stay", "lie", "ing"),
}

IS = frozenset(["is", "are", "was", "were", "am", "be", "been", "being"])
HAS = frozenset(("has", "have", "had"))
DOES = frozenset(("do", "does", "did"))
WILL = frozenset(("will", "shall"))
MAY = frozenset(("may", "might", "could", "can", "must", "should", "would"))
AUXILIARY = IS | HAS | DOES | WILL | MAY
NOT = frozenset(("not", "never", "no"))
MAYBE = frozenset(["maybe", "perhaps", "probably", "possibly", "presumably", "apparently", "likely"])
DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "some",
        "any",
        "this",
        "that",
        "these",
        "those",
        "another",
        "both",
        "every",
    ]
)
HE, SHE, IT, THEY = frozenset(("he", "him")), frozenset(("she", "her")), frozenset(("it",)), frozenset(("they", "them"))
PRONOUNS = HE | SHE | IT | THEY
SELF = {"me": "I", "us": "we"}  # who tells the story: names as good as others
EVERYBODY = frozenset(("everybody", "everyone", "all"))
NOBODY = frozenset(("nobody", "noone", "none"))

TO = frozenset(("to", "into", "onto", "towards", "toward"))
IN = frozenset(("in", "inside", "at", "on", "within"))
BESIDE = frozenset(
    [
        "near",
        "behind",
        "beside",
        "under",
        "underneath",
        "beneath",
        "below",
        "above",
        "over",
        "opposite",
        "between",
        "beyond",
        "against",
        "past",
    ]
)
PREPOSITIONS = (
    TO
    | IN
    | BESIDE
    | frozenset(
        [
            "from",
            "with",
            "without",
            "by",
            "for",
            "of",
            "off",
            "out",
            "through",
            "across",
            "along",
            "around",
            "via",
            "about",
            "after",
            "before",
            "until",
            "since",
            "during",
            "like",
            "as",
            "per",
            "than",
            "up",
            "down",
            "because",
            "while",
            "when",
            "where",
            "who",
            "which",
            "if",
            "so",
            "though",
            "although",
        ]
    )
)

HOME = frozenset(
    ["home", "inside", "outside", "upstairs", "downstairs", "indoors", "outdoors", "abroad"]
)  # places without a preposition
# Adverbs that may stand anywhere and change nothing.
ADVERBS = frozenset(
    [
        "suddenly",
        "quickly",
        "slowly",
        "quietly",
        "finally",
        "eventually",
        "soon",
        "later",
        "then",
        "next",
        "meanwhile",
        "afterwards",
        "again",
        "now",
        "still",
        "just",
        "already",
        "also",
        "too",
        "alone",
        "together",
        "immediately",
        "first",
        "instead",
        "only",
        "once",
        "really",
        "very",
        "so",
        "quite",
        "extremely",
        "rather",
        "happily",
        "sadly",
        "carefully",
        "today",
        "tonight",
        "there",
        "here",
        "back",
        "away",
        "straight",
        "directly",
        "please",
        "indeed",
        "actually",
        "currently",
        "presently",
        "unfortunately",
        "luckily",
        "fortunately",
        "secretly",
        "finally",
        "hungrily",
        "angrily",
        "gently",
        "early",
        "late",
        "nearly",
        "almost",
        "even",
        "ever",
        "simply",
        "always",
        "often",
        "usually",
        "sometimes",
        "somehow",
        "maybe",
        "perhaps",
        "probably",
        "possibly",
        "anyway",
        "however",
        "and",
        "but",
        "or",
        "either",
    ]
)
KEEPS_NAMES = frozenset(("first", "only", "late", "back", "early", "even", "next"))  # adverbs that may begin a name
# Nouns behind "in", "at", "on", "after" that are times, manners or the like, and no places.
NO_PLACES = frozenset(
    [
        "morning",
        "evening",
        "afternoon",
        "night",
        "noon",
        "midnight",
        "midday",
        "dawn",
        "dusk",
        "hour",
        "hours",
        "minute",
        "minutes",
        "moment",
        "while",
        "time",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "year",
        "years",
        "second",
        "seconds",
        "lunch",
        "dinner",
        "breakfast",
        "hurry",
        "rush",
        "end",
        "beginning",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "spring",
        "summer",
        "autumn",
        "winter",
        "christmas",
        "easter",
        "weekend",
        "foot",
        "silence",
        "fact",
        "case",
        "tears",
        "general",
        "particular",
        "weather",
        "holiday",
        "sunrise",
        "sunset",
        "clock",
        "o'clock",
        "later",
        "first",
        "last",
        "once",
        "least",
        "all",
        "company",
        "friend",
        "rain",
        "snow",
        "that",
        "this",
        "way",
        "then",
    ]
)
CONTAINERS = frozenset(
    [
        "fridge",
        "refrigerator",
        "freezer",
        "oven",
        "microwave",
        "box",
        "drawer",
        "bag",
        "basket",
        "cupboard",
        "pocket",
        "bowl",
        "shelf",
        "table",
        "desk",
        "chest",
        "jar",
        "safe",
        "wardrobe",
        "backpack",
        "suitcase",
        "bucket",
        "purse",
        "cabinet",
        "tray",
        "case",
        "rucksack",
        "locker",
        "crate",
        "barrel",
        "bin",
        "trunk",
        "pot",
        "pan",
        "cup",
        "plate",
        "bed",
        "sofa",
        "chair",
        "couch",
        "floor",
        "counter",
        "shelves",
        "windowsill",
        "mailbox",
        "dishwasher",
        "sink",
        "handbag",
        "envelope",
        "closet",
    ]
)
ABSENT = ("elsewhere",)  # where somebody may be as well, when the story says "perhaps"

CONTAINERS |= frozenset(lists.CONTAINERS)

# Times in their order; the network knows six of them.
ORDERED_TIMES = (
    "last year", "last month", "last week", "last weekend", "the day before yesterday", "two days ago", "on monday",
    "on tuesday", "on wednesday", "on thursday", "on friday", "on saturday", "on sunday", "yesterday morning",
    "yesterday afternoon", "yesterday evening", "yesterday", "last night", "early this morning", "this morning",
    "at noon", "today", "this afternoon", "this evening", "tonight",
)  # fmt: skip
KNOWN_TIMES = TIMES
WISHES = frozenset(
    [
        "want",
        "plan",
        "hope",
        "need",
        "try",
        "decide",
        "intend",
        "refuse",
        "wish",
        "forget",
        "like",
        "love",
        "prefer",
        "start",
        "begin",
    ]
)
VEHICLES = frozenset(
    [
        "train",
        "bus",
        "car",
        "bike",
        "bicycle",
        "taxi",
        "tram",
        "plane",
        "ship",
        "boat",
        "ferry",
        "metro",
        "subway",
        "horse",
    ]
)
FUTURE = ("tomorrow", "next week", "next month", "next year", "later today", "soon")

COMPARED = {
    "bigger": "size", "larger": "size", "smaller": "-size", "greater": "size", "taller": "height", "shorter": "-height",
    "higher": "height", "heavier": "weight", "lighter": "-weight", "older": "age", "younger": "-age", "faster": "speed",
    "slower": "-speed", "longer": "length", "wider": "width", "thicker": "width", "narrower": "-width",
    "stronger": "strength", "weaker": "-strength", "richer": "money", "poorer": "-money", "deeper": "depth",
    "cheaper": "-price", "hotter": "heat", "colder": "-heat", "warmer": "heat", "cooler": "-heat", "smarter": "wit",
    "cleverer": "wit", "louder": "noise", "quieter": "-noise", "brighter": "light", "darker": "-light",
}  # fmt: skip
SIDES = {
    "above": "above", "over": "above", "below": "below", "under": "below", "beneath": "below", "underneath": "below",
    "left": "to the left of", "right": "to the right of",
}  # fmt: skip
WAYS = tuple(DIRECTIONS)
FEELINGS = frozenset(["bored", "dirty", "hungry", "sleepy", "thirsty", "tired"])
FEELINGS_LIKE = {"starving": "hungry", "exhausted": "tired", "weary": "tired"}
COLOURS = frozenset(
    [
        "gray",
        "grey",
        "green",
        "white",
        "yellow",
        "red",
        "blue",
        "black",
        "brown",
        "orange",
        "purple",
        "pink",
        "golden",
        "silver",
        "violet",
        "turquoise",
        "beige",
        "crimson",
        "scarlet",
    ]
)

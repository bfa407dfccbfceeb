"""The verbs by which typed sentences are read, by what they tell of."""

from functools import lru_cache
from typing import NamedTuple

from core.memory.reading import lexicon
from core.memory.reading.words import word_set

DIRECT_PLACES = frozenset(
    ("enter", "visit", "reach", "approach", "cross", "climb", "board", "ascend", "explore")
)  # what they go to follows at once
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


_DOUBLED = word_set("""
    grab get drop put set fit let jog run swim sit stop step nap hug hit cut plan slip skip forget win begin
    trek trot zip hop plod scrub mop pin cram plop grip lug snag tap chat rip wrap pat hum swap trap strip flip
    clip dip shop commit bet quit spin tip trip dig bag nab lob slot rob stir beg zigzag skid knit jam ship
""")
# Words that end as a past or a participle does, and are none.
_NO_VERBS = word_set("""
    hundred bed red shed sled weed seed need speed breed feed reed steed deed indeed kindred naked sacred wicked
    rugged crooked aged beloved tired bored scared excited worried frightened terrified surprised pleased
    delighted crowded unexpected haunted ahmed mohammed muhammed alfred jared winifred embed exceed succeed
    proceed biped moped infrared morning evening ceiling building king ring string thing wing spring swing
    something anything nothing everything sibling darling duckling wedding pudding clothing meeting sterling
    railing during boring interesting amazing exciting missing willing charming lightning earring stocking
    shilling sling bring sing living dining
""")


def _table() -> tuple[dict[str, Form], dict[str, Form]]:
    table: dict[str, Form] = {}
    for line in lexicon.TELLING.replace("\n ", " ").strip().splitlines():
        tells, _, verbs = line.partition(": ")
        for verb in verbs.split(";"):
            for form, tense in _known(verb):
                table.setdefault(form, Form(tells, verb.split()[0].lstrip("!"), tense))
    others: dict[str, Form] = {}
    for verb in lexicon.OTHERS.replace("\n", " ").split(";"):
        for form, tense in _known(verb):
            others.setdefault(form, Form("does", verb.split()[0].lstrip("!"), tense))
    return table, others


def _known(verb: str) -> list[tuple[str, str]]:
    """The forms of a verb of the lexicon, each with its tense."""
    forms = _forms(*verb.replace("!", "").split()).items()
    return [(form, tense) for form, tense in forms if "!" not in verb or tense not in ("base", "s")]


VERBS, OTHERS = _table()
VERBS |= {
    "has": Form("get", "have", "s"),
    "travelling": Form("go", "travel", "ing"),
    "lay": Form("stay", "lie", "past"),
    "lying": Form("stay", "lie", "ing"),
}


BASES = frozenset(form.base for form in VERBS.values() if form.tells == "get")  # of getting something


@lru_cache(maxsize=20_000)
def form_of(word: str) -> Form | None:
    """The verb that a word, in lower case, is a form of; one that nobody listed by its ending alone."""
    if known := VERBS.get(word) or OTHERS.get(word):
        return known
    if len(word) < 5 or word in _NO_VERBS or not word.isalpha():
        return None
    if word.endswith("ed") and not word.endswith("eed") and not _VOWELS.isdisjoint(word[:-2]):
        return Form(STRANGE, stem(word), "past")
    if word.endswith("ing") and not _VOWELS.isdisjoint(word[:-3]):
        return Form(STRANGE, stem(word), "ing")
    return None


def stem(word: str) -> str:
    """What the forms of a regular verb have in common: "polish" of "polished", "bak" of "bakes" and "bake"."""
    short = next((word[: -len(end)] for end in ("ing", "ed", "es", "s", "e") if word.endswith(end)), word)
    return short[:-1] if short[-2:-1] == short[-1:] and short[-1:] not in ("l", "s", "z") else short


_VOWELS = frozenset("aeiouy")
STRANGE = "strange"  # what a verb tells of that nobody listed

"""The small words between names by which typed sentences are read, and what some nouns are."""

from core.data.stories import lists
from core.data.stories.words import COUNTS, DIRECTIONS, TIMES


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


IS = frozenset(["is", "are", "was", "were", "am", "be", "been", "being"])
HAS = frozenset(("has", "have", "had"))
DOES = frozenset(("do", "does", "did"))
WILL = frozenset(("will", "shall"))
MAY = frozenset(("may", "might", "could", "can", "must", "should", "would"))
AUXILIARY = IS | HAS | DOES | WILL | MAY
NOT = frozenset(("not", "never", "no"))
MAYBE = frozenset(
    ["maybe", "perhaps", "probably", "possibly", "presumably", "apparently", "likely", "supposedly", "allegedly"]
)
DETERMINERS = word_set("""
    a an the my your his her its our their some any this that these those another both every
""")
HE, SHE, IT, THEY = frozenset(("he", "him")), frozenset(("she", "her")), frozenset(("it",)), frozenset(("they", "them"))
PRONOUNS = HE | SHE | IT | THEY
SELF = {"me": "I", "us": "we"}  # who tells the story: names as good as others
EVERYBODY = frozenset(("everybody", "everyone", "all"))
NOBODY = frozenset(("nobody", "noone", "none"))

TO = frozenset(("to", "into", "onto", "towards", "toward"))
IN = frozenset(("in", "inside", "at", "on", "within"))
BESIDE = word_set("""
    near behind infront beside under underneath beneath below above over opposite between beyond against past
""")
PREPOSITIONS = (
    TO
    | IN
    | BESIDE
    | word_set("""
    from with without by for of off out through across along around via about after before until since during like
    as per than up down because while when where who which if so though although
    except besides despite
""")
)

HOME = frozenset(
    ["home", "inside", "outside", "upstairs", "downstairs", "indoors", "outdoors", "abroad"]
)  # places without a preposition
# Adverbs that may stand anywhere and change nothing.
ADVERBS = word_set("""
    suddenly quickly slowly quietly finally eventually soon later then next meanwhile afterwards again now still
    just already also too alone together immediately first instead only once really very so quite extremely rather
    happily sadly carefully today tonight there here back away straight directly please indeed actually currently
    presently unfortunately luckily fortunately secretly finally hungrily angrily gently early late nearly almost
    everywhere anywhere afterwards though
    even ever simply always often usually sometimes somehow maybe perhaps probably possibly anyway however and but
    or either rn atm btw lol tho last recently previously originally yet eagerly proudly anymore
""")
_NO_ADVERBS = word_set("""
    family reply supply apply belly jelly bully lily assembly july ally fly butterfly holy ugly lonely lovely friendly
    silly elderly daily weekly monthly early only jolly curly chilly smelly wobbly italy rely multiply comply
    beverly kimberly shelly reilly connolly donnelly philly
    deadly costly lively likely trolley anomaly melancholy doily firefly dragonfly bodily homely ghastly
""")


def adverb(word: str) -> bool:
    """Whether a word, in lower case, may stand anywhere and changes nothing: "definitely"."""
    return word in ADVERBS or word.endswith("ly") and len(word) > 5 and word not in _NO_ADVERBS


def changes_nothing(text: str) -> bool:
    """Whether words that were left aside say nothing of who is where and has what: "suddenly", "in the morning"."""
    small = ADVERBS | DETERMINERS | NO_PLACES | PREPOSITIONS | {"and", "way"}
    return all(word in small or adverb(word) or word.isdecimal() or word in COUNTS for word in text.lower().split())


KEEPS_NAMES = frozenset(("first", "only", "late", "back", "early", "even", "next"))  # adverbs that may begin a name
# Nouns behind "in", "at", "on", "after" that are times, manners or the like, and no places.
NO_PLACES = word_set("""
    morning evening afternoon night noon midnight midday dawn dusk hour hours minute minutes moment while time day
    days week weeks month year years second seconds lunch dinner breakfast hurry rush end beginning monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september october
    november december spring summer autumn winter christmas easter weekend foot silence fact case tears general
    particular weather holiday sunrise sunset clock o'clock later first last once least all company friend rain snow
    that this way then
""")
CONTAINERS = word_set("""
    fridge refrigerator freezer oven microwave box drawer bag basket cupboard pocket bowl shelf table desk chest jar
    safe wardrobe backpack suitcase bucket purse cabinet tray case rucksack locker crate barrel bin trunk pot pan
    cup plate bed sofa chair couch floor counter shelves windowsill mailbox dishwasher sink handbag envelope closet
""")
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
WISHES = word_set("""
    want plan hope need try decide intend refuse wish forget like love prefer start begin pretend fail threaten offer
    promise
""")
VEHICLES = word_set("""
    train bus car bike bicycle taxi tram plane ship boat ferry metro subway horse
""")
FUTURE = ("tomorrow", "next week", "next month", "next year", "later today", "soon")

COMPARED = {
    "bigger": "size", "larger": "size", "smaller": "-size", "greater": "size", "taller": "height", "shorter": "-height",
    "higher": "height", "heavier": "weight", "lighter": "-weight", "older": "age", "younger": "-age", "faster": "speed",
    "slower": "-speed", "longer": "length", "wider": "width", "thicker": "width", "narrower": "-width",
    "stronger": "strength", "weaker": "-strength", "richer": "money", "poorer": "-money", "deeper": "depth",
    "cheaper": "-price", "hotter": "heat", "colder": "-heat", "warmer": "heat", "cooler": "-heat", "smarter": "wit",
    "cleverer": "wit", "louder": "noise", "quieter": "-noise", "brighter": "light", "darker": "-light",
}  # fmt: skip
# What is too big for something, or too small.
SIZED = dict.fromkeys(word_set("big large wide long tall thick huge bulky fat high"), True)
SIZED |= dict.fromkeys(word_set("small little narrow short thin tiny tight low"), False)
MOST = {word[:-1] + "st": word for word in COMPARED}  # tallest: taller
SIDES = {
    "above": "above", "over": "above", "below": "below", "under": "below", "beneath": "below", "underneath": "below",
    "left": "to the left of", "right": "to the right of",
}  # fmt: skip
WAYS = tuple(DIRECTIONS)
FEELINGS = frozenset(["bored", "dirty", "hungry", "sleepy", "thirsty", "tired"])
FEELINGS_LIKE = {"starving": "hungry", "exhausted": "tired", "weary": "tired"}
COLOURS = word_set("""
    gray grey green white yellow red blue black brown orange purple pink golden silver violet turquoise beige
    crimson scarlet
""")

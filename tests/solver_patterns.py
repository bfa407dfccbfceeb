"""How the independent reader takes sentences apart: patterns of its own, nothing from the generator."""

import re
from functools import lru_cache

TIMES = ("last month", "last week", "yesterday", "this morning", "this afternoon", "this evening")
_TIME = "|".join(TIMES)
_FIRST = (
    "(?:then|later|soon|next|meanwhile|a moment later|after that|afterwards|following that|soon after that|"
    "a little later|in the end)"
)
_LAST = "(?:again|in a hurry|right away|quietly)"
_GO = (
    "(?:(?:went|journeyed|travelled|moved|walked|ran|hurried|strolled|headed|rushed|wandered|marched|came|returned|"
    "sneaked)(?: back| over)? (?:to|into)|entered)"
)
_GET = "(?:got|grabbed|took|picked up|collected|fetched|lifted|took hold of|got hold of|snatched)"
_DROP = "(?:left|discarded|dropped|put down|left behind|let go of|set down|laid down|got rid of|threw down)"
_GIVE = "(?:gave|passed|handed|offered|brought|lent)"
STEPS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
SIDES = {
    **dict.fromkeys(("above", "over"), (0, 1)),
    **dict.fromkeys(("below", "under", "beneath", "underneath"), (0, -1)),
    **dict.fromkeys(("to the left of", "left of", "on the left of"), (-1, 0)),
    **dict.fromkeys(("to the right of", "right of", "on the right of"), (1, 0)),
}
_SIDE = "|".join(sorted(SIDES, key=len, reverse=True))
# What a statement says; the first pattern that fits counts.
STATEMENTS = tuple(
    (kind, re.compile(pattern + "$"))
    for kind, pattern in (
        ("day", rf"(?P<time>{_TIME}) (?P<who>.+?) {_GO} (?P<place>.+)"),
        ("day", rf"(?P<who>.+?) {_GO} (?P<place>.+) (?P<time>{_TIME})"),
        ("next", rf"(?:{_FIRST} )?(?:he|she|they) {_GO} (?P<place>.+?)(?: {_LAST})?"),
        ("next give", rf"(?:{_FIRST} )?(?:he|she) {_GIVE} (?P<thing>.+?) to (?P<to>.+)"),
        ("next give", rf"(?:{_FIRST} )?(?:he|she) {_GIVE} (?P<to>.+) (?P<thing>the .+)"),
        ("next get", rf"(?:{_FIRST} )?(?:he|she) {_GET} (?P<thing>the .+?)(?: there)?"),
        ("next drop", rf"(?:{_FIRST} )?(?:he|she) {_DROP} (?P<thing>it|the .+?)(?: there)?"),
        ("next drop", rf"(?:{_FIRST} )?(?:he|she) put (?P<thing>it) down"),
        ("go", rf"(?:{_FIRST} )?(?:both )?(?P<who>.+?)(?: and (?P<other>.+?))? {_GO} (?P<place>.+?)(?: {_LAST})?"),
        ("out", r"(?P<who>.+?) (?:is|was) (?:not|no longer) in (?P<place>.+?)(?: any more)?"),
        ("out", r"(?P<who>.+?) has left (?P<place>.+)"),
        ("either", r"either (?P<who>.+?) is in (?P<place>.+?) or in (?P<other>.+)"),
        ("either", r"(?P<who>.+?) is (?:either )?in (?:either )?(?P<place>.+?) or (?:in )?(?P<other>.+)"),
        ("in", r"(?P<who>.+?) (?:is|was|is now|can be found) (?:in|at) (?P<place>.+)"),
        ("lies", r"(?P<a>.+?) (?:is|lies|is located)(?: to the)? (?P<way>north|south|east|west) of (?P<b>.+)"),
        ("beside", rf"(?P<a>.+?) (?:is|lies|was|is placed) (?P<way>{_SIDE}) (?P<b>.+)"),
        ("bigger", r"(?P<a>.+?) is (?:bigger|larger) than (?P<b>.+)"),
        ("bigger", r"(?P<b>.+?) is smaller than (?P<a>.+)"),
        ("bigger", r"(?P<b>.+?) fits (?:inside|into|in) (?P<a>.+)"),
        ("give", rf"(?:{_FIRST} )?(?P<who>.+?) {_GIVE} (?P<thing>.+?)(?: over)? to (?P<to>.+)"),
        ("give", rf"(?:{_FIRST} )?(?P<who>.+?) {_GIVE} (?P<to>.+) (?P<thing>the .+)"),
        ("give", rf"(?:{_FIRST} )?(?P<to>.+?) received (?P<thing>.+?) from (?P<who>.+)"),
        ("get", rf"(?:{_FIRST} )?(?P<who>.+?) {_GET} (?P<thing>the .+?)(?: there)?"),
        ("get", rf"(?:{_FIRST} )?(?P<who>.+?) picked (?P<thing>the .+) up"),
        ("drop", rf"(?:{_FIRST} )?(?P<who>.+?) {_DROP} (?P<thing>the .+?)(?: there)?"),
        ("drop", rf"(?:{_FIRST} )?(?P<who>.+?) put (?P<thing>the .+) down"),
        ("fears", r"(?P<kinds>.+?) (?:are afraid of|are scared of|fear) (?P<others>.+)"),
        ("a", r"(?P<who>.+?) (?:is|was) (?:a|an) (?P<kind>.+)"),
        ("so", r"the colou?r of (?P<who>.+?) is (?P<state>.+)"),
        ("so", r"(?P<who>.+?) (?:is|was|feels|felt) (?P<state>.+)"),
    )
)
_NOW = "(?: now| right now| at the moment)?"
QUESTIONS = tuple(
    (kind, re.compile(pattern + _NOW + "$"))
    for kind, pattern in (
        ("before", r"where was (?P<x>.+?)(?: just)? before (?:it was in |going to )?(?P<place>.+)"),
        ("before", r"which place was (?P<x>.+?) in before (?P<place>.+)"),
        ("will go", r"where (?:will (?P<who>.+?)(?: probably)? go|is (?P<who2>.+?) going to go)"),
        ("at time", rf"where (?:was|did) (?P<who>.+?)(?: go)? (?P<time>{_TIME})"),
        ("where", r"where is (?P<x>.+?)"),
        ("where", r"which place is (?P<x>.+?) in"),
        ("where", r"where can (?P<x>.+?) be found"),
        ("where", r"where did (?P<x>.+?) go"),
        ("where", r"do you know where (?P<x>.+?) is"),
        ("what lies", r"(?:what|which place) (?:is|lies)(?: to the)? (?P<way>north|south|east|west) of (?P<b>.+)"),
        ("lies of what", r"what (?:is|does) (?P<a>.+?)(?: lie)?(?: to the)? (?P<way>north|south|east|west) of"),
        (
            "path",
            r"(?:how do you (?:go|get)|how does one go|what is the way|which way leads) from (?P<a>.+?) to (?P<b>.+)",
        ),
        ("beside", rf"(?:is|does) (?P<a>.+?)(?: lie| placed)? (?P<way>{_SIDE}) (?P<b>.+)"),
        ("bigger", r"is (?P<a>.+?) (?:bigger|larger) than (?P<b>.+)"),
        ("bigger", r"is (?P<b>.+?) smaller than (?P<a>.+)"),
        ("bigger", r"(?:does|would) (?P<b>.+?) fit (?:inside|into|in) (?P<a>.+)"),
        ("in", r"(?:is (?P<who>.+?)(?: now)?|can (?P<who2>.+?) be found) (?:in|at) (?P<place>.+?)"),
        ("so", r"is (?P<who>.+?) (?P<state>hungry|thirsty|tired|sleepy|bored|dirty)"),
        ("who has", r"who (?:has|is carrying|is holding) (?P<thing>.+?)"),
        ("how many", r"how many (?:objects|things) (?:is|does) (?P<who>.+?) (?:carrying|holding|have)"),
        ("carrying", r"(?:what|which things) (?:is|does) (?P<who>.+?) (?:carrying|holding|have)"),
        ("given", r"(?:what|which thing) did (?P<who>.+?) give to (?P<to>.+)"),
        ("given", r"what did (?P<to>.+?) receive from (?P<who>.+)"),
        ("given", r"what was given to (?P<to>.+?) by (?P<who>.+)"),
        ("to whom", r"who did (?P<who>.+?) give (?P<thing>.+?) to"),
        ("to whom", r"who (?:received (?P<thing>.+?) from|was given (?P<thing2>.+?) by) (?P<who>.+)"),
        ("to whom", r"to whom did (?P<who>.+?) give (?P<thing>.+)"),
        ("to whom", r"(?:who received|who was given|to whom was) (?P<thing>.+?)(?: given)?"),
        ("giver", r"who gave (?P<thing>.+?) to (?P<to>.+)"),
        ("giver", r"from whom did (?P<to>.+?) receive (?P<thing>.+)"),
        ("giver", r"by whom was (?P<thing>.+?) given"),
        ("giver", r"who gave (?P<to>.+) (?P<thing>the .+)"),
        ("giver", r"who gave (?P<thing>.+?)(?: away)?"),
        ("feared", r"what (?:is|does) (?P<who>.+?) (?:afraid of|scared of|fear)"),
        ("colour", r"(?:what|which) colou?r is (?P<who>.+?)"),
        ("colour", r"what is the colou?r of (?P<who>.+?)"),
        ("why", r"why (?:did|is|does) (?P<who>.+?) (?:go to|in|get|take|have) .+"),
        ("given", r"what did (?P<who>.+?) give (?P<to>.+)"),
    )
)


@lru_cache(maxsize=50_000)
def read(sentence: str, patterns: tuple[tuple[str, re.Pattern], ...]) -> tuple[str, dict[str, str]]:
    """The kind of a sentence and its names, in lower case without articles; kind "" if it says nothing."""
    text = re.sub(r"[.,?!]", "", sentence.lower()).strip().replace("in which place is", "where is")
    for kind, pattern in patterns:
        if match := pattern.match(text):
            groups = ((slot.rstrip("2"), name) for slot, name in match.groupdict().items() if name)
            return kind, {slot: re.sub(r"^the ", "", name) for slot, name in groups}
    return "", {}

"""The verbs by which typed sentences are read, by what they tell of."""

from typing import NamedTuple

# What a verb tells of, then its forms: base, past, participle; regular ones by their base alone.
_VERBS = """
go: go went gone; walk; run ran run; move; travel travelled travelled; journey; drive drove driven; ride rode
 ridden; fly flew flown; hurry; rush; head; stroll; wander; march; come came come; return; sneak; arrive; sail;
 swim swam swum; climb; jog; cycle; step; crawl; dash; race; flee fled fled; hike; land; jump; proceed; escape;
 skip; stumble; slip; tiptoe; migrate; relocate; visit; enter; reach; approach
get: get got got; grab; take took taken; pick; collect; fetch; lift; snatch; find found found; buy bought bought;
 steal stole stolen; catch caught caught; seize; obtain; gather; borrow; retrieve; pack; keep kept kept; receive;
 carry; hold held held; accept; purchase; clutch; discover; own; bring brought brought; drag; haul; transport;
 deliver; have had had; wear wore worn
drop: drop; discard; leave left left; put put put; set set set; lay laid laid; place; throw threw thrown; lose lost
 lost; dump; hide hid hidden; store; park; forget forgot forgotten; abandon; release; toss; hang hung hung; stash;
 deposit; let let let
give: give gave given; pass; hand; offer; lend lent lent; sell sold sold; donate; present; mail; send sent sent
fit: fit; contain
meet: meet met met; join; accompany; follow
belong: belong
stay: stay; sit sat sat; sleep slept slept; stand stood stood; wait; play; work; rest; remain; live; study; hide
 hid hidden; relax; lie lay lain; nap; dance; sing sang sung; read read read; swim swam swum; cook; stop; eat ate
 eaten; practise
feel: feel felt felt; seem; look; become became become; fear
"""
# Verbs of their own: told as "somebody does this to something".
_OTHERS = """
bite bit bitten; eat ate eaten; love; like; hate; see saw seen; meet met met; kiss; kill; write wrote written;
 drink drank drunk; paint; build built built; break broke broken; teach taught taught; help; call; cost cost cost;
 weigh; chase; hit hit hit; hug; marry; know knew known; win won won; lose lost lost; invite; watch; hear heard
 heard; visit; clean; repair; open; close; cook; bake; wash; cut cut cut; wear wore worn; play; sing sang sung;
 read read read; study; speak spoke spoken; feed fed fed; push; pull; follow; kick; draw drew drawn; make made
 made; want; need; plant; water; fix; ride rode ridden; thank; ask; tell told told; start; begin began begun; end;
 live; work; own; grow grew grown; invent; discover; climb; pay paid paid; beat beat beaten; scratch; sting stung
 stung; admire; trust; miss; rescue; save; lick; order; choose chose chosen; swallow; adopt; train; wake woke woken;
 lock; unlock; say said said; greet; wave; smile; laugh; cry; shout; turn; try; talk; think thought thought; dream;
 finish; happen; rain; snow; shine shone shone; bark; knock; ring rang rung; notice; dress; brush; whisper; phone; text;
 answer; remember; believe; argue; fight fought fought; point; nod; shake shook shaken; breathe; hope; fill; empty;
 touch; smell; taste; check; count; show showed shown; spot; find found found; search; switch; light lit lit; warm;
 water; pet; stroke; prepare; arrange; mix; boil; fry; peel; enjoy; share; thank; surprise; scare; warn; promise
"""
DIRECT_PLACES = frozenset(("enter", "visit", "reach", "approach"))  # what they go to follows at once
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
        "slip",
        "skip",
        "forget",
        "win",
        "begin",
    ]
)


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

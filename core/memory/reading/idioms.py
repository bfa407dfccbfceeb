"""Several words that stand for one verb: "made her way to", "turned up at", "took the train to"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.memory.reading.names import Word, lower
from core.memory.reading.verbs import form_of
from core.memory.reading.words import AUXILIARY, BESIDE, COLOURS, FEELINGS, HOME, IN, PREPOSITIONS, PRONOUNS

_OWN = "(?:my|your|his|her|its|our|their)"
_RIDE = "(?:train|bus|car|bike|bicycle|taxi|cab|tram|plane|ship|boat|ferry|metro|subway|lift|elevator|stairs|path|road)"
# What is written -> what is read; of "took/take/taking" the form stays that of the first word.
_IDIOMS = tuple(
    (re.compile(rf"(?<!\S)(?:{written}) "), read)
    for written, read in (
        (rf"(?:made|found|fought|worked) {_OWN} way", "went"),
        (rf"(?:makes|finds) {_OWN} way", "goes"),
        (rf"(?:making|finding) {_OWN} way", "going"),
        (r"(?:turned|showed|ended|popped|wound) up(?= (?:at|in|on|here|there))", "went"),
        (r"(?:set off|set out|took off|made off|made) for(?= the )", "went to"),
        (rf"(?:took|caught|boarded|used) (?:an? |the )?{_RIDE}(?: back| home)?(?= to )", "went"),
        (rf"(?:took|caught|boarded|used) (?:an? |the )?{_RIDE}(?: back)?(?= home )", "went"),
        (r"(?:paid a visit)(?= to )", "went"),
        (r"(?:checked|moved|settled|dropped|popped|called) in(?= (?:at|to) )", "went"),
        (r"checked into|stopped by|stopped at(?! (?:half|quarter|twenty|ten|five|\d))|dropped by|called at|passed by"
         r"|stepped inside|retreated to", "went to"),
        (r"took (?:hold|possession|charge) of|got (?:hold|possession) of|laid hands on", "took"),
        (r"(?:is|was|are|were) in possession of|was left with", "had"),
        (r"it is (?:not true|false|untrue|wrong|a lie) that|it is not the case that", "neither"),
        (r"(?:it is|it was) (?:possible|likely|probable|thought|believed) that|i am not sure (?:if|whether|that|but)"
         r"|i do not know (?:if|whether)|it may be that|it might be that|i doubt that|it seems that|it looks like"
         r"|nobody knows (?:if|whether)", "perhaps"),
        (r"(?:seems|seemed|appears|is said|is thought|is supposed) to be", "might be"),
        (r"(?:can|could) be (?:found|seen)(?= (?:in|at|on|inside) )", "is"),
        (r"made it (?:back )?to", "went to"),
        (r"make it (?:back )?to", "go to"),
        (r"therefore|hence|consequently|as a result|that is why|which is why|for this reason|for that reason", "so"),
        (r"cuz|coz|cos|bc|bcs|bcuz", "because"),
        (r"(?<=\S )n(?= \S)", "and"),
        (r"nowhere to be (?:found|seen)|nowhere", "away"),
        (r"as soon as|the moment|as long as", "when"),
        (r"even though", "although"),
        (r"(?:got|gets|felt|became|is getting|was getting)"
         r"(?= (?:so |very |really )?(?:bored|hungry|thirsty|tired|sleepy|dirty|cold|sick) )", "was"),
        (r"(?:was|were|is|has been|got) (?:painted|dyed|coloured|colored)(?= (?:bright |dark |light )?\w+ $)", "is"),
        (r"let go of|got rid of|parted with", "dropped"),
        (r"went to get|went to fetch|came to get", "got"),
        (r"(?:went|came) (?:and|to) (?:got|fetched|collected|get|fetch|collect)", "got"),
        (r"(?:has|have|had) been to", "was at"),
        (r"(?:spent|spends) (?:the |an? |some |\w+ )?(?:day|night|morning|afternoon|evening|time|hours?|days|weeks?)"
         r"(?= (?:in|at|on) )", "was"),
        (r"(?:almost|nearly)(?= (?:went|took|got|gave|dropped|walked|ran|fell|left|lost|put|moved|drove) )", "did not"),
    )
)  # fmt: skip


_FETCHES = re.compile(
    r"(?<!\S)(?:went|came|walked|ran|drove|returned|hurried|rushed|flew|rode|cycled) .*?(?<!\S)"
    r"(to )(?:get|fetch|collect|grab|buy|pick up) (?:the|an?|his|her|my|some|it|two|three) "
)


def plain(words: Sequence[Word]) -> list[Word]:
    """The words with each idiom as the verb that it stands for."""
    words = list(words)
    low = lower(words)
    if low[:1] == ["not"] and "but" in low[2:6]:  # "Not Amy but Bob took it"
        words = words[low.index("but") + 1 :]
    if match := _FETCHES.search(" ".join(lower(words)) + " "):  # "went there to get it", which was done
        at = match.string[: match.start(1)].count(" ")
        past = {"get": "got", "buy": "bought"}.get(words[at + 1][0], words[at + 1][0] + "ed")
        words[at : at + 2] = [("and", "and"), (past if past != "grabed" else "grabbed",) * 2]
    if len(low) > 2 and low[-2] == "i" and low[-1] in ("think", "guess", "believe", "suppose"):
        words = [("perhaps", "perhaps"), *words[: -2 - (low[-3:-2] == ["and"])]]  # "It is in the den, I think"
    words = _cleft(words)
    if low[:1] and low[0] in ("being", "feeling") and low[2:3] == ["and"]:
        words = words[1:]  # "Being sleepy, Oona went to bed"
    for pattern, read in _IDIOMS:
        text = " ".join(lower(words)) + " "
        if match := pattern.search(text):
            begin = text[: match.start()].count(" ")
            length = match[0].strip().count(" ") + 1
            words[begin : begin + length] = [(word, word) for word in read.split()]
    return words


def _cleft(words: list[Word]) -> list[Word]:
    """ "It was Tom who took it", "You will find Tom in the hall": as "Tom took it", "Tom is in the hall"."""
    low = lower(words)
    text = " ".join(low) + " "
    if match := _IT_WAS.match(text):
        begin = match[0].count(" ")
        at = next((n for n in range(begin + 1, min(begin + 5, len(low))) if low[n] in ("who", "that", "which")), 0)
        but = low.index("but", at) if at and match[1] and "but" in low[at:] else 0
        if but:  # "It was not Tom who took it but Ann"
            end = next((n for n in range(but + 2, len(low)) if low[n] in ("who", "and", "that")), len(low))
            return [*words[but + 1 : end], *words[at + 1 : but]]
        if at and words[at - 1][1][:1].isupper():
            return [*[("neither", "neither")] * bool(match[1]), *words[begin:at], *words[at + 1 :]]
        return words
    if match := _FOUND.match(text):
        begin = match[0].count(" ")
        at = next((n for n in range(begin + 1, len(low)) if low[n] in IN | BESIDE), 0)
        return [*words[begin:at], ("is", "is"), *words[at:]] if at else words
    return words


ASKS = re.compile(r"[?？؟][\"'”’)\s]*$")  # a question within a story tells nothing
_IT_WAS = re.compile(r"it (?:is|was) (not )?")
_FOUND = re.compile(r"(?:you|one|we) (?:will|can|could|may|would) (?:still |always |usually )?find ")


_NOTED = re.compile(
    r"([A-Z][\w'’-]*(?: [A-Z][\w'’-]*)?|[Tt]he \w+)\s*(?::|=+>?|-+>|→|@|[–—])\s*(?:the |an? )?([\w'’ -]+?)[.!]?"
)


def noted(text: str) -> str:
    """ "Bob: sauna" and "Bob -> sauna", as "Bob is in the sauna"."""
    match = _NOTED.fullmatch(text.strip())
    if match is None or len(match[2].split()) > 3:
        return text
    words = match[2].lower().split()
    if any(
        word in AUXILIARY or word in PREPOSITIONS or word in PRONOUNS or word in _SELVES or form_of(word)
        for word in words
    ):
        return text
    if words[-1] in COLOURS | FEELINGS:
        return f"{match[1]} is {match[2]}."
    return f"{match[1]} is in {'' if match[2][:1].isupper() or words[-1] in HOME else 'the '}{match[2]}."


_SELVES = frozenset(("i", "im", "i'm", "we", "yes", "no"))

"""Several words that stand for one verb: "made her way to", "turned up at", "took the train to"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.memory.reading.names import Word, lower

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
        (r"(?:set off|set out|took off|made off|made)(?= for the )", "went to"),
        (rf"(?:took|caught|boarded|used) (?:an? |the )?{_RIDE}(?: back| home)?(?= to )", "went"),
        (r"(?:paid a visit)(?= to )", "went"),
        (r"(?:checked|moved|settled|dropped|popped|called) in(?= (?:at|to) )", "went"),
        (r"checked into|stopped by|stopped at|dropped by|called at|passed by|stepped inside|retreated to", "went to"),
        (r"took (?:hold|possession|charge) of|got (?:hold|possession) of|laid hands on", "took"),
        (r"(?:is|was|are|were) in possession of|was left with", "had"),
        (r"let go of|got rid of|parted with", "dropped"),
        (r"went to get|went to fetch|came to get", "got"),
        (r"(?:went|came) (?:and|to) (?:got|fetched|collected|get|fetch|collect)", "got"),
        (r"(?:has|have|had) been to", "was at"),
        (r"(?:spent|spends) (?:the |an? |some |\w+ )?(?:day|night|morning|afternoon|evening|time|hours?|days|weeks?)"
         r"(?= (?:in|at|on) )", "was"),
        (r"(?:almost|nearly)(?= (?:went|took|got|gave|dropped|walked|ran|fell|left|lost|put|moved|drove) )", "did not"),
    )
)  # fmt: skip


def plain(words: Sequence[Word]) -> list[Word]:
    """The words with each idiom as the verb that it stands for."""
    words = list(words)
    for pattern, read in _IDIOMS:
        text = " ".join(lower(words)) + " "
        if match := pattern.search(text):
            begin = text[: match.start()].count(" ")
            length = match[0].strip().count(" ") + 1
            words[begin : begin + length] = [(word, word) for word in read.split()]
    return words

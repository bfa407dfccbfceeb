"""What people type in the present, or without saying again who, as the stories say it.

"Mary goes to the kitchen and takes the milk" becomes "Mary went to the kitchen", "then she took the milk".
"""

from core.data.stories.words import DONE

_PRESENT = """
goes went journeys journeyed travels travelled moves moved walks walked runs ran hurries hurried strolls strolled
heads headed rushes rushed wanders wandered marches marched comes came returns returned sneaks sneaked enters entered
gets got grabs grabbed takes took picks picked collects collected fetches fetched lifts lifted snatches snatched
discards discarded drops dropped puts put lets let sets set lays laid throws threw gives gave passes passed
hands handed offers offered brings brought lends lent
"""
_PERFECT = {"gone": "went", "taken": "took", "given": "gave", "thrown": "threw", "come": "came", "run": "ran"}
_PERFECT |= {past: past for past in DONE if past != "left"}  # "has left the kitchen" says where somebody is not
PAST = dict(zip(_PRESENT.split()[::2], _PRESENT.split()[1::2], strict=True))
_OF_THE_SAME = ("and", "but", "then")

Word = tuple[str, str]  # in lower case, as written


def as_told(words: list[Word]) -> list[Word]:
    """The words of a statement as the stories would say it."""
    told: list[Word] = []
    for word, written in words:
        before = told[-1][0] if told else ""
        if word in _PERFECT and (before in ("has", "have") or (before, word) == ("is", "gone")):  # 's can be both
            told[-1] = (_PERFECT[word],) * 2
        else:
            told.append((PAST[word],) * 2 if word in PAST else (word, written))
    start = 0
    while start < len(told) and told[start][0] in _OF_THE_SAME:
        start += 1
    if start < len(told) and told[start][0] in DONE:
        return [("then", "then"), ("she", "she"), *told[start:]]
    return told

"""One of what several are called."""

_IRREGULAR = {
    "mice": "mouse", "geese": "goose", "oxen": "ox", "feet": "foot", "teeth": "tooth", "men": "man",
    "people": "person", "children": "child", "buses": "bus", "skis": "ski", "taxis": "taxi",
    "canoes": "canoe", "movies": "movie", "cookies": "cookie", "hoodies": "hoodie",
}  # fmt: skip
# Alone or at the end of a compound: wolves, bookshelves.
_ENDS_IN_F = ("wolves", "calves", "halves", "shelves", "leaves", "loaves", "thieves", "scarves")
_ENDINGS = {
    "men": "man", "ies": "y", "sses": "ss", "xes": "x", "ches": "ch", "shes": "sh", "puses": "pus", "ruses": "rus",
}  # fmt: skip
_ONE = frozenset(("abdomen", "amen", "bremen", "carmen", "omen", "ramen", "specimen", "yemen"))  # are no men


def singular(word: str) -> str:
    """The singular of an English noun in small letters by rule, good enough for words never seen; of one itself."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _ONE:
        return word
    if word.endswith(("knives", "wives")):
        return f"{word[:-3]}fe"
    if word.endswith(_ENDS_IN_F):
        return f"{word[:-3]}f"
    for ending, one in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + one
    return word[:-1] if len(word) > 2 and word.endswith("s") and word[-2] not in "sui" else word

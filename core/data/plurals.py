"""One of what several are called."""

PLURALS = {
    "mice": "mouse", "wolves": "wolf", "sheep": "sheep", "geese": "goose", "men": "man", "women": "woman",
    "people": "person", "children": "child", "fish": "fish", "deer": "deer", "oxen": "ox",
}  # fmt: skip


def singular(word: str) -> str:
    """The singular of an English noun by rule, good enough for words never seen."""
    if word in PLURALS:
        return PLURALS[word]
    endings = {"ves": "f", "ies": "y", "sses": "ss", "xes": "x", "ches": "ch", "shes": "sh"}
    for ending, replacement in endings.items():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + replacement
    return word[:-1] if len(word) > 2 and word.endswith("s") and word[-2] not in "su" else word

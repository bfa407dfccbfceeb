"""Model cards of the memory networks: what a folder under ``checkpoints/`` says of itself."""

LICENCE = "code MIT; weights CC BY 3.0, trained on bAbI (Facebook)"

_WHAT = {
    (
        "memn2n",
        "soft",
    ): "An End-To-End Memory Network (Sukhbaatar et al. 2015): each of {hops} hops looks over the last "
    "{memory} sentences and brings back their weighted mean. It learns from the answers alone.",
    ("memn2n", "none"): "An End-To-End Memory Network (Sukhbaatar et al. 2015) without its attention: each of {hops} "
    "hops brings back the mean of the last {memory} sentences. It learns from the answers alone.",
    ("memnn", "hard"): "A Memory Network (Weston et al. 2014): it finds one sentence, then the next given the first, "
    "until it has enough, {hops} at most; then it answers from what it found. It learns from the answers and from the "
    "labelled supporting facts.",
    ("slots", "soft"): "Sentences are read as templates with numbered names, so what the names are changes nothing. "
    "Hop after hop it asks for the nearest match from the story's end or its beginning, until it has enough, and reads "
    "the answer from the sentences that it looked at. It learns from the answers, from the labelled supporting facts, "
    "and mostly from generated stories (`core/data/stories`).",
}
_BLIND = {
    "story": "\n\nA baseline: it is shown the story only, the question is emptied.",
    "question": "\n\nA baseline: it is shown the question only, the story is emptied.",
}

_KNOWS = {
    "slots": "It knows some two hundred words that carry structure; any other is taken for a name, or said to be "
    "unknown where it cannot be one. It was taught the twenty kinds of question and no other.",
}
_KNOWS_BABI = (
    "It knows the words of bAbI's training stories and no other. Words that it does not know are named with each\n"
    "  answer, and read as if they were not there."
)

_LIMITS = """\
## Limits

- {knows}
- Where it looks is what it used, not why.
- The stories are made by a small simulation; nothing here understands English.
"""


def card(name: str, config: dict) -> str:
    """The card of a memory network with this config; its scores are filled in by ``python -m core.results.report``."""
    settings = "\n".join(f"- {key}: {value}" for key, value in config["settings"].items())
    what = _WHAT[config["network"], config["attention"]].format(**{"memory": "all", **config["model"]})
    held = config["hold_out"]
    return f"""\
# {name}: a memory network

{what}{_BLIND.get(config["model"].get("sees", "both"), "")}

## Scores

<!-- scores -->
<!-- /scores -->

## Training

Data: {config["data"]}. Of each task {held["share"]:.0%} of the questions were held out, by whole stories (seed
{held["seed"]}): on them the probabilities were calibrated (temperature {config["temperature"]:g}).
Seed {config["seed"]}; `{config["command"]}`. {config.get("history", "")}Settings:

{settings}

{_LIMITS.format(knows=_KNOWS.get(config["network"], _KNOWS_BABI))}"""

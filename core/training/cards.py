"""Model cards: what a folder under ``checkpoints/`` says of itself, the same parts in the same order for every model.

Who trains a model gives the sentences that only they know. Nothing that is not known of the data is said.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

START, END = "<!-- scores -->", "<!-- /scores -->"  # between them the report of the results writes a model's scores


def model_card(
    title: str,
    what: str,
    config: Mapping[str, Any],
    limits: Iterable[str],
    *,
    training: str = "",
    command: str = "",
    scores: str | None = "",
    hidden: Collection[str] = (),
) -> str:
    """A card in Markdown.

    Args:
        title: the model's name and what it is, in a few words.
        what: what it does and how, in sentences.
        config: of the checkpoint: "data", "seed", "settings"; "command" and "history" where it has them.
        limits: what whoever uses it should know, a sentence or two each.
        training: what else is said of the training, after its data.
        command: that trains such models, where the config says neither the command nor the history.
        scores: what the table of scores means, beneath it; None for a model that has none.
        hidden: settings that say nothing to others, paths of one machine say.
    """
    settings = "\n".join(
        f"- {key}: {'; '.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in config["settings"].items()
        if key not in hidden
    )
    command = config.get("command") or ("" if config.get("history") else command)
    made = f"Seed {config['seed']}; `{command}`." if command else f"Seed {config['seed']}."
    made = " ".join(part.strip() for part in (made, config.get("history", ""), "Settings:") if part)
    parts = [f"# {title}", what]
    if scores is not None:
        parts += ["## Scores", f"{START}\n{END}", scores]
    data = f"Data: {config['data']}."
    parts += ["## Training", "\n".join(part for part in (data, training, made) if part), settings]
    parts += ["## Limits", "\n".join(f"- {limit}" for limit in limits)]
    return "\n\n".join(part for part in parts if part) + "\n"

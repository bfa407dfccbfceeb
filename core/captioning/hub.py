"""A captioner of the ``transformers`` library, from the Hub by its name or from a folder, made into a checkpoint.

From then on it needs no network, and is offered like any other. Weights are read from safetensors only, and no code
that a repository brings along is run.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from core import checkpoints
from core.checkpoints import CONFIG, CheckpointError
from core.checkpoints.hub import PREFIX, download

ARCHITECTURES = ("vision-encoder-decoder", "blip")  # the library's "model_type" -> ours, of the same name
MEAN = (0.5, 0.5, 0.5)  # and the deviation, where a preprocessor says nothing
SPACES = ("Ġ", "▁")  # how byte-level BPE and SentencePiece write the space before a word


def fetch(source: str, folder: Path) -> Path:
    """Make a checkpoint in ``folder`` of a captioner: of ours as it is, of the library's as it is used here.

    Args:
        source: ``owner/name`` on the Hub, also as ``hub:owner/name``, or a folder of this machine.

    Raises:
        CheckpointError: the packages are missing, there is no such repository, or it holds no captioner that is known.
    """
    local = Path(source)
    found = local if local.is_dir() else download(source.removeprefix(PREFIX))
    config = _json(found / CONFIG)
    if "kind" in config:  # a checkpoint of ours
        checkpoints.copy(found, folder)
        return folder
    if config.get("model_type") not in ARCHITECTURES:
        raise CheckpointError(
            f"{source} is no captioner that is known here, but {config.get('model_type', 'something else')!r}: "
            f"it can be one of {', '.join(ARCHITECTURES)}, or a checkpoint of ours."
        )
    if not list(found.glob("*.safetensors")):
        raise CheckpointError(f"{source} has no weights as safetensors, and no others are read.")
    _convert(source.removeprefix(PREFIX), found, config, folder)
    return folder


def _convert(name: str, found: Path, config: dict[str, Any], folder: Path) -> None:
    try:
        from transformers import AutoTokenizer

        from core.captioning.captioners import pretrained
    except ImportError as error:
        raise CheckpointError(f"For {name} more is needed: pip install -r requirements-hub.txt.") from error
    import torch
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()  # there is one of ours
    kinds = (pretrained.VisionEncoderDecoderCaptioner, pretrained.BlipCaptioner)
    kind = dict(zip(ARCHITECTURES, kinds, strict=True))[config["model_type"]]
    try:
        tokenizer = AutoTokenizer.from_pretrained(found, local_files_only=True, trust_remote_code=False)
        pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
        unwritten = set(tokenizer.all_special_ids)
        words = {number: shown(piece, pieces) for number, piece in enumerate(pieces) if number not in unwritten}
        seen = _json(found / "preprocessor_config.json")
        model = {"config": config, "mean": _three(seen, "image_mean"), "deviation": _three(seen, "image_std")}
        captioner = kind.from_config({"model": model, "vocabulary": list(words.values())})
        loaded = type(captioner.model).from_pretrained(
            found, config=captioner.model.config, local_files_only=True, use_safetensors=True, trust_remote_code=False,
            dtype=torch.float32,
        )  # fmt: skip
        captioner.model = loaded.eval()
        start, end = _ends(config, _json(found / "generation_config.json"))
        captioner.ids = torch.tensor([end, start, end, *words])
    except (OSError, ValueError, LookupError, TypeError, RuntimeError, ImportError, SafetensorError) as error:
        why = (str(error) or type(error).__name__).strip().splitlines()[0][:300]
        raise CheckpointError(f"{name} cannot be made into a checkpoint: {why}") from error
    about = {
        "kind": "captioner",
        "architecture": kind.architecture,
        "attention": kind.attention,
        "looks": "free",
        "model": model,
        "vocabulary": list(words.values()),
        "data": f"see https://huggingface.co/{name}" if "/" in name and not Path(name).exists() else "not known",
        "licence": "that of its repository",
        "seed": None,
        "settings": {},
        "history": f"Made from {name} by `python -m core fetch`.",
    }
    checkpoints.save(folder, about, captioner.state_dict(), f"# {folder.name}\n\n{about['history']} {kind.__doc__}\n")


def shown(piece: str, pieces: Iterable[str]) -> str:
    """How a piece of a vocabulary is shown: a word as it is, one that goes on with the word before as ``##piece``.

    Args:
        pieces: all of them; where some begin with a space, those that do not go on with the word before.
    """
    marks = [mark for mark in SPACES if any(other.startswith(mark) for other in pieces)]
    if not marks:  # WordPiece, which is written so
        return piece
    return piece[1:] if piece.startswith(tuple(marks)) else f"##{piece}"


def _ends(config: dict[str, Any], generation: dict[str, Any]) -> tuple[int, int]:
    """The numbers of the pieces that captions begin and end with, which the library writes into many places."""
    if config["model_type"] == "blip":
        text = config["text_config"]
        return int(text.get("bos_token_id", 30522)), int(text.get("sep_token_id", 102))
    decoder = config["decoder"]
    places = (generation, config, decoder)
    start = [one.get(name) for name in ("decoder_start_token_id", "bos_token_id") for one in places]
    end = [one.get(name) for name in ("eos_token_id", "sep_token_id") for one in places]
    first = [next(number for number in numbers if isinstance(number, int)) for numbers in (start, end)]
    return first[0], first[1]


def _three(about: dict[str, Any], name: str) -> list[float]:
    """A number for each colour."""
    found = [float(number) for number in about.get(name, MEAN)]
    if len(found) != 3:
        raise ValueError(f"Its {name} is not of three colours.")
    return found


def _json(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing where there is none."""
    if not path.exists():
        return {}
    if path.stat().st_size > checkpoints.MAX_CONFIG_BYTES:
        raise CheckpointError(f"{path} is too large for a config.")
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not JSON.") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{path} does not hold one JSON object.")
    return found

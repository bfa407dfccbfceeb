"""``fetch``: a model from the Hub, or from a folder of another library, becomes a checkpoint."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import InputError, ProgressBar, written_here
from core.data.printable import printable


def fetch(
    source: Annotated[str, typer.Argument(metavar="NAME_OR_DIR", help="OWNER/NAME on the Hub, or a folder.")],
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="The checkpoint's folder, such as checkpoints/blip.", callback=written_here),
    ],
) -> None:
    """Make a checkpoint of a captioner on the Hub: one of ours, or of transformers (BLIP, vision encoder-decoders)."""
    if out.exists():
        raise InputError(f"{out} is there already; take another --out.")
    from core.captioning.hub import fetch as make

    with ProgressBar("Fetching"):
        make(source, out)
    print(printable(str(out)))

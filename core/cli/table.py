"""``table``: a table of captions as another file."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import InputError, complain, written_here


def table(
    source: Annotated[Path, typer.Argument(metavar="TABLE", help="What caption FOLDER --out wrote.")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="A .parquet, .csv or .jsonl; or a page with pictures, .html.", callback=written_here
        ),
    ],
    images: Annotated[
        Path | None, typer.Option(metavar="DIR_OR_ZIP", help="Where the photos are; beside the table, if not given.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="What is written may replace another file.")] = False,
) -> None:
    """Write a table of captions as another file: for a spreadsheet, a data frame, or people to look through."""
    from core.exports.read_tables import MAX_BYTES, read_table
    from core.exports.table_page import write_table_or_page
    from core.exports.tables import check_table

    check_table(out)
    if out.exists() and not overwrite:
        raise InputError(f"{out} is there already; add --overwrite to replace it.")
    try:
        with open(source, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}.") from error
    for sentence in write_table_or_page(out, read_table(str(source), data), images or source.parent):
        complain(sentence)

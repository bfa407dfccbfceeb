"""``caption FOLDER --out TABLE``: a folder of any size into one table, resumable whenever it is stopped."""

import time
from collections.abc import Sequence
from pathlib import Path

import typer

from core.cli.common import InputError, ProgressBar, complain, open_caption_service


def caption_folder(
    photos: Sequence[Path],
    out: Path,
    models: list[str] | None,
    checkpoints: Path | None,
    method: str,
    beam: int,
    temperature: float,
    seed: int,
    overwrite: bool,
) -> None:
    """Caption all photos of one folder and of those below into ``out``; what cannot be captioned is in there, too.

    Raises:
        InputError: it is not one folder, or the table is there already.
        DataError: the table cannot be written, or its log is of another run.
    """
    from core.captioning.streaming.log import RunLog, log_files, settings_of
    from core.exports.table_page import write_table_or_page
    from core.exports.tables import check_table

    if len(photos) != 1 or not photos[0].is_dir():
        raise InputError("With --out, give one folder of photos.")
    folder, path = photos[0], out.with_name(out.name + ".log")
    check_table(out)
    if out.exists() and not path.exists() and not overwrite:
        raise InputError(f"{out} is there already; add --overwrite to make it anew.")

    from core.captioning.registry import DEFAULT

    service, chosen = open_caption_service(checkpoints, models, default=[DEFAULT])

    from core.captioning.settings import Settings
    from core.captioning.streaming.run import caption_pending, list_folder

    settings = Settings(method=method, beam=beam, temperature=temperature, seed=seed)  # type: ignore[arg-type]
    weights = [f"{model} {service.config(model)['sha256']}" for model in chosen]
    with RunLog(path, settings_of(folder=folder.resolve(), models=weights, settings=settings)) as log:
        with ProgressBar("Listing the folder"):
            list_folder(log, folder, [out, out.with_name(out.name + ".part"), *log_files(path)])
        found, before, _ = log.counts()
        complain(f"{found:,} files in {folder}" + (f", {before:,} of them done before." if before else "."))
        begun = time.monotonic()
        with ProgressBar("Captioning", found - before) as bar:
            for _ in caption_pending(log, folder, service, chosen, settings):
                bar.advance()
        rate = (found - before) / max(1e-9, time.monotonic() - begun)
        with ProgressBar("Writing the table"):
            left_out = write_table_or_page(out, log.rows(), folder)
        problems = log.counts()[2]
        log.remove()
    complain(f"{out}: {found - problems:,} photos captioned, {rate:.1f} a second.")
    for sentence in left_out:
        complain(sentence)
    if problems:
        complain(f"{problems:,} files could not be captioned; the column problem says why.")
    if problems == found:
        raise typer.Exit(2)

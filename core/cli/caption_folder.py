"""``caption FOLDER --out TABLE``: a folder of any size into one table, resumable whenever it is stopped."""

import time
from collections.abc import Sequence
from pathlib import Path

import typer

from core.cli.common import InputError, ProgressBar, complain, open_caption_service
from core.data.errors import DataError


def caption_folder(
    photos: Sequence[str],
    out: Path,
    models: list[str] | None,
    checkpoints: Path | None,
    method: str,
    beam: int,
    temperature: float,
    seed: int,
    overwrite: bool,
    engine: str,
    workers: int | None,
) -> None:
    """Caption all photos of one folder or address, with those below, into ``out``; what cannot be captioned is in
    there, too.

    Args:
        engine: "local", this process, or "ray".
        workers: Ray's; None for as many as it has CPUs.

    Raises:
        InputError: it is not one folder, it is empty or too large for a page, or the table is there already.
        DataError: the table cannot be written, or its log is of another run.
    """
    from core.captioning.streaming import on_ray
    from core.captioning.streaming.log import RunLog, log_files, settings_of
    from core.captioning.streaming.places import LocalFolder, open_place
    from core.exports.table_page import MAX_PHOTOS, write_table_or_page
    from core.exports.tables import PAGE, check_table

    if len(photos) != 1:
        raise InputError("With --out, give one folder of photos, or one address.")
    path = out.with_name(out.name + ".log")
    place = open_place(photos[0], [out, *log_files(path)])
    if out.suffix.lower() == PAGE and not isinstance(place, LocalFolder):
        raise InputError("A page with pictures is made of a folder of this machine; of an address, make a table.")
    check_table(out)
    if engine == "ray":
        on_ray.find_ray()
    if out.exists() and not path.exists() and not overwrite:
        raise InputError(f"{out} is there already; add --overwrite to make it anew.")

    from core.captioning.registry import DEFAULT

    service, chosen = open_caption_service(checkpoints, models, default=[DEFAULT])

    from core.captioning.settings import Settings
    from core.captioning.streaming import run

    settings = Settings(method=method, beam=beam, temperature=temperature, seed=seed)  # type: ignore[arg-type]
    weights = {model: service.config(model)["sha256"] for model in chosen}
    same = settings_of(folder=place.address, models=[" ".join(one) for one in weights.items()], settings=settings)
    with RunLog(path, same) as log:
        try:
            with ProgressBar("Listing the photos"):
                run.list_place(log, place)
            found, before, _ = log.counts()
            if not found:
                raise InputError(f"{photos[0]} holds no files.")
            if found > MAX_PHOTOS and out.suffix.lower() == PAGE:
                raise InputError(
                    f"{photos[0]} holds {found:,} files, and a page shows {MAX_PHOTOS:,} photos: make a table, and"
                    " a page of it with `python -m core table`."
                )
        except (DataError, InputError):
            log.remove_unused()
            raise
        complain(f"{found:,} files in {photos[0]}" + (f", {before:,} of them done before." if before else "."))
        begun = time.monotonic()
        if engine == "ray":
            job = on_ray.Job(place, checkpoints and checkpoints.resolve(), weights, settings)
            outcomes = on_ray.caption_pending(log, job, workers)
        else:
            outcomes = run.caption_pending(log, place, service, chosen, settings)
        with ProgressBar("Captioning", found - before) as bar:
            for _ in outcomes:
                bar.advance()
        rate = (found - before) / max(1e-9, time.monotonic() - begun)
        with ProgressBar("Writing the table"):
            left_out = write_table_or_page(out, log.rows(), Path(place.address))
        problems = log.counts()[2]
        log.remove()
    complain(f"{out}: {found - problems:,} photos captioned, {rate:.1f} a second.")
    for sentence in left_out:
        complain(sentence)
    if problems:
        complain(f"{problems:,} files could not be captioned; the column problem says why.")
    if problems == found:
        raise typer.Exit(2)

"""``train scenes`` and ``evaluate scenes``: the small world whose truth is known."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import Checkpoints, InputError, Json, Models, ProgressBar, prepare_outputs, written_here
from core.cli.training import Attention, Device, Out, Resume, Seed, check_run, chosen, given, run
from core.results.files import write_result
from core.results.provenance import made_by

SPLITS = ("test", "unseen")
COLUMNS = ("n", "exact", "exact_alone", "exact_relational", "mixed_up_relational", "pointing")


def train_scenes(
    out: Out,
    attention: Annotated[list[Attention] | None, typer.Option(help="Which captioners; all if not given.")] = None,
    scenes: Annotated[int | None, typer.Option(min=1, help="Scenes of an epoch, each time others.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="How many epochs.")] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="An encoder to keep, the folder of a checkpoint; none is trained."),
    ] = None,
    seed: Seed = None,
    device: Device = "auto",
    resume: Resume = False,
) -> None:
    """Train an encoder and captioners on generated scenes. Interrupted, it goes on with --resume."""
    check_run(out, device, resume)
    from core.scenes.training.run import SceneTrainSettings
    from core.scenes.training.run import train_scenes as train

    options = given(attention=chosen(attention), scenes=scenes, epochs=epochs, encoder=encoder, seed=seed)
    settings = SceneTrainSettings(out=out, device=device, **options)
    run(lambda stages: train(settings, stages.begin))


def evaluate_scenes(
    context: typer.Context,
    models: Models = None,
    split: Annotated[list[str] | None, typer.Option(help="Which scenes; test and unseen if not given.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="How many scenes of each split.")] = 1000,
    results: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write each model's figures into a file here.", callback=written_here),
    ] = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Measure captioners of scenes: captions exactly right, and looks that point at the thing named."""
    from core.checkpoints import ROOT, read, resolve
    from core.data.scenes import SPLITS as KNOWN
    from core.data.scenes import make_scenes
    from core.scenes.evaluation import BATCH
    from core.scenes.service import SceneService

    root = checkpoints or ROOT
    service = SceneService(root)
    names = list(dict.fromkeys(models or service.captioners()))
    if not names:
        raise InputError(f"There are no captioners of scenes in {root}.")
    folders = {name: resolve(name, root) for name in names}
    splits = list(dict.fromkeys(split or SPLITS))
    if not set(splits) <= set(KNOWN):
        raise InputError(f"A split is one of {', '.join(KNOWN)}.")
    prepare_outputs(None, results)
    made = made_by("core", context.obj)
    if not as_json:
        print(_row("model", "split", COLUMNS))
    batches = -(-count // BATCH)
    with ProgressBar("Captioning scenes", len(splits) * batches * (1 + len(names))) as bar:
        for part in splits:
            scenes = list(make_scenes(part, count))
            grids = service.encode_scenes(scenes, BATCH, bar.advance)
            for name in names:
                figures = service.measure(grids, name, scenes, bar.advance)
                measured = {"model": folders[name].name, "split": part, **figures}
                shown = ["-" if figures[key] is None else f"{figures[key]:.1f}" for key in COLUMNS]
                bar.print(json.dumps(measured) if as_json else _row(name, part, shown))
                if results:
                    file = f"scenes-{part}-{folders[name].name.removeprefix('scenes-')}.json"
                    write_result(results / file, measured, made, read(folders[name]).config)


def _row(model: str, split: str, cells: Iterable[str]) -> str:
    return f"{model:14}{split:8}" + "".join(f"{cell:>21}" for cell in cells)

"""``train photos``: the options of one training run."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import InputError, MorePhotos
from core.cli.photo_data import Datasets, Images, places
from core.cli.training import (
    Check,
    CheckJson,
    Device,
    Out,
    ProgressOption,
    Resume,
    Seed,
    Stages,
    check_run,
    chosen,
    given,
    leads,
    print_check,
    run,
)


class Captioners(StrEnum):
    """The choices of --captioner; typer takes a list of nothing simpler."""

    NONE = "none"
    SOFT = "soft"
    SOFT_FREE = "soft-free"
    HARD = "hard"
    ADAPTIVE = "adaptive"
    TRANSFORMER = "transformer"


def train_photos(
    dataset: Datasets,
    out: Out,
    images: Images = None,
    encoder_weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE_OR_DIR", help="ImageNet weights to fine-tune, or an encoder's folder to keep."),
    ] = None,
    random_encoder: Annotated[
        bool, typer.Option("--random-encoder", help="In place of those: an encoder that has learnt nothing.")
    ] = False,
    start: Annotated[
        Path | None, typer.Option(metavar="DIR", help="In place of those: an encoder and captioners to go on from.")
    ] = None,
    teacher: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="One of those captioners, or several as one: what is said is learnt, too."),
    ] = None,
    encoder_architecture: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the encoder that the weights are of; efficientnet_b4.")
    ] = None,
    captioner_architecture: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of captioners that begin anew and have none of their own; lstm.")
    ] = None,
    more_images: MorePhotos = None,
    phrases: Annotated[
        Path | None,
        typer.Option(
            metavar="JSON", help="Boxes around what the first data set's captions name: they teach the looks."
        ),
    ] = None,
    text: Annotated[
        list[Path] | None,
        typer.Option(metavar="TXT", help="Sentences without photos, one a line, to learn words from first. Or TXT.gz."),
    ] = None,
    captioner: Annotated[
        list[Captioners] | None, typer.Option(help="Which captioners; those that are shipped if not given.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=0, help="Passes over the captions, none and soft.")] = None,
    hard_epochs: Annotated[int | None, typer.Option(min=0, help="The same for hard, which starts from soft.")] = None,
    scst_epochs: Annotated[int | None, typer.Option(min=0, help="Passes with their own captions, after those.")] = None,
    encoder_epochs: Annotated[int | None, typer.Option(min=0, help="Passes that fine-tune the encoder.")] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Photos a step.")] = None,
    seed: Seed = None,
    device: Device = "auto",
    devices: Annotated[
        int, typer.Option(min=1, help="Processes that share the work: GPUs, or parts of the processor.")
    ] = 1,
    resume: Resume = False,
    check: Check = False,
    as_json: CheckJson = False,
    progress: ProgressOption = None,
) -> None:
    """Train an encoder and captioners on photos with captions. Interrupted, it goes on with --resume."""
    if (encoder_weights is not None) + (start is not None) + random_encoder != 1:
        raise InputError("Give either --encoder-weights, --random-encoder or --start.")
    if (begin := encoder_weights or start) and not begin.exists():
        raise InputError(f"There are no weights {begin}.")
    check_run(out, device, resume or check)
    from core.captioning.training.encoder import EncoderSettings
    from core.captioning.training.run import train_photos as train
    from core.captioning.training.scst import SCSTSettings
    from core.captioning.training.settings import PhotoTrainSettings

    settings = PhotoTrainSettings(
        dataset=tuple(dataset),
        images=tuple(places(dataset, images, more_images)),
        out=out,
        encoder_weights=encoder_weights,
        random_encoder=random_encoder,
        start=start,
        teachers=tuple(teacher or ()),
        phrases=phrases,
        texts=tuple(text or ()),
        device=device,
        devices=devices,
        **given(
            encoder_architecture=encoder_architecture,
            captioner_architecture=captioner_architecture,
            captioners=chosen(captioner),
            epochs=epochs,
            hard_epochs=hard_epochs,
            encoder=None if encoder_epochs is None else EncoderSettings(epochs=encoder_epochs),
            scst=None if scst_epochs is None else SCSTSettings(epochs=scst_epochs),
            batch=batch,
            seed=seed,
        ),
    )
    if check:
        from core.captioning.training.check import check_data
        from core.captioning.training.trial import expect_photos

        with Stages(leads(), progress) as stages:
            found = check_data(settings, stages.begin)
            stages.say("Timing a part of the training ...")
            plan = expect_photos(settings, found)
        print_check(found.findings, plan, as_json)
        return
    run(lambda stages: train(settings, stages.begin, stages.say), progress)

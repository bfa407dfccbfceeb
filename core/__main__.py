"""The command line: ``python -m core COMMAND``. Results on standard output, everything else on standard error.

Exit codes: 0 done; 2 the input or the arguments are wrong, a clear sentence each; 1 a fault of ours, or nobody read on.
"""

import errno
import io
import os
import sys
from collections.abc import Sequence

import typer

from core.cli.answer import answer
from core.cli.caption import caption
from core.cli.common import InputError, complain, input_errors
from core.cli.evaluate import evaluate_photos
from core.cli.evaluate_gaze import evaluate_gaze
from core.cli.evaluate_stories import evaluate_stories
from core.cli.evaluate_typed import evaluate_typed
from core.cli.fetch import fetch
from core.cli.models import models
from core.cli.out_of_distribution import train_out_of_distribution
from core.cli.report import report
from core.cli.scenes import evaluate_scenes, train_scenes
from core.cli.table import table
from core.cli.train import train_photos
from core.cli.train_stories import train_stories

# Of the machine, and no fault of ours: the disk is full, a quota is used up, a file too large, the disk read-only.
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)

app = typer.Typer(
    help="Photos and stories in, sentences and answers out, and where the model looked.",
    no_args_is_help=True,
    add_completion=False,
)
evaluate = typer.Typer(help="Score models on a data set.", no_args_is_help=True)
train = typer.Typer(help="Train models on a data set, resumably.", no_args_is_help=True)
app.command()(caption)
app.command()(answer)
app.add_typer(evaluate, name="evaluate")
evaluate.command("photos")(evaluate_photos)
evaluate.command("gaze")(evaluate_gaze)
evaluate.command("scenes")(evaluate_scenes)
evaluate.command("stories")(evaluate_stories)
evaluate.command("typed")(evaluate_typed)
app.add_typer(train, name="train")
train.command("photos")(train_photos)
train.command("out-of-distribution")(train_out_of_distribution)
train.command("scenes")(train_scenes)
train.command("stories")(train_stories)
app.command()(table)
app.command()(models)
app.command()(fetch)
app.command()(report)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; a fault of ours is raised."""
    try:
        # The arguments travel along as the context's object: a results file says how it was made.
        code = typer.main.get_command(app).main(
            list(arguments), prog_name="python -m core", standalone_mode=False, obj=list(arguments)
        )
    except InputError as error:
        complain(error.format_message())
        return error.exit_code
    except typer.TyperException as error:
        print(error.format_message(), file=sys.stderr)
        return error.exit_code
    except ValueError as error:
        if not isinstance(error, input_errors()):
            raise
        complain(str(error))
        return 2
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        what = f"{error.filename} cannot be written" if error.filename else "Nothing more can be written"
        complain(f"{what}: {error.strerror}.")
        return 2
    return code or 0


if __name__ == "__main__":
    # A file name may hold bytes that the terminal's encoding lacks; that is no reason to stop.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    code = main(sys.argv[1:])
    try:
        if sys.stdout is not None:  # as with ">&-"
            sys.stdout.flush()
    except OSError:  # as with "| head", or on a full disk: what is left goes nowhere, or Python would complain of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = code or 1
    sys.exit(code)

"""``report``: the scores in ``results/``, written into the README and the model cards."""

from core.cli.common import InputError
from core.files import write_whole


def report() -> None:
    """Write the scores in results/ into the README and the model cards; what has changed is listed."""
    from core.captioning.registry import FIRST
    from core.memory.registry import recipes
    from core.results.files import ResultError
    from core.results.provenance import REPOSITORY
    from core.results.report import ReportError, pages

    try:
        for path, text in pages([*FIRST, *recipes()]).items():
            if path.read_text(encoding="utf-8") != text:
                write_whole(path, text)
                print(path.relative_to(REPOSITORY))
    except (ReportError, ResultError) as error:
        raise InputError(str(error)) from error

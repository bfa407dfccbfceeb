"""Files that are whole or not there: whatever is cut off, a process killed or a disk full, leaves the former one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside ``path`` to be written in the context; at its end the draft is on the disk and becomes the file.

    A context that fails leaves no draft; a process that is killed leaves one, whose name begins with a dot.

    Raises:
        OSError: the disk is full, or the folder cannot be written to.
    """
    path = Path(path)
    draft = path.with_name(f".{path.name}.part")
    try:
        yield draft
        flush_to_disk(draft)
        draft.replace(path)
        flush_to_disk(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, text in UTF-8, in the place of a former one.

    Raises:
        OSError: as :func:`replacing`.
    """
    with replacing(path) as draft:
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def flush_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlive a power cut; where the system offers that."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # a folder, on Windows
        return
    try:
        os.fsync(handle)
    except OSError:  # a folder, on some file systems; or a file that was opened to be read, on Windows
        if not path.is_dir() and os.name != "nt":
            raise
    finally:
        os.close(handle)

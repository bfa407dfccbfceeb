"""Files that are whole or not there: whatever is cut off, a process killed or a disk full, leaves the former one."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST = 200  # characters of a file's name that a draft of it keeps: file systems allow some more


@contextmanager
def replacing(path: Path, replace: bool = True) -> Iterator[Path]:
    """A draft beside ``path`` to be written in the context; at its end the draft is on the disk and becomes the file.

    A context that fails leaves no draft; a process that is killed leaves one, whose name begins with a dot. A link
    stays one.

    Args:
        replace: whether a file that is there may be replaced.

    Raises:
        OSError: the disk is full, or the folder cannot be written to.
        FileExistsError: the file is there and is to stay.
    """
    target = Path(path).resolve()
    draft = target.with_name(f".{target.name[:LONGEST]}.{os.getpid()}.part")
    try:
        yield draft
        flush_to_disk(draft)
        if not replace and target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        draft.replace(target)
        flush_to_disk(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes, replace: bool = True) -> None:
    """Write a file, text in UTF-8, as :func:`replacing` does; what is no plain file, a pipe say, as it is.

    Raises:
        OSError: as :func:`replacing`.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    with replacing(path, replace) as draft:
        draft.write_bytes(data)


def check_writable(path: Path) -> None:
    """Find out before the work whether :func:`replacing` could write its outcome; nothing is left of the try.

    Raises:
        OSError: there is no such folder, it cannot be written to, or the file is a folder.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():  # a pipe, say
        return
    with suppress(FileNotFoundError):  # any other complaint is of the name
        path.lstat()
    with tempfile.TemporaryFile(dir=path.resolve().parent):
        pass


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

"""Files that are whole or absent, whatever happens while they are written."""

import errno
import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes | str, replace: bool = True) -> None:
    """Write a file in one piece: on a full disk, or killed meanwhile, what was there before is still there.

    What is no plain file, a pipe say, is written to as it is.

    Args:
        content: bytes, or text that becomes UTF-8.
        replace: whether a file that is there may be replaced.

    Raises:
        OSError: it cannot be written; FileExistsError where it is there and stays.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    target = path.resolve()  # a link stays one
    draft = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
    try:
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not replace and target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise

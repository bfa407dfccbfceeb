"""Large pictures that many give at once are decoded one at a time; small ones wait for nobody."""

import io
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.captioning.photo import PhotoError, open_photo
from core.captioning.photo.limits import LARGE, room, take_room
from core.captioning.photo.tiff_lzw import unpack_lzw
from core.housekeeping import keep_house

SIDE = 2400  # pixels; squared it is more than LARGE
MORE = 2.5  # times the memory of one that six together may take


def png(side: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (side, side), (9, 99, 199, 255)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def grown(count: int) -> float:
    """MiB that so many threads with a large picture each take at most."""
    keep_house()  # as the app does
    data = png(SIDE)
    open_photo(png(8))
    before = peak()
    threads = [threading.Thread(target=open_photo, args=(data,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (peak() - before) / 1024


def peak() -> int:
    """KiB that this process has held at most; ``getrusage`` would count what its parent held, too."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise")
def test_six_large_pictures_take_no_more_than_a_few():
    def measured(count: int) -> float:
        code = f"import sys; sys.path.insert(0, 'tests'); import test_photo_room; print(test_photo_room.grown({count}))"
        root = Path(__file__).parent.parent
        return float(subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True).stdout)

    assert measured(6) < MORE * measured(1)


def test_a_small_picture_does_not_wait_for_a_large_one():
    with room():
        take_room(LARGE, 2)
        small = threading.Thread(target=open_photo, args=(png(8),))
        small.start()
        small.join(60)
        assert not small.is_alive()


def test_the_room_is_free_again_after_a_failure():
    for _ in range(2):
        with pytest.raises(PhotoError):
            open_photo(png(SIDE)[:2000])
    assert open_photo(png(SIDE)).size == (1600, 1600)


def test_pieces_of_lzw_that_are_too_large_are_no_damage():
    with pytest.raises(PhotoError, match="rare kind"):
        unpack_lzw(b"", 200_000_000)


def test_numbers_that_are_none_are_black_and_nothing_is_said(recwarn):
    import tifffile

    file = io.BytesIO()
    odd = np.frombuffer(np.full(64, 0x7F800001, "<u4").tobytes(), "<f4").reshape(8, 8)  # what signals that it is none
    tifffile.imwrite(file, odd, photometric="minisblack")
    assert (np.asarray(open_photo(file.getvalue())) == 0).all()
    assert not [warning for warning in recwarn if warning.category is RuntimeWarning]

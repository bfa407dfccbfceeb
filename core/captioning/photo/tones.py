"""Numbers as files hold them -> grey levels of 8 bits."""

import numpy as np

_BLOCK = 1 << 20  # numbers that are floats at a time
_FLAT = 16  # signed numbers that use less than this part of their range would be one flat grey


def eight_bits(values: np.ndarray, bits: int) -> np.ndarray:
    """Any numbers -> uint8 of the same shape.

    Unsigned numbers of up to 16 bits go from 0 to what their bits can hold, signed ones from the lowest to the highest.
    Floats between 0 and 1 are meant so. All others say nothing about what is white: they are stretched from their
    lowest to their highest, without those few that lie far off. What is no number is black.

    Args:
        bits: how many of the numbers' bits are used, of unsigned ones.
    """
    if values.dtype == bool:
        values = values.view(np.uint8)
    if values.dtype.kind == "u" and bits <= 16:
        beyond = bits < 8 * values.dtype.itemsize  # what the bits cannot hold is white
        return _looked_up(_levels(bits), np.minimum(values, 2**bits - 1) if beyond else values)
    if values.dtype.kind == "i" and values.dtype.itemsize <= 2:
        bits = 8 * values.dtype.itemsize
        if int(values.max()) - int(values.min()) >= 2**bits // _FLAT:
            return _looked_up(np.roll(_levels(bits), 2 ** (bits - 1)), values.view(f"u{values.dtype.itemsize}"))
    low, high = _range(values)
    if values.dtype.kind == "f" and low > -0.5 and 0.25 < high <= 1:
        low, high = 0.0, 1.0
    return _stretched(values, low, high)


def _levels(bits: int) -> np.ndarray:
    """Number -> grey level, of unsigned numbers of so many bits."""
    return np.linspace(0, 255, 2**bits).round().astype(np.uint8)


def _looked_up(table: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    found: np.ndarray = table[numbers]
    return found


def _range(values: np.ndarray) -> tuple[float, float]:
    """The lowest and the highest number; where few lie farther off than the others spread, those of the others."""
    with np.errstate(invalid="ignore"):
        some = values.reshape(-1)[:: max(1, values.size // _BLOCK)].astype(np.float64)
    some = some[np.isfinite(some)]
    finite = np.isfinite(values)
    if not some.size or not finite.any():
        return 0.0, 1.0
    highest = float(np.max(values, where=finite, initial=_lowest(values.dtype)))
    lowest = float(np.min(values, where=finite, initial=_highest(values.dtype)))
    low, high = map(float, np.percentile(some, (0.5, 99.5)))
    spread = high - low
    if spread <= 0:
        return lowest, highest
    return (
        lowest if lowest >= low - spread else low,
        highest if highest <= high + spread else high,
    )


def _lowest(dtype: np.dtype) -> float | int:
    return float(np.finfo(dtype).min) if dtype.kind == "f" else int(np.iinfo(dtype).min)


def _highest(dtype: np.dtype) -> float | int:
    return float(np.finfo(dtype).max) if dtype.kind == "f" else int(np.iinfo(dtype).max)


def _stretched(values: np.ndarray, low: float, high: float) -> np.ndarray:
    flat = values.reshape(-1)
    grey = np.empty(flat.size, np.uint8)
    scale = 255 / max(high - low, np.finfo(np.float64).tiny * 1e3)
    for at in range(0, flat.size, _BLOCK):
        with np.errstate(invalid="ignore"):  # of what is no number some kinds speak up
            numbers = flat[at : at + _BLOCK].astype(np.float64)
        block = np.nan_to_num(numbers, nan=low, posinf=high, neginf=low)
        grey[at : at + _BLOCK] = ((block.clip(low, high) - low) * scale).round()
    return grey.reshape(values.shape)

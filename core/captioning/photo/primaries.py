"""Colours that are told without a profile, by primaries, white and curve -> an ICC profile that says the same.

PNG tells them in chunks (PNG specification, third edition, 4.3 and 11.3.2), AVIF and HEIC in a box, with the code
points of ITU-T H.273. What is sRGB, or near enough to it for browsers to take it so, needs no profile.
"""

import struct
from collections.abc import Callable, Mapping, Sequence

import numpy as np

Primaries = Sequence[float]  # x and y of white, red, green and blue, as in PNG's cHRM
Curve = Callable[[np.ndarray], np.ndarray]  # what is stored, 0..1 -> light, 0..1

SRGB: Primaries = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
# H.273, table 2: number -> primaries; white is D65 but for 4 (C), 8 (C), 10 (E) and 11.
_NAMED: Mapping[int, Primaries] = {
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (0.3127, 0.3290, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (0.3127, 0.3290, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (0.3127, 0.3290, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    8: (0.310, 0.316, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049),
    9: (0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    10: (1 / 3, 1 / 3, 1, 0, 0, 1, 0, 0),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (0.3127, 0.3290, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
_WHITE_NITS = 203  # of PQ, what is white on an ordinary screen (ITU-R BT.2408)
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_ENTRIES = 4096  # of a curve


def srgb_curve(stored: np.ndarray) -> np.ndarray:
    """IEC 61966-2-1."""
    light: np.ndarray = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    return light


def power(exponent: float) -> Curve:
    return lambda stored: stored**exponent


def _pq(stored: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084, what is brighter than white cut off."""
    root = stored ** (1 / 78.84375)
    light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    cut: np.ndarray = np.minimum(light * 10_000 / _WHITE_NITS, 1)
    return cut


def _hlg(stored: np.ndarray) -> np.ndarray:
    """ARIB STD-B67; three quarters of the range are white, what is brighter is cut off."""

    def light(of: np.ndarray) -> np.ndarray:
        bright = (np.exp((of - 0.55991073) / 0.17883277) + 0.28466892) / 12
        found: np.ndarray = np.where(of <= 0.5, of**2 / 3, bright)
        return found

    cut: np.ndarray = np.minimum(light(stored) / light(np.array(0.75)), 1)
    return cut


# H.273, table 3: number -> curve; those not named are taken for sRGB's, television's among them.
_CURVES: Mapping[int, Curve] = {4: power(2.2), 5: power(2.8), 8: power(1.0), 16: _pq, 17: power(2.6), 18: _hlg}


def profile_of_code_points(primaries: int, curve: int) -> bytes | None:
    """What two code points of H.273 say; None for sRGB, and for what they leave open."""
    if primaries not in _NAMED and curve not in _CURVES:
        return None
    return profile_of(_NAMED.get(primaries, SRGB), _CURVES.get(curve, srgb_curve))


def profile_of(primaries: Primaries, curve: Curve) -> bytes | None:
    """An ICC profile (version 2) of RGB; None for primaries that span no colours."""
    matrix = _to_d50(primaries)
    if matrix is None:
        return None
    stored = np.linspace(0, 1, _ENTRIES)
    table = (curve(stored).clip(0, 1) * 65535).round().astype(">u2").tobytes()
    curves = b"curv" + bytes(4) + struct.pack(">I", _ENTRIES) + table
    columns = {name: _xyz(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T, strict=True)}
    return _written({b"wtpt": _xyz(_D50), **columns, **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curves)})


def _to_d50(primaries: Primaries) -> np.ndarray | None:
    """RGB light -> XYZ under D50 (3, 3); None where there is no way."""
    white, *colours = (np.array([x, y, 1 - x - y]) for x, y in zip(primaries[::2], primaries[1::2], strict=True))
    if not white[1]:
        return None
    white = white / white[1]
    mixed = np.stack(colours, axis=1)
    if abs(np.linalg.det(mixed)) < 1e-4:
        return None
    matrix = mixed * np.linalg.solve(mixed, white)
    seen, wanted = _BRADFORD @ white, _BRADFORD @ _D50
    if not seen.all():
        return None
    adapted: np.ndarray = np.linalg.inv(_BRADFORD) @ np.diag(wanted / seen) @ _BRADFORD @ matrix
    return adapted if np.isfinite(adapted).all() and np.abs(adapted).max() < 100 else None


def _xyz(values: np.ndarray) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _written(tags: Mapping[bytes, bytes]) -> bytes:
    text = b"made here"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text) + 1) + text + bytes(1 + 4 + 4 + 2 + 1 + 67),
        b"cprt": b"text" + bytes(4) + text + bytes(1),
        **tags,
    }
    at = 128 + 4 + 12 * len(tags)
    entries, body, places = b"", b"", {}
    for name, content in tags.items():
        if content not in places:
            places[content] = at + len(body)
            body += content + bytes(-len(content) % 4)
        entries += name + struct.pack(">II", places[content], len(content))
    head = struct.pack(">I4xI4s4s4s12x4s", at + len(body), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">3i", *(round(float(value) * 65536) for value in _D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + entries + body

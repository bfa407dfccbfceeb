"""What a file is, told by how it begins; also what it is where it is no photo, so that a refusal can say it."""

HEAD = 4096  # bytes of a file that are looked at

READ = ("JPEG", "PNG", "WebP", "GIF", "BMP", "JPEG 2000", "TIFF", "AVIF", "HEIC")

_NOT_A_PHOTO = f"This is not a photo, or of a kind that is not read: {', '.join(READ[:-1])} and {READ[-1]} are."

# Kind -> how its files begin.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "JPEG 2000": (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "JPEG XL": (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n"),
    "JPEG XR": (b"II\xbc\x01",),
    "Photoshop": (b"8BPS",),
    "camera raw": (b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb", b"\0MRM"),
    "OpenEXR": (b"v/1\x01",),
    "Radiance HDR": (b"#?RADIANCE", b"#?RGBE"),
    "icon": (b"\0\0\1\0",),
    "PDF": (b"%PDF-",),
    "PostScript": (b"%!PS", b"\xc5\xd0\xd3\xc6"),
    "video": (b"\x1aE\xdf\xa3", b"\0\0\1\xba", b"\0\0\1\xb3", b"FLV\x01"),
    "zip": (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"),
}

# What one says of the kinds that are not read.
_SENTENCES = {
    "JPEG XL": "This is a JPEG XL picture, a kind that is not read: save it as JPEG or PNG.",
    "JPEG XR": "This is a JPEG XR picture, a kind that is not read: save it as JPEG or PNG.",
    "Photoshop": "This is a Photoshop file, which is not read: save it as JPEG or PNG.",
    "camera raw": "This is a camera's raw file, which has to be developed first: save it as JPEG or PNG.",
    "OpenEXR": "This is an OpenEXR picture, a kind that is not read: save it as JPEG or PNG.",
    "Radiance HDR": "This is a Radiance HDR picture, a kind that is not read: save it as JPEG or PNG.",
    "Netpbm": "This is a Netpbm picture, a kind that is not read: save it as JPEG or PNG.",
    "icon": "This is an icon, a kind of picture that is not read: save it as JPEG or PNG.",
    "SVG": "This is an SVG drawing, not a photo: save it as JPEG or PNG.",
    "PDF": "This is a PDF, not a photo: save its picture as JPEG or PNG.",
    "PostScript": "This is PostScript, not a photo: save its picture as JPEG or PNG.",
    "video": "This is a video, not a photo.",
    "zip": "This is a zip, not a photo.",
}


def kind_of(data: bytes) -> str | None:
    """What a file is that begins with ``data``, of which :data:`HEAD` bytes are enough; None where nothing is known.

    It is a photo if that is in :data:`READ`.
    """
    for kind, beginnings in _BEGINNINGS.items():
        if data.startswith(beginnings):
            return "camera raw" if data[8:12] == b"CR\x02\0" else kind  # Canon's are TIFFs that name themselves
    if data[:4] == b"RIFF":
        return {b"WEBP": "WebP", b"AVI ": "video"}.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _kind_of_iso_media(data)
    if data[:2] == b"BM" and len(data) >= 26 and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if len(data) > 2 and data[:1] == b"P" and data[1:2] in b"1234567Ff" and data[2:3].isspace():
        return "Netpbm"
    if b"<svg" in data[:HEAD] and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "SVG"
    return None


def why_no_photo(data: bytes) -> str | None:
    """A sentence why a file that begins with ``data`` is not read, None where it is."""
    kind = kind_of(data)
    return None if kind in READ else _SENTENCES.get(kind or "", _NOT_A_PHOTO)


_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)  # lengths


def _kind_of_iso_media(data: bytes) -> str:
    """A file in boxes, whose first names its brands: AVIF, HEIC and videos are such."""
    length = min(int.from_bytes(data[:4], "big"), len(data))
    brands = {data[at : at + 4] for at in (8, *range(16, length, 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return "HEIC"
    return "camera raw" if b"crx " in brands else "video"

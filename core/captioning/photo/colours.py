"""Colours as files mean them -> sRGB, what screens show and what the models learnt from."""

import io

import numpy as np
from PIL import Image, ImageCms

MAX_PROFILE_BYTES = 16_000_000
_SPACES = {"L": "GRAY", "LA": "GRAY", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}  # mode -> the profile it can have
_SAME = 2  # of 255: a profile that moves no colour farther is that of sRGB


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture's colours in sRGB, as its ICC profile tells them; as they are where that is missing or wrong.

    Args:
        image: of mode L, LA, RGB, RGBA or CMYK.

    Returns:
        RGB or RGBA; or the picture itself.
    """
    if not profile or len(profile) > MAX_PROFILE_BYTES:
        return image
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _SPACES[image.mode]:
            return image
        if image.mode == "LA":
            colours = to_srgb(image.getchannel("L"), profile).convert("RGB")
            colours.putalpha(image.getchannel("A"))
            return colours
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        intent = ImageCms.Intent.PERCEPTUAL
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), image.mode, mode, intent)
        if image.mode != "CMYK" and _changes_nothing(transform, image.mode, mode):
            return image
        return ImageCms.applyTransform(image, transform) or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError, KeyError):
        return image


def lab_to_srgb(lab: np.ndarray) -> Image.Image:
    """CIE L*a*b* under D50 -> RGB.

    Args:
        lab: uint8 (rows, columns, 3): L* from 0 to 100 as 0 to 255, a* and b* with 128 added.
    """
    image = Image.merge("LAB", [Image.fromarray(np.ascontiguousarray(lab[..., band])) for band in range(3)])
    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
    return ImageCms.applyTransform(image, transform) or image.convert("RGB")


def over_white(image: Image.Image) -> Image.Image:
    """A picture with transparency (RGBA) laid over white paper."""
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image)
    return paper


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str, out: str) -> bool:
    """Whether a transform leaves colours of all regions where they are."""
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(1, -1, 3)
    sample = (
        Image.fromarray(cube).convert(mode) if mode != "L" else Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    )
    before = np.asarray(sample.convert(out), dtype=int)
    after = np.asarray(ImageCms.applyTransform(sample, transform), dtype=int)
    return bool(np.abs(after - before).max() <= _SAME)

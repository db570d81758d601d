"""Files made into photos: everything hostile ends here."""

from __future__ import annotations

import io
import warnings
from contextlib import suppress

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from bot.ports import BadPhoto

FORMATS = ("JPEG", "PNG", "WEBP")

MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
"""How files of these formats begin: one that does, and cannot be opened, is damaged."""

MOST_PIXELS = {"JPEG": 40_000_000, "PNG": 40_000_000, "WEBP": 16_000_000}
"""Told by the header, before anything is decoded. WebP is decoded into four copies at once."""

KEPT = 2400
"""Pixels of the longer edge of what is kept: enough to print an ID card at 600 dpi."""

QUALITY = 88

TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a photo upright, by the orientation that the camera notes (EXIF 274)."""


def open_photo(file: bytes) -> Image.Image:
    """Return an upright RGB picture of at most ``KEPT`` pixels. Raises ``BadPhoto``."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(file), formats=FORMATS)
        except UnidentifiedImageError:
            raise BadPhoto("damaged" if file.startswith(MAGIC) else "kind") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise BadPhoto("pixels") from None
        except Exception:
            # a decoder may raise whatever it stumbles over
            raise BadPhoto("damaged") from None
        if image.width * image.height > MOST_PIXELS[str(image.format)]:
            raise BadPhoto("pixels")
        try:
            return _upright(image)
        except Exception:
            raise BadPhoto("damaged") from None


def encode(photo: Image.Image) -> bytes:
    """Return a JPEG of the pixels and nothing else: no EXIF, no place, no tail of a file."""
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def shrink(photo: Image.Image, longest: int) -> Image.Image:
    """Return a picture whose longer edge is at most so many pixels."""
    if max(photo.size) <= longest:
        return photo
    return ImageOps.contain(photo, (longest, longest), Image.Resampling.LANCZOS)


def _upright(image: Image.Image) -> Image.Image:
    """Decode to the end, at as few pixels as will do."""
    image.draft("RGB", (KEPT, KEPT))
    image.load()
    orientation = 1
    with suppress(Exception):  # a broken note about the camera spoils no photo
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    small = image
    if (times := max(image.size) // KEPT) > 1 and image.mode in {"L", "RGB", "RGBA"}:
        small = image.reduce(times)
    small = shrink(_on_white(small), KEPT)
    if orientation in TURNED:
        small = small.transpose(TURNED[orientation])
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    return clean


def _on_white(image: Image.Image) -> Image.Image:
    """Return RGB; what can be seen through shows white, as every album does."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(white, seen).convert("RGB")
    return image.convert("RGB")

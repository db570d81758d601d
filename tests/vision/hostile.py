"""Files nobody should open without care, and what must become of each."""

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image

from tests.vision.cards import PEOPLE, id_front
from tests.vision.conditions import jpeg, on_a_table


def good():
    """An ID card as a phone sends it."""
    return jpeg(on_a_table(id_front(PEOPLE[0]), 700))


def png(width, height, depth=8, colour=2, *, empty=False):
    """A PNG of a few hundred kilobytes, whatever its size: all of one colour."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"" if empty else b"\0" + b"\x7f" * (width * channels * depth // 8)
    deflate = zlib.compressobj(1)
    rows = range(0 if empty else height)
    body = b"".join(deflate.compress(row) for _ in rows) + deflate.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    palette = [chunk(b"PLTE", bytes(range(256)) * 3)] if colour == 3 else []
    parts = [chunk(b"IHDR", header), *palette, chunk(b"IDAT", body), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def saved(kind, size=(900, 700), **options):
    out = io.BytesIO()
    Image.fromarray(np.full((size[1], size[0], 3), 200, np.uint8)).save(out, kind, **options)
    return out.getvalue()


def zip_tail():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.php", "<?php system($_GET[0]); ?>")
    return out.getvalue()


def with_place():
    """A photo that tells where it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRETMAKER"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 40.0, 12.0), 3: "E", 4: (107.0, 48.0, 1.0)})
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(good())).transpose(Image.Transpose.ROTATE_90)
    picture.save(
        out, "JPEG", exif=exif, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE" * 20
    )
    return out.getvalue()


def progressive(width, height):
    out = io.BytesIO()
    Image.new("RGB", (width, height), (120, 90, 60)).save(out, "JPEG", progressive=True, quality=40)
    return out.getvalue()


def noise(width, height, kind="PNG"):
    rng = np.random.default_rng(1)
    out = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(out, kind)
    return out.getvalue()


def print_bomb():
    """As many short runs of text as fit: each would be read."""
    from PIL import ImageDraw

    from tests.vision.samples import font

    sheet = Image.new("RGB", (800, 800), "white")
    draw = ImageDraw.Draw(sheet)
    for y in range(4, 790, 24):
        for x in range(4, 790, 40):
            draw.text((x, y), "证8", font=font(11), fill="black")
    return jpeg(np.array(sheet))


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)

REFUSED = {
    "nothing at all": (lambda: b"", "empty"),
    "a PNG of 81 million pixels": (lambda: png(9000, 9000), "pixels"),
    "a PNG of 144 million pixels": (lambda: png(12000, 12000), "pixels"),
    "a PNG that claims two billion squared": (lambda: png(2_000_000_000, 2_000_000_000, empty=True), "pixels"),
    "a JPEG that claims 65500 squared": (lambda: _claims_more(good()), "pixels"),
    "a WebP of 25 million pixels": (lambda: saved("WEBP", (5000, 5000), quality=1, method=0), "pixels"),
    "a JPEG header before a script": (lambda: b"\xff\xd8\xff\xe0<script>alert(1)</script>" * 9, "damaged"),
    "half a JPEG": (lambda: good()[: len(good()) // 2], "damaged"),
    "a tenth of a PNG": (lambda: png(900, 900)[:600], "damaged"),
    "a PNG with a hole": (lambda: _holed(png(900, 900)), "damaged"),
    "half a WebP": (lambda: saved("WEBP")[:60], "damaged"),
    "SVG": (lambda: SVG, "kind"),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(999), "kind"),
    "AVIF": (lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(999), "kind"),
    "GIF": (lambda: saved("GIF"), "kind"),
    "BMP": (lambda: saved("BMP"), "kind"),
    "TIFF": (lambda: saved("TIFF"), "kind"),
    "PDF": (lambda: saved("PDF"), "kind"),
    "EPS": (lambda: saved("EPS"), "kind"),
    "a program": (lambda: b"\x7fELF" + bytes(4000), "kind"),
    "13 MB": (lambda: good() + bytes(13 * 1024 * 1024), "bytes"),
}  # fmt: skip
"""Name -> (file, reason)."""


def _holed(photo):
    middle = len(photo) // 2
    return photo[:middle] + bytes(60) + photo[middle + 60 :]


def _claims_more(photo):
    """Write another size into the JPEG's frame header."""
    at = photo.index(b"\xff\xc0")
    return photo[: at + 5] + struct.pack(">HH", 65500, 65500) + photo[at + 9 :]


TAKEN = {
    "a zip behind a JPEG": lambda: good() + zip_tail(),
    "PHP behind a JPEG": lambda: good() + b"<?php phpinfo(); ?>",
    "the place in EXIF": with_place,
    "40 million pixels seen through": lambda: png(8000, 5000, colour=6),
    "40 million pixels of 16 bits": lambda: png(8000, 5000, depth=16),
    "40 million pixels in waves": lambda: progressive(8000, 5000),
    "16 million pixels of WebP": lambda: saved("WEBP", (4000, 4000), quality=1, method=0),
    "a strip": lambda: png(40000, 999),
    "a thread": lambda: png(60000, 1),
    "one pixel": lambda: png(1, 1),
    "noise": lambda: noise(800, 800),
    "six hundred runs of text": print_bomb,
}
"""Files that are photos, however odd: a clean answer, nothing but pixels kept."""

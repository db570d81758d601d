"""Draws the photos that the transcripts send: ``python -m tests.transcripts.draw_photos``."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from tests.vision.cards import PEOPLE, certificate, id_back, id_front
from tests.vision.samples import astronaut, font, portrait

FOLDER = Path(__file__).parent / "photos"

WELDER = PEOPLE[6]
"""An invented man whose certificate is valid until September 2027."""


def on_a_table(paper, turn=0.0, long_edge=1300):
    """A photo of a paper lying on a table."""
    paper = paper.convert("RGB")
    width, height = paper.size
    table = Image.new("RGB", (int(width * 1.15), int(height * 1.2)), (120, 96, 72))
    table.paste(paper, (int(width * 0.07), int(height * 0.1)))
    table = table.rotate(turn, expand=True, fillcolor=(120, 96, 72), resample=Image.BICUBIC)
    scale = long_edge / max(table.size)
    return table.resize((int(table.width * scale), int(table.height * scale)))


def typed(title, *lines):
    """A sheet of a hospital or an employer."""
    sheet = Image.new("RGB", (900, 1200), (250, 250, 246))
    draw = ImageDraw.Draw(sheet)
    draw.text((450, 120), title, font=font(54), fill=(30, 30, 30), anchor="mm")
    for n, line in enumerate(lines):
        draw.text((90, 240 + 80 * n), line, font=font(34), fill=(40, 40, 40))
    return sheet


PHOTOS = {
    "身份证正面": lambda: on_a_table(id_front(WELDER), 4),
    "身份证反面": lambda: on_a_table(id_back(WELDER), -3),
    "焊工证": lambda: on_a_table(certificate(WELDER), 2),
    "糊的焊工证": lambda: on_a_table(certificate(WELDER)).filter(ImageFilter.GaussianBlur(6)),
    "证件照": lambda: portrait((255, 255, 255)),
    "体检证明": lambda: on_a_table(
        typed("体检合格证明", "姓名：刘小明", "结论：可以从事焊接作业", "2026年11月20日"), 1
    ),
    "工地": lambda: astronaut().crop((300, 180, 512, 420)).resize((900, 1019)),
}


def draw():
    FOLDER.mkdir(exist_ok=True)
    for name, make in PHOTOS.items():
        make().save(FOLDER / f"{name}.jpg", quality=72)


if __name__ == "__main__":
    draw()

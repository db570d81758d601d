"""Recognition of text: PP-OCRv6 (small) by rapidocr, its weights in the wheel, on one thread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from bot.vision.layout import Line

Picture = NDArray[np.uint8]

LONGEST = 1200
"""Pixels of the longer edge: 0.6 s and 560 MB; the whole 2400 take 1 GB and read no better."""

MOST_RUNS = 120
"""Runs of text that are read of one picture; papers have thirty."""


class Ocr:
    """The weights, loaded at the first photo."""

    def __init__(self) -> None:
        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.text_score": 0.3,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                # never enlarge: a strip of 1200 x 30 pixels would become 29,440 x 736
                "Det.limit_type": "max",
                "Det.limit_side_len": LONGEST,
                "Det.max_candidates": MOST_RUNS,
                "Rec.rec_batch_num": 4,
            }
        )

    def lines(self, picture: Picture) -> tuple[Line, ...]:
        """Return all runs of text in a BGR picture; turned ones too."""
        found: Any = self._engine(picture)
        if not found.txts:
            return ()
        return tuple(
            Line(text, float(score), tuple((float(x), float(y)) for x, y in box))
            for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True)
        )

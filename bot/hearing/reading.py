"""A text as it is compared: dialect made plain, slips of the thumb mended, then cut into grams."""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.domain.faq import Hint

BUCKETS = 1 << 11
"""Places for the grams of each kind; two grams in one place do little harm."""

LONGEST = 240
"""Signs that are read; the question of a long story stands at its end."""

_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def folded_sound(syllable: str) -> str:
    """Fold what Sichuan ears do not tell apart: zh/z, ch/c, sh/s, n/l, -ng/-n."""
    for long, short in _MERGED:
        if syllable.startswith(long):
            syllable = short + syllable.removeprefix(long)
    if syllable.startswith("l"):
        syllable = "n" + syllable[1:]
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


class Reader:
    """Reads texts; made once from content/."""

    def __init__(self, hint: Hint) -> None:
        self._sounds = {sign: folded_sound(sound) for sign, sound in hint.syllables.items()}
        self._plain = sorted(hint.plain.items(), key=lambda pair: -len(pair[0]))
        self._terms: dict[tuple[str, ...], str] = {self._sound(term): term for term in hint.terms}
        self._sizes = sorted({len(sound) for sound in self._terms}, reverse=True)

    def _sound(self, text: str) -> tuple[str, ...]:
        return tuple(self._sounds.get(sign, sign) for sign in text)

    def plain(self, text: str) -> str:
        """Return the text without width, case and noise, in plain words."""
        text = unicodedata.normalize("NFKC", text).casefold()[-LONGEST:]
        text = "".join(sign for sign in text if unicodedata.category(sign)[0] in "LNP")
        for dialect, word in self._plain:
            text = text.replace(dialect, word)
        return self._mended(text)

    def _mended(self, text: str) -> str:
        """Put the trade's word where something that sounds the same was typed."""
        sounds = self._sound(text)
        out: list[str] = []
        at = 0
        while at < len(text):
            for size in self._sizes:
                if term := self._terms.get(sounds[at : at + size]):
                    out.append(term)
                    at += size
                    break
            else:
                out.append(text[at])
                at += 1
        return "".join(out)

    def grams(self, plain: str) -> tuple[Counter[int], Counter[int]]:
        """Count grams of signs and of sounds of a plain text, each in its bucket."""
        signs = ["^", *_letters(plain), "$"]
        sounds = ["^", *self.sounds(plain), "$"]
        return _count(signs, ""), _count(sounds, " ")

    def sounds(self, plain: str) -> tuple[str, ...]:
        """Return how a text sounds, sign by sign."""
        return self._sound("".join(_letters(plain)))


def _letters(text: str) -> list[str]:
    return [sign for sign in text if unicodedata.category(sign)[0] in "LN"]


def _count(parts: Sequence[str], between: str) -> Counter[int]:
    return Counter(map(_bucket, _runs(parts, between)))


def _runs(parts: Sequence[str], between: str) -> Iterable[str]:
    for size in (1, 2, 3):
        for at in range(len(parts) - size + 1):
            yield between.join(parts[at : at + size])


def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode()) % BUCKETS

"""The words of the reports in both languages, and how numbers and times are written in them.

It formats; it decides nothing. Texts about the case itself come from the knowledge base.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from assistant.cache import Cache, fingerprint
from assistant.catalog.schema import Text
from assistant.model.source import FIRST_DAY, Moment
from reports.escape import visible

Lang = Literal["de", "en"]
"""Language of a report; the device's own words stay as they are."""

_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 86400
_TEN = 10
_ALMOST_NONE = 0.01
_ALMOST_ALL = 0.99
_KEPT = 2


class Labels(Struct, frozen=True):
    """All words of one language; calling it gives one of them."""

    lang: Lang
    words: Mapping[str, str]
    """By key; `{name}` are holes."""

    def __call__(self, key: str, **values: object) -> str:
        """The word or sentence of that key, its holes filled.

        Raises:
            KeyError: There is no such key.
        """
        return self.words[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there is a word for that key."""
        return key in self.words

    def site(self, name: str) -> str:
        """A remote site's name, made visible; words for one that no message names."""
        return visible(name) if name else self("site.unnamed")

    def counted(self, key: str, number: int) -> str:
        """`1 record`, `1,204 records`: the keys `<key>.one` and `<key>.other`."""
        return self(f"{key}.{'one' if number == 1 else 'other'}", n=self.number(number))

    def counted_if_any(self, key: str, number: int) -> str:
        """The same; empty where there is nothing to count."""
        return self.counted(key, number) if number > 0 else ""

    def told(self, text: Text) -> str:
        """The text of the knowledge base in this language, folded to one line."""
        return " ".join((text.de if self.lang == "de" else text.en).split())

    def title(self, text: Text) -> str:
        """The same for a heading or an item of a list: without the full stop at its end."""
        told = self.told(text)
        return told[:-1] if told.endswith(".") and not told.endswith("..") else told

    def number(self, value: float, digits: int = 0) -> str:
        """`1,204.5` in English, `1.204,5` in German."""
        text = f"{value:,.{digits}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.lang == "de" else text

    def percent(self, share: float) -> str:
        """`43 %`; never 0 or 100 for what is not certain."""
        if 0 < share < _ALMOST_NONE:
            return self("percent.under", n=1)
        if _ALMOST_ALL < share < 1:
            return self("percent.over", n=99)
        return self("percent", n=round(share * 100))

    def moment(self, moment: Moment | None) -> str:
        """`2007-12-04 01:24:43`; `01:24:43` where the trace shows no date."""
        if moment is None:
            return self("moment.unknown")
        clock = f"{moment.at:%H:%M:%S}"
        if moment.dated:
            return f"{moment.at.date().isoformat()} {clock}"
        days = (moment.at.date() - FIRST_DAY).days
        return f"{clock} ({self('moment.days-later', n=days)})" if days else clock

    def clock(self, moment: Moment | None) -> str:
        """`01:24:43.710`, with the milliseconds the device printed."""
        if moment is None:
            return ""
        return f"{moment.at:%H:%M:%S}.{moment.at.microsecond // 1000:03d}"

    def period(self, first: Moment | None, last: Moment | None) -> str:
        """From the first to the last moment; the date once if it is the same."""
        if first is None or last is None:
            return self("period.none")
        if self.moment(first) == self.moment(last):
            return self.moment(first)
        same_day = first.at.date() == last.at.date()
        end = f"{last.at:%H:%M:%S}" if same_day else self.moment(last)
        return self("period", first=self.moment(first), last=end)

    def duration(self, seconds: float) -> str:
        """`10 ms`, `5.0 s`, `2 min 05 s`, `3 h 20 min`, `2 d 4 h`."""
        if seconds < 1:
            return f"{round(seconds * 1000)} ms"
        if seconds < _TEN:
            return f"{self.number(seconds, 1)} s"
        whole = round(seconds)
        if whole < _MINUTE_S:
            return f"{whole} s"
        if whole < _HOUR_S:
            return f"{whole // _MINUTE_S} min {whole % _MINUTE_S:02d} s"
        if whole < _DAY_S:
            return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S:02d} min"
        return f"{whole // _DAY_S} d {whole % _DAY_S // _HOUR_S} h"

    def since(self, moment: Moment | None, earlier: Moment | None) -> str:
        """`+1.0 s` after the earlier moment, nothing if at once; minus if set back."""
        if moment is None or earlier is None or moment.dated != earlier.dated:
            return ""
        seconds = moment.seconds_since(earlier)
        if not seconds:
            return ""
        sign = "+" if seconds >= 0 else "\N{MINUS SIGN}"
        return f"{sign}{self.duration(abs(seconds))}"


@lru_cache(maxsize=2)
def labels(lang: Lang) -> Labels:
    """The words of that language."""
    return Labels(lang, {key: word[lang] for key, word in all_words().items()})


@lru_cache(maxsize=1)
def all_words() -> dict[str, dict[str, str]]:
    """Both languages of every key, as `labels.yaml` has them."""
    content = Path(__file__).with_name("labels.yaml").read_bytes()
    cache, key = Cache("labels", kept=_KEPT), fingerprint([("labels.yaml", content)])
    known = cache.get(key)
    if known is not None:
        with suppress(msgspec.MsgspecError):
            return msgspec.msgpack.decode(known, type=dict[str, dict[str, str]])
    words = _parsed(content)
    cache.keep(key, msgspec.msgpack.encode(words))
    return words


def _parsed(content: bytes) -> dict[str, dict[str, str]]:
    # Parsing takes longer than a whole diagnosis; mostly the cache has it.
    import yaml  # noqa: PLC0415

    # The base loader makes nothing but text, lists and mappings.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    words: dict[str, dict[str, str]] = yaml.load(content.decode("utf-8"), Loader=loader)  # noqa: S506
    return words

"""In which language a ticket was written: by its most frequent little words, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.model.ticket import Language

_LOOKED_AT = 20_000
"""Characters."""
_LEAST = 2
"""Little words that must be there, and so many times those of the other language."""
_GERMAN = """
    aber als am auch auf aus bei bitte das dem den der die ein eine einen er es für grüße guten
    haben hallo hat ich im ist kann kein keine mehr mit nach nicht noch oder seit sich sie sind tag
    über um und uns unser unsere vielen von war wenn wieder wir wird zu zum zur
"""
_ENGLISH = """
    a again an and are as at be but by can cannot could dear does from has have hello hi i if in
    is it its me my no not of on or our please regards since that the there they this to us
    was we when which will with would you your
"""
_WORDS: Mapping[Language, frozenset[str]] = {
    "de": frozenset(_GERMAN.split()),
    "en": frozenset(_ENGLISH.split()),
}
_DEVICE = re.compile(
    r"VPN: |VpnIpm: |^[\s>|]*\[?\S*\d{1,2}:\d\d:\d\d|^[\s>|]*set |^[\s>|]*cd /", re.MULTILINE
)
"""Lines of a trace or a script: the router speaks English whoever writes."""
_WORD = re.compile(r"[a-zäöüß]+")
_NAMES: Mapping[str, Language] = {
    "de": "de", "deu": "de", "ger": "de", "german": "de", "deutsch": "de",
    "en": "en", "eng": "en", "english": "en", "englisch": "en",
}  # fmt: skip


def language_of(text: str) -> Language | None:
    """The language of a text that a person wrote; None if it does not show.

    >>> language_of("Guten Tag, der Tunnel ist seit heute weg. Bitte um Hilfe!")
    'de'
    >>> language_of("VPN: connection for LAGER timed out: no response") is None
    True
    """
    lines = text[:_LOOKED_AT].splitlines()
    devices = [place for place, line in enumerate(lines) if _DEVICE.search(line)]
    # People write before what they paste; only some write below it.
    before = lines[: devices[0]] if devices else lines
    rest = [line for place, line in enumerate(lines) if place not in devices]
    return _of_words(before) or _of_words(rest)


def _of_words(lines: Sequence[str]) -> Language | None:
    words = _WORD.findall("\n".join(lines).lower())
    count = {lang: sum(word in little for word in words) for lang, little in _WORDS.items()}
    german, english = count["de"], count["en"]
    if german >= _LEAST and german >= _LEAST * english:
        return "de"
    if english >= _LEAST and english >= _LEAST * german:
        return "en"
    return None


def language_named(name: str) -> Language | None:
    """The language that a column of an export names.

    >>> language_named("de-DE"), language_named("Englisch"), language_named("fr")
    ('de', 'en', None)
    """
    return _NAMES.get(re.split(r"[-_ ]", name.strip().lower(), maxsplit=1)[0])

"""Short ids that stay: made of what a ticket is called and holds, lengthened where two meet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from assistant.model.ticket import TicketId, TicketInput

SHORTEST = 5
"""Characters; a thousand tickets rarely meet, and it can be said on the phone."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SPOKEN = str.maketrans("ILOU", "110V")
"""How Crockford reads what people write for his digits; U, which he has not, is most often V."""
_BITS = 5


def writable(text: str) -> str:
    r"""A name as UTF-8 can hold it; file systems have names that are no text.

    >>> writable("LAGER-\udcff.txt")
    'LAGER-\\udcff.txt'
    """
    return text.encode("utf-8", "backslashreplace").decode()


def digest_of(inputs: Iterable[TicketInput], said: Iterable[str] = ()) -> str:
    """SHA-256 of what a ticket holds, hexadecimal: its inputs in order, and what was said of it."""
    lines = [f"{one.sha256} {one.side and one.side.value} {one.name}" for one in inputs]
    return hashlib.sha256("\n".join([*lines, *said]).encode()).hexdigest()


def seed_of(name: str, digest: str) -> str:
    """SHA-256 of a ticket's name and content, hexadecimal."""
    return hashlib.sha256(f"{digest}\n{name}".encode()).hexdigest()


def crockford(seed: str) -> str:
    """Hexadecimal digits in base 32, the first bits first.

    >>> crockford("ff00")[:3]
    'ZW0'
    """
    number, bits = int(seed, 16), 4 * len(seed)
    digits = -(-bits // _BITS)
    number <<= digits * _BITS - bits
    return "".join(
        _ALPHABET[number >> (_BITS * (digits - 1 - place)) & 31] for place in range(digits)
    )


def short(text: str) -> str:
    """A short id of anything, for what is made anew in every run: groups, outages."""
    return crockford(hashlib.sha256(text.encode()).hexdigest())[:SHORTEST]


def spoken(text: str) -> str:
    """An id as people type it: `k7f2o` is `K7F20`.

    >>> spoken(" k7f-2o")
    'K7F20'
    """
    return text.strip().upper().replace("-", "").translate(_SPOKEN)


class Register:
    """Gives ids; what had one keeps it."""

    def __init__(self, by_place: Mapping[str, TicketId], by_seed: Mapping[str, TicketId]) -> None:
        self._by_place = by_place
        self._by_seed = by_seed
        self._used = {*by_place.values(), *by_seed.values()}
        self._given: set[TicketId] = set()

    def id_of(self, place: str, seed: str) -> TicketId:
        """The id of the ticket at this place.

        A ticket whose content changed is found by its place, one that was moved by its seed. Of
        new ones that meet, the later is longer; asked in the same order it is always the same.
        """
        known = self._by_place.get(place)
        if known is None:
            moved = self._by_seed.get(seed)
            known = moved if moved is not None and moved not in self._given else None
        if known is None or known in self._given:
            known = self._new(seed)
        self._given.add(known)
        self._used.add(known)
        return known

    def _new(self, seed: str) -> TicketId:
        whole = crockford(seed)
        for length in range(SHORTEST, len(whole) + 1):
            if (candidate := TicketId(whole[:length])) not in self._used:
                return candidate
        # Only somebody who made the same ticket twice under one name gets here.
        return self._new(seed_of("again", seed))

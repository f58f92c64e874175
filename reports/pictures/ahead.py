"""Says how a set-up would have gone on from where it stopped: the pale part of a ladder."""

from __future__ import annotations

from assistant.model.source import Side
from reports.labels import Labels
from reports.pictures.rungs import Rung, Rungs, exchange_name

_MESSAGES = {"ID_PROT": 6, "AGGRESSIVE": 3, "QUICK_MODE": 3}
"""Messages of an exchange of IKEv1 (RFC 2409, section 5)."""
_V2 = ("IKE_SA_INIT", "IKE_AUTH")
"""Exchanges of IKEv2 until the first CHILD_SA is up (RFC 7296, section 1.2)."""


class Ahead:
    """The rest of a successful set-up, as far as nothing of it was seen."""

    def __init__(self, read: Rungs, words: Labels) -> None:
        self._read = read
        self._words = words
        self._caller = read.caller
        self._called = Side.REMOTE if read.caller is Side.LOCAL else Side.LOCAL
        self._found: list[Rung] = []

    def rungs(self) -> list[Rung]:
        """In order; empty once the tunnel was up."""
        if "connected" in self._read.reached:
            return []
        exchanges = {one.exchange for one in self._read.found}
        if exchanges & set(_V2):
            self._requests()
            self._milestone("phase-1")
        elif self._read.by_messages:
            if "phase-1" not in self._read.reached:
                self._numbered("AGGRESSIVE" if "AGGRESSIVE" in exchanges else "ID_PROT")
            self._milestone("phase-1")
            self._numbered("QUICK_MODE")
        else:
            if "answer" not in self._read.reached:
                self._arrow(self._called, self._words("picture.ladder.answer"))
            self._milestone("phase-1")
            if "phase-2" not in self._read.reached:
                self._arrow(self._caller, exchange_name("QUICK_MODE"))
        self._milestone("phase-2")
        self._milestone("connected")
        return self._found

    def _requests(self) -> None:
        """Request and response of each exchange of IKEv2."""
        if "phase-1" in self._read.reached:
            return
        for name in _V2:
            seen = {one.message for one in self._read.found if one.exchange == name}
            for sender, kind in ((self._caller, "request"), (self._called, "response")):
                if kind not in seen:
                    self._arrow(sender, f"{name} {self._words(f'ike-message.{kind}')}")

    def _numbered(self, exchange: str) -> None:
        """The other messages of an exchange of IKEv1; one that was lost is no longer ahead."""
        for number in range(self._read.seen(exchange), _MESSAGES[exchange]):
            sender = self._called if number % 2 else self._caller
            self._arrow(sender, f"{exchange_name(exchange)} {number + 1}")

    def _arrow(self, sender: Side, label: str) -> None:
        self._found.append(Rung(kind="arrow", side=sender, state="ghost", label=label))

    def _milestone(self, name: str) -> None:
        if name not in self._read.reached:
            label = self._words(f"picture.ladder.done.{name}")
            self._found.append(Rung(kind="milestone", state="ghost", label=label))

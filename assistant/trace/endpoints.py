"""Who we are and whom we talk to, as far as the negotiations of a trace tell."""

from __future__ import annotations

from msgspec import Struct, field

from assistant.model.event import Address, Role
from assistant.model.ike_event import IkePacket
from assistant.model.message import (
    ChildSaAlgorithms,
    ChildSaEstablished,
    IkeSaEstablished,
    TunnelEndpoints,
)
from assistant.trace.negotiation import Draft

_SPIS = 50_000
"""SPIs kept; two traces of one tunnel share one of the first, if they share any."""
_TELLING = frozenset(
    (TunnelEndpoints, IkePacket, ChildSaAlgorithms, ChildSaEstablished, IkeSaEstablished)
)


class Endpoints(Struct):
    """Of one trace."""

    own_addresses: set[Address] = field(default_factory=set)
    gateways: set[Address] = field(default_factory=set)
    spis: set[tuple[str, str]] = field(default_factory=set)
    """SPI and its direction, of IPsec SAs."""

    def learn(self, draft: Draft) -> None:
        """What one negotiation tells."""
        if draft.gateway is not None:
            self.gateways.add(draft.gateway)
        for _, event in draft.seen:
            if type(event) not in _TELLING:
                continue
            if isinstance(event, (TunnelEndpoints, IkePacket)):
                self.own_addresses.add(event.own_address)
            elif isinstance(event, ChildSaAlgorithms):
                self._spi(event.spi, event.direction)
            elif isinstance(event, ChildSaEstablished):
                self._spi(event.incoming_spi, "incoming")
                self._spi(event.outgoing_spi, "outgoing")
            elif isinstance(event, IkeSaEstablished) and event.role is not None:
                ours = event.initiator_id if event.role is Role.INITIATOR else event.responder_id
                if ours is not None:
                    self.own_addresses.add(Address(ours))

    def _spi(self, spi: str | None, direction: str) -> None:
        if spi and len(self.spis) < _SPIS:
            self.spis.add((spi.lower(), direction))

"""What every event is, and the words its fields are made of.

The events themselves: `message` and `newer_message` (VPN-Status), `ike_event` (an IKE daemon's
log), `packet` (other traces), `derived` (what follows from several); `event_types` has them all.
Names follow RFC 2408/2409 where the protocol is meant and LANCOM's words where one sees them in
LANconfig. An event is named by its kebab-case `kind`; knowledge refers to it by that word and to
its fields by their Python names.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, Literal, NewType

from msgspec import Struct

RemoteSite = NewType("RemoteSite", str)
"""The configured name of the peer (LANCOM: Gegenstelle)."""
Address = NewType("Address", str)
"""An IPv4 or IPv6 address, or the host name the device printed in its place."""
Addresses = NewType("Addresses", str)
"""Several addresses with commas between them."""
Network = NewType("Network", str)
"""`10.0.0.0/255.0.0.0` or with a prefix length, as the device prints it."""
ErrorCode = NewType("ErrorCode", str)
"""`0x` and four lower-case hexadecimal digits."""
Word = NewType("Word", str)
"""One word without white space, as the device prints it."""
Phrase = NewType("Phrase", str)
"""The rest of the device's sentence, white space inside allowed."""
Identity = NewType("Identity", str)
"""Who one side of IKE says it is: an address, a name, a distinguished name; without brackets."""
Proposals = NewType("Proposals", str)
"""One or more proposals as a daemon prints them: `IKE:AES_CBC_256/.../MODP_2048, IKE:...`."""
Constant = NewType("Constant", str)
"""A constant as the RFCs write it: `NO_PROPOSAL_CHOSEN`, `USER_FQDN`."""
PppCode = NewType("PppCode", str)
"""`0x80` and two lower-case hexadecimal digits: an error of the PPP negotiation."""

YesNo = Literal["yes", "no"]
Phase = Literal["1", "2"]
"""IKE phase (RFC 2409): 1 sets up the IKE SA, 2 the IPsec SAs (RFC 7296: CHILD_SA)."""
Direction = Literal["received", "sent"]
"""As the traced router sees it."""
Echo = Literal["echo-request", "echo-reply"]
"""The two ICMP messages of a ping (RFC 792); LANCOM's line polling sends such requests."""


class Role(str, Enum):
    """Who sent the first IKE message (RFC 2409)."""

    INITIATOR = "initiator"
    RESPONDER = "responder"


class Event(Struct, frozen=True, kw_only=True, cache_hash=True):
    """Something that happened."""

    kind: ClassVar[str]
    remote_site: RemoteSite | None = None
    gateway: Address | None = None

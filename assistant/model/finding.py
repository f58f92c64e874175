"""What configurations were found to say: one fact about a remote site, one comparison of two."""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from msgspec import Struct

from assistant.model.event import RemoteSite
from assistant.model.setting import Shown


class FindingKind(str, Enum):
    """What was found; the words for it belong to the knowledge base."""

    VPN_SWITCHED_OFF = "vpn-switched-off"
    PEER_MISSING = "peer-missing"
    PEER_PRESENT = "peer-present"
    PEER_INACTIVE = "peer-inactive"
    HOLD_TIME_KEEP_ALIVE = "hold-time-keep-alive"
    HOLD_TIME_OTHER = "hold-time-other"
    POLL_ROW_PRESENT = "poll-row-present"
    POLL_ROW_MISSING = "poll-row-missing"
    """Keep-alive, and neither the polling table nor the PPP list polls the remote site."""
    POLLED_BY_PPP_ONLY = "polled-by-ppp-only"
    """Keep-alive without a row in the polling table, but the PPP list has a poll time."""
    POLL_ADDRESS_EMPTY = "poll-address-empty"
    POLL_ADDRESS_IS_GATEWAY = "poll-address-is-gateway"
    """The polled address is the outer address of the remote site."""
    POLL_ADDRESS_PUBLIC = "poll-address-public"
    """A public address, other than the gateway's, in no network of the remote site."""
    POLL_ADDRESS_INSIDE = "poll-address-inside"
    """In a network of the remote site."""
    POLL_ADDRESS_OUTSIDE = "poll-address-outside"
    """A private address in no network of the remote site."""
    POLL_ADDRESS_PRIVATE = "poll-address-private"
    """A private address; which networks the remote site has is not shown."""
    PING_BLOCKED = "ping-blocked"
    """This router does not answer pings from outside: matters to whoever polls it."""
    PING_ANSWERED = "ping-answered"
    GATEWAY_EMPTY = "gateway-empty"
    """No address to call: this side can only be called."""
    GATEWAY_INSIDE_REMOTE_NETWORK = "gateway-inside-remote-network"
    NETWORKS_OVERLAP = "networks-overlap"
    """A network of the remote site and one of our own share addresses."""
    REFERENCE_MISSING = "reference-missing"
    """A name that no row of the table has; the device's own defaults are not in a script."""
    PROPOSAL_LIST_EMPTY = "proposal-list-empty"
    PFS_ON = "pfs-on"
    PFS_OFF = "pfs-off"
    KEY_EMPTY = "key-empty"
    """A pre-shared key is used and none is set."""
    DIALLED_GATEWAY_AGREES = "dialled-gateway-agrees"
    DIALLED_GATEWAY_DIFFERS = "dialled-gateway-differs"
    """The configuration has an address, and the trace dials another one."""
    DIALLED_GATEWAY_BY_NAME = "dialled-gateway-by-name"
    """The configuration has a name: what it stands for changes."""
    POLLED_ADDRESS_AGREES = "polled-address-agrees"
    POLLED_ADDRESS_DIFFERS = "polled-address-differs"
    """The trace polls an address that the table does not have."""
    DYNDNS_CLIENT_ACTIVE = "dyndns-client-active"
    DYNDNS_CLIENT_INACTIVE = "dyndns-client-inactive"


class Subject(str, Enum):
    """What is compared; `our` and `their` as seen from the first configuration."""

    IKE_VERSION = "ike-version"
    EXCHANGE_MODE = "exchange-mode"
    OUR_IDENTITY = "our-identity"
    """Our local identity with the remote identity that they expect."""
    THEIR_IDENTITY = "their-identity"
    OUR_NETWORKS = "our-networks"
    """Our local networks with their remote ones."""
    THEIR_NETWORKS = "their-networks"
    IKE_PROPOSALS = "ike-proposals"
    IPSEC_PROPOSALS = "ipsec-proposals"
    IKE_GROUP = "ike-group"
    PFS_GROUP = "pfs-group"
    OUR_AUTH_METHOD = "our-auth-method"
    THEIR_AUTH_METHOD = "their-auth-method"
    OUR_KEY = "our-key"
    """The key we prove ourselves with; IKEv1 has one for both sides."""
    THEIR_KEY = "their-key"
    IKE_LIFETIME = "ike-lifetime"
    IPSEC_LIFETIME = "ipsec-lifetime"


class Match(str, Enum):
    """How a comparison ended."""

    EQUAL = "equal"
    COMMON = "common"
    """Not equal, but something fits: one proposal, one group."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """One side does not show it."""


class Comparison(Struct, frozen=True, kw_only=True):
    """One line of the table side by side."""

    subject: Subject
    match: Match
    ours: tuple[Shown, ...]
    """Empty if our script does not show it."""
    theirs: tuple[Shown, ...]
    common: tuple[str, ...] = ()
    """What fits, as text."""


PairReason: TypeAlias = Literal["identity", "gateway", "network", "only-one"]
"""Why the entries of two routers are the two ends of one tunnel."""


class SideBySide(Struct, frozen=True, kw_only=True):
    """Two routers' entries for one tunnel, and everything both must agree on."""

    remote_site: RemoteSite
    """As our configuration calls it."""
    our_source: str
    their_source: str
    their_site: RemoteSite
    """As theirs calls us."""
    reasons: tuple[PairReason, ...]
    comparisons: tuple[Comparison, ...]

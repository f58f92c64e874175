"""What a device configuration says, value by value, each with its file, line and column.

Names are those of the console in English; the docstrings say what LANconfig calls them.
Secrets are not among the values: what is left of one is whether it is set.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct

from assistant.model.source import Place

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


class Order(str, Enum):
    """How we know which column a value belongs to."""

    NAMED = "named"
    """The script names the column: `{SH-Time} 9999`, or a setting that is no table."""
    STATED = "stated"
    """The script lists the columns before the rows (`tab`)."""
    MIB = "mib"
    """By position, in the order of the device's MIB."""
    UNVERIFIED = "unverified"
    """By position, in an order that is remembered, not documented."""


class Secret(Struct, frozen=True):
    """What is kept of a key or password: whether there is one, and whether two are the same."""

    state: Literal["set", "empty"]
    fingerprint: bytes | None = None
    """Keyed with a random key of this process: worthless outside it. None: not comparable."""

    def __str__(self) -> str:
        """`set` or `empty`."""
        return self.state

    def __repr__(self) -> str:
        """Without the fingerprint, which must not be shown."""
        return f"Secret(state={self.state!r})"


class Setting(Struct, Generic[T_co], frozen=True, kw_only=True):
    """One value and where it stands."""

    value: T_co
    table: str
    """Console path in English: `/Setup/VPN/VPN-Peers`; of a single setting that of its menu."""
    row: str
    """The row's key as written; empty for a single setting."""
    column: str
    """`SH-Time`."""
    order: Order
    place: Place
    """The command's line or lines; its text has `***` for secrets and for what is not read."""

    def read_as(self, read: Callable[[T_co], U]) -> Setting[U]:
        """The same place with the value in another type."""
        return Setting(
            value=read(self.value),
            table=self.table,
            row=self.row,
            column=self.column,
            order=self.order,
            place=self.place,
        )


Shown: TypeAlias = Setting[str] | Setting[int] | Setting[bool] | Setting[Secret]
"""Any setting, to be shown."""


class Row(Struct, frozen=True, kw_only=True):
    """One row of a known table, as the script leaves it; columns not written are absent."""

    table: str
    key: str
    """The first key column as written; never empty."""
    texts: tuple[Setting[str], ...]
    secrets: tuple[Setting[Secret], ...]
    place: Place
    """The command that made the row, or was the last to change it."""

    def text(self, column: str) -> Setting[str] | None:
        """The value of a column; None if it is not written."""
        return next((one for one in self.texts if one.column == column), None)

    def secret(self, column: str) -> Setting[Secret] | None:
        """The secret of a column; None if it is not written."""
        return next((one for one in self.secrets if one.column == column), None)


class Ike(str, Enum):
    """Generation of the protocol, and of the tables that set it up."""

    V1 = "ikev1"
    """RFC 2409; `/Setup/VPN/VPN-Peers`."""
    V2 = "ikev2"
    """RFC 7296; `/Setup/VPN/IKEv2/Peers`."""


KEEP_ALIVE_S = 9999
"""Hold time that means: connect at once, and again after every disconnect (LANCOM article)."""


class VpnPeer(Struct, frozen=True, kw_only=True):
    """One VPN remote site (LANconfig: Verbindungs-Liste, connection list)."""

    row: Row
    name: Setting[str]
    ike: Ike
    active: Setting[bool] | None
    """IKEv2 only."""
    hold_time_s: Setting[int] | None
    """0: never ended by us; 9999: keep-alive."""
    gateway: Setting[str] | None
    """Address or name; None if not written, empty value if written so."""
    more_gateways: tuple[Setting[str], ...]
    """Alternatives (`Additional-Gateways`), the empty ones left out."""
    exchange: Setting[str] | None
    """IKEv1 only: `Main-Mode` or `Aggressive-Mode`."""
    rule_creation: Setting[str] | None
    """`auto`, `manually` or `off`."""
    layer: Setting[str] | None
    """IKEv1 only: name of the row in `/Setup/VPN/Layer`."""
    encryption: Setting[str] | None
    """IKEv2 only, as the next three: name of the row in the table of that name."""
    authentication: Setting[str] | None
    general: Setting[str] | None
    lifetimes: Setting[str] | None
    ipv4_rules: Setting[str] | None
    """IKEv2 only: names of network rules."""

    @property
    def keeps_alive(self) -> bool | None:
        """Whether the hold time is 9999; None if it is not written."""
        return None if self.hold_time_s is None else self.hold_time_s.value == KEEP_ALIVE_S


class PollEntry(Struct, frozen=True, kw_only=True):
    """A row of the polling table: up to four addresses, down only if none answers."""

    row: Row
    peer: Setting[str]
    addresses: tuple[Setting[str], ...]
    """Those that are written and neither empty nor 0.0.0.0."""
    interval_s: Setting[int] | None
    retries: Setting[int] | None
    loopback: Setting[str] | None
    """Address or network name that the polls are sent from."""


class PppEntry(Struct, frozen=True, kw_only=True):
    """A row of the PPP list; user name and password are not kept."""

    row: Row
    peer: Setting[str]
    time: Setting[int] | None
    """Poll interval in units of 10 s; 0: no polling."""
    retries: Setting[int] | None


class Layer(Struct, frozen=True, kw_only=True):
    """How an IKEv1 remote site negotiates (LANconfig: Verbindungs-Parameter)."""

    row: Row
    pfs_group: Setting[str] | None
    """`0`: no PFS."""
    ike_group: Setting[str] | None
    ike_proposals: Setting[str] | None
    """Name of a list."""
    ipsec_proposals: Setting[str] | None
    """Name of a list."""
    ike_key: Setting[str] | None


class Proposal(Struct, frozen=True, kw_only=True):
    """One IKEv1 proposal, phase 1 or 2."""

    row: Row
    phase: Literal["1", "2"]
    parts: tuple[Setting[str], ...]
    """What must be equal on both sides, in the order of the columns; the life times are not."""
    complete: bool
    """False if a column that must be equal is not written."""
    lifetime_s: Setting[int] | None
    lifetime_kb: Setting[int] | None


class ProposalList(Struct, frozen=True, kw_only=True):
    """A list of up to eight IKEv1 proposals."""

    row: Row
    phase: Literal["1", "2"]
    members: tuple[Setting[str], ...]
    """Names of proposals, the empty ones left out."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who one side says it is, or must be: type and text."""

    kind: Setting[str] | None
    """`No-Identity`, `IP-Address`, `Domain-Name`, `Email-Address`, `Key-ID`, ..."""
    text: Setting[str] | None


class Credentials(Struct, frozen=True, kw_only=True):
    """Identities and keys of an IKEv1 key entry or of IKEv2 authentication parameters."""

    row: Row
    ike: Ike
    local: Identity
    remote: Identity
    local_auth: Setting[str] | None
    """IKEv2 only: `PSK`, `RSA-Signature`, ..."""
    remote_auth: Setting[str] | None
    local_secret: Setting[Secret] | None
    """The pre-shared key; IKEv1 has one for both sides."""
    remote_secret: Setting[Secret] | None
    more_remote: Setting[str] | None
    """IKEv2 only: name of a list of further identities that are accepted."""


class Encryption(Struct, frozen=True, kw_only=True):
    """IKEv2 algorithms; each value has its words between commas."""

    row: Row
    dh_groups: Setting[str] | None
    pfs: Setting[bool] | None
    ike_ciphers: Setting[str] | None
    ike_integrity: Setting[str] | None
    child_ciphers: Setting[str] | None
    child_integrity: Setting[str] | None


class Lifetimes(Struct, frozen=True, kw_only=True):
    """IKEv2 life times."""

    row: Row
    ike_s: Setting[int] | None
    child_s: Setting[int] | None


class Route(Struct, frozen=True, kw_only=True):
    """A row of the IPv4 routing table."""

    row: Row
    network: Setting[str]
    """With a prefix length: `192.168.2.0/24`."""
    via: Setting[str] | None
    """Remote site or address (`Peer-or-IP`)."""
    active: bool


class NetworkRule(Struct, frozen=True, kw_only=True):
    """Which networks a VPN rule lets through."""

    row: Row
    local: tuple[Setting[str], ...]
    """Networks with a prefix length."""
    remote: tuple[Setting[str], ...]
    peers: tuple[str, ...]
    """Remote sites named in it; empty: whoever refers to the rule."""
    complete: bool
    """False if part of it could not be read as networks (names of objects, ranges)."""


class DynDnsEntry(Struct, frozen=True, kw_only=True):
    """A row of the action table that tells the router's address to a DynDNS provider."""

    row: Row
    host_name: Setting[str] | None
    peer: Setting[str] | None
    active: Setting[bool] | None
    action: Setting[Secret]
    """The address that is called holds a password: it is not kept."""


class ProblemKind(str, Enum):
    """What of a script could not be read."""

    FILE_CUT = "file-cut"
    """Longer than any configuration; the rest was not read."""
    LINE_CUT = "line-cut"
    QUOTE_OPEN = "quote-open"
    """A quoted value does not end on its line."""
    COMMAND_UNKNOWN = "command-unknown"
    VALUES_DO_NOT_FIT = "values-do-not-fit"
    """No known order of columns fits: only the row's key and named columns were read."""
    VALUE_WRONG = "value-wrong"
    """A value that its column cannot have; it was not read."""
    TOO_MANY_VALUES = "too-many-values"
    """More values than columns: a newer device; the others were read."""
    COLUMN_UNKNOWN = "column-unknown"
    KEY_MISSING = "key-missing"
    TOO_MANY_ROWS = "too-many-rows"
    ENDS_EARLY = "ends-early"
    """It was begun like a whole script and does not end like one."""


class Problem(Struct, frozen=True):
    """Something in a script that could not be read; carries no text, for it may be secret."""

    kind: ProblemKind
    source: str
    line: int
    """Counted from 1."""
    table: str | None = None
    """Of a known table."""


class Grounds(str, Enum):
    """What it means that a script does not show a row."""

    STATED = "stated"
    """The script shows the table without it."""
    IMPLIED = "implied"
    """The script shows other tables of the same menu; an empty table is not printed."""
    NOT_SHOWN = "not-shown"
    """The script shows nothing of that menu, or ends early: the row may exist."""


class Configuration(Struct, frozen=True, kw_only=True):
    """All that is read from one device's script."""

    source: str
    language: str | None
    """What `lang` says: `English`, `Deutsch`."""
    recognised: bool
    """False if the text is no script of this device family."""
    peers: tuple[VpnPeer, ...] = ()
    polls: tuple[PollEntry, ...] = ()
    ppp: tuple[PppEntry, ...] = ()
    layers: tuple[Layer, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    proposal_lists: tuple[ProposalList, ...] = ()
    credentials: tuple[Credentials, ...] = ()
    encryptions: tuple[Encryption, ...] = ()
    lifetimes: tuple[Lifetimes, ...] = ()
    routes: tuple[Route, ...] = ()
    lan_networks: tuple[Setting[str], ...] = ()
    """The router's own networks with a prefix length."""
    network_rules: tuple[NetworkRule, ...] = ()
    dyndns: tuple[DynDnsEntry, ...] = ()
    vpn_operating: Setting[str] | None = None
    ping_block: Setting[str] | None = None
    """`Off`, `Always`, `WAN` or `Default-Route`."""
    problems: tuple[Problem, ...] = ()
    tables_shown: frozenset[str] = frozenset()
    """Paths of known tables that the script names."""
    menus_shown: frozenset[str] = frozenset()
    """First two words of every path it names, known or not, in lower case: `/setup/wan`."""
    ends_early: bool = False
    commands: int = 0
    """Rows and single settings that were read."""
    skipped_tables: int = 0
    skipped_rows: int = 0
    """Commands that set something in tables that are not read."""

    def grounds(self, table: str) -> Grounds:
        """What it means that a row of this table is not there."""
        if self.ends_early:
            return Grounds.NOT_SHOWN
        if table in self.tables_shown:
            return Grounds.STATED
        menu = "/".join(table.casefold().split("/")[:3])
        return Grounds.IMPLIED if menu in self.menus_shown else Grounds.NOT_SHOWN

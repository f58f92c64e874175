"""The tables of the console that are read: paths, columns, and the order of the columns.

Basis: the device's MIB is a mechanical projection of the configuration tree, so its tables give
names, types and an order of columns (LCOS 8.8 and 10.92). A script that lists its columns (`tab`)
or names them (`{SH-Time} 9999`) needs no order. Where an order is only remembered it is a second
choice and marked so; rows whose values fit no order are not read by position at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from assistant.config.column import Column, Kind, plain
from assistant.model.setting import Order


class Table(Struct, frozen=True):
    """One table of the console."""

    path: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    """Columns that together name a row; the first one stands in paths."""
    orders: tuple[tuple[Order, tuple[str, ...]], ...]
    """Orders of columns, the best founded first."""
    also: tuple[str, ...] = ()
    """Other paths of the same table."""

    def column(self, name: str) -> Column | None:
        """The column of that name in any spelling.

        >>> TABLES["/Setup/VPN/VPN-Peers"].column("sh-time").name
        'SH-Time'
        """
        # A table's own hash would go through all its columns each time.
        return _COLUMNS[self.path].get(plain(name))


class Scalar(Struct, frozen=True):
    """One setting that stands in a menu, not in a table."""

    path: str
    """Of the menu."""
    column: Column
    also: tuple[str, ...] = ()


def _by_name(table: Table) -> Mapping[str, Column]:
    return {plain(name): column for column in table.columns for name in (column.name, *column.also)}


def _words(text: str) -> tuple[tuple[str, str], ...]:
    """`No=0 Yes=1` to pairs; a word without a number is its own."""
    pairs = (word.partition("=") for word in text.split())
    return tuple((word, number or word) for word, _, number in pairs)


def _text(name: str, limit: int = 64, *also: str) -> Column:
    return Column(name, Kind.TEXT, limit=limit, also=also)


def _number(name: str, *also: str) -> Column:
    return Column(name, Kind.NUMBER, also=also)


def _address(name: str, *also: str) -> Column:
    return Column(name, Kind.ADDRESS, also=also)


def _choice(name: str, words: str) -> Column:
    return Column(name, Kind.CHOICE, _words(words))


def _choices(name: str, words: str) -> Column:
    return Column(name, Kind.CHOICES, _words(words))


def _secret(name: str) -> Column:
    return Column(name, Kind.SECRET)


def _unkept(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.UNKEPT) for name in names)


def _table(
    path: str,
    *columns: Column,
    keys: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    remembered: str = "",
    basis: Order = Order.MIB,
) -> Table:
    names = tuple(column.name for column in columns)
    orders = [(basis, names)]
    if remembered:
        orders.append((Order.UNVERIFIED, tuple(remembered.split())))
    return Table(path, columns, keys or names[:1], tuple(orders), also)


_YES_NO = "No=0 Yes=1"
_BLOCK = "Off=0 Always=1 WAN=2 Default-Route=3"
_ID_TYPES = (
    "No-Identity=0 IP-Address=1 Domain-Name=2 Email-Address=3 IPv6-Address=5 "
    "Distinguished-Name=9 Key-ID=11"
)
_AUTHS = "RSA-Signature=1 PSK=2 ECDSA-256=9 ECDSA-384=10 ECDSA-521=11 Digital-Signature=14"
_GROUPS = "1 2 5 14 15 16"
_INTEGRITY = "MD5 SHA1 SHA256 SHA384 SHA512"
_CIPHERS = (
    "Chacha20-Poly1305 AES-GCM-128 AES-GCM-192 AES-GCM-256 3DES AES-CBC-128 AES-CBC-192 AES-CBC-256"
)

_IKEV1 = (
    _table(
        "/Setup/VPN/VPN-Peers",
        # `Gegenstelle` and `Haltezeit` are LANconfig's words; unverified as columns.
        _text("Peer", 16, "Gegenstelle"),
        _address("Extranet-Address"),
        _text("Layer", 16),
        _choice("Dynamic", "No=0 B-Channel=1 D-Channel=2 ICMP=4 UDP=8"),
        _number("SH-Time", "Haltezeit"),
        _choice("IKE-Exchange", "Main-Mode=0 Aggressive-Mode=1"),
        _text("Remote-Gw", 64, "Remote-Gateway"),
        _choice("Rule-creation", "auto=0 manually=1 off=2"),
        _number("DPD-Inact-Timeout"),
        _choice("IKE-CFG", "Off=0 Client=1 Server=2"),
        _choice("XAUTH", "Off=0 Client=1 Server=2"),
        _choice("SSL-Encaps", _YES_NO),
        _number("Rtg-Tag"),
        _choice("OCSP-Check", _YES_NO),
        # Documented: "Setup/VPN/Namen-Liste" (German reference manual, 9.10).
        also=("/Setup/VPN/Namen-Liste",),
        remembered="Peer SH-Time Extranet-Address Remote-Gw Rtg-Tag Layer Dynamic IKE-Exchange "
        "Rule-creation DPD-Inact-Timeout IKE-CFG XAUTH SSL-Encaps OCSP-Check",
    ),
    _table(
        "/Setup/VPN/Additional-Gateways",
        _text("Peer", 16, "Gegenstelle"),
        *(_text(f"Gateway-{number}") for number in range(1, 9)),
        _choice("Begin-With", "last-used=0 first=1 random=2"),
        *(_number(f"Rtg-Tag-{number}") for number in range(1, 9)),
        *(_text(f"Gateway-{number}") for number in range(9, 17)),
        *(_number(f"Rtg-Tag-{number}") for number in range(9, 17)),
        *(
            column
            for number in range(17, 33)
            for column in (_text(f"Gateway-{number}"), _number(f"Rtg-Tag-{number}"))
        ),
    ),
    _table(
        "/Setup/VPN/Layer",
        _text("Name", 16),
        _choice("PFS-Grp", "0 " + _GROUPS),
        _choice("IKE-Grp", _GROUPS),
        _text("IKE-Prop-List", 17),
        _text("IPSEC-Prop-List", 17),
        _text("IKE-Key", 16),
    ),
    _table(
        "/Setup/VPN/Certificates-and-Keys/IKE-Keys",
        _text("Name", 16),
        _text("Remote-Identity", 254),
        _secret("Shared-Sec"),
        _secret("Shared-Sec-File"),
        _choice("Remote-ID-Type", _ID_TYPES),
        _choice("Local-ID-Type", _ID_TYPES),
        _text("Local-Identity", 254),
        remembered="Name Local-ID-Type Local-Identity Remote-ID-Type Remote-Identity Shared-Sec "
        "Shared-Sec-File",
    ),
    _table(
        "/Setup/VPN/Proposals/IKE",
        _text("Name", 17),
        _choice(
            "IKE-Crypt-Alg",
            "DES-CBC=1 BLOWFISH-CBC=3 3DES-CBC=5 CAST128-CBC=6 AES-CBC=7 NULL=42",
        ),
        _number("IKE-Crypt-Keylen"),
        _choice("IKE-Auth-Alg", "MD5=1 SHA1=2 SHA2-256=4 SHA2-384=5 SHA2-512=6"),
        _choice("IKE-Auth-Mode", "Preshared-Key=1 RSA-Signature=3"),
        _number("Lifetime-Sec"),
        _number("Lifetime-KB"),
    ),
    _table(
        "/Setup/VPN/Proposals/IPSEC",
        _text("Name", 17),
        _choice("Encaps-Mode", "Tunnel=1 Transport=2 Mixed-LCOS4=65001"),
        _choice(
            "ESP-Crypt-Alg",
            "none=0 DES-CBC=2 3DES-CBC=3 CAST128-CBC=6 BLOWFISH-CBC=7 NULL=11 AES-CBC=12",
        ),
        _number("ESP-Crypt-Keylen"),
        _choice(
            "ESP-Auth-Alg",
            "none=0 HMAC-MD5=1 HMAC-SHA1=2 HMAC-SHA2-256=5 HMAC-SHA2-384=6 HMAC-SHA2-512=7",
        ),
        _choice(
            "AH-Auth-Alg",
            "none=0 HMAC-MD5=1 HMAC-SHA1=2 HMAC-SHA2-256=5 HMAC-SHA2-384=6 HMAC-SHA2-512=7",
        ),
        _choice("IPCOMP-Alg", "none=0 Deflate=2 LZS=3"),
        _number("Lifetime-Sec"),
        _number("Lifetime-KB"),
    ),
    _table(
        "/Setup/VPN/Proposals/IKE-Proposal-Lists",
        _text("IKE-Proposal-Lists", 17),
        *(_text(f"IKE-Proposal-{number}", 17) for number in range(1, 9)),
    ),
    _table(
        "/Setup/VPN/Proposals/IPSEC-Proposal-Lists",
        _text("IPSEC-Proposal-Lists", 17),
        *(_text(f"IPSEC-Proposal-{number}", 17) for number in range(1, 9)),
    ),
)

_IKEV2 = (
    _table(
        "/Setup/VPN/IKEv2/Peers",
        _text("Peer", 16, "Gegenstelle"),
        _choice("Active", _YES_NO),
        _number("SH-Time", "Haltezeit"),
        _text("Remote-Gateway", 64, "Remote-Gw"),
        _number("Rtg-Tag"),
        _text("Encryption", 16),
        _text("Authentication", 16),
        _text("General", 16),
        _text("Lifetimes", 16),
        _choice("IKE-CFG", "Off=0 Client=1 Server=2"),
        _choice("Rule-creation", "auto=0 manually=1"),
        _text("IPv4-Rules", 63),
        _text("IPv6-Rules", 63),
        _text("Routing", 31),
        _text("RADIUS-Authorization", 31),
        _text("RADIUS-Accounting", 31),
        *_unkept("Comment"),
        _text("IPv4-CFG-Pool", 16),
        _text("IPv6-CFG-Pool", 16),
        _text("IPv4", 16),
        _text("IPv6", 16),
        _text("Split-DNS-Profile", 16),
        _text("HSVPN", 16),
        _text("CFG-Client-Profile", 16),
        _text("Auto-IP-Profile", 16),
    ),
    _table(
        "/Setup/VPN/IKEv2/Encryption",
        _text("Name", 16),
        _choices(
            "DH-Groups",
            "DH32 DH31 DH19 DH20 DH21 DH28 DH29 DH30 DH2 DH5 DH14 DH15 DH16",
        ),
        _choice("PFS", _YES_NO),
        _choices("IKE-SA-Cipher-List", _CIPHERS),
        _choices("IKE-SA-Integ-Alg-List", _INTEGRITY),
        _choices("Child-SA-Cipher-List", "Null " + _CIPHERS),
        _choices("Child-SA-Integ-Alg-List", _INTEGRITY),
    ),
    _table(
        "/Setup/VPN/IKEv2/Auth/Parameter",
        _text("Name", 16),
        _choice("Local-Auth", _AUTHS),
        _choice("Local-ID-Type", _ID_TYPES),
        _text("Local-ID", 254),
        _secret("Local-Password"),
        _choice("Remote-Auth", _AUTHS + " EAP=201"),
        _choice("Remote-ID-Type", _ID_TYPES),
        _text("Remote-ID", 254),
        _secret("Remote-Password"),
        _text("Addit-Remote-ID-List", 16),
        _text("Local-Certificate", 254),
        _choice("Remote-Cert-ID-Check", _YES_NO),
        _text("Local-Dig-Sig-Profile", 20),
        _text("Remote-Dig-Sig-Profile", 20),
        _choice("OCSP-Check", _YES_NO),
        _text("Remote-EAP-Profile", 16),
        _choice("CRL-Check", _YES_NO),
        *_unkept("PPK-ID"),
    ),
    _table(
        "/Setup/VPN/IKEv2/Lifetimes",
        _text("Name", 16),
        _number("IKE-SA-Sec"),
        _number("IKE-SA-KB"),
        _number("Child-SA-Sec"),
        _number("Child-SA-KB"),
    ),
    # unverified: path and columns are remembered; `IPv4-Rules` of a peer refers to such rows.
    _table(
        "/Setup/VPN/Networks/IPv4-Rules",
        _text("Name", 31),
        _text("Local-Networks", 254),
        _text("Remote-Networks", 254),
        basis=Order.UNVERIFIED,
    ),
)

_WAN = (
    _table(
        "/Setup/WAN/Polling-Table",
        _text("Peer", 16, "Gegenstelle"),
        _address("IP-Address-1"),
        _number("Time"),
        _number("Try"),
        _address("IP-Address-2"),
        _address("IP-Address-3"),
        _address("IP-Address-4"),
        _text("Loopback-Addr.", 16),
        _choice("Type", "forced=0 auto=1"),
        # unverified: LANconfig's German word; whether the console has it is not known.
        also=("/Setup/WAN/Polling-Tabelle",),
    ),
    _table(
        "/Setup/WAN/PPP",
        _text("Peer", 16, "Gegenstelle"),
        _choices("Authent-request", "none=0 MS-CHAPv2=2 MS-CHAP=3 CHAP=4 PAP=5"),
        _secret("Key"),
        _number("Time"),
        _number("Try"),
        *_unkept("Username"),
        _number("Conf"),
        _number("Fail"),
        _number("Term"),
        _choices("Rights", "none=0 IPv6=3 NBT=6 IP=7"),
        _choices("Authent-response", "none=0 MS-CHAPv2=2 MS-CHAP=3 CHAP=4 PAP=5"),
        remembered="Peer Authent-request Authent-response Key Time Try Conf Fail Term Username "
        "Rights",
    ),
    _table(
        "/Setup/WAN/Action-Table",
        _number("Index"),
        _text("Host-Name"),
        _text("Peer", 16, "Gegenstelle"),
        _number("Lock-Time"),
        _choice(
            "Condition",
            "Establish=0 Disconnect=1 End=2 Failure=3 Establish-Failure=4 Budget-Exhausted=5 "
            "Budget-Released=6",
        ),
        # The address of a DynDNS provider is called with user name and password in it.
        _secret("Action"),
        *_unkept("Check-For"),
        _choice("Active", "Yes=0 No=1"),
        *_unkept("Owner"),
        _number("Routing-Tag"),
    ),
)

_NETWORKS = (
    _table(
        "/Setup/IP-Router/IP-Routing-Table",
        _address("IP-Address"),
        _address("IP-Netmask"),
        _text("Peer-or-IP", 64),
        _number("Distance"),
        _choice("Masquerade", "No=0 On=1 Intranet=2"),
        _choice("Active", "Yes=0 No=1 Semi=2"),
        *_unkept("Comment"),
        _number("Rtg-Tag"),
        keys=("IP-Address", "IP-Netmask", "Rtg-Tag"),
        remembered="IP-Address IP-Netmask Rtg-Tag Peer-or-IP Distance Masquerade Active Comment",
    ),
    _table(
        "/Setup/IP-Router/Firewall/Rules",
        _text("Name", 32),
        _text("Prot.", 10),
        _text("Source", 254),
        _text("Destination", 254),
        _text("Action", 254),
        _choice("Linked", _YES_NO),
        _number("Prio"),
        _choice("Firewall-Rule", "Yes=0 No=1"),
        _choice("VPN-Rule", _YES_NO),
        _choice("Stateful", "Yes=0 No=1"),
        *_unkept("Comment"),
        _number("Rtg-tag"),
        _number("Src-Tag"),
    ),
    _table(
        "/Setup/IP-Router/Firewall/Objects",
        _text("Name", 32),
        _text("Description", 254),
    ),
    # unverified: path and columns are remembered, no MIB at hand has them.
    _table(
        "/Setup/TCP-IP/Network-list",
        _text("Network-Name", 16),
        _address("IP-Address"),
        _address("IP-Netmask"),
        _number("VLAN-ID"),
        _text("Interface", 16),
        _text("Src-check", 16),
        _choice("Type", "Disabled=0 Intranet=1 DMZ=2"),
        _number("Rtg-Tag"),
        *_unkept("Comment"),
        basis=Order.UNVERIFIED,
    ),
)

TABLES: Mapping[str, Table] = {table.path: table for table in (*_IKEV1, *_IKEV2, *_WAN, *_NETWORKS)}
"""Every table that is read, by its path in English."""

_COLUMNS = {table.path: _by_name(table) for table in TABLES.values()}

SCALARS = (
    Scalar("/Setup/VPN", _choice("Operating", "No=0 Yes=1 Exclusive=3")),
    Scalar("/Setup/IP-Router/Firewall", _choice("Ping-Block", _BLOCK)),
)
"""Every single setting that is read."""

TABLE_OF_PATH: Mapping[tuple[str, ...], Table] = {
    tuple(path.casefold().strip("/").split("/")): table
    for table in TABLES.values()
    for path in (table.path, *table.also)
}
"""Tables by the words of their path in lower case."""

SCALAR_OF_PATH: Mapping[tuple[str, ...], Scalar] = {
    tuple(f"{scalar.path}/{name}".casefold().strip("/").split("/")): scalar
    for scalar in SCALARS
    for name in (scalar.column.name, *scalar.also)
}
"""Single settings by the words of their path in lower case."""

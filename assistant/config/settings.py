"""The rows of a script to typed settings, each with its file, line and column.

What no script shows is not here: the dates of certificates (they are files in the device, entries
only name them) and whatever the device brings along (`DEFAULT` and other factory rows).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assistant.config.networks import address, network, object_parts
from assistant.config.script import Script, read_script
from assistant.config.tables import TABLES
from assistant.model.setting import (
    Configuration,
    Credentials,
    DynDnsEntry,
    Encryption,
    Identity,
    Ike,
    Layer,
    Lifetimes,
    NetworkRule,
    PollEntry,
    PppEntry,
    Proposal,
    ProposalList,
    Route,
    Row,
    Setting,
    VpnPeer,
)

IKEV1_PEERS = "/Setup/VPN/VPN-Peers"
IKEV2_PEERS = "/Setup/VPN/IKEv2/Peers"
POLLING = "/Setup/WAN/Polling-Table"
PPP = "/Setup/WAN/PPP"
LAYERS = "/Setup/VPN/Layer"
ROUTES = "/Setup/IP-Router/IP-Routing-Table"
FIREWALL = "/Setup/IP-Router/Firewall"

_IKE_PARTS = ("IKE-Crypt-Alg", "IKE-Crypt-Keylen", "IKE-Auth-Alg", "IKE-Auth-Mode")
_IPSEC_PARTS = (
    "Encaps-Mode",
    "ESP-Crypt-Alg",
    "ESP-Crypt-Keylen",
    "ESP-Auth-Alg",
    "AH-Auth-Alg",
    "IPCOMP-Alg",
)
_MORE_GATEWAYS = 32

_Rows = Mapping[str, list[Row]]


def read_configuration(source: str, data: bytes) -> Configuration:
    """Reads a device's script; never raises, whatever the bytes are.

    Args:
        source: The file's name, for the places.
        data: The file.
    """
    return configuration(read_script(source, data))


def configuration(script: Script) -> Configuration:
    """The settings that a script leaves in the device."""
    rows: dict[str, list[Row]] = {path: [] for path in TABLES}
    for row in script.rows:
        rows[row.table].append(row)
    single = {(one.table, one.column): one for one in script.settings}
    return Configuration(
        source=script.source,
        language=script.language,
        recognised=script.recognised,
        peers=tuple(_peers(rows)),
        polls=tuple(map(_poll, rows[POLLING])),
        ppp=tuple(
            PppEntry(
                row=row, peer=_key(row), time=_number(row, "Time"), retries=_number(row, "Try")
            )
            for row in rows[PPP]
        ),
        layers=tuple(map(_layer, rows[LAYERS])),
        proposals=tuple(_proposals(rows)),
        proposal_lists=tuple(_proposal_lists(rows)),
        credentials=tuple(_credentials(rows)),
        encryptions=tuple(map(_encryption, rows["/Setup/VPN/IKEv2/Encryption"])),
        lifetimes=tuple(
            Lifetimes(
                row=row,
                ike_s=_number(row, "IKE-SA-Sec"),
                child_s=_number(row, "Child-SA-Sec"),
            )
            for row in rows["/Setup/VPN/IKEv2/Lifetimes"]
        ),
        routes=tuple(_routes(rows[ROUTES])),
        lan_networks=tuple(_lan_networks(rows["/Setup/TCP-IP/Network-list"])),
        network_rules=tuple(_network_rules(rows)),
        dyndns=tuple(_dyndns(rows["/Setup/WAN/Action-Table"])),
        vpn_operating=single.get(("/Setup/VPN", "Operating")),
        ping_block=single.get((FIREWALL, "Ping-Block")),
        problems=script.problems,
        tables_shown=script.tables_shown,
        menus_shown=script.menus_shown,
        ends_early=script.ends_early,
        commands=len(script.rows) + len(script.settings),
        skipped_tables=script.skipped_tables,
        skipped_rows=script.skipped_rows,
    )


def _peers(rows: _Rows) -> Iterator[VpnPeer]:
    more = {row.key.casefold(): row for row in rows["/Setup/VPN/Additional-Gateways"]}
    for path, ike in ((IKEV1_PEERS, Ike.V1), (IKEV2_PEERS, Ike.V2)):
        for row in rows[path]:
            others = more.get(row.key.casefold())
            yield VpnPeer(
                row=row,
                name=_key(row),
                ike=ike,
                active=_yes(row, "Active"),
                hold_time_s=_number(row, "SH-Time"),
                gateway=row.text("Remote-Gw" if ike is Ike.V1 else "Remote-Gateway"),
                more_gateways=tuple(
                    _filled(others, [f"Gateway-{one}" for one in range(1, _MORE_GATEWAYS + 1)])
                )
                if others
                else (),
                exchange=row.text("IKE-Exchange"),
                rule_creation=row.text("Rule-creation"),
                layer=row.text("Layer"),
                encryption=row.text("Encryption"),
                authentication=row.text("Authentication"),
                general=row.text("General"),
                lifetimes=row.text("Lifetimes"),
                ipv4_rules=row.text("IPv4-Rules"),
            )


def _poll(row: Row) -> PollEntry:
    written = _filled(row, [f"IP-Address-{one}" for one in range(1, 5)])
    return PollEntry(
        row=row,
        peer=_key(row),
        addresses=tuple(one for one in written if address(one.value) is not None),
        interval_s=_number(row, "Time"),
        retries=_number(row, "Try"),
        loopback=row.text("Loopback-Addr."),
    )


def _layer(row: Row) -> Layer:
    return Layer(
        row=row,
        pfs_group=row.text("PFS-Grp"),
        ike_group=row.text("IKE-Grp"),
        ike_proposals=row.text("IKE-Prop-List"),
        ipsec_proposals=row.text("IPSEC-Prop-List"),
        ike_key=row.text("IKE-Key"),
    )


def _proposals(rows: _Rows) -> Iterator[Proposal]:
    for row in rows["/Setup/VPN/Proposals/IKE"]:
        parts = [row.text(name) for name in _IKE_PARTS]
        yield Proposal(
            row=row,
            phase="1",
            parts=tuple(part for part in parts if part is not None),
            complete=None not in parts,
            lifetime_s=_number(row, "Lifetime-Sec"),
            lifetime_kb=_number(row, "Lifetime-KB"),
        )
    for row in rows["/Setup/VPN/Proposals/IPSEC"]:
        parts = [row.text(name) for name in _IPSEC_PARTS]
        yield Proposal(
            row=row,
            phase="2",
            parts=tuple(part for part in parts if part is not None),
            complete=None not in parts,
            lifetime_s=_number(row, "Lifetime-Sec"),
            lifetime_kb=_number(row, "Lifetime-KB"),
        )


def _proposal_lists(rows: _Rows) -> Iterator[ProposalList]:
    for row in rows["/Setup/VPN/Proposals/IKE-Proposal-Lists"]:
        names = [f"IKE-Proposal-{one}" for one in range(1, 9)]
        yield ProposalList(row=row, phase="1", members=tuple(_filled(row, names)))
    for row in rows["/Setup/VPN/Proposals/IPSEC-Proposal-Lists"]:
        names = [f"IPSEC-Proposal-{one}" for one in range(1, 9)]
        yield ProposalList(row=row, phase="2", members=tuple(_filled(row, names)))


def _credentials(rows: _Rows) -> Iterator[Credentials]:
    for row in rows["/Setup/VPN/Certificates-and-Keys/IKE-Keys"]:
        secret, file = row.secret("Shared-Sec"), row.secret("Shared-Sec-File")
        if file is not None and file.value.state == "set":
            secret = None  # the key is in a file, which no script shows
        yield Credentials(
            row=row,
            ike=Ike.V1,
            local=Identity(kind=row.text("Local-ID-Type"), text=row.text("Local-Identity")),
            remote=Identity(kind=row.text("Remote-ID-Type"), text=row.text("Remote-Identity")),
            local_auth=None,
            remote_auth=None,
            local_secret=secret,
            remote_secret=secret,
            more_remote=None,
        )
    for row in rows["/Setup/VPN/IKEv2/Auth/Parameter"]:
        more = row.text("Addit-Remote-ID-List")
        yield Credentials(
            row=row,
            ike=Ike.V2,
            local=Identity(kind=row.text("Local-ID-Type"), text=row.text("Local-ID")),
            remote=Identity(kind=row.text("Remote-ID-Type"), text=row.text("Remote-ID")),
            local_auth=row.text("Local-Auth"),
            remote_auth=row.text("Remote-Auth"),
            local_secret=row.secret("Local-Password"),
            remote_secret=row.secret("Remote-Password"),
            more_remote=more if more and more.value else None,
        )


def _encryption(row: Row) -> Encryption:
    return Encryption(
        row=row,
        dh_groups=row.text("DH-Groups"),
        pfs=_yes(row, "PFS"),
        ike_ciphers=row.text("IKE-SA-Cipher-List"),
        ike_integrity=row.text("IKE-SA-Integ-Alg-List"),
        child_ciphers=row.text("Child-SA-Cipher-List"),
        child_integrity=row.text("Child-SA-Integ-Alg-List"),
    )


def _routes(rows: Iterable[Row]) -> Iterator[Route]:
    for row in rows:
        mask = row.text("IP-Netmask")
        found = network(row.key, mask.value if mask else "")
        if found is not None:
            active = row.text("Active")
            yield Route(
                row=row,
                network=_as(_key(row), found),
                via=row.text("Peer-or-IP"),
                active=active is None or active.value != "No",
            )


def _lan_networks(rows: Iterable[Row]) -> Iterator[Setting[str]]:
    for row in rows:
        own, mask, kind = row.text("IP-Address"), row.text("IP-Netmask"), row.text("Type")
        if own is None or mask is None or address(own.value) is None:
            continue
        found = network(own.value, mask.value)
        if found is not None and (kind is None or kind.value != "Disabled"):
            yield _as(own, found)


def _network_rules(rows: _Rows) -> Iterator[NetworkRule]:
    for row in rows["/Setup/VPN/Networks/IPv4-Rules"]:
        local, local_read = _networks(row.text("Local-Networks"))
        remote, remote_read = _networks(row.text("Remote-Networks"))
        yield NetworkRule(
            row=row, local=local, remote=remote, peers=(), complete=local_read and remote_read
        )
    objects = {row.key.casefold(): row for row in rows[f"{FIREWALL}/Objects"]}
    for row in rows[f"{FIREWALL}/Rules"]:
        vpn = row.text("VPN-Rule")
        if vpn is not None and vpn.value == "Yes":
            local, peers, local_read = _described(row.text("Source"), objects)
            remote, more, remote_read = _described(row.text("Destination"), objects)
            yield NetworkRule(
                row=row,
                local=local,
                remote=remote,
                peers=tuple(dict.fromkeys([*peers, *more])),
                complete=local_read and remote_read,
            )


def _networks(setting: Setting[str] | None) -> tuple[tuple[Setting[str], ...], bool]:
    """Networks between commas or blanks; false if a word is none."""
    if setting is None or not setting.value:
        return (), False
    found = [network(word) for word in setting.value.replace(",", " ").split()]
    known = tuple(_as(setting, one) for one in found if one is not None)
    return known, len(known) == len(found)


def _described(
    setting: Setting[str] | None, objects: Mapping[str, Row]
) -> tuple[tuple[Setting[str], ...], list[str], bool]:
    """Networks and remote sites of a rule's source or destination, its objects looked up once."""
    if setting is None or not setting.value:
        return (), [], False
    networks, sites, lan, read = object_parts(setting.value)
    if read:
        # Which networks the local one is stands in another table, and may change by interface.
        return tuple(_as(setting, one) for one in networks), sites, not lan
    row = objects.get(setting.value.casefold())
    description = row.text("Description") if row else None
    if description is None:
        return (), [], False
    networks, sites, lan, read = object_parts(description.value)
    return tuple(_as(description, one) for one in networks), sites, read and not lan


def _dyndns(rows: Iterable[Row]) -> Iterator[DynDnsEntry]:
    """Rows with an action that looks after the name of this router.

    The action itself is sealed, so what tells them is that the row has a host name.
    """
    for row in rows:
        host, action = row.text("Host-Name"), row.secret("Action")
        if action is not None and action.value.state == "set" and host is not None and host.value:
            yield DynDnsEntry(
                row=row,
                host_name=host,
                peer=row.text("Peer"),
                active=_yes(row, "Active"),
                action=action,
            )


def _key(row: Row) -> Setting[str]:
    found = row.text(TABLES[row.table].keys[0])
    # A row has its key among its values: without one it is not made.
    return found if found is not None else row.texts[0]


def _filled(row: Row, names: Iterable[str]) -> Iterator[Setting[str]]:
    for name in names:
        found = row.text(name)
        if found is not None and found.value:
            yield found


def _number(row: Row, name: str) -> Setting[int] | None:
    found = row.text(name)
    # The column let only digits through.
    return found.read_as(int) if found and found.value else None


def _yes(row: Row, name: str) -> Setting[bool] | None:
    found = row.text(name)
    return found.read_as(lambda text: text == "Yes") if found and found.value else None


def _as(setting: Setting[str], value: str) -> Setting[str]:
    """The same place with another reading of the value."""
    return setting.read_as(lambda _: value)

"""Patterns of newer firmware and of other traces: each record in sight, and what it yields."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import OWN_KNOWLEDGE, load_catalog
from assistant.catalog.message import MessageMatcher, event_fields, holes_in
from assistant.catalog.schema import Basis, Continuation, Pattern, PatternFile, Sample, Text
from assistant.catalog.strict_yaml import load_strict
from assistant.errors import KnowledgeError
from assistant.model.event import Role
from assistant.model.event_types import (
    ASIDE_EVENTS,
    IKE_LOG_EVENTS,
    MESSAGE_EVENTS,
    OTHER_TRACE_EVENTS,
)
from assistant.model.message import Noted
from assistant.model.negotiation import Stage
from assistant.trace.negotiation import Draft
from assistant.trace.read import TraceReader

FILES = {
    path.stem: msgspec.convert(load_strict(path.read_text("utf-8")).data, PatternFile)
    for path in sorted(OWN_KNOWLEDGE.glob("patterns/lancom/*.yaml"))
}
OTHERS = ["ip-router", "ipv4-host", "icmp", "ethernet", "ppp", "firewall"]
SAMPLES = [
    pytest.param(file, sample, id=f"{pattern.id}-{number}")
    for name, file in FILES.items()
    for pattern in file.patterns
    for number, sample in enumerate(pattern.samples, start=1)
    if name != "vpn-status"
]
Fields: TypeAlias = dict[str, str | int]
Yields: TypeAlias = Callable[[str], list[tuple[str, Fields]]]


@pytest.fixture(scope="session")
def yields(catalog: Catalog) -> Yields:
    """Kind and fields of every record's event; no record and no line may be left unread."""
    reader = TraceReader(catalog)

    def read(text: str) -> list[tuple[str, Fields]]:
        found = []
        for one in reader.annotate("1.txt", io.BytesIO(text.encode())):
            assert one.reading is not None, one.record.place.text
            assert not one.reading.unread, one.record.place.text
            assert not one.reading.partly, one.record.place.text
            found.append((one.reading.event.kind, event_fields(one.reading.event)))
        return found

    return read


# Every pattern --------------------------------------------------------------------------------


def test_every_event_of_a_message_has_a_pattern() -> None:
    said = {pattern.event for file in FILES.values() for pattern in file.patterns}
    # `noted` is for knowledge files of others, and a daemon's log is another dialect.
    ours = set(MESSAGE_EVENTS) - {Noted, *IKE_LOG_EVENTS}
    assert said == {event.kind for event in ours}


def test_events_of_other_traces_come_from_files_of_other_classes_only() -> None:
    other = {event.kind for event in OTHER_TRACE_EVENTS}
    for name, file in FILES.items():
        kinds = {pattern.event for pattern in file.patterns}
        assert (kinds <= other) == (name in OTHERS)
        assert kinds <= other or kinds.isdisjoint(other)
    assert not {event.kind for event in ASIDE_EVENTS} & other


def test_what_no_published_trace_shows_is_unverified_and_says_why() -> None:
    for name in ("vpn-status-newer", "icmp"):
        for pattern in FILES[name].patterns:
            assert pattern.basis is Basis.UNVERIFIED, pattern.id
            assert pattern.source, pattern.id
    for file in FILES.values():
        for pattern in file.patterns:
            assert pattern.source, pattern.id


@pytest.mark.parametrize(("file", "sample"), SAMPLES)
def test_every_sample_is_read_under_a_header_of_each_of_its_classes(
    yields: Yields, file: PatternFile, sample: Sample
) -> None:
    for trace_class in (file.trace_class, *file.also):
        text = f"[{trace_class}] 2024/05/14 09:00:00,000\n{sample.message}\n"
        assert [fields for _, fields in yields(text)] == [dict(sample.yields)]


@pytest.mark.parametrize(("file", "sample"), SAMPLES)
def test_every_sample_is_read_in_any_case_and_with_other_white_space(
    yields: Yields, file: PatternFile, sample: Sample
) -> None:
    swapped = sample.message.swapcase()
    spaced = "".join(f"\t {line.replace(' ', '  ')}  \r\n" for line in sample.message.split("\n"))
    for message in (swapped, spaced):
        ((_, fields),) = yields(f"[{file.trace_class}] 2024/05/14 09:00:00,000\n{message}\n")
        assert {name: folded(value) for name, value in fields.items()} == {
            name: folded(value) for name, value in sample.yields.items()
        }


def folded(value: str | int) -> str:
    return " ".join(str(value).lower().split())


@pytest.mark.parametrize(("file", "sample"), SAMPLES)
def test_every_sample_is_read_without_its_class_where_its_beginning_gives_it_away(
    yields: Yields, file: PatternFile, sample: Sample
) -> None:
    begins = (*(begin.lower() for begin in file.begins), "vpn:")
    if not sample.message.lower().startswith(begins):
        # Frames, and errors of PPP in a wording of their own.
        assert file.trace_class == "Ethernet"
        return
    for header in ("2024/05/14 09:00:00,000\n", "09:00:00,000\n", ""):
        assert [fields for _, fields in yields(header + sample.message)] == [dict(sample.yields)]


OF_NOBODY = r"192\.0\.2|198\.51\.100|203\.0\.113|192\.168|0\.0\.0|255\.255\.255"
ADDRESS = re.compile(rf"(?<![\d.])(?!(?:{OF_NOBODY})\.)(?:\d{{1,3}}\.){{3}}\d{{1,3}}")


def test_samples_use_addresses_of_nobody() -> None:
    for file in FILES.values():
        for pattern in file.patterns:
            for sample in pattern.samples:
                assert not ADDRESS.search(sample.message), pattern.id


# Newer firmware -------------------------------------------------------------------------------

NEWER = """\
[VPN-Status] 2024/05/14 09:00:00,123  Devicetime: 2024/05/14 09:00:00,000
VPN: WAN state changed to WanCall for ZENTRALE (203.0.113.10), called by: 01a2b3c4
vpn-maps[22], remote: ZENTRALE, nego, dns-name, static-name
selecting first remote gateway using strategy eFirst for ZENTRALE
     => CurrIdx=0, IpStr=>vpn.example.com<, IpAddr=203.0.113.10, IpTtl=60s
VPN: rulesets installed
VPN: ZENTRALE connected
"""


def test_messages_that_share_one_header_are_told_apart(yields: Yields) -> None:
    assert [kind for kind, _ in yields(NEWER)] == [
        "wan-state",
        "remote-site-mapped",
        "gateway-resolved",
        "rulesets-installed",
        "connected",
    ]


IKEV2 = """\
[VPN-Status] 2024/05/14 09:00:01,000
Peer DEFAULT: Received an IKE_SA_INIT-REQUEST of 600 bytes
Gateways: 198.51.100.7:500<--192.0.2.25:500
SPIs: 0x1f2e3d4c5b6a79880000000000000000, Message-ID 0
IKE_SA ('', '' IPSEC_IKE SPIs 0x1f2e3d4c5b6a79888796a5b4c3d2e1f0) entered to SADB

[VPN-Status] 2024/05/14 09:00:01,200
Peer DEFAULT [responder]: Received an IKE_AUTH-REQUEST of 352 bytes (encrypted)
Gateways: 198.51.100.7:4500<--192.0.2.25:4500
SPIs: 0x1f2e3d4c5b6a79888796a5b4c3d2e1f0, Message-ID 1
  +Received-ID nord@example.com:USER_FQDN matches the Expected-ID nord@example.com:USER_FQDN
  Counterpart identified as peer FILIALE-NORD
CHILD_SA ('FILIALE-NORD', 'IPSEC-0-FILIALE-NORD-PR0-L0-R0' IPSEC_ESP Outbound-SPI 0x3c90b21f \
Inbound-SPI 0x51d3b86e) entered to SADB
"""


def test_a_block_of_ikev2_is_a_message_and_what_followed_from_it(yields: Yields) -> None:
    found = yields(IKEV2)
    assert [kind for kind, _ in found] == [
        "ike-message",
        "sa-entered",
        "ike-message",
        "identity-compared",
        "counterpart-identified",
        "sa-entered",
    ]
    assert found[2][1] == {
        "gateway": "192.0.2.25",
        "direction": "received",
        "exchange": "IKE_AUTH",
        "message": "request",
        "size_bytes": 352,
        "role": "responder",
        "own_address": "198.51.100.7",
        "own_port": 4500,
        "port": 4500,
        "spis": "0x1f2e3d4c5b6a79888796a5b4c3d2e1f0",
        "message_id": 1,
    }


@pytest.mark.parametrize(
    ("gateways", "gateway", "own"),
    [
        ("198.51.100.7:500<--192.0.2.25:4500", "192.0.2.25", "198.51.100.7"),
        ("192.0.2.25:4500-->198.51.100.7:500", "192.0.2.25", "198.51.100.7"),
        ("198.51.100.7:500<--192.0.2.25:4500, tag 0 (UDP)", "192.0.2.25", "198.51.100.7"),
        ("[2001:db8::7]:500<--[2001:db8::25]:4500", "[2001:db8::25]", "[2001:db8::7]"),
    ],
)
def test_the_arrow_points_at_the_receiver(
    yields: Yields, gateways: str, gateway: str, own: str
) -> None:
    head = "Peer LAGER: Received an IKE_AUTH-RESPONSE of 80 bytes (encrypted)\n"
    ((_, fields),) = yields(head + "Gateways: " + gateways)
    assert (fields["gateway"], fields["own_address"]) == (gateway, own)
    assert (fields["port"], fields["own_port"]) == (4500, 500)


def test_a_peer_called_default_is_no_remote_site(yields: Yields) -> None:
    ((_, fields),) = yields("VPN: Error: IKE-R-No-rule-matched-ID (0x2209) for DEFAULT (192.0.2.9)")
    assert "remote_site" not in fields
    ((_, fields),) = yields("VPN: connecting to DEFAULT-2 (192.0.2.9)")
    assert fields["remote_site"] == "DEFAULT-2"


@pytest.mark.parametrize(
    ("printed", "code"), [("12801", "0x3201"), ("0x3201", "0x3201"), ("4358", "0x1106")]
)
def test_a_code_may_be_decimal(yields: Yields, printed: str, code: str) -> None:
    line = f"VPN: policy manager error indication: LAGER (192.0.2.44), cause: {printed}"
    assert yields(line)[0][1]["code"] == code


@pytest.mark.parametrize("printed", ["NO_PROPOSAL_CHOSEN", "NO-PROPOSAL-CHOSEN"])
@pytest.mark.parametrize("prefix", ["IKE info:", "IKE log:"])
def test_a_notification_in_both_spellings(yields: Yields, prefix: str, printed: str) -> None:
    line = f"{prefix} NOTIFY received of type {printed} for peer ZENTRALE"
    assert yields(line) == [
        ("notify-received", {"remote_site": "ZENTRALE", "notify": "NO_PROPOSAL_CHOSEN"})
    ]


def drafts(catalog: Catalog, text: str) -> list[Draft]:
    return TraceReader(catalog).read("1.txt", io.BytesIO(text.encode())).drafts


INITIATOR = """\
[VPN-Status] 2024/05/14 09:00:00,000
VPN: connecting to ZENTRALE (203.0.113.10)

[VPN-Status] 2024/05/14 09:00:00,010
Peer ZENTRALE: Sending an IKE_SA_INIT-REQUEST of 600 bytes
Gateways: 198.51.100.7:500-->203.0.113.10:500
"""
ANSWER = """
[VPN-Status] 2024/05/14 09:00:00,200
Peer ZENTRALE: Received an IKE_SA_INIT-RESPONSE of 36 bytes
Gateways: 198.51.100.7:500<--203.0.113.10:500
NOTIFY(NO_PROPOSAL_CHOSEN)
"""


def test_who_sends_the_first_message_of_ikev2_is_the_initiator(catalog: Catalog) -> None:
    (draft,) = drafts(catalog, INITIATOR)
    assert (draft.role, draft.stage, draft.heard_ike) == (Role.INITIATOR, Stage.IKE_SA, [])
    (draft,) = drafts(catalog, INITIATOR + ANSWER)
    assert len(draft.heard_ike) == 1


def test_what_newer_firmware_says_of_the_call_belongs_to_the_negotiation(catalog: Catalog) -> None:
    call = "\n".join(NEWER.splitlines()[:5]) + "\n\n"
    (draft,) = drafts(catalog, call + INITIATOR)
    assert (draft.first.first_line, draft.started) == (1, True)
    (draft,) = drafts(catalog, INITIATOR[INITIATOR.index("\n\n") :])
    assert draft.started


def test_who_receives_it_is_the_responder(catalog: Catalog) -> None:
    (draft,) = drafts(catalog, IKEV2)
    assert (draft.remote_site, draft.gateway) == ("FILIALE-NORD", "192.0.2.25")
    assert (draft.role, draft.stage) == (Role.RESPONDER, Stage.CHILD_SA)


def test_a_stranger_does_not_change_what_is_known_of_a_peer(catalog: Catalog) -> None:
    stranger = (
        "\n[VPN-Status] 2024/05/14 09:00:00,100\n"
        "Peer DEFAULT: Received an IKE_SA_INIT-REQUEST of 600 bytes\n"
        "Gateways: 198.51.100.7:500<--192.0.2.66:500\n"
        "\n[VPN-Status] 2024/05/14 09:00:00,110\n"
        "IKE info: dropped message from peer unknown 192.0.2.66 port 500 due to notification "
        "type NO_PROPOSAL_CHOSEN\n"
    )
    (draft,) = drafts(catalog, INITIATOR + stranger)
    assert (draft.gateway, draft.heard_ike) == ("203.0.113.10", [])


# Other traces of the case ---------------------------------------------------------------------

PPP = """\
10:17:58,480
Change phase to ESTABLISH
Lower-Layer-Up event for LCP
Initializing LCP restart timer to 3000 milliseconds
Waiting up to 200ms for connection
Starting LCP restart timer with 200 milliseconds

10:17:58,680
Positive Restart-Timeout event for LCP
Stop waiting for connection
Initializing LCP restart timer to 3000 milliseconds
Generating LCP configure-request for peer INTERNET
Inserting local MRU 1492
Inserting local magic number 1f2a3b4c
Inserting local callback via callback controll protocoll
Inserting local option protocol field compression
"""


def test_a_ppp_trace_with_the_time_of_day_only(yields: Yields) -> None:
    assert yields(PPP) == [
        ("ppp-state", {"phase": "ESTABLISH", "protocol": "LCP"}),
        ("ppp-state", {"protocol": "LCP", "peer": "INTERNET", "restart": "again"}),
    ]
    assert yields("[PPP] 2024/05/14 " + PPP[: PPP.index("\n\n")]) == yields(PPP)[:1]


def test_header_and_first_line_of_ppp_on_one_line(yields: Yields) -> None:
    assert yields("10:17:58,680 Positive Restart-Timeout event for LCP") == [
        ("ppp-state", {"protocol": "LCP", "restart": "again"})
    ]


IP_ROUTER = """\
- [IP-Router] 2024/05/14 09:00:00,000
- IP-Router Rx (ZENTRALE, RtgTag: 0):
- DstIP: 192.168.20.65, SrcIP: 192.168.10.1, Len: 84, DSCP/TOS: 0x00
- Prot.: UDP (17), DstPort: 53, SrcPort: 4711
- Route: LAN-1 Tx (BUERO):
"""


def test_a_packet_of_another_protocol_in_a_copy_with_bullets(yields: Yields) -> None:
    ((_, fields),) = yields(IP_ROUTER)
    assert (fields["protocol"], fields["route"], fields["tx_interface"]) == ("UDP", "lan", "BUERO")


def test_records_that_begin_alike_are_told_apart_by_their_last_line(yields: Yields) -> None:
    dropped = IP_ROUTER.replace("Route: LAN-1 Tx (BUERO):", "Filter (Intruder)")
    cut = IP_ROUTER.replace("- Route: LAN-1 Tx (BUERO):\n", "")
    kinds = [yields(text)[0][0] for text in (IP_ROUTER, dropped, cut)]
    assert kinds == ["packet-routed", "packet-filtered", "packet-routed"]


def test_a_mail_of_the_firewall_is_read_and_the_picture_of_the_packet_is_not(
    catalog: Catalog,
) -> None:
    mail = (
        "FROM: firewall@example.com\nSUBJECT: packet filtered\nDate: 5/14/2024 15:06:46\n"
        "The packet below\n"
        "Src: 192.168.20.37:4353 {pc-37} Dst: 192.168.10.10:80 {server} (TCP)\n"
        "45 00 00 2c ed 50 40 00 80 06 7a a3 c0 a8 14 25\n"
        "matched this filter rule: DENY-WEB\n"
    )
    found = list(TraceReader(catalog).annotate("1.txt", io.BytesIO(mail.encode())))
    (reading,) = [one.reading for one in found if one.reading]
    assert event_fields(reading.event)["rule"] == "DENY-WEB"
    assert len(reading.unread) == 1


# Holes that are not kept ----------------------------------------------------------------------


def made(*lines: str) -> Iterator[Pattern]:
    head, *more = lines
    yield Pattern(
        id="p",
        event="packet-host",
        message=head,
        continues=tuple(Continuation(line=line) for line in more),
        meaning=Text(de="-", en="-"),
        basis=Basis.JUDGEMENT,
        samples=(),
    )


def matcher(*lines: str) -> MessageMatcher:
    patterns = tuple(made(*lines))
    return MessageMatcher(
        [PatternFile(dialect="lancom", trace_class="IPv4-Host", begins=(), patterns=patterns)]
    )


def test_a_hole_that_is_not_kept_may_stand_twice() -> None:
    assert holes_in("packet {_} of {_} from {source}") == ["source"]
    reading = matcher("packet {_} of {_} from {source}").read(
        ("packet 1 of 2 from 192.0.2.1",), "IPv4-Host"
    )
    assert reading is not None
    assert event_fields(reading.event) == {"source": "192.0.2.1"}


def test_a_hole_that_is_not_kept_takes_something() -> None:
    assert matcher("Flags: {_}").read(("Flags:",), "IPv4-Host") is None


def test_a_line_that_ends_in_such_a_hole_takes_the_whole_line() -> None:
    reading = matcher("packet", "Flags: {_}", "Source: {source}").read(
        ("packet", "Flags: 0x0000 Source: 192.0.2.1"), "IPv4-Host"
    )
    assert reading is not None
    assert (event_fields(reading.event), reading.unread, reading.partly) == ({}, (), ())


# PPP error codes ------------------------------------------------------------------------------


def test_every_ppp_code_is_told_in_both_languages(catalog: Catalog) -> None:
    assert list(catalog.ppp_errors) == [
        *("0x8000", "0x8001", "0x8002", "0x8010", "0x8011", "0x8012", "0x8013", "0x8014")
    ]
    for error in catalog.ppp_errors.values():
        for text in (error.name, error.meaning, error.advice):
            assert text.de != text.en
        assert min(len(error.meaning.de), len(error.meaning.en), len(error.advice.de)) > 60
        assert error.source


def test_every_code_and_text_of_lanmonitor_is_read(catalog: Catalog, yields: Yields) -> None:
    for code, error in catalog.ppp_errors.items():
        if error.basis is not Basis.ARTICLE:
            continue  # its message is published without the number
        for name in (error.name.de, error.name.en):
            assert yields(f"{name} ({code})") == [("ppp-error", {"code": code, "name": name})]


def test_a_ppp_code_twice_is_an_error(tmp_path: Path) -> None:
    text = (OWN_KNOWLEDGE / "ppp-errors.yaml").read_text("utf-8")
    (tmp_path / "ppp-errors.yaml").write_text(text, "utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_catalog(tmp_path)
    assert "PPP error code '0x8000' stands twice" in str(error.value)

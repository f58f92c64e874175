"""Makes tickets of every form, with known groups, one outage and some junk; the dice are seeded."""

# Its dice need no secrecy.
# ruff: noqa: S311, ISC004

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

SITES = ("LAGER", "WERK", "FILIALE", "KONTOR", "BUERO", "HAFEN", "MARKT", "STUDIO")
NETWORKS = ("192.0.2", "203.0.113")
STRUCK = "198.51.100"
"""The network of the provider that failed."""
_MONDAY = datetime(2024, 5, 13, 7, 0)  # noqa: DTZ001 - device times have no zone
STRUCK_AT = datetime(2024, 5, 14, 1, 24)  # noqa: DTZ001

Records = Iterator[tuple[float, str]]
"""Seconds since the call, and the lines of one record."""


@dataclass(frozen=True, slots=True)
class Who:
    """One tunnel."""

    site: str
    gateway: str

    def __str__(self) -> str:
        return f"{self.site} ({self.gateway})"


def _called(who: Who) -> Records:
    yield 0, f"VPN: connecting to {who}"
    yield 0.01, f"VPN: start IKE negotiation for {who}"
    yield (
        0.02,
        f"VpnIpm: info; Phase-1 negotiation started for peer {who.site} "
        f"rule isakmp-peer-{who.site} using MAIN mode",
    )


def _answered(who: Who) -> Records:
    yield from _called(who)
    yield (
        0.3,
        f"VpnIpm: info; The remote server {who.gateway}:500 id <no_id> is "
        "Enigmatec IPSEC version 1.4.0",
    )


def _error(code: str, name: str, *, after: float = 1, answered: bool = True) -> Fault:
    def records(who: Who) -> Records:
        yield from _answered(who) if answered else _called(who)
        yield after, f"VPN: Error: {name} ({code}) for {who}"

    return records


def _phase_2(code: str, name: str) -> Fault:
    def records(who: Who) -> Records:
        yield from _answered(who)
        yield 0.31, "VpnIpm: info; Phase-1 remote proposal 1 matched with local proposal 1"
        yield (
            1.0,
            f"VpnIpm: info; Phase-1 [inititiator] for peer {who.site} between initiator id "
            "<no_id>, responder id <no_id> done",
        )
        yield 2.0, f"VPN: Error: {name} ({code}) for {who}"

    return records


def _set_up(who: Who) -> Records:
    yield from _answered(who)
    yield 0.31, "VpnIpm: info; Phase-1 remote proposal 1 matched with local proposal 1"
    yield (
        4,
        f"VpnIpm: info; Phase-2 [inititiator] done with 2 SAS for peer {who.site} "
        f"rule ipsec-0-{who.site}-pr0-l0-r0",
    )
    yield 5, f"VPN: {who} connected, set poll timer to 30 sec"


def _no_answer(who: Who) -> Records:
    yield from _called(who)
    yield 30, f"VPN: connection for {who} timed out: no response"
    yield 30.01, f"VPN: Error: IFC-I-Connection-timeout-IKE-IPSEC (0x1106) for {who}"


def _lost(who: Who) -> Records:
    yield from _set_up(who)
    for left in (5, 4, 3, 2, 1):
        yield (
            100 - left,
            f"VPN: poll timeout for {who}\nremote site did not answer during interval\n"
            f"({left} retries left)\nsend poll frame to 192.168.30.254",
        )
    yield (
        100,
        f"VPN: poll timeout for {who}\nremote site did not answer during interval\n"
        "no retries left, disconnect channel",
    )
    yield 100.01, f"VPN: Error: IFC-X-Line-polling-failed (0x1307) for {who}"
    yield 100.01, f"VPN: disconnecting {who}"


def _refused(who: Who) -> Records:
    yield from _answered(who)
    for remote in (1, 2):
        yield (
            0.4,
            f"VpnIpm: info; phase-1 proposal failed; remote No {remote} encryption algorithm = "
            "AES_CBC <-> local No 1 encryption algorithm = 3DES_CBC",
        )
    yield 0.5, f"VPN: Error: IKE-R-No-proposal-matched (0x2203) for {who}"


Fault = Callable[[Who], Records]
FAULTS: Mapping[str, Fault] = {
    "no-answer": _no_answer,
    "lost": _lost,
    "proposals": _refused,
    "healthy": _set_up,
    "key": _error("0x220a", "IKE-R-IKE-key-mismatch"),
    "identity": _error("0x2209", "IKE-R-No-rule-matched-ids"),
    "licence": _error("0x2201", "IKE-R-License-exceeded"),
    "certificate": _error("0x220e", "IKE-R-Certificate-error"),
    "ppp": _error("0x1104", "IFC-I-No-PPP-table-entry-matched", answered=False, after=0.02),
    "networks": _phase_2("0x3201", "IPSEC-R-No-rule-matched-IDs"),
    "ipsec": _phase_2("0x3202", "IPSEC-R-No-proposal-matched"),
    "pfs": _phase_2("0x3203", "IPSEC-R-PFS-group-mismatch"),
}
"""Twelve: what is wrong, by a word that no ticket has in it."""


def trace(fault: str, who: Who, begin: datetime) -> str:
    """One trace of one fault."""
    records = []
    for seconds, lines in FAULTS[fault](who):
        at = begin + timedelta(seconds=seconds)
        stamp = f"{at:%Y/%m/%d %H:%M:%S},{at.microsecond // 1000:03d}"
        records.append(f"[VPN-Status] {stamp}\n{lines}\n\n")
    return "".join(records)


@dataclass(slots=True)
class Made:
    """What was made, by the names that the triage shows."""

    groups: dict[str, str] = field(default_factory=dict)
    """Name of a ticket to its fault."""
    struck: set[str] = field(default_factory=set)
    """Of the outage."""
    junk: set[str] = field(default_factory=set)
    """What is no ticket."""


class Maker:
    """Writes tickets into folders below one."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.made = Made()
        self._folder = folder
        self._dice = random.Random(seed)
        self._number = 1000
        self._mails: list[EmailMessage] = []
        self._rows: dict[str, list[dict[str, str]]] = {"csv": [], "json": [], "jsonl": []}

    @property
    def paths(self) -> list[str]:
        """To be given to the triage."""
        return sorted(str(path) for path in self._folder.iterdir())

    def make(self, tickets: int, *, struck: int, junk: int) -> Made:
        """Write so many tickets, some of the outage, some junk, all groups equally often."""
        (self._folder / "files").mkdir(parents=True)
        (self._folder / "mails").mkdir()
        faults = list(FAULTS)
        for place in range(tickets - junk):
            hit = place < struck
            fault = "lost" if hit else faults[place % len(faults)]
            begin, who = self._when_and_who(hit=hit)
            name = self._write(trace(fault, who, begin))
            self.made.groups[name] = fault
            if hit:
                self.made.struck.add(name)
        for place in range(junk):
            self.made.junk.add(self._junk(place))
        self._write_collections()
        return self.made

    def _when_and_who(self, *, hit: bool) -> tuple[datetime, Who]:
        dice = self._dice
        self._number += 1
        site = f"{dice.choice(SITES)}-{self._number}"
        if hit:
            # Within three minutes, by clocks that differ by one more.
            return (
                STRUCK_AT + timedelta(seconds=dice.uniform(-120, 120)),
                Who(site, f"{STRUCK}.{dice.randrange(1, 255)}"),
            )
        network = dice.choice(NETWORKS)
        begin = _MONDAY + timedelta(minutes=dice.uniform(0, 5 * 24 * 60))
        return begin, Who(site, f"{network}.{dice.randrange(1, 255)}")

    def _write(self, text: str) -> str:
        forms = (
            self._plain, self._packed, self._pair, self._sub_folder, self._archive, self._attached,
            self._pasted, self._html, self._forwarded, self._posted, self._row,
        )  # fmt: skip
        return self._dice.choice(forms)(text)

    def _plain(self, text: str) -> str:
        suffix, codec = self._dice.choice(
            (("txt", "utf-8"), ("log", "utf-8-sig"), ("trace", "utf-16"), ("txt", "cp1252"))
        )
        ends = self._dice.choice(("\n", "\r\n"))
        name = f"{self._number}.{suffix}"
        (self._folder / "files" / name).write_bytes(text.replace("\n", ends).encode(codec))
        return f"files/{name}"

    def _packed(self, text: str) -> str:
        name = f"{self._number}.txt.gz"
        (self._folder / "files" / name).write_bytes(gzip.compress(text.encode(), mtime=0))
        return f"files/{name}"

    def _pair(self, text: str) -> str:
        """The trace and a ping of something else beside it, by one stem."""
        folder = self._folder / "files"
        (folder / f"{self._number}.txt").write_text(text, encoding="utf-8")
        (folder / f"{self._number}-ping.txt").write_text(
            "PING 192.168.99.1 (192.168.99.1) 56(84) bytes of data.\n\n"
            "--- 192.168.99.1 ping statistics ---\n"
            "5 packets transmitted, 5 received, 0% packet loss, time 4005ms\n",
            encoding="utf-8",
        )
        return f"files/{self._number}-ping.txt"

    def _sub_folder(self, text: str) -> str:
        folder = self._folder / "files" / str(self._number)
        folder.mkdir()
        (folder / "vpn-status.txt").write_text(text, encoding="utf-8")
        return f"files/{self._number}"

    def _archive(self, text: str) -> str:
        name = f"{self._number}.zip"
        with zipfile.ZipFile(self._folder / "files" / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("logs/vpn-status.txt"), text)
        return f"files/{name}"

    def _mail(self, text: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = "kunde@example.com"
        mail["To"] = "support@example.net"
        mail["Date"] = "Tue, 14 May 2024 08:00:00 +0200"
        mail["Subject"] = f"VPN gestört: Ticket {self._number}"
        mail["Message-ID"] = f"<{self._number}@example.com>"
        mail.set_content(text, cte="quoted-printable")
        return mail

    def _attached(self, text: str) -> str:
        mail = self._mail("Guten Tag,\n\nunser Tunnel ist weg, der Trace ist im Anhang.\n")
        mail.add_attachment(
            text.encode(), maintype="application", subtype="octet-stream", filename="trace.log"
        )
        return self._keep_mail(mail)

    def _pasted(self, text: str) -> str:
        quoted = "".join(f"> {line}\n" for line in text.splitlines())
        return self._keep_mail(self._mail(f"Hello,\n\nplease see the trace below.\n\n{quoted}"))

    def _html(self, text: str) -> str:
        lines = "<br>\n".join(text.replace("<", "&lt;").replace(">", "&gt;").splitlines())
        mail = self._mail("")
        mail.set_content(f"<p>Guten Tag,</p><div>{lines}</div>", subtype="html", cte="base64")
        return self._keep_mail(mail)

    def _forwarded(self, text: str) -> str:
        inner = self._mail("Hello, here is our trace.\n")
        del inner["Message-ID"]
        inner.add_attachment(text, filename="trace.txt")
        mail = self._mail("Zur Kenntnis.\n")
        mail.add_attachment(inner)
        return self._keep_mail(mail)

    def _keep_mail(self, mail: EmailMessage) -> str:
        name = f"{self._number}.eml"
        (self._folder / "mails" / name).write_bytes(mail.as_bytes())
        return f"mails/{name}"

    def _posted(self, text: str) -> str:
        mail = self._mail("Hello,\n\nthe trace is attached.\n")
        mail.add_attachment(text, filename="trace.txt")
        self._mails.append(mail)
        return f"mails/inbox.mbox/{len(self._mails)}"

    def _row(self, text: str) -> str:
        form = self._dice.choice(("csv", "json", "jsonl"))
        self._rows[form].append({
            "Ticket": str(self._number), "Betreff": "=VPN", "Sprache": "de", "Text": text,
        })  # fmt: skip
        return f"files/export.{form}/{self._number}"

    def _junk(self, place: int) -> str:
        self._number += 1
        folder = self._folder / "files"
        kinds: tuple[tuple[str, bytes], ...] = (
            ("txt", b"Our tunnel is down, please call back.\n"),
            ("txt", b""),
            ("png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
            ("zip", b"PK\x03\x04" + bytes(200)),
            ("log", b'192.0.2.7 - - [14/May/2024] "GET / HTTP/1.1" 200 5\n'),
        )
        suffix, content = (*kinds, ("eml", b""), ("row", b""))[place % (len(kinds) + 2)]
        if suffix == "eml":
            return self._keep_mail(self._mail("Hello,\n\nis anybody there?\n"))
        if suffix == "row":
            self._rows["csv"].append({"Ticket": str(self._number), "Text": ""})
            return f"files/export.csv/{self._number}"
        name = f"{self._number}.{suffix}"
        (folder / name).write_bytes(content)
        return f"files/{name}"

    def _write_collections(self) -> None:
        folder = self._folder / "files"
        with (self._folder / "mails" / "inbox.mbox").open("wb") as stream:
            for mail in self._mails:
                stream.write(b"From kunde@example.com Tue May 14 08:00:00 2024\n")
                stream.write(mail.as_bytes() + b"\n")
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, ["Ticket", "Betreff", "Sprache", "Text"], delimiter=";")
        writer.writeheader()
        writer.writerows(self._rows["csv"])
        (folder / "export.csv").write_bytes(table.getvalue().encode("utf-8-sig"))
        (folder / "export.json").write_text(json.dumps(self._rows["json"]), encoding="utf-8")
        lines = "".join(f"{json.dumps(row)}\n" for row in self._rows["jsonl"])
        (folder / "export.jsonl").write_text(lines, encoding="utf-8")

"""Says what a file looks like that is no trace: a mix-up, or a report of ours to read again."""

from __future__ import annotations

import re

from assistant.trace.text.decoding import encoding_of

_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"\xd4\xc3\xb2\xa1", "packet-capture"),
    (b"\xa1\xb2\xc3\xd4", "packet-capture"),
    (b"\x0a\x0d\x0d\x0a", "packet-capture"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "outlook-message"),
)

OWN_REPORT = "own-report"
"""What a report of ours looks like."""

_OWN_PAGE = re.compile(
    r"\s*<!doctype html.*<meta name=\"generator\" content=\"lancom-vpn-assistant ",
    re.IGNORECASE | re.DOTALL,
)
_OWN_DOCUMENT = re.compile(r"\s*\{.*\"schema\"\s*:\s*\"vpn-diagnosis/", re.DOTALL)

_LOOKS = (
    (OWN_REPORT, re.compile(r"\"schema\": *\"vpn-diagnosis/|content=\"lancom-vpn-assistant")),
    ("html", re.compile(r"\A\s*<(?:!doctype html|html)", re.IGNORECASE)),
    ("strongswan-log", re.compile(r"\bcharon(?:-systemd)?\b|\b\d\d\[(?:IKE|NET|ENC|CFG|DMN)\] ")),
    ("lancom-config", re.compile(r"(?im)^(?:flash (?:no|off)|lang \w+|cd /setup\b)")),
    ("packet-text", re.compile(r"^\d\d:\d\d:\d\d\.\d{6} (?:IP6?|ARP)\b", re.MULTILINE)),
    ("ping-output", re.compile(r"^PING \S+|\bicmp_seq=|\bbytes from \S+: ", re.MULTILINE)),
    ("web-log", re.compile(r"\"(?:GET|POST|HEAD) \S+ HTTP/\d", re.MULTILINE)),
    ("lancom-banner", re.compile(r"^\|? *LANCOM \S+|\bSN\. +\d{8,}", re.MULTILINE)),
    ("json", re.compile(r"\A\s*[{\[]\s*[\"{\[\]}]")),
    ("xml", re.compile(r"\A\s*<\?xml")),
)

_CONTROL_SHARE = 0.05
"""More control characters than this are no text in any encoding."""


def looks_like(head: bytes) -> str:
    """Id of what the first bytes look like; words in `reports/labels.yaml`, `looks.<id>`.

    >>> looks_like(b"%PDF-1.7")
    'pdf'
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    codec = encoding_of(head)
    if codec != "utf-8":
        head = head.decode(codec, "replace").encode()
    control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)  # noqa: PLR2004
    if head and control > _CONTROL_SHARE * len(head):
        return "binary"
    text = head.decode("utf-8", "replace")
    return next((name for name, regex in _LOOKS if regex.search(text)), "text")


def is_own_report(head: bytes) -> bool:
    """Whether a file that begins so is a report of ours, HTML or JSON, and no text that shows one.

    >>> is_own_report(b'{"schema":"vpn-diagnosis/2","verdict":"fault"}')
    True
    >>> is_own_report(b'[VPN-Status] 2024/05/14 09:00:00,000 {"schema": "vpn-diagnosis/1"}')
    False
    """
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    return bool(_OWN_PAGE.match(text) or _OWN_DOCUMENT.match(text))

"""A file that is no trace is named for what it looks like, in both languages."""

from __future__ import annotations

import pytest

from assistant.trace.text.recognise import _LOOKS, _MAGIC, is_own_report, looks_like
from reports.labels import all_words


@pytest.mark.parametrize(
    ("head", "looks"),
    [
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"PK\x03\x04\x14", "zip"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n", "picture"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "packet-capture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "outlook-message"),
        (bytes(range(256)), "binary"),
        (b'<!DOCTYPE html>\n<html lang="de">', "html"),
        (b'{\n  "schema": "vpn-diagnosis/1",', "own-report"),
        (b"14[IKE] initiating Main Mode IKE_SA", "strongswan-log"),
        (b'203.0.113.9 - - [x] "GET / HTTP/1.1" 200', "web-log"),
        (b"PING 192.0.2.44 56 data bytes", "ping-output"),
        (b"12:00:00.000001 IP 192.0.2.1.500 > 192.0.2.2.500", "packet-text"),
        (b"lang English\nflash No\ncd /Setup\n", "lancom-config"),
        (b"| LANCOM 1781VA\n| Ver. 10.12\n", "lancom-banner"),
        (b'<?xml version="1.0"?>', "xml"),
        (b'["a"]', "json"),
        ("Guten Tag, es geht nicht.".encode("cp1252"), "text"),
        (b"", "text"),
    ],
)
def test_looks_like(head: bytes, looks: str) -> None:
    assert looks_like(head) == looks


def test_there_are_words_for_all_of_them() -> None:
    named = (
        {name for _, name in _MAGIC} | {name for name, _ in _LOOKS} | {"binary", "text", "empty"}
    )
    assert {f"looks.{name}" for name in named} <= set(all_words())


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (b'{"schema": "vpn-diagnosis/1"', True),
        (b'\xef\xbb\xbf\n{\n  "answers": [],\n  "schema":"vpn-diagnosis/9"', True),
        (b'<!DOCTYPE html>\n<meta name="generator" content="lancom-vpn-assistant 0.1', True),
        (b"<!doctype html><title>lancom-vpn-assistant</title>", False),
        (b'see <meta name="generator" content="lancom-vpn-assistant 0.1', False),
        (b'[VPN-Status] 2024/05/14 09:00:00,000\n{"schema": "vpn-diagnosis/1"', False),
        (b'[{"schema": "vpn-diagnosis/1"}]', False),
        (b"", False),
    ],
)
def test_a_report_of_ours_begins_like_one(head: bytes, ours: bool) -> None:
    assert is_own_report(head) is ours

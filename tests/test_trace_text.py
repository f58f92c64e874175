"""Bytes of any origin become lines, in bounded memory, without an exception."""

from __future__ import annotations

import io

import pytest

from assistant.trace.text.decoding import LINE_LIMIT, TextReader


def lines(data: bytes) -> list[str]:
    return "".join(TextReader(io.BytesIO(data)).pieces()).split("\n")


@pytest.mark.parametrize(
    "data",
    [b"VPN: a\nVPN: b\n", b"VPN: a\r\nVPN: b\r\n", b"VPN: a\rVPN: b\r", b"VPN: a\r\nVPN: b\r"],
    ids=["lf", "crlf", "cr", "mixed"],
)
def test_every_line_end_ends_one_line(data: bytes) -> None:
    assert lines(data) == ["VPN: a", "VPN: b", ""]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Störung\n".encode(), "utf-8"),
        ("\ufeffStörung\n".encode(), "utf-8-sig"),
        ("Störung\n".encode("cp1252"), "cp1252"),
        ("\ufeffStörung\r\n".encode("utf-16-le"), "utf-16-le"),
        ("\ufeffStörung\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_recognised(data: bytes, encoding: str) -> None:
    reader = TextReader(io.BytesIO(data))
    assert ("".join(reader.pieces()), reader.encoding) == ("Störung\n", encoding)


def test_only_the_line_that_is_no_utf_8_is_read_as_cp1252() -> None:
    assert lines("für\n".encode() + "für\n".encode("cp1252")) == ["für", "für", ""]


def test_files_that_were_joined_lose_the_mark_in_the_middle() -> None:
    marked = "\ufeffVPN: a\n".encode()
    assert lines(marked + marked) == ["VPN: a", "VPN: a", ""]


def test_nul_bytes_stay_in_their_line() -> None:
    assert lines(b"VPN:\0 a\n\0\0\n") == ["VPN:\0 a", "\0\0", ""]


def test_a_line_of_megabytes_is_cut_and_the_next_one_is_whole() -> None:
    found = lines(b"x" * 5_000_000 + b"\nVPN: a\n")
    assert found == ["x" * LINE_LIMIT, "VPN: a", ""]


def test_a_line_without_end_is_cut_too() -> None:
    assert lines(b"y" * 5_000_000) == ["y" * LINE_LIMIT]


def test_pieces_end_with_a_line_also_where_a_line_crosses_the_read() -> None:
    data = b"".join(b"VPN: line %d\r\n" % number for number in range(200_000))
    pieces = list(TextReader(io.BytesIO(data)).pieces())
    assert len(pieces) > 1
    assert all(piece.endswith("\n") and "\r" not in piece for piece in pieces)
    assert "".join(pieces) == data.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised(codec: str) -> None:
    reader = TextReader(io.BytesIO("VPN: a\r\nVPN: b\n".encode(codec)))
    assert ("".join(reader.pieces()), reader.encoding) == ("VPN: a\nVPN: b\n", codec)


def test_an_empty_file_has_no_encoding() -> None:
    reader = TextReader(io.BytesIO(b""))
    assert (list(reader.pieces()), reader.encoding) == ([], None)

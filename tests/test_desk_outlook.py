"""Messages as Outlook saves them."""

from __future__ import annotations

import random
import struct
from email.message import EmailMessage

import pytest
from outlook_maker import Tree, compound, message
from trace_lines import LAGER, no_answer

from assistant.desk import outlook
from assistant.desk.mail import is_mail, read_mail
from assistant.desk.outlook import MAGIC, read_outlook

TRACE = no_answer(LAGER).encode()
SUBJECT = "VPN zum Lager: Störung"


def test_subject_text_and_files() -> None:
    made = message(
        SUBJECT, "Guten Tag,\r\nder Tunnel steht nicht.", {"trace.txt": TRACE, "logo.png": b"x"}
    )

    mail = read_mail(compound(made))

    assert (mail.subject, mail.message_id) == (SUBJECT, "<1@example.com>")
    assert mail.text == "Guten Tag,\nder Tunnel steht nicht."
    assert [(one.name, one.data) for one in mail.parts] == [("trace.txt", TRACE)]


def test_a_trace_in_the_text_is_evidence() -> None:
    mail = read_mail(compound(message(SUBJECT, TRACE.decode())))

    assert [(one.name, one.data) for one in mail.parts] == [("mail.txt", TRACE)]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Tunnel f\u00e4llt aus</p>".encode(),
        "<p>Tunnel f\u00e4llt aus</p>".encode("cp1252"),
        '<meta charset="iso-8859-1"><p>Tunnel f\u00e4llt aus</p>'.encode("latin-1"),
        b'<meta charset="no-such"><p>Tunnel f\xe4llt aus</p>',
    ],
)
def test_a_text_that_is_only_there_as_html(html: bytes) -> None:
    assert read_mail(compound(message(SUBJECT, html=html))).text == "Tunnel f\u00e4llt aus\n"


def test_from_before_unicode() -> None:
    mail = read_mail(compound(message(SUBJECT, "Störung", {"trace.txt": TRACE}, wide=False)))

    assert (mail.subject, mail.text, mail.parts[0].name) == (SUBJECT, "Störung", "trace.txt")


def test_a_message_in_a_message_is_opened() -> None:
    inner = message("inside", "of the customer", {"trace.txt": TRACE})

    mail = read_mail(compound(message(SUBJECT, "forwarded", {"inside.msg": inner})))

    assert mail.subject == SUBJECT
    assert mail.text == "forwarded\nof the customer"
    assert [one.name for one in mail.parts] == ["trace.txt"]


def test_messages_in_messages_end_somewhere() -> None:
    made = message("last", "the last", {"trace.txt": TRACE})
    for _ in range(9):
        made = message("outer", "", {"inside.msg": made})

    found = read_outlook(compound(made))

    assert found is not None
    assert found.attached == []


def test_one_that_was_dragged_into_a_mail_is_opened() -> None:
    inner = compound(message("inside", "of the customer", {"trace.txt": TRACE}))
    outer = EmailMessage()
    outer["Subject"] = "outside"
    outer.set_content("See inside.")
    outer.add_attachment(
        inner, maintype="application", subtype="vnd.ms-outlook", filename="inside.msg"
    )

    mail = read_mail(outer.as_bytes())

    assert (mail.subject, mail.text) == ("outside", "See inside.\n\nof the customer")
    assert [one.name for one in mail.parts] == ["trace.txt"]


def test_names_lead_nowhere() -> None:
    made = message(SUBJECT, "", {"..\\..\\a/b\\trace.txt": TRACE})

    assert [one.name for one in read_mail(compound(made)).parts] == ["trace.txt"]


def test_what_is_damaged_or_no_message_is_itself() -> None:
    whole = compound(message(SUBJECT, "text", {"trace.txt": TRACE}))
    document: Tree = {"WordDocument": b"text"}
    for data in (whole[:600], MAGIC, MAGIC + b"\xff" * 4096, compound(document)):
        assert [(one.name, one.data) for one in read_mail(data).parts] == [("mail.msg", data)]


def test_bytes_that_somebody_changed_break_nothing() -> None:
    whole = compound(message(SUBJECT, "text", {"trace.txt": TRACE, "inside.msg": message("x")}))
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(8):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        found = read_outlook(bytes(data))
        if found is not None:
            assert sum(len(one.data) for one in found.attached) <= len(whole)


def test_one_stream_that_is_attached_many_times_fills_no_memory() -> None:
    long = b"LONG" * 50_000
    files = {f"{number}.txt": b"x" * 5000 for number in range(50)}
    data = bytearray(compound(message(SUBJECT, "", {"long.txt": long, **files})))
    sector = data.index(long) // 512 - 1
    # Where the entries of the directory say that the streams begin, and how long they are.
    name = "__substg1.0_37010102".encode("utf-16-le")
    at = data.find(name)
    while at >= 0:
        data[at + 116 : at + 128] = struct.pack("<IQ", sector, len(long))
        at = data.find(name, at + 128)

    found = read_outlook(bytes(data))

    assert found is not None
    assert found.attached[1].data == long
    assert sum(len(one.data) for one in found.attached) <= len(data)


def test_a_file_of_endless_entries_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "_ENTRIES", 5)

    assert read_outlook(compound(message(SUBJECT, "text", {"trace.txt": TRACE}))) is None


def test_its_name_and_its_beginning_make_it_a_mail() -> None:
    assert is_mail("4711.MSG", MAGIC)
    assert not is_mail("4711.doc", MAGIC)
    assert not is_mail("4711.msg", b"VPN: connecting\n")

"""Mails and mailboxes: what is in them, whatever their encodings."""

from __future__ import annotations

import base64
import io
from email.message import EmailMessage

import pytest

from assistant.desk.html_text import text_of_html
from assistant.desk.language import language_named, language_of
from assistant.desk.mail import Mail, looks_like_mail, read_mail
from assistant.desk.mailbox import MAILBOX, mails_of, posted
from assistant.errors import InputError

LINE = "VPN: connecting to LAGER (192.0.2.44)"


def mail(text: str = "Hello,\n") -> EmailMessage:
    found = EmailMessage()
    found["From"] = "kunde@example.com"
    found["Subject"] = "Störung"
    found["Message-ID"] = "<1@example.com>"
    found.set_content(text)
    return found


def names(read: Mail) -> list[str]:
    return [part.name for part in read.parts]


def test_a_text_without_a_trace_is_no_evidence_beside_an_attachment() -> None:
    sent = mail("Guten Tag,\nder Trace ist im Anhang.\n")
    sent.add_attachment(LINE, filename="trace.txt")

    read = read_mail(sent.as_bytes())

    assert [(one.name, one.data.strip()) for one in read.parts] == [("trace.txt", LINE.encode())]
    assert read.subject == "Störung"
    assert read.text.startswith("Guten Tag")


def test_a_trace_pasted_into_the_text_is_read_with_the_attachments() -> None:
    sent = mail(f"Hello,\n> {LINE}\n")
    sent.add_attachment(b"set /Setup\n", maintype="text", subtype="plain", filename="config.lcs")

    assert names(read_mail(sent.as_bytes())) == ["mail.txt", "config.lcs"]


def test_a_text_alone_is_read_so_that_somebody_says_what_it_is() -> None:
    assert names(read_mail(mail("Please call me.\n").as_bytes())) == ["mail.txt"]


def test_of_the_same_text_twice_the_plain_one_counts() -> None:
    sent = mail(LINE)
    sent.add_alternative(f"<p>{LINE}</p>", subtype="html")

    assert [one.data.decode().strip() for one in read_mail(sent.as_bytes()).parts] == [LINE]


def test_html_alone_becomes_lines() -> None:
    sent = mail()
    sent.set_content(f"<div>Hi</div><div>{LINE}<br>next</div>", subtype="html")

    assert read_mail(sent.as_bytes()).parts[0].data.decode() == f"Hi\n{LINE}\nnext\n"


def test_a_forwarded_mail_is_opened() -> None:
    inner = mail("Hello\n")
    inner.add_attachment(LINE, filename="inner.txt")
    outer = mail("For your information.\n")
    outer.add_attachment(inner)

    assert names(read_mail(outer.as_bytes())) == ["inner.txt"]


def test_mails_in_mails_end_somewhere() -> None:
    sent = mail(LINE)
    for _ in range(30):
        outer = mail("again\n")
        outer.add_attachment(sent)
        sent = outer

    assert LINE not in read_mail(sent.as_bytes()).text


def test_parts_in_parts_without_end_are_refused() -> None:
    heads = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))

    with pytest.raises(InputError) as caught:
        read_mail(f"Subject: x\n{''.join(heads)}\n{LINE}\n".encode())

    assert caught.value.id == "ticket-mail-nested"


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("Content-Transfer-Encoding: base64", base64.b64encode(LINE.encode())[:-4] + b"!"),
        ("Content-Type: text/plain; charset=no-such-charset", LINE.encode()),
        ("Content-Type: text/plain; charset*0*=''%", LINE.encode()),
        ("Content-Disposition: inline; filename*=utf-8''%ff", LINE.encode()),
        ("Content-Type: multipart/mixed; boundary=x", b"--x\n\n" + LINE.encode()),
    ],
)
def test_what_is_wrong_with_a_mail_costs_what_is_wrong_only(header: str, body: bytes) -> None:
    read = read_mail(f"Subject: x\n{header}\n\n".encode() + body)

    assert b"VPN: connecting to LAGER" in b"".join(one.data for one in read.parts)


def test_latin_1_without_a_name_is_read() -> None:
    read = read_mail("Subject: x\n\nfür die Gegenstelle\n".encode("cp1252"))

    assert read.text == "für die Gegenstelle\n"


def test_names_of_attachments_lead_nowhere() -> None:
    sent = mail()
    sent.add_attachment(LINE, filename="../../etc/passwd")

    assert names(read_mail(sent.as_bytes())) == ["passwd"]


def test_pictures_and_signatures_are_no_evidence() -> None:
    sent = mail(LINE)
    sent.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")

    assert names(read_mail(sent.as_bytes())) == ["mail.txt"]


def test_a_trace_is_not_taken_for_a_mail() -> None:
    assert looks_like_mail(mail().as_bytes())
    assert not looks_like_mail(f"[VPN-Status] 2024/05/14 09:00:00,000\n{LINE}\n".encode())
    assert not looks_like_mail(b"Date: today\nthis is a note\n")


def test_a_text_that_begins_like_a_mail_is_refused_at_once() -> None:
    # Each further line doubled the time once: with sixty of them this test never ended.
    assert not looks_like_mail(b"Status: x\r\n" + b"  further\r\n" * 60 + b"!\r\n")
    assert looks_like_mail(b"Subject: x\r\n y\r\nFrom: a@example.com\r\n\r\nHello\r\n")


def test_a_mailbox_is_cut_where_mails_begin() -> None:
    box = (
        b"From a@example.com Tue May 14 08:00:00 2024\nSubject: one\n\n"
        b">From the beginning\nnot a line From anybody\n\n"
        b"From b@example.com Tue May 14 09:00:00 2024\nSubject: two\n\ntext\n"
    )
    stream = io.BytesIO(box)

    found = list(mails_of(stream))

    assert MAILBOX.match(box)
    assert [one.number for one in found] == [1, 2]
    first, second = (read_mail(posted(stream, one)) for one in found)
    assert (first.subject, second.subject) == ("one", "two")
    assert first.text == "From the beginning\nnot a line From anybody\n\n"


def test_a_sentence_that_begins_with_from_is_no_mailbox() -> None:
    assert not MAILBOX.match(b"From Monday 08:00 on the tunnel is down.\n\nRegards\n")


def test_a_mailbox_of_one_endless_line_is_read_in_pieces() -> None:
    assert list(mails_of(io.BytesIO(b"x" * (1 << 20)))) == []


def test_html_that_nobody_closes() -> None:
    assert text_of_html("<pre>a  b\n c<blockquote>d<script>e") == "a  b\n c\n> d\n"
    assert text_of_html("<html><head><title>t</title><body>seen") == "seen\n"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hallo, der Tunnel ist weg.", "de"),
        ("Hello, our tunnel is down.", "en"),
        ("Guten Tag, der VPN-Tunnel ist weg.\nVPN: no response for this is not on", "de"),
        (LINE, None),
        ("Bonjour, le tunnel ne marche plus.", None),
        ("", None),
    ],
)
def test_the_language_of_people_not_of_routers(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_a_language_by_name() -> None:
    assert [language_named(one) for one in ("DE", "en_US", "Deutsch", "")] == [
        "de", "en", "de", None,
    ]  # fmt: skip

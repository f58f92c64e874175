"""Which file, folder, archive, mail or row is a ticket, and what is none."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from trace_lines import LAGER, no_answer

from assistant.desk.export import Columns
from assistant.desk.identity import Register, crockford, spoken
from assistant.desk.intake import Draft, Intake
from assistant.errors import InputError
from assistant.model.source import Side
from assistant.model.ticket import BadTicket, TicketId

TRACE = no_answer(LAGER)
ARCHIVES = {"zip": "zip", "tar": "tar", "tar.gz": "gztar"}
"""Ending -> what shutil calls it."""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def put(path: Path, content: str | bytes = TRACE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def drafts(*paths: Path, columns: Columns | None = None) -> dict[str, Draft]:
    found = Intake(columns=columns or Columns()).found(map(str, paths))
    return {one.name: one for one in found if isinstance(one, Draft)}


def bad(*paths: Path, columns: Columns | None = None) -> dict[str, str]:
    """Reasons by name, of what is seen at once and what is seen when it is opened."""
    reasons = {}
    for one in Intake(columns=columns or Columns()).found(map(str, paths)):
        if isinstance(one, BadTicket):
            reasons[one.name] = one.reason
            continue
        try:
            one.load()
        except InputError as error:
            reasons[one.name] = error.id
    return reasons


def inputs(draft: Draft) -> list[tuple[str, Side | None]]:
    return [(one.name, one.side) for one in draft.load().inputs]


def test_every_entry_of_a_folder_is_a_ticket(desk: Path) -> None:
    put(desk / "a.txt")
    put(desk / "b" / "c" / "trace.txt")
    put(desk / ".hidden")

    assert {name: one.kind.value for name, one in drafts(desk).items()} == {
        "desk/a.txt": "file",
        "desk/b": "folder",
    }


def test_files_of_one_stem_are_one_case(desk: Path) -> None:
    put(desk / "4711.txt")
    put(desk / "4711-remote.txt", TRACE + "1")
    put(desk / "4711_config.lcs", "set /Setup")
    put(desk / "4712.txt")

    found = drafts(desk)

    assert set(found) == {"desk/4711-remote.txt", "desk/4712.txt"}
    assert inputs(found["desk/4711-remote.txt"]) == [
        ("4711.txt", None),
        ("4711_config.lcs", None),
        ("4711-remote.txt", Side.REMOTE),
    ]


def test_remote_in_the_name_of_a_single_file_says_nothing(desk: Path) -> None:
    put(desk / "remote-office.txt")

    assert inputs(drafts(desk)["desk/remote-office.txt"]) == [("remote-office.txt", None)]


def test_one_content_is_one_input(desk: Path) -> None:
    put(desk / "t" / "a.txt")
    put(desk / "t" / "copy of a.txt")

    assert inputs(drafts(desk)["desk/t"]) == [("a.txt", None)]


def test_answers_beside_a_trace_belong_to_the_case(desk: Path) -> None:
    put(desk / "t" / "trace.txt")
    put(desk / "t" / "answers.yaml", "own-internet-up: yes\naway: remote\n")

    content = drafts(desk)["desk/t"].load()

    assert [one.name for one in content.inputs] == ["trace.txt"]
    assert (dict(content.answers.choices), content.answers.away) == (
        {"own-internet-up": "yes"},
        ("remote",),
    )


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_mails_in_an_archive_are_opened(desk: Path, tmp_path: Path, form: str) -> None:
    mail = EmailMessage()
    mail["Subject"] = "VPN zum Lager steht nicht"
    mail["From"] = "a@example.com"
    mail.set_content("Guten Tag, der Tunnel ist seit heute Morgen weg. Danke!")
    mail.add_attachment(TRACE.encode(), maintype="application", subtype="x", filename="trace.txt")
    packed = tmp_path / "packed"
    put(packed / "a.eml", mail.as_string())
    put(packed / "b-remote.txt", f"{TRACE}\n")
    made = shutil.make_archive(str(tmp_path / "4711"), ARCHIVES[form], packed)
    shutil.move(made, desk / f"4711.{form}")

    content = drafts(desk)[f"desk/4711.{form}"].load()

    assert sorted(
        (one.name.split("/", 1)[1].removeprefix("./"), one.side) for one in content.inputs
    ) == [
        ("a.eml/trace.txt", None),
        ("b-remote.txt", Side.REMOTE),
    ]
    assert (content.subject, content.language) == ("VPN zum Lager steht nicht", "de")


def test_an_archive_without_a_mail_stays_as_it_is(desk: Path) -> None:
    with zipfile.ZipFile(desk / "4711.zip", "w") as archive:
        archive.writestr("trace.txt", TRACE)

    assert inputs(drafts(desk)["desk/4711.zip"]) == [("4711.zip", None)]


def test_an_archive_of_mails_without_end_is_refused(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.desk.content.MAIL_BYTES", 100_000)
    with zipfile.ZipFile(desk / "4711.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.eml", "Subject: x\nFrom: a@example.com\n\n" + "x" * 60_000)
        archive.writestr("b.txt", "y" * 60_000)

    assert bad(desk) == {"desk/4711.zip": "ticket-too-large"}


def test_links_out_of_the_folder_are_not_followed(desk: Path, tmp_path: Path) -> None:
    put(tmp_path / "secret.txt")
    (desk / "link.txt").symlink_to(tmp_path / "secret.txt")
    (desk / "loop").symlink_to(desk)
    put(desk / "own.txt")
    (desk / "alias.txt").symlink_to(desk / "own.txt")
    put(desk / "t" / "trace.txt")
    (desk / "t" / "secret.txt").symlink_to(tmp_path / "secret.txt")

    assert bad(desk) == {"desk/link.txt": "ticket-link", "desk/loop": "ticket-link"}
    assert inputs(drafts(desk)["desk/t"]) == [("trace.txt", None)]
    assert "desk/alias.txt" in drafts(desk)


def test_pipes_and_empty_folders_are_told(desk: Path) -> None:
    os.mkfifo(desk / "pipe")
    (desk / "empty").mkdir()
    put(desk / "crowded" / "first.txt")
    for number in range(201):
        put(desk / "crowded" / f"{number}.txt", f"{number}")

    assert bad(desk) == {
        "desk/pipe": "ticket-no-file",
        "desk/empty": "ticket-folder-empty",
        "desk/crowded": "ticket-too-many-files",
    }


def test_a_report_of_ours_is_no_ticket(desk: Path) -> None:
    put(desk / "old.json", '{\n  "schema": "vpn-diagnosis/1"}')

    assert bad(desk) == {"desk/old.json": "no-trace"}


def test_where_the_reports_go_is_skipped(desk: Path) -> None:
    put(desk / "a.txt")
    put(desk / "tickets" / "K7F2Q.report.html", "<!doctype html>")
    skip = frozenset({os.path.realpath(desk / "tickets")})

    assert [one.name for one in Intake(skip=skip).found([str(desk)])] == ["desk/a.txt"]


def test_the_order_of_the_paths_changes_nothing(desk: Path) -> None:
    one, other = put(desk / "one" / "a.txt"), put(desk / "other" / "a.txt")
    paths = [str(one), str(other.parent), str(one)]

    names = [found.name for found in Intake().found(paths)]

    assert names == [found.name for found in Intake().found(paths[::-1])]
    assert sorted(names) == ["a.txt", "other/a.txt"]


def test_equal_names_of_two_folders_are_told_apart(desk: Path) -> None:
    put(desk / "x" / "monday" / "a.txt")
    put(desk / "y" / "monday" / "a.txt")

    assert set(drafts(desk / "x" / "monday", desk / "y" / "monday")) == {
        "monday/a.txt",
        "monday/a.txt~2",
    }


def test_a_path_that_is_not_there_is_a_mistake_of_the_call(desk: Path) -> None:
    with pytest.raises(InputError) as caught:
        Intake().found([str(desk / "nothing")])
    assert caught.value.id == "no-file"


# Exports ------------------------------------------------------------------------------------


def test_a_table_with_usual_columns(desk: Path) -> None:
    text = TRACE.replace('"', '""')
    put(desk / "e.csv", f'\ufeffTicket;Betreff;Sprache;Text\r\n7;VPN;de-DE;"{text}"\r\n8;x;en;\r\n')

    content = drafts(desk)["desk/e.csv/7"].load()

    assert (content.subject, content.language) == ("VPN", "de")
    assert content.inputs[0].data == TRACE.encode()
    assert bad(desk) == {"desk/e.csv/8": "ticket-row-empty"}


def test_columns_by_option(desk: Path) -> None:
    row = {"no": 7, "what": TRACE}
    put(desk / "e.json", json.dumps({"rows": [row]}))

    assert bad(desk) == {"desk/e.json": "ticket-export-columns"}
    assert set(drafts(desk, columns=Columns(id="no", text="what"))) == {"desk/e.json/7"}


def test_bad_lines_stop_no_other(desk: Path) -> None:
    good = json.dumps({"id": 1, "text": TRACE})
    put(desk / "e.jsonl", f"{good}\n{{not json\n[1]\n\n{good}\n")

    assert set(drafts(desk)) == {"desk/e.jsonl/1", "desk/e.jsonl/1~2"}
    assert bad(desk) == {
        "desk/e.jsonl/2": "ticket-row-damaged",
        "desk/e.jsonl/3": "ticket-row-no-object",
    }


def test_attachments_of_a_row_lie_beside_the_export(desk: Path, tmp_path: Path) -> None:
    put(tmp_path / "secret.txt")
    put(desk / "files" / "trace.txt")
    rows = [
        {"id": "in", "text": "Please help.", "attachment": "files/trace.txt"},
        {"id": "out", "attachment": "../secret.txt"},
        {"id": "gone", "attachment": ["files/none.txt"]},
        {"id": "zero", "attachment": "a\0b"},
        {"id": "half", "attachment": "a\ud800b"},
    ]
    export = put(desk / "e.json", json.dumps(rows))

    assert inputs(drafts(export)["e.json/in"]) == [("files/trace.txt", None)]
    assert bad(export) == {
        "e.json/out": "ticket-outside",
        **dict.fromkeys(("e.json/gone", "e.json/zero", "e.json/half"), "no-file"),
    }


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("e.csv", "", "ticket-export-empty"),
        ("e.csv", "a,b\n1,2\n", "ticket-export-columns"),
        ("e.csv", "id,text\n1,a,b,c\n", "ticket-row-too-long"),
        ("e.json", "[" * 100_000, "ticket-export-damaged"),
        ("e.json", "[]", "ticket-export-empty"),
    ],
)
def test_what_is_no_export(desk: Path, name: str, content: str, reason: str) -> None:
    put(desk / name, content)

    assert list(bad(desk).values()) == [reason]


# Ids ----------------------------------------------------------------------------------------


def register(**known: str) -> Register:
    return Register({place: TicketId(name) for place, name in known.items()}, {})


def test_two_that_meet_get_longer_ids() -> None:
    ids = register()
    seed, other = "ab" * 32, "ab" * 31 + "ac"

    first, second = ids.id_of("1", seed), ids.id_of("2", other)

    assert (len(first), second[:-1]) == (5, crockford(other)[: len(second) - 1])
    assert first != second
    assert second.startswith(first)


def test_a_changed_ticket_keeps_its_id() -> None:
    assert register(here="K7F2Q").id_of("here", "00" * 32) == "K7F2Q"


def test_a_moved_ticket_keeps_its_id_and_a_copy_gets_its_own() -> None:
    seed = "12" * 32
    ids = Register({"old": TicketId("K7F2Q")}, {seed: TicketId("K7F2Q")})

    assert ids.id_of("new", seed) == "K7F2Q"
    assert ids.id_of("copy", seed) != "K7F2Q"


def test_ids_are_read_as_people_write_them() -> None:
    assert spoken("  kio-7 ") == "K107"

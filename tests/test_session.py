"""The saved dialogue: found by content, written whole or not at all, never overwritten."""

from __future__ import annotations

import errno
import os
import stat
from datetime import datetime
from pathlib import Path

import pytest

from assistant.answer_file import LIMIT_BYTES
from assistant.catalog.catalog import Catalog
from assistant.model.answer import Answer, AnswerSource
from assistant.session import STATE_VARIABLE, Resumed, Session, session_folder, session_name

HISTORY = Answer(id="history", choice="never", source=AnswerSource.DIALOGUE)
TRIED = Answer(id="tried:correct-gateway-address", choice="no-help", source=AnswerSource.DIALOGUE)
DIGEST = "5a" * 32


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path / "state", [DIGEST], ["trace.txt"])


def written(session: Session, content: bytes) -> None:
    session.path.parent.mkdir()
    session.path.write_bytes(content)


def names(session: Session) -> list[str]:
    return sorted(path.name for path in session.path.parent.iterdir())


def test_the_name_tells_what_the_inputs_hold_in_their_order() -> None:
    assert session_name([]) == "no-file"
    assert session_name(["ab", "cd"]) == session_name(["ab", "cd"])
    assert len({session_name(one) for one in (["ab"], ["ab", "cd"], ["cd", "ab"], [])}) == 4


def test_the_folder_is_the_users_unless_the_environment_names_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    assert session_folder() == tmp_path / "dialogues"
    monkeypatch.delenv(STATE_VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert session_folder().parts[-2:] == ("lancom-vpn-assistant", "dialogues")


def test_without_a_file_nothing_is_resumed(session: Session, catalog: Catalog) -> None:
    assert session.resume(catalog) == Resumed()
    assert not session.path.parent.exists()


def test_what_was_saved_is_resumed(session: Session, catalog: Catalog) -> None:
    session.save([HISTORY, TRIED], ["remote"])
    os.utime(session.path, (1_700_000_000, 1_700_000_000))
    resumed = session.resume(catalog)
    assert resumed == Resumed(
        answers=(HISTORY, TRIED),
        away=("remote",),
        at=datetime.fromtimestamp(1_700_000_000).astimezone(),
    )


def test_the_file_says_what_it_is_about(session: Session) -> None:
    session.save([HISTORY], [])
    assert session.path.read_text("utf-8") == (
        "# Answers of a dialogue about the inputs below; --answers reads this file too.\n"
        "# trace.txt\n"
        "history: never\n"
    )


def test_only_the_user_can_read_it(session: Session) -> None:
    session.save([HISTORY], [])
    assert stat.S_IMODE(session.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(session.path.parent.stat().st_mode) == 0o700


def test_all_taken_back_is_nothing_to_resume(session: Session, catalog: Catalog) -> None:
    session.save([HISTORY], [])
    session.save([], [])
    assert session.resume(catalog) == Resumed()


def test_a_write_that_fails_leaves_the_old_file(
    session: Session, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.save([HISTORY], [])

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        session.save([HISTORY, TRIED], [])
    assert names(session) == [session.path.name]
    assert session.resume(catalog).answers == (HISTORY,)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"- a list\n", b"history: [never]\n", b"#" * (LIMIT_BYTES + 1), b"a: 1"],
    ids=["empty", "binary", "list", "nested", "huge", "number"],
)
def test_a_damaged_file_is_renamed_and_stays_as_it_was(
    session: Session, catalog: Catalog, content: bytes
) -> None:
    written(session, content)
    resumed = session.resume(catalog)
    assert resumed == Resumed(aside=session.path.with_suffix(".damaged-1.yaml"))
    assert resumed.aside is not None
    assert resumed.aside.read_bytes() == content
    session.save([HISTORY], [])
    assert session.resume(catalog).answers == (HISTORY,)


def test_a_second_damaged_file_does_not_replace_the_first(
    session: Session, catalog: Catalog
) -> None:
    written(session, b"first: 1")
    session.resume(catalog)
    session.path.write_bytes(b"second: 2")
    session.resume(catalog)
    stem = session.path.stem
    assert names(session) == [f"{stem}.damaged-1.yaml", f"{stem}.damaged-2.yaml"]


def test_a_folder_in_the_way_is_moved_aside(session: Session, catalog: Catalog) -> None:
    session.path.mkdir(parents=True)
    assert session.resume(catalog).aside is not None
    session.save([HISTORY], [])
    assert session.resume(catalog).answers == (HISTORY,)


def test_answers_that_nobody_knows_any_more_are_named_and_the_others_kept(
    session: Session, catalog: Catalog
) -> None:
    written(session, b"history: never\nweather: fine\nown-internet-up: perhaps\n")
    resumed = session.resume(catalog)
    assert resumed.answers == (HISTORY,)
    assert resumed.forgotten == ("weather: fine", "own-internet-up: perhaps")
    assert resumed.aside == session.path.with_suffix(".unknown-1.yaml")


def test_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    session = Session(tmp_path / "state", [], [])
    with pytest.raises(OSError, match="state"):
        session.save([HISTORY], [])

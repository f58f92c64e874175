"""A script becomes rows: commands, paths, columns by name and by position, and what is not read."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from assistant.config import column, command, networks, secret, tables
from assistant.config.script import FILE_BYTES, LINE_LIMIT, ROW_LIMIT, Script, read_script
from assistant.model.setting import Order, ProblemKind


def read(text: str) -> Script:
    return read_script("router.lcs", text.encode())


def cells(text: str) -> dict[str, dict[str, str]]:
    """Of each row: its values by column, secrets as their state."""
    return {
        row.key: {
            **{one.column: one.value for one in row.texts},
            **{one.column: str(one.value) for one in row.secrets},
        }
        for row in read(text).rows
    }


def kinds(text: str) -> list[ProblemKind]:
    return [problem.kind for problem in read(text).problems]


@pytest.mark.parametrize(
    "text",
    [
        "cd /Setup/VPN/VPN-Peers\nset LAGER {SH-Time} 9999\n",
        "cd /Setup/VPN\ncd VPN-Peers\nset LAGER {SH-Time} 9999\n",
        "cd /Setup/VPN/Layer\ncd ../VPN-Peers\nset LAGER {SH-Time} 9999\n",
        "cd /Setup/VPN/VPN-Peers/LAGER\nset {SH-Time} 9999\n",
        "cd /Setup/VPN\nset VPN-Peers/LAGER {SH-Time} 9999\n",
        "set /Setup/VPN/VPN-Peers/LAGER {SH-Time} 9999\n",
        'set /Setup/VPN/VPN-Peers/"LAGER" {SH-Time} "9999"\n',
        "SET /SETUP/vpn/vpn-PEERS/LAGER {sh-time} 9999\n",
        'cd /Setup/VPN/VPN-Peers\nadd "LAGER" {SH-Time} 9999\n',
        'add /Setup/VPN/VPN-Peers "LAGER" {SH-Time} 9999\n',
        "root@NORDHOF:/> set /Setup/VPN/VPN-Peers/LAGER {SH-Time} 9999\n",
        "\ufeffset /Setup/VPN/VPN-Peers/LAGER {SH-Time} 9999\r\n",
        "set /Setup/VPN/VPN-Peers/LAGER \\\n {SH-Time} 9999\n",
        "cd /Setup/VPN/VPN-Peers\ntab SH-Time Peer\nadd 9999 LAGER\n",
    ],
)
def test_the_same_row_in_many_spellings(text: str) -> None:
    assert cells(text) == {"LAGER": {"Peer": "LAGER", "SH-Time": "9999"}}


def test_a_column_is_known_by_its_position_in_the_mib() -> None:
    text = 'cd /Setup/VPN/VPN-Peers\nadd "LAGER"  192.0.2.9 "L"  No 9999 main-mode "vpn.example"\n'
    assert cells(text)["LAGER"] == {
        "Peer": "LAGER",
        "Extranet-Address": "192.0.2.9",
        "Layer": "L",
        "Dynamic": "No",
        "SH-Time": "9999",
        "IKE-Exchange": "Main-Mode",
        "Remote-Gw": "vpn.example",
    }
    (row,) = read(text).rows
    assert {one.order for one in row.texts} == {Order.MIB}


def test_a_remembered_order_is_tried_where_the_mib_s_does_not_fit_and_says_so() -> None:
    text = 'cd /Setup/VPN/VPN-Peers\nadd "LAGER" 9999 0.0.0.0 "vpn.example" 0 "L" No Main-Mode\n'
    assert cells(text)["LAGER"]["SH-Time"] == "9999"
    (row,) = read(text).rows
    assert {one.order for one in row.texts} == {Order.UNVERIFIED}


def test_values_that_fit_no_order_leave_the_row_s_name_only() -> None:
    text = 'cd /Setup/VPN/VPN-Peers\nadd "LAGER" Main-Mode 9999 auto\n'
    assert cells(text) == {"LAGER": {"Peer": "LAGER"}}
    assert kinds(text) == [ProblemKind.VALUES_DO_NOT_FIT]


def test_a_newer_device_s_further_columns_do_not_matter() -> None:
    text = 'cd /Setup/VPN/Layer\nadd "L" 2 2 "A" "B" "K" "new" "newer"\n'
    assert cells(text)["L"]["IKE-Key"] == "K"
    assert kinds(text) == [ProblemKind.TOO_MANY_VALUES]


def test_quotes_keep_blanks_and_escapes() -> None:
    text = 'set "/Setup/VPN/VPN-Peers/TOR 2" {Remote-Gw} "a\\"b\\\\c\\,d"\n'
    assert cells(text)["TOR 2"]["Remote-Gw"] == 'a"b\\c\\,d'


def test_the_last_command_counts() -> None:
    text = """\
cd /Setup/VPN/VPN-Peers
add "LAGER" {SH-Time} 9999 {Remote-Gw} "198.51.100.7"
set lager {SH-Time} 0
add "HOF" {SH-Time} 9999
del HOF
"""
    assert cells(text) == {
        "LAGER": {"Peer": "LAGER", "SH-Time": "0", "Remote-Gw": "198.51.100.7"},
    }
    (row,) = read(text).rows
    hold, gateway = row.text("SH-Time"), row.text("Remote-Gw")
    assert hold is not None
    assert gateway is not None
    assert (hold.place.first_line, gateway.place.first_line) == (3, 2)


@pytest.mark.parametrize(
    "command", ["del *", "default", "default /Setup/VPN", "del /Setup/VPN/VPN-Peers/LAGER"]
)
def test_what_is_deleted_is_gone(command: str) -> None:
    text = f"cd /Setup/VPN/VPN-Peers\nadd LAGER {{SH-Time}} 9999\n{command}\n"
    assert cells(text) == {}


def test_an_added_row_replaces_its_namesake_and_routes_differ_by_their_mask() -> None:
    text = """\
cd /Setup/IP-Router/IP-Routing-Table
add 192.168.44.0 255.255.255.0 "LAGER" 0
add 192.168.44.0 255.255.255.0 "HOF" 0
add 192.168.44.0 255.255.255.128 "DACH" 0
"""
    rows = read(text).rows
    peers = [found.value for row in rows if (found := row.text("Peer-or-IP"))]
    assert peers == ["HOF", "DACH"]


def test_an_asterisk_leaves_a_column_as_it_is() -> None:
    text = "cd /Setup/VPN/Layer\nadd L 2 14 A B K\nset L * 5\n"
    assert [cells(text)["L"][name] for name in ("PFS-Grp", "IKE-Grp")] == ["2", "5"]


def test_a_single_setting() -> None:
    (one,) = read("cd /Setup/VPN\nset Operating yes\n").settings
    assert (one.table, one.row, one.column, one.value) == ("/Setup/VPN", "", "Operating", "Yes")
    assert one.place.text == "set Operating yes"


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("/Setup/VPN/Namen-Liste", "/Setup/VPN/VPN-Peers"),
        ("/Setup/WAN/Polling-Tabelle", "/Setup/WAN/Polling-Table"),
    ],
)
def test_german_names_of_tables(german: str, english: str) -> None:
    script = read(f"lang Deutsch\nset {german}/LAGER {{Gegenstelle}} LAGER\n")
    assert [row.table for row in script.rows] == [english]
    assert script.language == "Deutsch"


def test_tables_that_are_not_known_are_skipped_and_counted() -> None:
    text = "cd /Setup/SNMP\nset Administrator a\nset Location b\ncd /Setup/LCD\nadd x\nadd y\n"
    script = read(text)
    assert (script.rows, script.skipped_tables, script.skipped_rows) == ((), 2, 4)
    assert script.problems == ()


def test_what_stands_behind_exit_is_not_read() -> None:
    text = "set /Setup/VPN/VPN-Peers/A {SH-Time} 1\nexit\nset /Setup/VPN/VPN-Peers/B {SH-Time} 1\n"
    assert list(cells(text)) == ["A"]


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("lang English\nfrobnicate\n", ProblemKind.COMMAND_UNKNOWN, 2),
        ('cd /Setup/WAN/PPP\n\nset L {Key} "geheim\n', ProblemKind.QUOTE_OPEN, 3),
        ("cd /Setup/WAN/PPP\nset L {Time} soon\n", ProblemKind.VALUE_WRONG, 2),
        ("cd /Setup/WAN/PPP\nset L {Weather} fine\n", ProblemKind.COLUMN_UNKNOWN, 2),
        ('cd /Setup/WAN/PPP\nset "" {Time} 3\n', ProblemKind.KEY_MISSING, 2),
        ("set /Setup/VPN/Operating perhaps\n", ProblemKind.VALUE_WRONG, 1),
        ("#\n" + "add " + "x" * LINE_LIMIT + "\n", ProblemKind.LINE_CUT, 2),
    ],
)
def test_problems_have_their_line(text: str, kind: ProblemKind, line: int) -> None:
    problem = read(text).problems[0]
    assert (problem.kind, problem.line, problem.source) == (kind, line, "router.lcs")


@pytest.mark.parametrize(
    "text",
    [
        "lang English\nflash No\ncd /Setup/VPN/VPN-Peers\nadd LAGER\n",
        'lang English\ncd /Setup/VPN/VPN-Peers\nadd "LAG',
    ],
)
def test_a_script_that_ends_early_is_noticed(text: str) -> None:
    assert read(text).ends_early


def test_a_whole_script_and_lines_typed_by_hand_do_not_end_early() -> None:
    assert not read("flash No\nset /Setup/VPN/Operating Yes\nflash Yes\nexit\n").ends_early
    assert not read("set /Setup/VPN/Operating Yes\n").ends_early


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Dear support,\nour tunnel is down.\n",
        "[VPN-Status] 2024/05/14 09:00:00,000\nVPN: connecting to LAGER (192.0.2.1)\n",
        "#!/bin/sh\nset -e\ncd /var/log\nls\n",
        '{"schema": "vpn-diagnosis/1"}',
        "<html><body>cd /Setup/VPN</body></html>",
    ],
)
def test_foreign_files_are_not_recognised(text: str) -> None:
    script = read(text)
    assert (script.recognised, script.rows) == (False, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "set /Setup/VPN/VPN-Peers/LAGERHÖHE {SH-Time} 9999\n"
    script = read_script("router.lcs", text.encode(encoding))
    assert [row.key for row in script.rows] == ["LAGERHÖHE"]


def test_control_characters_do_not_reach_a_terminal() -> None:
    text = "set /Setup/VPN/VPN-Peers/LA\x1b[31mGER\u202e {Remote-Gw} a\x07b\n"
    (row,) = read(text).rows
    shown = [row.key, row.place.text, *(one.value for one in row.texts)]
    assert all(one.isprintable() for one in shown)


def test_a_file_too_long_is_read_to_its_limit() -> None:
    head = b"lang English\nset /Setup/VPN/VPN-Peers/LAGER {SH-Time} 9999\n"
    script = read_script("router.lcs", head + b"#" * FILE_BYTES)
    assert [row.key for row in script.rows] == ["LAGER"]
    assert script.problems[0].kind is ProblemKind.FILE_CUT
    assert script.ends_early


def test_rows_are_bounded() -> None:
    rows = "".join(f"add L{number}\n" for number in range(ROW_LIMIT + 10))
    script = read("cd /Setup/VPN/Layer\n" + rows)
    assert (len(script.rows), script.ends_early) == (ROW_LIMIT, True)
    assert [problem.kind for problem in script.problems] == [ProblemKind.TOO_MANY_ROWS]


@pytest.mark.parametrize("module", [column, command, networks, secret, tables])
def test_the_examples_of_the_docstrings(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert (result.attempted > 0, result.failed) == (True, 0)

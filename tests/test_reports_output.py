"""Where reports go: nothing is lost, nothing that is not ours is overwritten."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from conftest import Diagnosed
from trace_lines import EXAMPLES, LAGER, no_answer, set_up

from assistant.catalog.catalog import Catalog
from assistant.errors import OutputError, UsageError
from assistant.model.diagnosis import Diagnosis
from reports.output import ENDINGS, Content, Request, stem, write_reports


@pytest.fixture(autouse=True)
def _work_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fault(diagnosed: Diagnosed) -> Diagnosis:
    return diagnosed(no_answer(LAGER))


def request_for(
    *formats: str,
    output: str | None = None,
    first: str = "trace.txt",
    inputs: tuple[Path, ...] = (),
    force: bool = False,
) -> Request:
    return Request(formats=formats, output=output, first_name=first, inputs=inputs, force=force)


def written(request: Request, diagnosis: Diagnosis, catalog: Catalog) -> dict[str, str]:
    return write_reports(
        request, Content(diagnosis=diagnosis, catalog=catalog), "en", io.StringIO()
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("trace.txt", "trace"),
        ("trace", "trace"),
        ("trace.txt.gz", "trace"),
        ("monday.trace.log", "monday.trace"),
        ("trace.GZ", "trace"),
        (".trace", ".trace"),
        (".gz", ".gz"),
        ("stdin", "stdin"),
        ("Störung 3.txt", "Störung 3"),
    ],
)
def test_stem(name: str, expected: str) -> None:
    assert stem(name) == expected


@pytest.mark.parametrize(
    ("formats", "output", "expected"),
    [
        ((), None, {"html": "trace.report.html"}),
        (("text",), None, {"text": "trace.report.txt"}),
        (("json",), "out.json", {"json": "out.json"}),
        (("json",), "folder/", {"json": "folder/trace.report.json"}),
        (("json",), "there", {"json": "there/trace.report.json"}),
        (("json",), "new/deep/x.json", {"json": "new/deep/x.json"}),
        (
            ("html", "json"),
            "both",
            {"html": "both/trace.report.html", "json": "both/trace.report.json"},
        ),
    ],
)
def test_where_reports_go(
    fault: Diagnosis,
    catalog: Catalog,
    formats: tuple[str, ...],
    output: str | None,
    expected: dict[str, str],
) -> None:
    Path("there").mkdir()
    assert written(request_for(*formats, output=output), fault, catalog) == expected
    assert all(Path(path).stat().st_size for path in expected.values())


@pytest.mark.parametrize("form", ENDINGS)
def test_a_report_of_ours_is_replaced(
    fault: Diagnosis, diagnosed: Diagnosed, catalog: Catalog, form: str
) -> None:
    request = request_for(form)
    (path,) = written(request, fault, catalog).values()
    before = Path(path).read_bytes()
    written(request, diagnosed(set_up(LAGER)), catalog)
    assert Path(path).read_bytes() != before
    assert os.listdir() == [path]  # noqa: PTH208 - and no temporary file stays


@pytest.mark.parametrize("form", ENDINGS)
def test_a_report_with_long_names_is_recognised_as_ours(
    diagnosed: Diagnosed, catalog: Catalog, form: str
) -> None:
    many = diagnosed(*[no_answer(f"SITE-{'X' * 50}-{number} (192.0.2.4)") for number in range(9)])
    request = request_for(form)
    written(request, many, catalog)
    written(request, many, catalog)


@pytest.mark.parametrize(
    "content",
    [
        "my notes\n",
        "<!doctype html>\n<title>something else</title>\n",
        '{"schema": "else"}\n',
        '{"mine": {"schema": "vpn-diagnosis/1"}}\n',
        "[VPN-Status] 2024/05/14 09:00:00,000\nVPN: x\n",
        "To do: try lancom-vpn-assistant 0.1.0 on Monday\n",
        "lancom-vpn-assistant 0.1.0\nand more of my own\n",
        "\x00\x01",
    ],
)
@pytest.mark.parametrize("form", ENDINGS)
def test_a_foreign_file_is_refused_and_kept(
    fault: Diagnosis, catalog: Catalog, form: str, content: str
) -> None:
    path = Path(f"trace.{ENDINGS[form]}")
    path.write_text(content, encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        written(request_for(form), fault, catalog)
    assert (caught.value.id, caught.value.words["file"]) == ("not-ours", str(path))
    assert path.read_text(encoding="utf-8") == content
    written(request_for(form, force=True), fault, catalog)
    assert path.read_text(encoding="utf-8") != content


def test_if_one_of_several_is_refused_none_is_written(fault: Diagnosis, catalog: Catalog) -> None:
    Path("trace.report.json").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError):
        written(request_for("html", "json"), fault, catalog)
    assert not Path("trace.report.html").exists()


@pytest.mark.parametrize("force", [False, True])
def test_an_input_is_never_overwritten(fault: Diagnosis, catalog: Catalog, *, force: bool) -> None:
    trace = Path("trace.txt")
    trace.write_text("VPN: x", encoding="utf-8")
    Path("link").symlink_to(trace)
    for output in ("trace.txt", "./trace.txt", "link"):
        request = request_for("text", output=output, inputs=(trace,), force=force)
        with pytest.raises(OutputError) as caught:
            written(request, fault, catalog)
        assert caught.value.id == "output-is-input"
    assert trace.read_text(encoding="utf-8") == "VPN: x"


def test_a_link_stays_one(fault: Diagnosis, catalog: Catalog) -> None:
    Path("link.json").symlink_to("real.json")
    written(request_for("json", output="link.json"), fault, catalog)
    assert Path("link.json").is_symlink()
    assert json.loads(Path("real.json").read_text("utf-8"))["verdict"] == "fault"


def test_a_folder_where_the_report_should_stand(fault: Diagnosis, catalog: Catalog) -> None:
    Path("trace.report.html").mkdir()
    with pytest.raises(OutputError) as caught:
        written(request_for(), fault, catalog)
    assert caught.value.id == "output-is-folder"


def test_a_folder_that_may_not_be_written(
    fault: Diagnosis, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(OutputError) as caught:
        written(request_for(), fault, catalog)
    assert caught.value.words == {"file": "trace.report.html", "reason": "Permission denied"}


def test_a_disk_that_is_full_leaves_the_old_report(
    fault: Diagnosis, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(request_for(), fault, catalog)
    before = Path("trace.report.html").read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError) as caught:
        written(request_for(), fault, catalog)
    assert caught.value.words["reason"] == "No space left on device"
    assert Path("trace.report.html").read_bytes() == before
    assert os.listdir() == ["trace.report.html"]  # noqa: PTH208


def test_a_path_through_a_file(fault: Diagnosis, catalog: Catalog) -> None:
    Path("file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        written(request_for("json", output="file/out.json"), fault, catalog)
    assert caught.value.id == "not-written"


@pytest.mark.parametrize(
    ("output", "error"), [("-", "several-to-stdout"), ("file", "several-to-file")]
)
def test_several_formats_need_a_folder(output: str, error: str) -> None:
    Path("file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        request_for("html", "json", output=output).check()
    assert caught.value.id == error
    request_for("html", "json", output="new-folder").check()
    request_for("html", output=output).check()


def test_standard_output_gets_the_report_in_utf_8_whatever_it_is(
    diagnosed: Diagnosed, catalog: Catalog
) -> None:
    found = diagnosed("VPN: connecting to MÜNCHEN\u2192 (192.0.2.44)")
    binary = io.BytesIO()
    stream = io.TextIOWrapper(binary, encoding="ascii", errors="backslashreplace")
    request = request_for("json", output="-")
    assert write_reports(request, Content(diagnosis=found, catalog=catalog), "en", stream) == {}
    document = json.loads(binary.getvalue().decode("utf-8"))
    assert document["incidents"][0]["remote_site"] == "MÜNCHEN\u2192"


def test_a_report_is_readable_by_whom_the_mask_allows(fault: Diagnosis, catalog: Catalog) -> None:
    before = os.umask(0o027)
    try:
        written(request_for(), fault, catalog)
    finally:
        os.umask(before)
    assert Path("trace.report.html").stat().st_mode & 0o777 == 0o640


def test_no_report_of_ours_is_taken_for_a_trace(diagnosed: Diagnosed, catalog: Catalog) -> None:
    found = diagnosed((EXAMPLES / "polling-failed.txt").read_bytes())
    for form in ("html", "json"):
        (path,) = written(request_for(form), found, catalog).values()
        with pytest.raises(Exception, match="own-report"):
            diagnosed(Path(path).read_bytes())

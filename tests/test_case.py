"""The files of a case: what an archive of configurations gives, and names that would mix up."""

from __future__ import annotations

import io
import zipfile

import pytest
from trace_lines import CASES, EXAMPLES

from assistant.case import Case, CaseContent, CaseFile, CaseReader, ReadConfiguration, Wanted
from assistant.catalog.catalog import Catalog
from assistant.errors import InputError, UsageError
from assistant.model.source import Side

SCRIPT = (CASES / "config/nordhof-ikev1.lcs").read_bytes()
TRACE = (EXAMPLES / "no-response.txt").read_bytes()


def given_as_configuration(catalog: Catalog, **members: bytes) -> CaseContent:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    file = CaseFile(
        "files.zip", lambda: io.BytesIO(packed.getvalue()), Side.LOCAL, Wanted.CONFIGURATION
    )
    return CaseReader(catalog).read(Case((file,)))


def test_of_an_archive_the_configurations_are_taken(catalog: Catalog) -> None:
    content = given_as_configuration(catalog, trace=TRACE, router=SCRIPT)

    assert [type(one) for one in content.read] == [ReadConfiguration]
    assert [one.source for one in content.configurations(Side.LOCAL)] == ["files.zip/router.txt"]
    assert content.problems == (("not-configuration", "files.zip"),)


def test_an_archive_of_configurations_only_is_no_problem(catalog: Catalog) -> None:
    assert given_as_configuration(catalog, router=SCRIPT).problems == ()


def test_an_archive_without_any_configuration_is_refused(catalog: Catalog) -> None:
    with pytest.raises(InputError) as caught:
        given_as_configuration(catalog, trace=TRACE)

    assert (caught.value.id, caught.value.words["file"]) == (
        "no-configuration",
        "files.zip/trace.txt",
    )


def test_two_files_of_one_name_are_refused(catalog: Catalog) -> None:
    files = tuple(
        CaseFile("t.txt", lambda: io.BytesIO(TRACE), side) for side in (Side.LOCAL, Side.REMOTE)
    )
    with pytest.raises(UsageError) as caught:
        CaseReader(catalog).read(Case(files))

    assert (caught.value.id, caught.value.words) == ("same-name", {"file": "t.txt"})

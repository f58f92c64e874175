"""What all tests share: the knowledge base, loaded once, and a diagnosis of a text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import pytest
from chromium import chromium, missing
from real_reports import RealReports

from assistant.cache import PLACE
from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.model.diagnosis import Diagnosis
from assistant.model.negotiation import Negotiation
from assistant.model.source import Side
from assistant.trace.derived import negotiations
from assistant.trace.read import ReadSource, TraceReader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Content: TypeAlias = str | bytes
Diagnosed: TypeAlias = Callable[..., Diagnosis]
"""Takes the contents of the files of one case; they are called `1.txt`, `2.txt` and so on."""
Read: TypeAlias = Callable[[Content], ReadSource]
Negotiated: TypeAlias = Callable[[Content], list[Negotiation]]


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests keeps his own cache as it is; programs that tests start inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def diagnoser(catalog: Catalog) -> Diagnoser:
    return Diagnoser(catalog)


@pytest.fixture(scope="session")
def diagnosed(diagnoser: Diagnoser) -> Diagnosed:
    def diagnose(*contents: Content) -> Diagnosis:
        return diagnoser.diagnose(Case(tuple(_files(contents))))

    return diagnose


@pytest.fixture(scope="session")
def read(catalog: Catalog) -> Read:
    reader = TraceReader(catalog)
    return lambda content: reader.read("1.txt", io.BytesIO(_bytes(content)))


@pytest.fixture(scope="session")
def negotiated(catalog: Catalog, read: Read) -> Negotiated:
    def negotiate(content: Content) -> list[Negotiation]:
        source = read(content)
        return negotiations(
            source.drafts,
            source=source.name,
            side=Side.LOCAL,
            end=source.end,
            errors=catalog.errors,
        )

    return negotiate


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests marked `browser`."""
    reason = missing()
    if reason is not None:
        pytest.skip(f"NOT RUN: the check in a browser {reason}")
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> RealReports:
    """Reports of real cases, made by the command line."""
    return RealReports(tmp_path_factory.mktemp("reports"))


def _files(contents: Iterable[Content]) -> Iterable[CaseFile]:
    for number, content in enumerate(contents, start=1):
        data = _bytes(content)
        yield CaseFile(f"{number}.txt", lambda data=data: io.BytesIO(data))  # type: ignore[misc]


def _bytes(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content

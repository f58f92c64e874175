"""Chromium without a network, and pages in it that are watched for what a report must not do."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route

Size: TypeAlias = tuple[int, int]
Scheme: TypeAlias = Literal["light", "dark"]

DESKTOP: Size = (1280, 800)
PHONE: Size = (390, 844)
CHROMIUM = "CHROMIUM"
"""Environment variable: the program, where it is not on the path."""
AXE = "AXE"
"""Environment variable: the path of axe.min.js."""
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_TIMEOUT_MS = 20_000
_VIOLATION = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


def program() -> str | None:
    """The Chromium to use."""
    own = os.environ.get(CHROMIUM)
    return own or next(filter(None, map(shutil.which, PROGRAMS)), None)


def missing() -> str | None:
    """Why nothing can be opened here, None if it can."""
    if importlib.util.find_spec("playwright") is None:
        return "needs the Python package playwright: pip install -e '.[browser]'"
    if program() is None:
        return f"needs one of {', '.join(PROGRAMS)} on the path or its path in {CHROMIUM}"
    return None


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with an empty profile that calls nobody."""
    # Only whoever opens pages needs the package.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=program(),
            args=list(SWITCHES),
            chromium_sandbox=os.geteuid() != 0,
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One page of one report."""

    page: Page
    context: BrowserContext
    report: Path
    complaints: list[str] = field(default_factory=list)
    """Requests, dialogs, errors and violations of the policy; none may be there."""

    def watch(self) -> None:
        """Note whatever the page does that a report must not do; let it reach nobody."""
        # Lambdas: Playwright writes attributes on methods, which slots refuse.
        self.context.route("**/*", lambda route: self._only_the_report(route))  # noqa: PLW0108
        page = self.page
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self._dialog(dialog))  # noqa: PLW0108
        page.on("popup", lambda popup: self.complaints.append(f"popup: {popup.url}"))
        page.on("download", lambda found: self.complaints.append(f"download: {found.url}"))

    def go(self, fragment: str = "") -> None:
        """Open the report, at a place in it if one is given (`#...`)."""
        self.page.goto(self.report.as_uri() + fragment, wait_until="load")

    def _only_the_report(self, route: Route) -> None:
        url = route.request.url
        if url.partition("#")[0] == self.report.as_uri():
            route.continue_()
            return
        self.complaints.append(f"request: {url[:200]}")
        route.abort()

    def _said(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text[:300]}")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def opened(
    browser: Browser, report: Path, *, size: Size = DESKTOP, fragment: str = "", **more: Any
) -> Iterator[Opened]:
    """A report in a window of its own with an empty storage and no network.

    Args:
        browser: From `chromium`.
        report: The file.
        size: Of the window, in pixels.
        fragment: The place in it to open, `#...`.
        **more: Options of Playwright's `new_context`.
    """
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, offline=True, locale="en-GB", **more
    )
    try:
        context.set_default_timeout(_TIMEOUT_MS)
        if more.get("java_script_enabled", True):
            context.add_init_script(_VIOLATION)
        one = Opened(page=context.new_page(), context=context, report=report.resolve())
        one.watch()
        one.go(fragment)
        yield one
    finally:
        context.close()


def switch(page: Page, lang: str) -> None:
    """Show the page in German or English, as the reader does."""
    page.locator(f"label:has(#lang-{lang})").click()


def unfold(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

"""The README's picture of a report is one of today's page."""

from __future__ import annotations

import re

import pytest
import screenshot

README = screenshot.ROOT / "README.md"


# Marked so that it runs where the picture can be made again.
@pytest.mark.browser
def test_the_picture_shows_the_page_as_it_is_today() -> None:
    of_picture = screenshot.fingerprint_of(screenshot.PICTURE.read_bytes())
    assert of_picture == screenshot.fingerprint(screenshot.page()), (
        f"the README's picture of the report is of another day; run: {screenshot.COMMAND}"
    )


def test_the_picture_goes_easily_with_the_text() -> None:
    picture = screenshot.PICTURE.read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < screenshot.MOST_BYTES


def test_the_readme_shows_it_and_says_what_is_to_be_seen() -> None:
    found = re.search(r"!\[([^\]]+)\]\(([^)]+)\)", README.read_text("utf-8"))
    assert found is not None
    assert screenshot.ROOT / found[2] == screenshot.PICTURE
    assert len(found[1]) > 80


def test_another_word_makes_another_picture_and_another_version_does_not() -> None:
    html = (
        '<meta name="generator" content="lancom-vpn-assistant 0.1.0"><p>Fault</p>'
        "<p>lancom-vpn-assistant 0.1.0 <code>0123456789ab</code></p><script>1</script>"
    )
    later = html.replace("0.1.0", "0.2.0").replace("0123456789ab", "ba9876543210")
    assert screenshot.fingerprint(html) == screenshot.fingerprint(later)
    assert screenshot.fingerprint(html) != screenshot.fingerprint(html.replace("Fault", "Healthy"))
    assert screenshot.fingerprint(html) != screenshot.fingerprint("<style>p{}</style>" + html)

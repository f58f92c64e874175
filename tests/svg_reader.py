"""Reads the SVG of a picture as strict XML, for the tests of the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat


@dataclass(slots=True)
class Element:
    """One element with what is in it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        """Every element of that name, in the order of the document."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def has_class(self, name: str) -> bool:
        """Whether it has that class."""
        return name in self.attributes.get("class", "").split()

    def texts(self) -> list[str]:
        """What a reader sees written."""
        return [one.text.strip() for one in self.all("text")]

    def number_of(self, css: str) -> int:
        """How many elements have that class."""
        return sum(child.has_class(css) + child.number_of(css) for child in self.children)


def read_svg(source: str) -> Element:
    """The outer element.

    Raises:
        expat.ExpatError: It is no well-formed XML.
        ValueError: It has a document type, which nothing of ours needs.
    """
    root = Element(name="", attributes={})
    path = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name=name, attributes=attributes)
        path[-1].children.append(element)
        path.append(element)

    def end(_: str) -> None:
        path.pop()

    def text(data: str) -> None:
        path[-1].text += data

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(source, True)
    (svg,) = root.children
    return svg

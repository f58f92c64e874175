"""The dialect of the knowledge files, and how mistakes in it are told."""

from __future__ import annotations

import pytest

from assistant.catalog.strict_yaml import StrictYamlError, load_strict


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(StrictYamlError) as caught:
        load_strict(text)
    return caught.value.problems


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("True", "True"),
        ("~", "~"),
        ("12", 12),
        ("-3", -3),
        ("012", "012"),
        ("0x1106", "0x1106"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("0.05", "0.05"),
        ("2024-05-14", "2024-05-14"),
        ("10:17:58", "10:17:58"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|-\n  12", "12"),
        ("!!int '5'", "5"),
    ],
)
def test_only_four_things_are_not_text(written: str, meant: object) -> None:
    assert load_strict(f"key: {written}").data == {"key": meant}


def test_every_value_knows_its_line() -> None:
    document = load_strict("a: 1\nb:\n  - x\n  - c: |\n      text\n")
    assert document.line_at(("b", 1, "c")) == 4
    assert document.line_at(("b", 0)) == 3
    assert document.line_at(("b", 1, "missing", 7)) == 4
    assert document.line_at(()) == 1


def test_a_key_that_stands_twice() -> None:
    assert problems("a: 1\nb: 2\na: 3\nb: 4\n") == [
        (3, "key 'a' stands twice, first in line 1"),
        (4, "key 'b' stands twice, first in line 2"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 'x\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\n--- \nb: 2\n", 2),
        ("a: x\0y\n", 1),
        ("a: *nobody\n", 1),
    ],
)
def test_what_is_no_yaml(text: str, line: int) -> None:
    ((found, what),) = problems(text)
    assert (found, what.startswith("not YAML: ")) == (line, True)


def test_an_empty_file() -> None:
    assert problems("# nothing\n") == [(1, "expected an entry, found an empty file")]


def test_a_key_that_is_no_word() -> None:
    assert problems("? [a, b]\n: 1\n") == [(1, "expected a word as key, found a list or mapping")]


def test_a_list_that_contains_itself() -> None:
    assert problems("a: &a [*a]") == [(1, "nested too deeply")]


def test_lists_in_lists_without_end() -> None:
    assert problems("[" * 5_000 + "]" * 5_000)


def test_aliases_that_multiply_themselves() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert problems("\n".join(rows))[0][1] == "more than 200000 values in one file"

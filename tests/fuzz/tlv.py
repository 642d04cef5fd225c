"""BER as a tree, to be damaged in one place while lengths stay right elsewhere, so that the damage gets past the first check."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_CONSTRUCTED = 0x20
_DEEPEST = 8
TAGS = bytes((1, 2, 4, 5, 6, 0x24, 0x30, 0x31, *range(0x40, 0x49), 0x80, 0x81, 0x82, 0x83, *range(0xA0, 0xAA), 0x1F, 0x9F, 0))


@dataclass(slots=True)
class Element:
    """A tag and what it holds. lie: what is added to the length that is announced. form: octets of the length, 0: the fewest."""

    tag: int
    content: bytes | list[Element]
    lie: int = 0
    form: int = 0

    def encoded(self) -> bytes:
        content = self.content if isinstance(self.content, bytes) else b"".join([each.encoded() for each in self.content])
        length = max(len(content) + self.lie, 0)
        if length < 0x80 and not self.form:
            return bytes((self.tag, length)) + content
        size = max(self.form, (length.bit_length() + 7) // 8, 1)
        return bytes((self.tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def parsed(data: bytes, depth: int = 0) -> list[Element] | None:
    """Return the elements that data consists of, None where it is not a row of them."""
    found: list[Element] = []
    at = 0
    while at + 1 < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        content = data[at : at + length]
        if len(content) != length:
            return None
        inner = parsed(content, depth + 1) if tag & _CONSTRUCTED and depth < _DEEPEST else None
        found.append(Element(tag, content if inner is None else inner))
        at += length
    return found if at == len(data) else None


def leaves(elements: list[Element]) -> list[Element]:
    """Return every element that holds octets, in order."""
    found: list[Element] = []
    for element in elements:
        if isinstance(element.content, bytes):
            found.append(element)
        else:
            found += leaves(element.content)
    return found


def damage(elements: list[Element], random: Random) -> None:
    """Change one thing in a tree."""
    siblings = elements
    while True:
        at = random.randrange(len(siblings))
        element = siblings[at]
        if isinstance(element.content, bytes) or not element.content or random.random() < 0.15:
            break
        siblings = element.content
    match random.randrange(10):
        case 0:
            element.tag = random.choice(TAGS)
        case 1:
            element.lie = random.choice((-2, -1, 1, 2, 127, 128, 2**16, 2**31, 2**32 - 1))
        case 2:
            element.form = random.choice((1, 1, 2, 2, 3, 4, 5, 9, 126))
        case 3:
            del siblings[at]
        case 4:
            siblings.insert(random.randrange(len(siblings) + 1), element)
        case 5:
            siblings[at] = _nested(element, random.choice((1, 2, 30)))
        case _:
            element.content = octets(random)


def _nested(element: Element, depth: int) -> Element:
    for _ in range(depth):
        element = Element(0x30, [element])
    return element


def octets(random: Random) -> bytes:
    """Return content that readers stumble over: edges of numbers, identifiers cut or padded, runs."""
    match random.randrange(5):
        case 0:
            return random.choice((b"\x00", b"\x7f", b"\x80", b"\xff", b"")) + random.choice((b"\x00", b"\xff")) * random.randrange(
                10
            )
        case 1:
            return b"\x2b" + random.choice((b"\x80\x01", b"\x8f\xff\xff\xff\x7f", b"\x90\x80\x80\x80\x00", b"\xff", b"\x01" * 127))
        case 2:
            return random.randbytes(random.randrange(1, 10))
        case 3:
            return bytes((random.randrange(256),)) * random.choice((1, 4, 127, 128, 255, 256))
        case _:
            return b""

"""Damage to octets and to text, without regard to what they mean."""

from __future__ import annotations

from random import Random

_EDGES = bytes((0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0x85, 0xFE, 0xFF, 0x30, 0x06, 0x02))


def octets(data: bytes, other: bytes, random: Random) -> bytes:
    """Return data with one to four pieces of damage; other: what it is spliced with."""
    damaged = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        if not damaged:
            return random.randbytes(random.randrange(64))
        at = random.randrange(len(damaged))
        match random.randrange(8):
            case 0 | 1:
                damaged[at] ^= 1 << random.randrange(8)
            case 2 | 3:
                damaged[at] = random.choice(_EDGES)
            case 4:
                del damaged[at:]
            case 5:
                del damaged[at : at + random.choice((1, 1, 2, 4, 16))]
            case 6:
                damaged[at:at] = damaged[at : at + random.choice((1, 2, 4, 16, 64))]
            case _:
                damaged[at:] = other[random.randrange(len(other) + 1) :]
    return bytes(damaged)


def text(data: bytes, other: bytes, words: tuple[bytes, ...], random: Random) -> bytes:
    """Return a text with one to four pieces of damage to its lines and words; words: what its readers look for."""
    damaged = data
    for _ in range(random.choice((1, 1, 2, 4))):
        lines = damaged.split(b"\n")
        at = random.randrange(len(lines))
        line = lines[at]
        cut = random.randrange(len(line) + 1)
        match random.randrange(9):
            case 0:
                lines[at] = octets(line, other[:200], random)
            case 1:
                lines[at] = line[:cut] + random.choice(words) + line[cut:]
            case 2:
                lines[at] = line[:cut] + random.choice(words) + line[cut + random.randrange(12) :]
            case 3:
                del lines[at]
            case 4:
                lines.insert(random.randrange(len(lines) + 1), line)
            case 5:
                lines[at] = b" " * random.randrange(9) + line.lstrip()
            case 6:
                lines[at] = line[:cut] + random.choice(words) * random.choice((2, 50, 1000)) + line[cut:]
            case 7:
                lines[at:] = other.split(b"\n")[at:]
            case _:
                lines[at] = (
                    line[:cut] + chr(random.choice((0, 0x1B, 0x85, 0xA0, 0x301, 0x2028, 0xFEFF, 0x1F600))).encode() + line[cut:]
                )
        damaged = b"\n".join(lines)
    return damaged

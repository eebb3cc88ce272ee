"""How files go wrong: bytes, values of JSON, cells of tables and numbers of arrays.

Every way is a function of a random generator and the valid files, so that a seed tells the case.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

Files = dict[str, bytes]
HOSTILE: Final = (
    *("", " ", "\0", "a\0b", "\ud800", "é" * 200, "=1+1", "-0,8", "−2.5", "1e999", "-1e999", "NaN"),
    *("nan", "Infinity", "1_0", "0x1F", "9" * 400, "9" * 5_000, "../../etc/passwd", "/dev/zero"),
    *("photos/", "~/x.jpg", "2026-02-30", "0000-00-00", "99999-01-01", "P-1;P-2", '"', "\n", "\r"),
    *("x" * 100_000, "<script>", "true", "null", "[]", "{}"),
)
VALUES: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        -1,
        0,
        10**30,
        10**400,
        -(10**9),
        0.5,
        1e308,
        -0.0,
        "",
        "\0",
        "x" * 50_000,
        [],
        {},
    ),
    *([[]] * 3, {"a": {"b": []}}, [None] * 1_000, "NaN", "2026-02-30"),
)
RAW: Final = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5_000, b"[" * 20_000, b'{"a":' * 20_000),
    *(
        b"\0",
        b"\xff\xfe",
        b'"\\ud800"',
        b'"\\u0000"',
        b"[" * 40 + b"]" * 40,
        b"*a",
        b"&a [*a]",
        b"?",
    ),
)


def bytes_spoiled(rng: random.Random, files: Files) -> Files:
    """One of the files with bytes changed, cut, put in or copied about, or gone."""
    name = rng.choice(sorted(files))
    data = bytearray(files[name])
    if rng.random() < 0.05:
        return {other: content for other, content in files.items() if other != name}
    for _ in range(rng.randint(1, 6)):
        place, size = rng.randrange(max(len(data), 1)), min(int(rng.expovariate(0.1)) + 1, 60)
        kind = rng.randrange(5)
        if kind == 0:
            data[place : place + size] = rng.randbytes(size)
        elif kind == 1:
            del data[place : place + size]
        elif kind == 2:
            data[place:place] = rng.choice(RAW)
        elif kind == 3:
            start = rng.randrange(max(len(data), 1))
            data[place:place] = data[start : start + 8 * size]
        else:
            data = data[:place] if rng.random() < 0.3 else data
    return {**files, name: bytes(data)}


def json_spoiled(rng: random.Random, files: Files) -> Files:
    """One of the JSON files with one value exchanged, taken out, or put in twice."""
    name = rng.choice(sorted(n for n in files if n.endswith(".json")))
    values = json.loads(files[name])
    holders = list(_holders(values))
    holder = rng.choice(holders)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key = rng.choice(keys)
    if rng.random() < 0.2:
        del holder[key]
    else:
        holder[key] = rng.choice(VALUES)
    text = json.dumps(values).encode("utf-8", "surrogatepass")
    if rng.random() < 0.2:
        text = text[:-1] + b', "more": ' + rng.choice(RAW) + text[-1:]
    return {**files, name: text}


def _holders(values: Any) -> Iterator[Any]:
    if isinstance(values, dict | list) and values:
        yield values
        for inner in values.values() if isinstance(values, dict) else values:
            yield from _holders(inner)


def cells_spoiled(rng: random.Random, files: Files) -> Files:
    """One of the tables with a cell, a column or a row exchanged; as CSV or as parquet."""
    name = rng.choice(sorted(n for n in files if n.endswith(".csv")))
    lines = [line.split(",") for line in files[name].decode().splitlines()]
    for _ in range(rng.randint(1, 3)):
        row = rng.choice(lines)
        row[rng.randrange(len(row))] = rng.choice(HOSTILE)
    if rng.random() < 0.2:
        lines[rng.randrange(len(lines))].append(rng.choice(HOSTILE))
    if rng.random() < 0.1:
        lines.append(rng.choice(lines))
    joint = rng.choice((",", ",", ",", ",", ";", "\t"))
    text = "\n".join(joint.join(row) for row in lines).encode("utf-8", "surrogatepass")
    if rng.random() < 0.1:
        text = text.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "utf-8-sig", "latin-1")), "replace"
        )
    return {**files, name: text}


def either(
    *ways: Callable[[random.Random, Files], Files],
) -> Callable[[random.Random, Files], Files]:
    """Sometimes one, sometimes another."""
    return lambda rng, files: rng.choice(ways)(rng, files)


def resealed(
    spoil: Callable[[random.Random, Files], Files],
) -> Callable[[random.Random, Files], Files]:
    """The files go wrong, and the card's hashes agree with them: as a stranger would send them."""

    def forge(rng: random.Random, files: Files) -> Files:
        wrong = spoil(rng, files)
        if "card.yaml" not in wrong or rng.random() < 0.1:
            return wrong
        card = wrong["card.yaml"].rpartition(b"card_sha256: ")[0]
        for name, data in files.items():
            old = hashlib.sha256(data).hexdigest().encode()
            card = card.replace(old, hashlib.sha256(wrong.get(name, b"")).hexdigest().encode())
        return {
            **wrong,
            "card.yaml": card
            + b"card_sha256: "
            + hashlib.sha256(card).hexdigest().encode()
            + b"\n",
        }

    return forge


def arrays_spoiled(rng: random.Random, files: Files) -> Files:
    """One number of a bundle's arrays, or a size in the card, beyond all reason."""
    if rng.random() < 0.4:
        card = files["card.yaml"].decode().splitlines()
        place = rng.randrange(len(card) - 1)
        card[place] = (
            card[place].partition(":")[0]
            + ": "
            + str(rng.choice((*VALUES[:12], "*a", "&a 1", ".nan", ".inf")))
        )
        return {**files, "card.yaml": "\n".join(card).encode("utf-8", "replace") + b"\n"}
    name = rng.choice(sorted(n for n in files if n.endswith(".safetensors")))
    data = bytearray(files[name])
    start = 8 + int.from_bytes(data[:8], "little")
    number = rng.choice((np.nan, np.inf, -np.inf, 1e38, -1.0, 0.0))
    place = start + 4 * rng.randrange((len(data) - start) // 4)
    data[place : place + 4] = np.float32(number).tobytes()
    return {**files, name: bytes(data)}

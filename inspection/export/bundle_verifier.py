"""Check a Chemgate evidence bundle.  Needs Python 3.8 or newer and nothing else; unpacks and changes nothing.

    python verify.py [BUNDLE.zip or FOLDER] [ANCHOR ...]                   default: the folder of this file
An ANCHOR is VOLUME:COUNT:HEAD, or a file that holds it: a slip, a countersignature.  Prints every problem on
a line, or that everything holds.  Exit 0: all holds, 1: not all does, 2: no bundle, or not understood.
README.txt says what is hashed and signed.
"""

from __future__ import annotations  # noqa: I001
import json, re, struct, sys, zipfile  # noqa: E401 - to be read on two pages
from collections import Counter
from hashlib import sha256, sha512
from itertools import groupby
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - as Python 3.8 has it

P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # of Ed25519: RFC 8032, section 5.1
D = -121665 * pow(121666, P - 2, P) % P
end_of = "{volume}:{count}:{head}".format_map


def _added(p: Any, q: Any) -> Any:  # two points, each X, Y, Z, T (5.1.4)
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(encoded: bytes) -> Any:  # 5.1.3
    sign, y = divmod(int.from_bytes(encoded, "little"), 2**255)
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    x = x * (pow(2, (P - 1) // 4, P) if (v * x * x - u) % P else 1) % P
    if len(encoded) != 32 or y >= P or (v * x * x - u) % P or (x == 0 and sign):
        raise ValueError("a key that is no point of Ed25519")
    return (x, y, 1, x * y % P) if x % 2 == sign else (P - x, y, 1, -x * y % P)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:  # noqa: D103 - R is s BASE - k KEY (5.1.7)
    base, (x, y, z, t) = _point(b"\x58" + b"\x66" * 31), _point(key)
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    s, r, minus_key = int.from_bytes(signature[32:], "little"), (0, 1, 1, 0), (P - x, y, z, P - t)
    terms = (r, base, minus_key, _added(base, minus_key))
    for bit in range(252, -1, -1):  # both products in one pass
        r = _added(_added(r, r), terms[(s >> bit & 1) + 2 * (k >> bit & 1)])
    x, y = (one * pow(r[2], P - 2, P) % P for one in r[:2])
    return len(signature) == 64 and s < ORDER and (y | x % 2 << 255).to_bytes(32, "little") == signature[:32]


def _opened(place: Path) -> tuple[Counter[str], Any]:
    if place.is_dir():
        names = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
        return Counter(names), lambda name: (place / name).read_bytes()
    archive = zipfile.ZipFile(place)
    sizes = {member: member.file_size for member in archive.infolist() if not member.is_dir()}
    if max(sizes.values(), default=0) > 2**28 or sum(sizes.values()) > 2**36:  # bytes
        raise ValueError("it is too large: it would fill the memory, or run for days")
    return Counter(member.filename for member in sizes), archive.read


def _check_spectrum(number: str, named: str, read: Any) -> Iterator[str]:  # and the copies of its numbers
    parts, pieces = read(f"parts/{number}.bin"), [b""]  # header, wavenumber, absorbance, two beams, payload
    if sha256(b"chemgate.log.spectrum.1\0" + parts).hexdigest() != named:
        yield f"PROBLEM: parts/{number}.bin is not the spectrum that the entry names"
    while parts:
        size = 8 + int.from_bytes(parts[:8], "big")
        pieces, parts = [*pieces, parts[8:size]], parts[size:]
    table = read(f"spectra/{number}.jdx").decode().split("##XYPOINTS= (XY..XY)\r\n")[1].split("##END=")[0]
    points = [line.split(", ") for line in table.splitlines() if not line.endswith(", ?")]
    numbers, copied = [float(x) for x, _ in points] + [float(y) for _, y in points], (*pieces[2:4], pieces[6])
    if struct.pack(f"<{len(numbers)}d", *numbers) + read(f"payload/{number}.bin") != b"".join(copied):
        yield f"PROBLEM: spectra/{number}.jdx or payload/{number}.bin is not what the parts hold"


def check(files: Counter[str], read: Any, manifest: Any, anchors: set[str]) -> Iterator[str]:
    """Compare the files with the manifest, follow each volume to its end, check every entry that is shown."""
    own = sha256(read("manifest.json")).hexdigest()
    listed = {**manifest["files"], "manifest.json": own}
    listed["manifest.sha256"] = sha256(f"{own}  manifest.json\n".encode()).hexdigest()
    for name in sorted({*files, *listed}):
        if files[name] != 1 or name not in listed or sha256(read(name)).hexdigest() != listed[name]:
            yield f"PROBLEM: {name} is there {files[name]} times, or is not the file that the manifest lists"
    shown = {name for name in listed if ".." in name or not name.startswith("library/")}
    shown -= {"README.txt", "verify.py", "chain.jsonl", "manifest.json", "manifest.sha256"}
    pictures = {name for name in shown if name == f"photographs/{listed[name]}{Path(name).suffix}"}
    ends, volumes = {0: ""}, {one["volume"]: one for one in manifest["volumes"]}
    for volume, rows in groupby(map(json.loads, read("chain.jsonl").splitlines()), lambda row: row["volume"]):
        first = json.loads(read(f"entries/{(volume - 1) * 50_000 + 1:06d}.json"))["body"]
        said, head, key = volumes[volume], bytes(32), bytes.fromhex(first["public_key"])
        for count, row in enumerate(rows, 1):
            number = f"{(volume - 1) * 50_000 + count:06d}"
            head = sha256(b"chemgate.log.entry.2\0" + head + bytes.fromhex(row["entry_sha256"])).digest()
            ends[volume] = f"{volume}:{count}:{head.hex()}"
            anchors.discard(ends[volume])
            signed, signature = b"chemgate.log.signature.1\0" + head, bytes.fromhex(row.get("signature", ""))
            is_shown = count == 1 or f"entries/{number}.json" in shown
            if (is_shown or signature) and not is_signed(key, signed, signature):
                yield f"PROBLEM: entry {number} is not signed with the key of volume {volume}"
            if is_shown:
                entry = json.loads(read(f"entries/{number}.json"))
                digest = sha256(read(f"entries/{number}.json")).hexdigest()
                if digest != row["entry_sha256"] or not entry["sequence"] == row["sequence"] == int(number):
                    yield f"PROBLEM: entries/{number}.json is not the entry of the chain"
                shown -= {f"entries/{number}.json", *(p for p in pictures if listed[p] in str(entry["body"]))}
                if entry["spectrum"]:
                    shown -= {f"parts/{number}.bin", f"payload/{number}.bin", f"spectra/{number}.jdx"}
                    yield from _check_spectrum(number, entry["spectrum"], read)
        before, keys = first["continues"], {first["public_key"], said["public_key"]}
        if not signature or len(keys) > 1 or end_of(said) != ends[volume] or volume != max(ends):
            yield f"PROBLEM: volume {volume} does not end as the manifest says, signed with the key it names"
        if before and before["head"] and ends.get(before["volume"], end_of(before)) != end_of(before):
            yield f"PROBLEM: volume {volume} does not continue volume {before['volume']} from its end"
        place = f"it continues volume {end_of(before)}" if before else "it is the first volume"
        yield f"volume {volume} ends at {ends[volume]}; its key is {key.hex()}; {place.replace(':None', '')}"
    anchors |= {f"volume {volume}" for volume in volumes if volume not in ends}
    yield from (f"PROBLEM: {one} has no place in the chain" for one in sorted(shown | anchors))


def _anchor(given: str) -> str:  # in a text or in a file: a slip, a countersignature, what 'log head' printed
    if Path(given).is_file() and not zipfile.is_zipfile(given):
        given = Path(given).read_bytes()[: 2**20].decode("utf-8", "replace").replace("\0", "")
    given += " " + end_of(Counter(dict(re.findall(r'"(volume|count|head)": *"?(\w+)', given))))
    found = {"".join(one.split()) for one in re.findall(r"\b\d+:\d+:\s*(?:[\da-f]\s*){64}\b", given.lower())}
    return found.pop() if len(found) == 1 else ""


def main(arguments: list[str]) -> int:  # noqa: D103 - checks one bundle, prints what was found
    code, place, what = 2, str(Path(__file__).parent), "is no evidence bundle"
    try:
        anchors = {_anchor(one) for one in arguments} - {""}
        place, *strange = [one for one in arguments if not _anchor(one)] or [place]
        files, read = _opened(Path(place))
        manifest = json.loads(read("manifest.json"))
        code, what = {"chemgate.bundle.1": (0, "cannot be checked to its end")}[manifest["format"]]
        left = {*anchors, manifest["anchor"]}
        lines = [f"PROBLEM: {one!a} is no anchor, and no file that holds one" for one in strange]
        for line in check(files, read, manifest, left):
            (print if line.startswith("PROBLEM") else lines.append)(ascii(line)[1:-1])
            code |= line.startswith("PROBLEM")
        lines += [f"anchor {one}: found in volume {one.split(':')[0]}" for one in sorted(anchors - left)]
        print("\n".join([*["Everything holds."][code or len(strange) :], *lines]))
        return 2 if strange else code
    except Exception as error:  # noqa: BLE001 - whatever a file from a stranger may bring about
        print(f"PROBLEM: {place!a} {what}: {str([error, *error.args][-1])!a}")
        return code or 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

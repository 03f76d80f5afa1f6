"""Check a Chemgate evidence bundle with Python 3.8 or newer and nothing else; unpacks and changes nothing.

    python verify.py [BUNDLE.zip or FOLDER] [ANCHOR ...]                   default: the folder of this file
An ANCHOR is VOLUME:COUNT:HEAD, or a file that holds it: a slip, a countersignature.  Exit 0: all holds; 1:
not all, each problem is a line; 2: no bundle, or not understood.  README.txt says what is hashed and signed.
"""

import io, itertools, json, re, struct, sys, zipfile  # noqa: E401, I001 - to be read on two pages
from collections import Counter
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # of Ed25519: RFC 8032, section 5.1
D = -121665 * pow(121666, P - 2, P) % P
end_of = "{volume}:{count}:{head}".format_map
JCAMP = """##TITLE= record {}|JCAMP-DX= 5.01|DATA TYPE= INFRARED SPECTRUM|DATA CLASS= XYPOINTS|ORIGIN=|OWNER=\
|XUNITS= 1/CM|YUNITS= ABSORBANCE|XFACTOR= 1|YFACTOR= 1|NPOINTS= {}|XYPOINTS= (XY..XY)\r\n{}|END=\r\n"""


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


def _opened(top: Path) -> Any:  # how many plain files there are of each name, and what opens one
    if top.is_dir():
        found = {p.relative_to(top).as_posix(): p for p in top.rglob("*") if p.is_symlink() or not p.is_dir()}
        files = Counter({name: p.is_file() and p.stat().st_size <= 2**28 for name, p in found.items()})
        return files, lambda name: io.BytesIO((found[name] if files[name] else top).read_bytes())
    archive: Any = zipfile.ZipFile(top)
    sizes = {member.header_offset: member.file_size for member in archive.infolist()}
    end = archive.fp.seek(-22, 2) and archive.fp.read()  # of the list of members, without a comment
    if max(sizes.values()) > 2**28 or min(sizes) or end[:4] + end[20:] != b"PK\5\6\0\0":
        raise ValueError("it is too large, or something stands before its first member or after its last")
    return Counter(archive.namelist()), archive.open


def beside(number: str, stored: bytes) -> Any:  # noqa: D103 - the files of a spectrum as its parts say they must be
    stream = io.BytesIO(stored)  # header, wavenumber, absorbance, two beams, payload; each after its length
    parts = [stream.read(int.from_bytes(stream.read(8), "big")) for _ in range(6)]
    gaps, x, y = json.loads(parts[0])["gaps"], *(struct.unpack(f"<{len(p) // 8}d", p) for p in parts[1:3])
    rows = [f"{x!r}, {y}" for x, y in sorted([*zip(x, map(repr, y)), *((sum(gap) / 2, "?") for gap in gaps)])]  # noqa: B905
    curve = JCAMP.replace("|", "\r\n##").format(int(number), len(rows), "\r\n".join(rows)).encode()
    return {f"parts/{number}.bin": stored, f"payload/{number}.bin": parts[5], f"spectra/{number}.jdx": curve}


def check(files: Any, opened: Any, manifest: Any, anchors: Any) -> Any:  # noqa: D103 - the files, then the chain
    kind, asked, left, unread = map(manifest.get, ("log_kind", "inspection", "count", "unreadable_volumes"))
    listed = {**manifest["files"], "manifest.json": sha256(opened("manifest.json").read()).hexdigest()}
    listed["manifest.sha256"] = sha256(f"{listed['manifest.json']}  manifest.json\n".encode()).hexdigest()
    for name in sorted({*files, *listed}):
        if files[name] != 1 or name not in listed or sha256(opened(name).read()).hexdigest() != listed[name]:
            yield f"PROBLEM: {name} is there {+files[name]} times, or is not the file that the manifest lists"
    shown = {name for name in listed if ".." in name or not name.startswith("library/")}
    shown -= {"README.txt", "verify.py", "chain.jsonl", "manifest.json", "manifest.sha256"}
    pictures = {name for name in shown if name == f"photographs/{listed[name]}{Path(name).suffix}"}
    ends, volumes, chain = {0: ""}, {one["volume"]: one for one in manifest["volumes"]}, opened("chain.jsonl")
    lines = map(json.loads, iter(lambda: chain.readline(2**10), b""))
    for volume, rows in itertools.groupby(lines, lambda row: row["volume"]):
        first = json.loads(opened(f"entries/{(volume - 1) * 50_000 + 1:06d}.json").read(2**23))["body"]
        said, head, key = volumes[volume], bytes(32), bytes.fromhex(first["public_key"])
        for count, row in enumerate(rows, 1):
            number = f"{(volume - 1) * 50_000 + count:06d}"
            head = sha256(b"chemgate.log.entry.2\0" + head + bytes.fromhex(row["entry_sha256"])).digest()
            ends[volume] = f"{volume}:{count}:{head.hex()}"
            anchors.discard(ends[volume])
            signed, sign = b"chemgate.log.signature.1\0" + head, bytes.fromhex(row.get("signature", ""))
            is_shown = asked is None or count == 1 or f"entries/{number}.json" in shown
            if row["sequence"] != int(number) or ((is_shown or sign) and not is_signed(key, signed, sign)):
                yield f"PROBLEM: entry {number} is not signed with the key of its volume, or out of place"
            if is_shown:
                text = opened(f"entries/{number}.json").read(2**23)
                entry = json.loads(text)
                parts = opened(f"parts/{number}.bin").read(2**26) if entry["spectrum"] else b""
                spectrum = sha256(b"chemgate.log.spectrum.1\0" + parts).hexdigest() if parts else None
                made = {f"entries/{number}.json": text, **(beside(number, parts) if parts else {})}
                wrong = [name for name in made if sha256(made[name]).hexdigest() != listed.get(name)]
                found = sha256(text).hexdigest(), entry["sequence"], spectrum
                if wrong or found != (row["entry_sha256"], int(number), entry["spectrum"]):
                    yield f"PROBLEM: entry {number} or its spectrum is not that of the chain; other: {wrong}"
                shown -= {*made, *(name for name in pictures if listed[name].encode() in text)}
                left -= asked in (None, entry["inspection"])
        before, its = first["continues"], (first["log_kind"], key.hex(), ends[volume])
        if its != (kind, said["public_key"], end_of(said)) or not sign or volume != max(ends):
            yield f"PROBLEM: volume {volume} does not end as the manifest says, signed with the key it names"
        if before and before["head"] and ends.get(before["volume"], end_of(before)) != end_of(before):
            yield f"PROBLEM: volume {volume} does not continue volume {before['volume']} from its end"
        place = f"it continues volume {end_of(before)}" if before else "it is the first volume"
        yield f"volume {volume} ends at {ends[volume]}; its key is {key.hex()}; {place.replace(':None', '')}"
    anchors |= {f"volume {one}" for one in [*volumes, *unread] if (one in ends) == (one in unread)}
    anchors |= {f"a count of {left} more entries"} - {"a count of 0 more entries"}
    yield from (f"PROBLEM: {one} has no place in the chain" for one in sorted(shown | anchors))


def _anchor(given: str) -> str:  # in a text or in a file: a slip, a countersignature, what 'log head' printed
    if Path(given).is_file() and not zipfile.is_zipfile(given):
        given = Path(given).read_bytes()[: 2**20].decode("utf-8", "replace").replace("\0", "")
    given += " " + end_of(Counter(dict(re.findall(r'"(volume|count|head)": *"?(\w+)', given))))
    found = {"".join(one.split()) for one in re.findall(r"\b\d+:\d+:\s*(?:[\da-f]\s*){64}\b", given.lower())}
    return found.pop() if len(found) == 1 else ""


def main(arguments: Any) -> int:  # noqa: D103 - checks one bundle, prints what was found
    code, place, what = 2, str(Path(__file__).parent), "is no evidence bundle"
    try:
        anchors = {_anchor(one) for one in arguments} - {""}
        place, *strange = [one for one in arguments if not _anchor(one)] or [place]
        files, opened = _opened(Path(place))
        manifest = json.loads(opened("manifest.json").read(2**22 + 2**8 * len(files)))
        code, what = {"chemgate.bundle.2": (0, "cannot be checked to its end")}[manifest["format"]]
        print("{log_kind!a} log, inspection {inspection!a}, {count!a} entries".format_map(manifest))
        lines = [f"PROBLEM: {one!a} is no anchor, and no file that holds one" for one in strange]
        for line in check(files, opened, manifest, left := {*anchors, manifest["anchor"]}):
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

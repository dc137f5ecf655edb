"""Checks what a trustledger book handed out, without the book and without trustledger 独立验证.

    python verifier.py statement BUNDLE.json [--key VKEY]   an owner's statement and its entries
    python verifier.py inclusion PROOF.json [--key VKEY --checkpoint NOTE]   it is in the log
    python verifier.py growth PROOF.json [--key VKEY --checkpoint NOTE]      the log only grew
    python verifier.py checkpoint NOTE --key VKEY                  a signed size and root
    python verifier.py archive FOLDER [--key VKEY --checkpoint NOTE]   a whole journal, recomputed

This one file needs Python 3.11 and, for signatures, the package cryptography; it opens no network
connection and nothing but the files named. VKEY is a signer's public key as text, got from the
signer and not with the papers. Exit status: 0 everything holds, 1 something does not, 2 it cannot
be read.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
from pathlib import Path

RECEIVABLE, PREPAID, BANK, WAIVED, LATE_FEE = "1122", "2203", "1002", "4009", "late_fee"
SEALED = re.compile(r'"(\w+)":\{"sealed":"([0-9a-f]{64})"\}')


class Fails(Exception):
    """What does not hold, in one sentence."""


def require(condition, sentence):
    if not condition:
        raise Fails(sentence)


# ------------------------------------------------------------------ the log (RFC 6962, RFC 9162)


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_of(book, entry):
    """SHA-256 of a zero byte and lines: book, seq, kind, key, on, reverses, content; then one per
    posting, its ten fields with tabs between."""
    names = ("seq", "kind", "key", "on", "reverses", "content")
    lines = [book, *(str(entry[name]) for name in names)]
    lines += ["\t".join(map(str, posting)) for posting in entry["postings"]]
    require(sum(line.count("\n") for line in lines) == 0, "a field holds a line end")
    return sha256(b"\0" + "\n".join(lines).encode())


def join(left, right):
    return sha256(b"\1" + left + right)


def root_by_inclusion(leaf, index, size, path):
    """RFC 9162 §2.1.3.2: the root that a proof leads to."""
    require(0 <= index < size, f"there is no entry {index + 1} among {size}")
    at, last, value = index, size - 1, leaf
    for part in path:
        require(last > 0 and len(part) == 32, "a proof of inclusion is too long")
        if at & 1 or at == last:
            value = join(part, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = join(value, part)
        at, last = at >> 1, last >> 1
    require(last == 0, "a proof of inclusion is too short")
    return value


def roots_by_growth(old, size, old_root, path):
    """RFC 9162 §2.1.4.2: the old and the new root that a proof leads to."""
    require(0 < old <= size, f"{old} entries are not the beginning of {size}")
    if old == size:
        require(not path, "a proof of growth is too long")
        return old_root, old_root
    parts = ([old_root] if old & (old - 1) == 0 else []) + path
    require(parts and all(len(part) == 32 for part in parts), "a proof of growth is too short")
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = parts[0]
    for part in parts[1:]:
        require(last > 0, "a proof of growth is too long")
        if at & 1 or at == last:
            was, now = join(part, was), join(part, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = join(now, part)
        at, last = at >> 1, last >> 1
    require(last == 0, "a proof of growth is too short")
    return was, now


# ------------------------------------------------------------------ checkpoints (C2SP signed notes)


def read_note(note):
    """Origin, size, root, the signed text, and the signatures as (name, key id, signature)."""
    text, blank, signed = note.partition("\n\n")
    lines = text.split("\n")
    require(blank and len(lines) == 3 and signed.endswith("\n"), "this is not a signed checkpoint")
    signatures = []
    for line in signed[:-1].split("\n"):
        require(line.startswith("— ") and line.count(" ") == 2, f"no signature line: {line[:40]}")
        _, name, value = line.split(" ")
        raw = base64.b64decode(value, validate=True)
        signatures.append((name, raw[:4], raw[4:]))
    return (
        lines[0],
        int(lines[1]),
        base64.b64decode(lines[2], validate=True),
        text + "\n",
        signatures,
    )


def check_key(vkey, text, signatures):
    """That a public key signed a text; the key's name."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, hash_, body = vkey.strip().split("+", 2)
    key = base64.b64decode(body, validate=True)
    key_id = sha256(f"{name}\n".encode() + key)[:4]
    require(key[:1] == b"\1" and len(key) == 33, f"the key of {name} is not an Ed25519 key")
    require(key_id.hex() == hash_, f"the key of {name} does not have the hash it names")
    for signer, signed_id, signature in signatures:
        if (signer, signed_id) == (name, key_id):
            try:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, text.encode())
            except InvalidSignature:
                break
            return name
    raise Fails(f"the checkpoint has no good signature of {name}")


def check_note(note, keys, origin=None):
    """Size and root of a checkpoint whose signatures hold; says who signed."""
    told, size, root, text, signatures = read_note(note)
    require(origin in (None, told), f"the checkpoint is of {told}, not of {origin}")
    for vkey in keys:
        name = check_key(vkey, text, signatures)
        print(f"signed by {name}: {told}, {size} entries, root {root.hex()}")
    if not keys:
        names = ", ".join(name for name, _, _ in signatures)
        print(f"NOT CHECKED: signatures of {names} (give --key)")
    return size, root


def hold(told, args, inside=""):
    """The root that something is held against: from a checkpoint, or as it says itself."""
    note = Path(args.checkpoint).read_text("utf-8") if args.checkpoint else inside
    size, root = told["size"], bytes.fromhex(told["root"])
    if note:
        found = check_note(note, args.key, told["origin"])
        require(found == (size, root), f"the checkpoint is of {found[0]} entries and another root")
    else:
        require(not args.key, "there is no checkpoint here that the key could have signed")
        print("NOT SIGNED: compare size and root with a paper that you trust")
        print(f"{told['origin']}, {size} entries, root {root.hex()}")
    return size, root


# ------------------------------------------------------------------ entries


def check_entry(book, entry, opened):
    """An entry's leaf, once it balances and what is opened of it is what it commits to."""
    where = f"entry {entry['seq']} ({entry['kind']} {entry['key']})"
    sums = {}
    for posting in entry["postings"]:
        fund, debit, credit = posting[1:4]
        require(type(debit) is int and type(credit) is int, f"{where}: amounts are whole fen")
        require((debit == 0) != (credit == 0), f"{where}: a posting has one side")
        sums[fund] = sums.get(fund, 0) + debit - credit
    require(not any(sums.values()), f"{where} does not balance")
    sealed = dict(SEALED.findall(entry["content"]))
    for field, one in opened.items():
        said = f"{entry['kind']}\n{field}\n{one['value']}".encode()
        made = hmac.digest(bytes.fromhex(one["salt"]), said, "sha256").hex()
        require(sealed.get(field) == made, f"{where}: its {field} is not what it commits to")
    return leaf_of(book, entry)


def yuan(fen):
    return f"{'-' * (fen < 0)}{abs(fen) // 100}.{abs(fen) % 100:02}"


def reckon(entries, unit, first, last):
    """An owner's figures of a period, from the postings of a unit alone, in fen."""
    names = ("opening_arrears", "opening_prepaid", "charged", "received", "refunded", "waived",
             "late_fee", "closing_arrears", "closing_prepaid")  # fmt: skip
    f = dict.fromkeys(names, 0)
    for entry in entries:
        for account, _, debit, credit, of, item, *_ in entry["postings"]:
            if of != unit or entry["on"] > last:
                continue
            for balance, account_, fen in (
                ("arrears", RECEIVABLE, debit - credit), ("prepaid", PREPAID, credit - debit),
            ):  # fmt: skip
                if account == account_:
                    f["closing_" + balance] += fen
                    f["opening_" + balance] += fen if entry["on"] < first else 0
            if entry["on"] >= first:
                f["charged"] += debit if account == RECEIVABLE and item != LATE_FEE else 0
                f["late_fee"] += debit if account == RECEIVABLE and item == LATE_FEE else 0
                f["received"] += debit if account == BANK else 0
                f["refunded"] += credit if account == BANK else 0
                f["waived"] += debit if account == WAIVED else 0
    return {name: yuan(fen) for name, fen in f.items()}


# ------------------------------------------------------------------ what can be checked


def statement(args):
    told = load(args.file, "trustledger statement 1")
    require(told["origin"] == f"trustledger/{told['book']}", "book and origin differ")
    size, root = hold(told, args, told["checkpoint"])
    numbers = [entry["seq"] for entry in told["entries"]]
    require(numbers == sorted(set(numbers)), "entries are there twice, or out of order")
    for entry in told["entries"]:
        leaf = check_entry(told["book"], entry, entry["opened"])
        path = [bytes.fromhex(part) for part in entry["path"]]
        found = root_by_inclusion(leaf, entry["seq"] - 1, size, path)
        require(found == root, f"entry {entry['seq']} is not in the log as it stands here")
    figures = reckon(told["entries"], told["unit"], *told["period"])
    for name, amount in figures.items():
        printed = told["facts"].get(name)
        require(
            printed == amount, f"{name} is {printed} on the statement, the entries say {amount}"
        )
        print(f"{name:16} {amount:>14}")
    print(f"unit {told['unit']}, {told['period'][0]} to {told['period'][1]}: "
          f"{len(numbers)} entries are in the log, and the figures follow from them")  # fmt: skip
    print("NOT PROVED: that no other entry of this unit was left out of the bundle; for that, "
          "check the whole journal (archive)")  # fmt: skip


def inclusion(args):
    told = load(args.file, "trustledger inclusion 1")
    size, root = hold(told, args)
    entry = told["entry"]
    leaf = check_entry(told["origin"].removeprefix("trustledger/"), entry, {})
    path = [bytes.fromhex(part) for part in told["path"]]
    found = root_by_inclusion(leaf, entry["seq"] - 1, size, path)
    require(found == root, f"entry {entry['seq']} is not in the log of this size and root")
    print(f"entry {entry['seq']} ({entry['kind']} {entry['key']}) is in the log of {size} entries")


def growth(args):
    told = load(args.file, "trustledger growth 1")
    size, root = hold(told, args)
    path, old_root = [bytes.fromhex(p) for p in told["path"]], bytes.fromhex(told["old_root"])
    found = roots_by_growth(told["old_size"], size, old_root, path)
    require(found == (old_root, root), "the old log is not the beginning of the new one")
    print(f"the log of {told['old_size']} entries, root {told['old_root']},")
    print(f"is the beginning of the log of {size} entries, root {root.hex()}")


def checkpoint(args):
    require(args.key, "give --key, the public key of who signed")
    check_note(Path(args.file).read_text("utf-8"), args.key)


def archive(args):
    folder = Path(args.file)
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    book, private = told["book"], {}
    if (folder / "private.jsonl").exists():
        for one in map(json.loads, (folder / "private.jsonl").open(encoding="utf-8")):
            private.setdefault(one["seq"], {})[one["field"]] = one
    notes = [Path(args.checkpoint).read_text("utf-8")] if args.checkpoint else []
    if (folder / "checkpoints.jsonl").exists():
        lines = (folder / "checkpoints.jsonl").open(encoding="utf-8")
        notes += [json.loads(line)["note"] for line in lines]
    signed = [read_note(note) for note in notes]
    good, peaks, size, balances, roots, seen = 0, [], 0, {}, {}, set()
    for line in (folder / "entries.jsonl").open(encoding="utf-8"):
        entry = json.loads(line)
        require(entry["seq"] == size + 1, f"entry {size + 1} is missing or out of place")
        leaf, at = check_entry(book, entry, private.pop(entry["seq"], {})), size
        while at & 1:
            leaf, at = join(peaks.pop(), leaf), at >> 1
        peaks.append(leaf)
        size += 1
        if size == told["size"] or any(size == one[1] for one in signed):
            roots[size] = top(peaks)
        for account, fund, debit, credit, *_ in entry["postings"]:
            balances[fund, account] = balances.get((fund, account), 0) + debit - credit
    require(not private, f"personal values are kept of entries that are not there: {list(private)}")
    for origin, of, root, text, signatures in sorted(signed, key=lambda one: one[1]):
        require(origin == f"trustledger/{book}", f"a checkpoint is of {origin}")
        require(of <= size, f"a checkpoint is of {of} entries: {of - size} were taken away")
        require(roots[of] == root, f"one of entries {good + 1} to {of} is not what was signed")
        good = of
        for vkey in args.key:
            if vkey.split("+")[0] in [name for name, _, _ in signatures]:
                seen.add(check_key(vkey, text, signatures))
    for vkey in args.key:
        name = vkey.split("+")[0]
        require(name in seen, f"there is no checkpoint signed by {name}")
        print(f"entries 1 to {good} are as signed by {name}")
    require(size == told["size"], f"{size} entries are here, and the manifest says {told['size']}")
    require(roots[size].hex() == told["root"], "the root is not that of the manifest")
    for (fund, account), fen in sorted(balances.items()):
        print(f"{fund:12} {account:6} {yuan(fen):>16}")
    print(f"{book}: {size} entries balance, root {roots[size].hex()}")
    if not args.key:
        print("NOT SIGNED: compare size and root with a paper that you trust, or give --key")


def top(peaks):
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = join(peak, root)
    return root


def load(name, format_):
    told = json.loads(Path(name).read_text("utf-8"))
    require(type(told) is dict and told.get("format") == format_, f"{name} is not a {format_}")
    return told


def main(argv=None):
    parser = argparse.ArgumentParser(description="Check what a trustledger book handed out.")
    what = (statement, inclusion, growth, checkpoint, archive)
    parser.add_argument("what", choices=[one.__name__ for one in what])
    parser.add_argument("file", help="the bundle, proof, note, or an archive's folder")
    parser.add_argument("--key", action="append", default=[], help="public key of who signed")
    parser.add_argument("--checkpoint", help="a signed note that was kept elsewhere")
    args = parser.parse_args(argv)
    try:
        globals()[args.what](args)
    except Fails as error:
        print(f"DOES NOT HOLD: {error}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        print(f"CANNOT BE READ: {error!r}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

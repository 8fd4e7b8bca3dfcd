"""How fast the published site answers, and whether readers notice a publish.

    python -m benchmarks.site pages DATA/public/rules.db            latency of the pages over HTTP
    python -m benchmarks.site truth DATA/public/rules.db            both search boxes against a substring search
    python -m benchmarks.site grow DATA/public/rules.db BIG.db      the same copy with about a million provisions
    python -m benchmarks.site readers DATA                          50 readers during three publishes (on a copy)

The million is made of replicas: every text again under other ids, so the words repeat and a search matches as many
times more rows. Needs some 5 GB and some minutes; nothing is written beside the given data.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from rules_db.connection import DataFolder
from rules_db.publish import publish
from rules_db.search import fill_index
from rules_db.segment import fold

_HAN = re.compile("[\u4e00-\u9fff]+")
ROOT = Path(__file__).resolve().parents[1]
PROVISIONS, READERS, PUBLISHES = 1_000_000, 50, 3
# Table → columns that hold an id; a replica gets a suffix on each.
IDS: dict[str, tuple[str, ...]] = {
    "instrument": ("id", "iri", "current_expression_id"),
    "expression": ("id", "iri", "instrument_id"),
    "source_copy": ("expression_id",),
    "provision": ("instrument_id", "expression_id"),
    "rule": ("id", "instrument_id", "current_version_id", "expression_id"),
    "rule_version": ("id", "rule_id", "expression_id"),
    "rule_place": ("rule_version_id", "expression_id"),
    "threshold": ("id", "instrument_id", "expression_id", "rule_version_id", "rule_id"),
    "evidence": ("rule_version_id", "expression_id"),
}


def grow(copy: Path, target: Path) -> None:
    """Write `target`: the copy with its texts replicated until it holds PROVISIONS provisions, and its index anew."""
    begin = time.perf_counter()
    shutil.copyfile(copy, target)
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("ATTACH ? AS base", (f"file:{copy}",))
        held, last = db.execute("SELECT count(*), max(id) FROM base.provision").fetchone()
        db.execute("BEGIN")
        for n in range(1, -(-PROVISIONS // held)):
            for table, ids in IDS.items():
                names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
                values = [f"\"{name}\" || '-{n}'" if name in ids else f'"{name}"' for name in names]
                if table == "provision":
                    values[names.index("id")] = f"id + {n * last}"
                db.execute(f"INSERT INTO main.{table} SELECT {', '.join(values)} FROM base.{table}")  # noqa: S608
        for table in ("provision", "instrument", "rule"):
            db.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('delete-all')")  # noqa: S608
        fill_index(db)
        db.execute("COMMIT")
        db.execute("ANALYZE")
        count = db.execute("SELECT count(*) FROM provision").fetchone()[0]
    took, size = time.perf_counter() - begin, target.stat().st_size / 2**30
    print(f"{count:,} provisions (replicas of {held:,}), {size:.1f} GiB, built in {took:.0f} s")


def pages(copy: Path, calls: int) -> None:
    """Median and 95th percentile of each kind of page over HTTP, one reader at a time, after one warming call."""
    chance = random.Random(7)  # noqa: S311 - draws questions, no secrets
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as db:
        kinds = _questions(db, chance, calls)
    with tempfile.TemporaryDirectory() as scratch:
        served = Path(scratch) / "rules.db"
        served.symlink_to(copy.resolve())
        with _server(served) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            for kind, addresses in kinds.items():
                times, wrong = [], 0
                for n, address in enumerate((addresses[0], *addresses)):
                    begin = time.perf_counter()
                    connection.request("GET", address, headers={"Accept": "text/html"})
                    response = connection.getresponse()
                    response.read()
                    wrong += response.status != 200
                    if n:
                        times.append((time.perf_counter() - begin) * 1000)
                times.sort()
                p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
                print(
                    f"{kind}: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, most {times[-1]:.0f} ms, "
                    f"{len(times)} calls, {wrong} refused"
                )


def truth(copy: Path, queries: int) -> None:
    """Random stretches of 1 to 8 characters of the copy's own text, and a fifth that may stand nowhere: what the box of
    Datasette and the search page find, against looking into every provision. Both sides are folded alike (width, case,
    traditional characters)."""
    chance = random.Random(13)  # noqa: S311 - draws questions, no secrets
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as db:
        texts = {key: fold(text) for key, text in db.execute("SELECT id, text FROM provision")}
    runs = [run for text in texts.values() for run in _HAN.findall(text)]
    asked = []
    for n in range(queries):
        run, length = chance.choice(runs), chance.randint(1, 8)
        at = chance.randrange(max(1, len(run) - length + 1))
        drawn = "".join(chance.choice(chance.choice(runs)) for _ in range(length))
        asked.append(drawn if n % 5 == 0 else run[at : at + length])
    right, wrong = Counter[str](), []
    with tempfile.TemporaryDirectory() as scratch:
        served = Path(scratch) / "rules.db"
        served.symlink_to(copy.resolve())
        with _server(served) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            for query in asked:
                expected = {key for key, text in texts.items() if fold(query) in text}
                for box, found in (("box", _box(connection, query)), ("page", _page(connection, query))):
                    # the page tells the number and lists the first thousand; the box pages through all
                    same = found == expected if box == "box" else found == len(expected)
                    right[box] += same
                    if not same:
                        wrong.append((box, query))
    none = sum(not any(fold(query) in text for text in texts.values()) for query in asked)
    print(f"{queries} queries over {len(texts):,} provisions, {none} of them found nowhere:")
    print(f"  Datasette's box: {right['box']} with the same provisions; search page: {right['page']} with their number")
    print(f"  wrong: {wrong}" if wrong else "  none wrong: recall and precision 1.0")


def _box(connection: http.client.HTTPConnection, query: str) -> set[int]:
    """Ids of all rows that the table's own search box lists, page after page."""
    found: set[int] = set()
    address = f"/rules/provision.json?_search={quote(query)}&_size=1000&_col=id&_nofacet=1&_nosuggest=1"
    while address:
        connection.request("GET", address)
        answer = json.loads(connection.getresponse().read())
        found |= {row[0] for row in answer["rows"]}
        following = answer.get("next")
        address = f"{address.split('&_next=')[0]}&_next={following}" if following else ""
    return found


def _page(connection: http.client.HTTPConnection, query: str) -> int:
    connection.request("GET", f"/search?q={quote(query)}", headers={"accept-language": "en"})
    told = re.search(r"Provisions found: ([0-9,]+)", connection.getresponse().read().decode())
    return int(told[1].replace(",", "")) if told else 0


def _questions(db: sqlite3.Connection, chance: random.Random, calls: int) -> dict[str, list[str]]:
    """Addresses to ask for, drawn from what the copy holds."""
    last = db.execute("SELECT max(id) FROM provision").fetchone()[0]
    words = []
    while len(words) < calls:
        row = db.execute("SELECT text FROM provision WHERE id = ?", (chance.randint(1, last),)).fetchone()
        if row and len(row[0]) > 20:
            at, length = chance.randrange(len(row[0]) - 8), chance.randint(2, 6)
            word = row[0][at : at + length]
            if word.isalpha():
                words.append(word)
    rules = [row[0] for row in db.execute("SELECT id FROM rule ORDER BY id")]
    texts = [row[0] for row in db.execute("SELECT id FROM instrument ORDER BY id")]
    several = [row[0] for row in db.execute("SELECT id FROM instrument WHERE versions > 1 ORDER BY id")]
    facets = urlencode([("_facet", name) for name in ("jurisdiction", "instrument_type", "status")])
    return {
        "search page": [f"/search?q={quote(word)}" for word in words],
        "search, as JSON": [f"/rules/search.json?_shape=array&limit=20&q={quote(word)}" for word in words],
        "table page with facets": [f"/rules/provision?{facets}&_search={quote(word)}" for word in words],
        "table page with facets, all rows": [f"/rules/provision?{facets}"] * 10,
        "rule page": [f"/rule/{key}" for key in chance.sample(rules, calls)],
        "instrument page": [f"/instrument/{key}" for key in chance.sample(texts, calls)],
        "comparison page, first time": [
            f"/diff?instrument={key}" for key in chance.sample(several, min(40, len(several)))
        ],
    }


def readers(data: Path) -> None:
    """READERS readers ask without pause while a copy of the data folder is published PUBLISHES times."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = DataFolder(Path(scratch))
        shutil.copyfile(data / "work.db", folder.work_db)
        publish(folder, now="2026-01-01T00:00:00Z")
        with closing(sqlite3.connect(f"file:{folder.public_db}?mode=ro", uri=True)) as db:
            kinds = _questions(db, random.Random(11), 50)  # noqa: S311
        addresses = [a for kind in ("search page", "rule page", "instrument page") for a in kinds[kind]]
        answers: Counter[str] = Counter()
        lock, stop = threading.Lock(), threading.Event()
        with _server(folder.public_db) as port:

            def read(number: int) -> None:
                chance = random.Random(number)  # noqa: S311
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
                while not stop.is_set():
                    try:
                        connection.request("GET", chance.choice(addresses))
                        response = connection.getresponse()
                        response.read()
                        outcome = str(response.status)
                    except (OSError, http.client.HTTPException) as error:
                        outcome = type(error).__name__
                        connection.close()
                    with lock:
                        answers[outcome] += 1

            threads = [threading.Thread(target=read, args=(n,)) for n in range(READERS)]
            for thread in threads:
                thread.start()
            begin = time.perf_counter()
            for n in range(PUBLISHES):
                done = publish(folder, now=f"2026-01-0{n + 2}T00:00:00Z")
                assert done.done, done.findings
            took = time.perf_counter() - begin
            time.sleep(max(0.0, 60 - took))
            stop.set()
            for thread in threads:
                thread.join()
        asked = sum(answers.values())
        print(f"{READERS} readers, {PUBLISHES} publishes in {took:.0f} s: {asked:,} answers, {dict(answers)}")


@contextmanager
def _server(public: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = "import sys, pathlib, rules_db.serve as s; s.serve(pathlib.Path(sys.argv[1]), port=int(sys.argv[2]))"
    server = subprocess.Popen([sys.executable, "-c", program, str(public), str(port)], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise SystemExit("the server did not come up within 60 seconds")
        yield port
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, places in (
        ("pages", ("copy",)),
        ("truth", ("copy",)),
        ("grow", ("copy", "target")),
        ("readers", ("data",)),
    ):
        command = commands.add_parser(name)
        for place in places:
            command.add_argument(place, type=Path)
        if name == "pages":
            command.add_argument("--calls", type=int, default=100)
        if name == "truth":
            command.add_argument("--queries", type=int, default=200)
    asked = parser.parse_args()
    if asked.command == "pages":
        pages(asked.copy, asked.calls)
    elif asked.command == "truth":
        truth(asked.copy, asked.queries)
    elif asked.command == "grow":
        grow(asked.copy, asked.target)
    else:
        readers(asked.data)


if __name__ == "__main__":
    main()

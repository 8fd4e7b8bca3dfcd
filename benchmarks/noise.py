"""False alarms on cosmetic changes: 200 pages of a site, each kind of noise, then real edits under all of it at once.

Each round dresses the site in one kind of noise, crawls it through the child process, reads what came with the real
stages, and counts new texts and change rows: all of them are false. No setting of the source knows about any noise.
Beside it urlwatch and changedetection.io watch the same pages in the same rounds, whole and by a selector for the body,
when their folders are given (`pip install --target DIR urlwatch cssselect`; `python -m venv DIR` and
`DIR/bin/pip install changedetection.io`, whose server runs on loopback without a browser).

    python -m benchmarks.noise [--pages 200] [--edits 20] [--urlwatch DIR] [--changedetection DIR]
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.noisy_site import DRESSES, NoisySite, edit, path, wear, write_registry
from benchmarks.peers import ChangeDetection, Urlwatch
from rules_db.connection import DataFolder, connect, open_store


class Watch:
    """Guiji watching the site: one call of `look` a round."""

    def __init__(self, root: Path, site: NoisySite) -> None:
        self.folder = DataFolder(root / "data")
        self.registry = write_registry(root / "sources", site.hosts)
        self.rounds = 0

    def look(self) -> set[str]:
        """Crawl and read once; titles of the documents that a change is reported for."""
        from cli import crawl

        moment = f"2026-05-11T{self.rounds:02d}:00:00Z"
        self.rounds += 1
        result = crawl(self.folder, self.registry, no_publish=True, loopback=True, when=moment)
        (verdict,) = result["verdicts"]
        assert verdict["verdict"] in ("ok", "quiet"), verdict
        assert result["refused"] == [], result["refused"][:3]
        return self.told(moment)

    def told(self, moment: str) -> set[str]:
        store = connect(self.folder.work_db, read_only=True)
        rows = store.execute(
            """SELECT i.title FROM change c JOIN instrument i ON i.id = c.instrument_id WHERE c.recorded_at = ?1
               UNION SELECT i.title FROM expression e JOIN instrument i ON i.id = e.instrument_id
               WHERE e.recorded_at = ?1""",
            (moment,),
        ).fetchall()
        store.close()
        return {row["title"] for row in rows}

    def take_in(self, site: NoisySite, scheme: str) -> set[str]:
        """Hand in every page under its address with another scheme (loopback has no certificates to crawl with)."""
        from cli import process
        from rules_db.snapshots import SnapshotStore
        from rules_db.stages import File, record_files

        moment = f"2026-05-11T{self.rounds:02d}:00:00Z"
        self.rounds += 1
        host = site.hosts[0].split("://")[1]
        files = [
            File(f"{n}.html", site.document(n), {"url": f"{scheme}://{host}{path(n)}", "published_on": "2026-05-10"})
            for n in range(site.pages)
        ]
        with self.folder.locked():
            store = open_store(self.folder)
            record_files(store, SnapshotStore(self.folder.snapshots, store), files, "noisy", moment)
            process(store, self.folder, moment, None)
            store.close()
        return self.told(moment)


def main() -> None:
    """Run all rounds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--urlwatch", type=Path, help="folder that urlwatch is installed in")
    parser.add_argument("--changedetection", type=Path, help="virtual environment of changedetection.io")
    options, _ = parser.parse_known_args()  # `python -m benchmarks NAME` leaves its own words
    site = NoisySite(options.pages)
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as at_the_end:
        root = Path(temporary)
        watchers: dict[str, Watch | Urlwatch | ChangeDetection] = {"guiji": Watch(root / "guiji", site)}
        if options.urlwatch:
            for name, selector in (("urlwatch, whole page", None), ("urlwatch, body selector", ".TRS_Editor")):
                watchers[name] = Urlwatch(options.urlwatch, root / name[-8:].strip(), site, selector)
        if options.changedetection:
            for name, selector in (("changedetection.io, whole", None), ("changedetection.io, body", ".TRS_Editor")):
                peer = ChangeDetection(options.changedetection, root / name[-5:].strip(), site, selector)
                at_the_end.callback(peer.close)
                watchers[name] = peer
        print(f"{'kind of noise':26}" + "".join(f"{name:>26}" for name in watchers), flush=True)
        for watcher in watchers.values():
            watcher.look()
        false = dict.fromkeys(watchers, 0)
        for kind in DRESSES:
            wear(site, kind)
            told = {name: len(watcher.look()) for name, watcher in watchers.items()}
            wear(site)
            for watcher in watchers.values():
                if not isinstance(watcher, Watch):
                    watcher.look()  # so that the next kind is compared with plain pages; Guiji gets no such help
            false = {name: false[name] + told[name] for name in watchers}
            print(f"{kind:26}" + "".join(f"{told[name]:>26}" for name in watchers), flush=True)
        guiji = watchers["guiji"]
        assert isinstance(guiji, Watch)
        scheme = len(guiji.take_in(site, "https"))
        false["guiji"] += scheme
        print(f"{'http and https':26}{scheme:>26}")
        print(f"{'false alarms':26}" + "".join(f"{false[name]:>26}" for name in watchers))
        wanted = edit(site, options.edits)
        for name, watcher in watchers.items():
            told_of = {each for each in watcher.look() if not each.startswith("list ")}
            print(
                f"{name}: {len(wanted & told_of)} of {len(wanted)} real edits under all noise told, "
                f"{len(told_of - wanted)} others told"
            )
    site.close()


if __name__ == "__main__":
    main()

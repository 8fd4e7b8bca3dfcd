"""Speed and manners of the crawl on loopback: pages a second beside a bare Scrapy spider, requests to a site on a day
on which nothing changed, and the spacing that a host sees.

Three parts, each printed as it is measured:
1. one site of `--pages` documents, crawled without spacing by Guiji and by a spider of ten lines that keeps nothing;
2. the simulated country of `tests/country`, a second daily run on which nothing changed: requests by site;
3. two sources on one host and one on another, at the production pace scaled down by `--scale`: the gaps between
   requests as the server saw them. Jitter, back-off and robots.txt are those of production.

    python -m benchmarks.crawl_throughput [--pages 300] [--rounds 3] [--scale 0.1]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import yaml

from benchmarks.noisy_site import NoisySite, write_registry
from crawler.launch import crawl

NOW = "2026-05-11T01:00:00Z"
COUNTRY = Path(__file__).resolve().parents[1] / "tests" / "country"
_BARE = """
import sys
from scrapy import Spider
from scrapy.crawler import CrawlerProcess

class Bare(Spider):
    name = "bare"
    start_urls = [sys.argv[1] + "/zw/"]
    def parse(self, response):
        for link in response.css("li a::attr(href)").getall():
            yield response.follow(link, self.read)
        number = response.meta.get("number", 0) + 1
        if number < int(sys.argv[2]):
            yield response.follow(f"/zw/index_{number}.html", self.parse, meta={"number": number})
    def read(self, response):
        yield {"title": response.css("h1::text").get(), "size": len(response.body)}

process = CrawlerProcess({"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "TELNETCONSOLE_ENABLED": False,
                          "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[3]), "DOWNLOAD_DELAY": 0})
process.crawl(Bare)
process.start()
"""
_PACED = """
import sys
from crawler import run, settings
scale = float(sys.argv.pop(1))
run.Pace = lambda: settings.Pace(minimum=3.0 * scale, error_floor=10.0 * scale, refusal_floor=30.0 * scale)
load = run.load_sources
def scaled(folder):
    import dataclasses
    return [dataclasses.replace(source, delay=source.delay * scale) for source in load(folder)]
run.load_sources = scaled
sys.exit(run.main())
"""


def throughput(pages: int, rounds: int) -> None:
    """Requests a second of each, the best of `rounds`: by the clock from first to last request, and by the crawling
    process's processor time without its start (the same crawl of a site with one document)."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(rounds):
        starts, whole = _crawls(1), _crawls(pages)
        for name, (requests, seconds, processor) in whole.items():
            few, _, start = starts[name]
            rates = (requests / seconds, (requests - few) / (processor - start))
            earlier = best.get(name, rates)
            best[name] = (max(earlier[0], rates[0]), max(earlier[1], rates[1]))
            print(f"{name:34}{requests:5} requests {seconds:6.2f} s, {processor - start:5.2f} processor s", flush=True)
    base = best["bare Scrapy, 1 request at a time"]
    for name, (clock, busy) in best.items():
        print(
            f"{name:34}{clock:6.0f} requests/s, {busy:6.0f} a processor second: {clock / base[0]:.2f} and "
            f"{busy / base[1]:.2f} of bare Scrapy"
        )


def _crawls(pages: int) -> dict[str, tuple[int, float, float]]:
    """Requests, seconds between the first and the last, and processor seconds, of each crawl of one site."""
    site = NoisySite(pages)
    screens = -(-pages // 20)
    found = {}

    def timed(name: str, run: Callable[[], object]) -> None:
        for each in site.sites:
            each.hits.clear()
        spent = _processor_seconds()
        run()
        moments = sorted(hit.at for each in site.sites for hit in each.hits)
        found[name] = (len(moments), moments[-1] - moments[0], _processor_seconds() - spent)

    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        registry = write_registry(root / "sources", site.hosts)
        bare = root / "bare.py"
        bare.write_text(_BARE, encoding="utf-8")
        for name, concurrency in (("bare Scrapy, 1 request at a time", 1), ("bare Scrapy, 8 at a time", 8)):
            command = [sys.executable, str(bare), site.hosts[0], str(screens), str(concurrency)]
            timed(name, partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL))
        for name, when in (("Guiji, first crawl", NOW), ("Guiji, nothing changed", "2026-05-12T01:00:00Z")):
            guiji = partial(crawl, root / "data", registry, (), when, allow_loopback=True, fast=True, max_pages=screens)
            timed(name, guiji)
    site.close()
    return found


def _processor_seconds() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def unchanged_country() -> None:
    """Requests by site on the second of two days between which nothing happened."""
    sys.path.insert(0, str(COUNTRY))
    from country_run import country
    from country_script import apply, when

    with tempfile.TemporaryDirectory() as temporary, country(Path(temporary)) as land:
        apply(land.states, 1)
        data = Path(temporary) / "data"
        crawl(data, land.registry, (), when(1), allow_loopback=True, fast=True)
        for site in land.sites.values():
            site.hits.clear()
        crawl(data, land.registry, (), when(2), allow_loopback=True, fast=True)
        counts = [len(site.hits) for site in land.sites.values()]
        bodies = [sum(hit.sent for hit in site.hits if hit.status == 200) for site in land.sites.values()]
        same = sum(hit.status == 304 for site in land.sites.values() for hit in site.hits)
        print(
            f"country, nothing changed: {len(counts)} sites, {sum(counts)} requests; a site: median "
            f"{statistics.median(counts):.0f}, most {max(counts)}; {same} answered 304; "
            f"{sum(bodies) / len(bodies) / 1024:.1f} KiB of bodies a site (robots.txt and calls without validators)"
        )


def spacing(scale: float) -> None:
    """Gaps between requests to a host at the scaled pace."""
    site = NoisySite(8)
    other = NoisySite(8)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        registry = write_registry(root / "sources", site.hosts[:1])
        shared = yaml.safe_load((registry / "noisy.yml").read_text(encoding="utf-8"))
        shared["columns"][0]["url"] += "?column=2"
        (registry / "shared.yml").write_text(yaml.safe_dump(shared, allow_unicode=True), encoding="utf-8")
        own = write_registry(root / "other", other.hosts[:1]) / "noisy.yml"
        (registry / "other.yml").write_text(own.read_text(encoding="utf-8"), encoding="utf-8")
        command = [sys.executable, "-c", _PACED, str(scale), "--data", str(root / "data"), "--sources", str(registry)]
        command += ["--now", NOW, "--allow-loopback"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    for name, host in (("host of two sources", site.sites[0]), ("host of one source", other.sites[0])):
        moments = sorted(hit.at for hit in host.hits)
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        print(
            f"{name}: {len(moments)} requests; gaps at {scale} of the production pace: least {min(gaps):.3f} s, mean "
            f"{statistics.mean(gaps):.3f} s, most {max(gaps):.3f} s; promised at least {3 * scale:.3f} s"
        )
    for each in (site, other):
        each.close()


def main() -> None:
    """All three parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=0.1)
    options, _ = parser.parse_known_args()  # `python -m benchmarks NAME` leaves its own words
    throughput(options.pages, options.rounds)
    unchanged_country()
    spacing(options.scale)


if __name__ == "__main__":
    main()

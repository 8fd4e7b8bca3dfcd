"""Forty pages under every kind of cosmetic noise at once, three times differently: no change; then four real edits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.noise import Watch
from benchmarks.noisy_site import DRESSES, NoisySite, edit, title, wear

PAGES, EDITS = 40, 4


@pytest.fixture
def site() -> Iterator[NoisySite]:
    running = NoisySite(PAGES)
    yield running
    running.close()


def test_every_dress_changes_the_bytes_and_no_two_are_alike(site: NoisySite) -> None:
    plain = {n: site.document(n) for n in range(PAGES)}, [site.list_screen(k) for k in (0, 1)]
    looks = set()
    for kind in DRESSES:
        wear(site, kind)
        dressed = {n: site.document(n) for n in range(PAGES)}, [site.list_screen(k) for k in (0, 1)]
        assert dressed != plain, kind
        looks.add(repr(dressed))
    assert len(looks) == len(DRESSES)


def test_noise_is_no_change_and_an_edit_under_noise_is_one(tmp_path: Path, site: NoisySite) -> None:
    watch = Watch(tmp_path, site)
    assert watch.look() == {title(n) for n in range(PAGES)}
    kinds = list(DRESSES)
    for turn in (0, 6, 12):
        wear(site, *kinds[turn:], *kinds[:turn])
        assert watch.look() == set()
    wear(site, "trailing query")
    assert watch.look() == set(), "every address has a query, and the list is still a list"
    assert watch.take_in(site, "https") == set()
    assert watch.look() == set(), "nor a second look"
    assert edit(site, EDITS) == watch.look()
    assert watch.look() == set(), "told once"

"""The registry: 44 sources, strict files, and refusals that say what to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from recording import write_source

from crawler.platforms import PLATFORMS
from crawler.registry import BUNDLED, Fetch, RegistryError, SourceStatus, load_sources
from crawler.relevance import reason_to_fetch
from crawler.strict_yaml import StrictYamlError, load_yaml

SOURCES = load_sources(BUNDLED)


def test_all_sources_of_the_field_are_registered():
    levels = [source.level for source in SOURCES]
    least = {"national": 7, "provincial": 32, "municipal": 5}
    assert all(levels.count(level) >= number for level, number in least.items())
    provinces = {source.jurisdiction for source in SOURCES if source.level == "provincial"}
    assert len(provinces) == 31, "each province once; the Corps shares Xinjiang's code"
    assert len({source.id for source in SOURCES}) == len(SOURCES) >= 44


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_source_is_complete(source):
    assert source.name_zh and source.name_en
    assert source.platform in PLATFORMS
    assert source.assertions.min_entries >= 1
    assert source.runbook.count(" ") > 10
    assert source.cadence and source.quiet_after > 0
    assert source.delay >= 3
    assert source.status is not SourceStatus.OK, "nobody has opened these sites from here yet"
    if source.status.crawlable:
        assert source.columns and source.allowed_hosts
        assert source.base_url
    for column in source.columns:
        assert column.confidence


def test_given_values_survive_the_defaults():
    by_id = {source.id: source for source in SOURCES}
    assert by_id["miit"].params["parseType"] == "buildstatic"
    assert by_id["miit"].columns[0].params["page_id"] == "3e3ad1a3bec74939890a0d3e54815141"
    assert by_id["miit"].allowed_hosts == ("www.miit.gov.cn", "wap.miit.gov.cn")
    assert by_id["gxt-420000"].columns[0].platform == "searchapi"
    assert by_id["gxt-420000"].columns[1].platform == "trs"
    assert by_id["customs"].status is SourceStatus.BLOCKED
    assert by_id["gxj-210200"].base_url is None


def test_topic_words_are_sorted_and_unique():
    words = yaml.safe_load((BUNDLED / "_defaults.yml").read_text(encoding="utf-8"))["topics"]
    assert words == sorted(set(words))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"colour": "red"}, "colour"),
        ({"platform": "wordpress"}, "platform 'wordpress' is unknown"),
        ({"jurisdiction": "11"}, "jurisdiction"),
        ({"delay": 0.5}, "delay"),
        ({"status": "fine"}, "status"),
        ({"columns": []}, "needs at least one column"),
        ({"allowed_hosts": ["elsewhere.gov.cn"]}, "not in allowed_hosts"),
        ({"allowed_hosts": ["https://x.gov.cn/"]}, "allowed_hosts"),
        ({"assertions": {"min_entries": 0}}, "min_entries"),
        ({"user_agent": "Mozilla/5.0 Chrome"}, "user_agent"),
        ({"base_url": "ftp://x.gov.cn"}, "base_url"),
        ({"max_requests": 1000000}, "max_requests"),
    ],
)
def test_a_wrong_source_is_refused_by_name(tmp_path, changes, complaint):
    write_source(tmp_path, "a", "http://a.gov.cn", **changes)
    with pytest.raises(RegistryError, match=complaint) as raised:
        load_sources(tmp_path)
    assert "a.yml" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\na: 2\n", "line 2: key 'a' appears twice"),
        ("code: 010000\n", 'write "010000"'),
        ("on_day: 2026-01-02\n", "would be read as"),
        ("flag: no\n", 'write "no"'),
        ("at: 12:30\n", "would be read as"),
        ("a: &x [1]\nb: *x\n", "anchors and aliases"),
        ("a: !!python/object:os.system {}\n", "tag"),
        ("1: a\n", "not text"),
        ("a: [1\n", "line"),
    ],
)
def test_ambiguous_yaml_is_refused(tmp_path, text, complaint):
    path = tmp_path / "x.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StrictYamlError, match=complaint) as raised:
        load_yaml(path)
    assert str(path) in str(raised.value)


def test_plain_yaml_is_read(tmp_path):
    path = tmp_path / "x.yml"
    path.write_text('a: 3\nb: 0.5\nc: true\nd: "010000"\ne: null\nf: 文件\n', encoding="utf-8")
    assert load_yaml(path) == {"a": 3, "b": 0.5, "c": True, "d": "010000", "e": None, "f": "文件"}


def test_oversized_and_foreign_files_are_refused(tmp_path):
    (tmp_path / "big.yml").write_bytes(b"a: " + b"x" * 300_000)
    (tmp_path / "gbk.yml").write_bytes("a: 回收利用".encode("gbk"))
    with pytest.raises(StrictYamlError, match="300003 bytes"):
        load_yaml(tmp_path / "big.yml")
    with pytest.raises(StrictYamlError, match="not UTF-8"):
        load_yaml(tmp_path / "gbk.yml")


def test_missing_and_empty_folders_are_named(tmp_path):
    with pytest.raises(RegistryError, match="no such folder"):
        load_sources(tmp_path / "none")
    with pytest.raises(RegistryError, match="no source files"):
        load_sources(tmp_path)


def test_the_schema_refuses_unknown_keys_everywhere():
    schema = json.loads((BUNDLED / "source.schema.json").read_text(encoding="utf-8"))

    def objects(node):
        if isinstance(node, dict):
            if "properties" in node:
                yield node
            for value in node.values():
                yield from objects(value)
        elif isinstance(node, list):
            for value in node:
                yield from objects(value)

    assert all(node.get("additionalProperties") is False for node in objects(schema))


def test_relevance_names_the_words(tmp_path):
    (source,) = load_sources(write_source(tmp_path, "a", "http://a.gov.cn", fetch="topic"))
    (column,) = source.columns
    assert reason_to_fetch("关于动力蓄电池综合利用的通知", source, column) == "title:动力蓄电池、综合利用"
    assert reason_to_fetch("关于食堂采购的公告", source, column) is None
    (whole,) = load_sources(write_source(tmp_path, "a", "http://a.gov.cn", fetch="all"))
    assert reason_to_fetch("关于食堂采购的公告", whole, whole.columns[0]) == "column"
    (listed,) = load_sources(write_source(tmp_path, "a", "http://a.gov.cn", fetch="list"))
    assert listed.columns[0].fetch is Fetch.LIST
    assert reason_to_fetch("关于动力蓄电池的通知", listed, listed.columns[0]) is None


def test_no_file_of_the_registry_is_forgotten():
    names = {path.stem for path in Path(BUNDLED).glob("*.yml")} - {"_defaults"}
    assert names == {source.id for source in SOURCES}

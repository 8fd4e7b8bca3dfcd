"""Parties and things: head nouns, the shortest form, confidence of what is inherited."""

from __future__ import annotations

import pytest

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.bearers import resolve_bearers
from nlp.pipes.bearers.heads import ends_in_party, heads
from nlp.pipes.bearers.naming import Bearer, shortest
from nlp.pipes.bearers.parties import Party, subject
from nlp.pipes.modality.modality import find_cues
from nlp.text.clauses import lay_out


def resolve(text: str) -> list[Bearer | None]:
    layout = lay_out(text)
    return list(resolve_bearers(layout, find_cues(layout)))


def named(text: str) -> list[str]:
    return [text[bearer.start : bearer.end] if bearer else "" for bearer in resolve(text)]


@pytest.mark.parametrize("suffix", patterns.PARTY_SUFFIXES)
def test_every_party_suffix_ends_a_bearer(suffix: str) -> None:
    assert ends_in_party(f"甲乙{suffix}", 0, 2 + len(suffix))


@pytest.mark.parametrize("word", patterns.NOT_PARTIES)
def test_what_only_looks_like_a_party_is_none(word: str) -> None:
    assert all(start >= len(word) for start, _ in heads(word, 0, len(word)))


@pytest.mark.parametrize(
    "thing",
    [
        "设施",
        "期限",
        "结果",
        "机动车",
        "厕所",
        "场所",
        "账户",
        "地方",
        "或者",
        "干扰",
        "内部",
        "布局",
        "机器人",
        "动员",
    ],
)
def test_things_are_no_parties(thing: str) -> None:
    assert named(f"回收{thing}应当公示。") == [""]


@pytest.mark.parametrize(
    "party",
    ["检测员", "承运人", "生态环境局", "回收商", "受托方", "教育部", "调查组", "检测站", "拆解厂", "业主", "农户"],
)
def test_endings_name_parties(party: str) -> None:
    assert named(f"{party}应当公示。") == [party]


@pytest.mark.parametrize("verb", patterns.OBJECT_VERBS)
def test_an_object_is_no_subject(verb: str) -> None:
    assert subject(f"{verb}外聘技术人员", 0, len(verb) + 6, True) is None


@pytest.mark.parametrize(
    "follower", [word for word in patterns.SUBJECT_FOLLOWERS if word not in patterns.NOUN_MAKING_VERBS]
)
def test_every_follower_opens_a_predicate(follower: str) -> None:
    text = f"检测机构{follower}甲乙丙丁戊的"
    found = subject(text, 0, len(text), False)
    assert found is not None
    assert text[found.start : found.end] == "检测机构"


@pytest.mark.parametrize("noun", patterns.NOUN_FOLLOWERS)
def test_a_compound_is_no_party(noun: str) -> None:
    text = f"企业{noun}"
    assert subject(text, 0, len(text), True) is None


@pytest.mark.parametrize(
    ("phrase", "contrasted", "short"),
    [
        ("从事跨省运输的电池物流公司", False, "电池物流公司"),
        ("从事跨省运输的电池物流公司", True, "从事跨省运输的电池物流公司"),
        ("取得备案的单位", False, "取得备案的单位"),
        ("电池包的所有人", False, "电池包的所有人"),
        ("其所有人", False, "所有人"),
        ("其他单位", False, "其他单位"),
        ("该检测机构", False, "检测机构"),
        ("设区的市", False, "设区的市"),
        ("本市行政区域内的回收网点", False, "回收网点"),
        ("路灯、信号灯、监控杆等设施的管理人", False, "设施的管理人"),
        ("未成年人的父母", False, "未成年人的父母"),
    ],
)
def test_shortest_form(phrase: str, contrasted: bool, short: str) -> None:
    start, end = shortest(phrase, Party(0, len(phrase)), contrasted)
    assert phrase[start:end] == short


def test_inherited_bearers_say_so() -> None:
    first, second = resolve("检测机构应当独立出具报告。不得转包检测业务。")
    assert first is not None
    assert second is not None
    assert first.confidence == 1.0
    assert first.reason == ""
    assert second.confidence == 0.7
    assert "earlier sentence" in second.reason


def test_a_new_party_ends_inheritance() -> None:
    assert named("拆解企业应当编码。主管部门应当抽查，并可以复核。") == ["拆解企业", "主管部门", "主管部门"]


def test_list_items_do_not_lend_their_subject_to_the_next_paragraph() -> None:
    text = "拆解企业应当遵守下列规定：\n（一）驾驶员应当持证；\n（二）车辆应当清洁。\n发现事故时，应当上报。"
    assert named(text) == ["拆解企业", "驾驶员", "", "拆解企业"]


def test_every_cue_has_an_entry_and_spans_fit() -> None:
    text = "拆解企业、网点应当留存影像（检测机构可以调阅），不得外传。"
    bearers = resolve(text)
    assert len(bearers) == len(find_cues(lay_out(text))) == 3
    assert named(text) == ["拆解企业、网点", "检测机构", "拆解企业、网点"]

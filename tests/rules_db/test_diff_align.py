"""Alignment: nothing gets lost; moves, splits and mergers are seen; look-alikes are not confused."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules_db.diff.align import align, alignment
from rules_db.diff.result import Link
from rules_db.model import Continuity, ProvisionText

NUMERALS = "一二三四五六七八九十"

# Own sentences, one subject each: nothing here is taken from a law in force.
SUBJECTS = (
    "为了规范废旧动力电池的回收利用，保护环境，制定本办法。",
    "汽车生产企业应当在本市设立回收服务网点，并向社会公布网点的名称、地址和联系方式。",
    "电池编码应当与车辆识别代号绑定，编码信息发生变化的，应当在十五日内更新。",
    "贮存场所应当配备温度监测、烟雾报警和消防设施，并与居民区保持安全距离。",
    "运输废旧动力电池的车辆应当采取绝缘、防震和防泄漏措施，随车携带产品安全说明书。",
    "综合利用企业应当公开镍、钴、锰、锂的回收率，接受行业协会和公众的监督。",
    "梯次利用产品应当经过检测，附具合格证明、使用说明和拆卸图示。",
    "任何单位和个人不得将废旧动力电池交给没有资质的单位拆解。",
    "工业和信息化主管部门会同生态环境、市场监督管理部门开展联合检查。",
    "违反本办法规定，未如实上传溯源信息的，责令改正，处一万元以上三万元以下的罚款。",
    "国家鼓励科研机构研究电池健康状态评估和无损拆解技术。",
    "本办法自公布之日起施行。",
)


def provisions(texts: list[str] | tuple[str, ...], containers: list[str] | None = None) -> list[ProvisionText]:
    result = []
    for number, text in enumerate(texts):
        label = f"第{_numeral(number + 1)}条"
        container = containers[number] if containers else ""
        result.append(ProvisionText(f"art_{number + 1}", label, f"{label} {text}", container))
    return result


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")) + (
        NUMERALS[ones - 1] if ones else ""
    )


def pairs(links: list[Link]) -> set[tuple[str, str]]:
    return {(old, new) for link in links for old in link.old for new in link.new}


def test_identical_expressions_are_all_the_same() -> None:
    links = align(provisions(SUBJECTS), provisions(SUBJECTS))
    assert [link.continuity for link in links] == [Continuity.SAME] * len(SUBJECTS)
    assert all(link.old == link.new and link.similarity == 1.0 for link in links)


def test_an_insertion_renumbers_what_follows_and_changes_nothing_else() -> None:
    new_text = "回收服务网点不得露天堆放电池，每日清点库存数量。"
    links = align(provisions(SUBJECTS), provisions([*SUBJECTS[:3], new_text, *SUBJECTS[3:]]))
    assert [link.continuity.value for link in links] == ["same"] * 3 + ["added"] + ["renumbered"] * 9
    assert links[3].new_labels == ("第四条",) and links[3].old == ()


def test_a_deleted_article_is_listed_where_it_stood() -> None:
    links = align(provisions(SUBJECTS), provisions([*SUBJECTS[:5], *SUBJECTS[6:]]))
    assert [link.continuity for link in links].index(Continuity.DELETED) == 5
    assert links[5].old_labels == ("第六条",) and links[5].new == ()


def test_a_moved_article_is_moved_not_deleted_and_added() -> None:
    links = align(provisions(SUBJECTS), provisions([*SUBJECTS[:2], *SUBJECTS[3:9], SUBJECTS[2], *SUBJECTS[9:]]))
    moved = [link for link in links if link.continuity is Continuity.MOVED]
    assert [(link.old_labels, link.new_labels) for link in moved] == [(("第三条",), ("第九条",))]
    assert not [link for link in links if not link.old or not link.new]


def test_a_change_of_chapter_is_a_move_but_a_renamed_chapter_is_none() -> None:
    old = provisions(SUBJECTS, ["第一章 总则"] * 4 + ["第二章 管理"] * 8)
    renamed = provisions(SUBJECTS, ["第一章 一般规定"] * 4 + ["第二章 监督管理"] * 8)
    assert {link.continuity for link in align(old, renamed)} == {Continuity.SAME}
    across = provisions(SUBJECTS, ["第一章 总则"] * 5 + ["第二章 管理"] * 7)
    assert [link.new_labels for link in align(old, across) if link.continuity is Continuity.MOVED] == [("第五条",)]


def test_a_renumbered_reference_does_not_make_an_amendment() -> None:
    old = [*SUBJECTS[:4], "违反第三条规定的，责令改正并通报批评，记入信用档案。"]
    new = ["回收活动应当公开透明，公平竞争。", *SUBJECTS[:4], "违反第四条规定的，责令改正并通报批评，记入信用档案。"]
    links = align(provisions(old), provisions(new))
    assert links[-1].continuity is Continuity.RENUMBERED


def test_a_split_names_all_its_parts() -> None:
    joint = SUBJECTS[3] + "\n" + SUBJECTS[4]
    old = [*SUBJECTS[:3], joint, *SUBJECTS[5:]]
    links = align(provisions(old), provisions(SUBJECTS))
    split = [link for link in links if link.continuity is Continuity.SPLIT]
    assert [(link.old_labels, link.new_labels) for link in split] == [(("第四条",), ("第四条", "第五条"))]
    assert not [link for link in links if link.continuity is Continuity.ADDED]


def test_a_merger_names_all_its_sources() -> None:
    joint = SUBJECTS[3] + "\n" + SUBJECTS[4]
    links = align(provisions(SUBJECTS), provisions([*SUBJECTS[:3], joint, *SUBJECTS[5:]]))
    merged = [link for link in links if link.continuity is Continuity.MERGED]
    assert [(link.old_labels, link.new_labels) for link in merged] == [(("第四条", "第五条"), ("第四条",))]
    assert not [link for link in links if link.continuity is Continuity.DELETED]


PENALTY = (
    "网点有下列情形之一的，由主管部门责令改正，处一万元罚款：\n（一）未按照规定公布联系方式；\n"
    "（二）未按照规定记录来源去向；\n（三）拆除温度监测探头{end}"
)
NEW_PENALTY = "网点及其从业人员擅自停用、拆除温度监测探头，或者有其他玩忽职守行为的，对直接责任人员依法追究法律责任。"


def test_a_list_item_that_becomes_an_article_of_its_own_is_a_split() -> None:
    old = [*SUBJECTS[:9], PENALTY.format(end="。"), *SUBJECTS[9:]]
    new = [
        *SUBJECTS[:9],
        PENALTY.format(end="。").replace("；\n（三）拆除温度监测探头", ""),
        NEW_PENALTY,
        *SUBJECTS[9:],
    ]
    (split,) = [link for link in align(provisions(old), provisions(new)) if link.continuity is Continuity.SPLIT]
    assert (split.old, split.new) == (("art_10",), ("art_10", "art_11"))
    assert split.needs_review


def test_words_of_an_item_that_stand_elsewhere_as_well_prove_nothing() -> None:
    elsewhere = "运输企业不得拆除温度监测探头，并应当保持车况良好。"
    old = [*SUBJECTS[:9], PENALTY.format(end="。"), *SUBJECTS[9:]]
    new = [
        *SUBJECTS[:9],
        PENALTY.format(end="。").replace("；\n（三）拆除温度监测探头", ""),
        NEW_PENALTY,
        elsewhere,
        *SUBJECTS[9:],
    ]
    assert not [link for link in align(provisions(old), provisions(new)) if link.continuity is Continuity.SPLIT]


def test_an_item_that_stays_makes_no_split() -> None:
    old = [*SUBJECTS[:9], PENALTY.format(end="。"), *SUBJECTS[9:]]
    new = [*SUBJECTS[:9], PENALTY.format(end="。"), NEW_PENALTY, *SUBJECTS[9:]]
    assert not [link for link in align(provisions(old), provisions(new)) if link.continuity is Continuity.SPLIT]


def test_look_alike_penalties_go_to_their_own_successors() -> None:
    def fine(subject: str, amount: str) -> str:
        return f"违反本办法规定，{subject}的，由主管部门责令改正，处{amount}的罚款；情节严重的，责令停业整顿。"

    acts = ("未设立网点", "伪造电池编码", "露天贮存电池", "擅自拆解电池", "拒不上传信息")
    old = [*SUBJECTS[:4], *(fine(act, "一万元以上三万元以下") for act in acts)]
    new = [*SUBJECTS[:4], *(fine(act, "五万元以上十万元以下") for act in reversed(acts))]
    expected = {(f"art_{5 + k}", f"art_{9 - k}") for k in range(5)}
    assert expected <= pairs(align(provisions(old), provisions(new)))


def test_an_authority_renamed_throughout_does_not_hide_continuity() -> None:
    duties = ("受理备案申请", "公布网点名单", "组织抽样检测", "核查溯源记录", "通报处理结果", "建立信用档案")
    old = [f"{SUBJECTS[k]}质量技术监督行政管理部门负责{duty}。" for k, duty in enumerate(duties)]
    new = [f"{SUBJECTS[k]}市场监管机构负责{duty}。" for k, duty in enumerate(duties)]
    old.append("质量技术监督行政管理部门制定。")
    new.append("市场监管机构制定。")
    assert pairs(align(provisions(old), provisions(new))) == {(f"art_{k}", f"art_{k}") for k in range(1, 8)}


def test_unrelated_articles_are_deleted_and_added() -> None:
    old, new = provisions([SUBJECTS[1], SUBJECTS[10]]), provisions(["渔业船舶应当配备救生筏。", "果园春季修剪枝条。"])
    links = align(old, new)
    assert [link.continuity.value for link in links] == ["deleted", "deleted", "added", "added"]


def test_weak_continuations_and_near_misses_ask_for_review() -> None:
    old = [*SUBJECTS[:4], "企业应当培训员工，考核合格后上岗。", *SUBJECTS[4:]]
    new = [*SUBJECTS[:4], "从业人员经过安全技能培训并考核合格的，方可从事拆解作业，培训记录归档。", *SUBJECTS[4:]]
    [link] = [link for link in align(provisions(old), provisions(new)) if "art_5" in link.old or "art_5" in link.new]
    assert link.needs_review and link.similarity < 0.45


def test_a_repeated_eid_is_refused() -> None:
    twice = [ProvisionText("art_1", "第一条", "第一条 甲"), ProvisionText("art_1", "第一条", "第一条 乙")]
    with pytest.raises(ValueError, match=r"old expression: eId 'art_1'"):
        align(twice, [])
    with pytest.raises(ValueError, match="new expression"):
        align([], twice)


def test_nothing_against_nothing_and_blank_texts() -> None:
    assert align([], []) == []
    blank = [ProvisionText("a", "", ""), ProvisionText("b", "", " \n")]
    assert {eid for link in align(blank, blank) for eid in link.old} == {"a", "b"}


CHANGES = st.lists(st.sampled_from(["keep", "drop", "insert", "reword", "swap"]), min_size=12, max_size=12)


def mutated(changes: list[str], seed: int) -> list[str]:
    rng = random.Random(seed)  # noqa: S311
    result: list[str] = []
    for text, change in zip(SUBJECTS, changes, strict=True):
        if change == "drop":
            continue
        if change == "insert":
            result.append("".join(rng.choice("甲乙丙丁戊己庚辛山水林田湖草沙冰") for _ in range(30)))
        result.append(text.replace("应当", "必须") if change == "reword" else text)
        if change == "swap" and len(result) > 1:
            result[-1], result[-2] = result[-2], result[-1]
    return result


@settings(max_examples=60, deadline=None)
@given(CHANGES, st.integers(0, 999))
def test_every_provision_is_in_some_link_and_the_reverse_pairs_the_same(changes: list[str], seed: int) -> None:
    old, new = provisions(SUBJECTS), provisions(mutated(changes, seed))
    forward, backward = align(old, new), align(new, old)
    for links, left, right in ((forward, old, new), (backward, new, old)):
        assert {eid for link in links for eid in link.old} == {provision.eid for provision in left}
        assert {eid for link in links for eid in link.new} == {provision.eid for provision in right}
        assert all(0.0 <= link.similarity <= 1.0 for link in links)
    assert pairs(forward) == {(new_eid, old_eid) for old_eid, new_eid in pairs(backward)}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="应当回收电池。第一条 \n", max_size=20), max_size=8), st.integers(0, 99))
def test_odd_texts_are_aligned_without_loss(texts: list[str], seed: int) -> None:
    other = texts[:]
    random.Random(seed).shuffle(other)  # noqa: S311
    old, new = provisions(texts), provisions(other)
    found = alignment(old, new)
    assert {eid for link in found.links for eid in link.old} == {provision.eid for provision in old}
    assert {eid for link in found.links for eid in link.new} == {provision.eid for provision in new}
    assert alignment(old, new) == found


def test_thousands_of_identical_provisions_are_paired_in_order_and_in_bounded_time() -> None:
    old, new = provisions(["网点应当公开地址。"] * 90), provisions(["网点应当公开地址。"] * 95)
    many = [ProvisionText(f"a{k}", "", "网点应当公开地址。") for k in range(2100)]
    found = pairs(align(old, new))
    assert {(f"art_{k}", f"art_{k}") for k in range(1, 91)} == found
    assert len(pairs(align(many, many))) == 2100

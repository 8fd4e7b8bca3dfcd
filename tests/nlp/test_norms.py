"""Norms put together: parts of the statement, penalties against modals, bounds on hostile text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp.language
from nlp.language import COMPONENTS, PIPELINE_VERSION, digest_of, load, pattern_files, read_units
from nlp.pipes.hardware import patterns as hardware
from nlp.pipes.hardware.hardware import find_hardware
from nlp.pipes.sanctions.sanctions import find_sanctions
from nlp.reading import UnitReading
from nlp.text.clauses import lay_out
from rules_db.model import Modality


def read(text: str) -> UnitReading:
    (reading,) = read_units([text])
    return reading


def test_parts_of_an_obligation() -> None:
    text = "电池包漏液的，拆解企业应当在发现后二小时内隔离，并报告主管部门，但演练除外；未报告的，责令改正。"
    norm, penalty = read(text).norms
    assert norm.modality is Modality.OBLIGATION
    assert norm.bearer is not None
    assert norm.bearer.text == "拆解企业"
    assert norm.condition == "电池包漏液的"
    assert norm.action == "在发现后二小时内隔离，并报告主管部门，但演练除外"
    assert norm.exception == "但演练除外"
    assert norm.deadline == "发现后二小时内"
    assert norm.consequence == "责令改正"
    assert norm.clause.text == text.split("；")[0]
    assert penalty.modality is Modality.PENALTY
    assert penalty.condition == "未报告的"
    assert penalty.consequence == "order"


def test_parts_of_a_penalty() -> None:
    text = "违反本办法第九条规定，未建立台账的，由市场监督管理部门责令改正，处一千元罚款；拒不改正的，吊销许可证。"
    first, second = read(text).norms
    assert (first.cue.text, second.cue.text) == ("责令", "吊销")
    assert first.bearer is None
    assert first.condition == "违反本办法第九条规定，未建立台账的"
    assert first.action == "责令改正，处一千元罚款"
    assert first.consequence == "fine, order"
    sanction = find_sanctions(lay_out(text))[0]
    assert sanction.authority == "市场监督管理部门"
    assert sanction.provision == "违反本办法第九条规定"


@pytest.mark.parametrize(
    ("text", "modalities"),
    [
        ("可以处一千元罚款。", ["penalty"]),
        ("应当依法追究责任。", ["penalty"]),
        ("主管部门应当责令其限期整改。", ["obligation"]),
        ("未联网的，主管部门可以自责令改正之日的次日起，按照原处罚数额按日处罚。", ["penalty"]),
        ("未联网的，处五百元罚款，一年内不得申请补贴。", ["prohibition", "penalty"]),
        ("企业应当赔偿损失。", ["obligation"]),
        ("申请材料不全的，不予受理。", []),
    ],
)
def test_modals_give_way_to_sanctions(text: str, modalities: list[str]) -> None:
    assert sorted(norm.modality.value for norm in read(text).norms) == sorted(modalities)


def test_unsure_readings_carry_a_reason() -> None:
    (norm,) = read("跨省转移的，需经主管部门批准。").norms
    assert norm.confidence < 1.0
    assert norm.reason
    (plain,) = read("企业应当编码。").norms
    assert plain.confidence == 1.0
    assert plain.reason == ""


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in hardware.DEVICES.items() for name in names])
def test_every_device_is_found(kind: str, name: str) -> None:
    (span,) = find_hardware(f"现场设有{name}一套")
    assert (span.text, span.pattern, span.start) == (name, kind, 4)


@pytest.mark.parametrize("word", hardware.NOT_DEVICES)
def test_words_that_hold_a_device_by_chance(word: str) -> None:
    assert find_hardware(f"有关{word}事项") == ()


def test_latin_device_names_stand_alone_and_in_any_case() -> None:
    assert [span.text for span in find_hardware("gps与UPS")] == ["gps", "UPS"]
    assert find_hardware("upset") == ()


def test_pipeline_is_made_once_with_every_component() -> None:
    assert load() is load()
    assert load().pipe_names == [f"guiji_{name}" for name in COMPONENTS]
    assert load()("企业应当编码。")._.cues[0].start == 2
    doc = load()("企业应当 编码。\n")
    assert doc.text == "企业应当 编码。\n"
    assert len(doc) == len(doc.text)
    assert [span.text for span in doc.spans["norms"]] == ["应当"]


def test_version_names_the_pattern_data() -> None:
    version, _, digest = PIPELINE_VERSION.partition("+")
    assert version.count(".") == 2
    assert digest == digest_of(pattern_files())


def test_version_covers_every_table_of_patterns() -> None:
    project = Path(nlp.language.__file__).parents[1]
    tables = [path.relative_to(project).as_posix() for path in project.glob("nlp/**/patterns.py")]
    assert len(tables) > 8
    assert set(tables) <= set(pattern_files())


@pytest.mark.parametrize(
    "name", ["nlp/structure/patterns.py", "nlp/pipes/thresholds/units.py", "rules_db/typography.py"]
)
def test_another_table_is_another_version(name: str, tmp_path: Path) -> None:
    files = pattern_files()
    windows, changed = tmp_path / "windows.py", tmp_path / "changed.py"
    windows.write_bytes(files[name].read_bytes().replace(b"\n", b"\r\n"))
    changed.write_bytes(files[name].read_bytes() + b"#")
    assert digest_of({**files, name: windows}) == digest_of(files)
    assert digest_of({**files, name: changed}) != digest_of(files)


@given(
    st.text(alphabet=st.sampled_from('应当不得可以处罚责令企业部门的，。；：\n（）《》“”"一二3、 由对在鼓励除外')),
    st.text(max_size=20),
)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_spans_that_fit(text: str, tail: str) -> None:
    whole = text + tail
    reading = read(whole)
    for norm in reading.norms:
        for span in (norm.cue, norm.clause, norm.bearer):
            if span is not None:
                assert whole[span.start : span.end] == span.text
        assert norm.cue.text
    assert [norm.cue.start for norm in reading.norms] == sorted(norm.cue.start for norm in reading.norms)


@pytest.mark.parametrize(
    "unit",
    [
        "应",
        "应当",
        "应当建立，",
        "单位应当建立的",
        "（应当建立制度）",
        "责令改正",
        "处一万元，",
        "鼓励发展，",
        "（一）应当建立：\n",
        "有的义务",
        "单位和",
        "除外应当",
    ],
)
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    """One repeated phrase: 100,000 characters of the commonest cue, 20,000 of the others. A quadratic reader needs
    minutes for the first and over ten seconds for the rest."""
    size = 100_000 if unit == "应" else 20_000
    text = (unit * (size // len(unit) + 1))[:size]
    started = time.process_time()
    read(text)
    assert time.process_time() - started < size / 4000

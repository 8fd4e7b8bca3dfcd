"""The seeded draw that chose the annotated passages, kept so that it can be repeated and checked.

In: the reference corpus (manifest and texts) and the reference annotations, whose documents are left out.
Out: the passages of extra_dev, held, extra_dev2 and held2 to held4, each with file, character ranges, level and
stratum, without labels.

Four rounds: the first is close to a plain random sample of articles and notice sections; the second fills up what a
random sample of law is thin in; the third draws from untouched documents, held2 plainly and extra_dev2 by strata; the
fourth draws held3 and held4 by kind of instrument and stratum. A word list decides only which article is drawn, never
how it is labelled.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

FIRST_SEED = 20261125
SECOND_SEED = 20261126

ARTICLES, NOTICES = 135, 27  # first round, both files together
FIRST_HALF_ARTICLES, FIRST_HALF_NOTICES = 68, 13  # of which extra_dev gets these
LONGEST_ARTICLE, LONGEST_SECOND_ROUND, LONGEST_NOTICE, SHORTEST_NOTICE = 900, 700, 700, 25
COMMENCEMENT_ARTICLES = 2
PLAIN_KEPT = 0.75  # share kept of drawn articles without quantity, permission, recommendation or prohibition
ARTICLES_MAKE_A_STATUTE = 3  # a file with fewer numbered articles is read as a notice

MARKER = re.compile(r"第[零〇一二三四五六七八九十百]+条(之[一二三四五六七八九十]+)?[ 　]+")
SECTION = re.compile(r"(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|[0-9０-９]+[．.、])")
FILE_SUFFIX = re.compile(r"_(\d{4}-\d\d-\d\d|undated)\.md$")
NATIONAL = {"law", "administrative regulation", "departmental rule"}

RICHER = re.compile(
    r"[0-9百千万]+(?:元|日|天|个月|年|人|米|吨|%)|[一二三四五六七八九十]+(?:万?元|日|个月|年以|个工作日|倍)"
    r"|百分之|可以|鼓励|禁止|支持|提倡"
)
COMMENCEMENT = re.compile(r".{0,10}自.{0,20}起施行。.*")
COMMENCEMENT_START = re.compile(r".{0,30}起施行")
PENALTY = re.compile(r"责令|罚款|处分|追究|没收|吊销|处罚")
QUANTITY = re.compile(
    r"[0-9０-９〇一二三四五六七八九十百千万两]+个?"
    r"(?:万?元|日|天|月|年|周岁|人|名|米|公里|千米|吨|%|％|工作日|倍|小时|分钟|次|公斤|千克|平方米|度|分贝)"
    r"|百分之|[0-9]%"
)
SOFT = re.compile(r"鼓励|支持|提倡|引导|推动|倡导|有权|可以|禁止|严禁")
PLAIN_MODAL = re.compile(
    r"(?<![需主重只必纲摘首概紧])要(?![求素点件闻么是塞害领])"
    r"|应(?![当急用对邀聘届变税征])|(?<!必)须|宜(?![居昌春])|务必|不准|不应|不能"
)
ANY_CUE = re.compile(
    r"应当|不得|可以|必须|禁止|方可|有权|鼓励|支持|引导|提倡|责令|罚款|处分|追究|没收|吊销|处罚|不准|(?<!对|适|相|反|效|响)应(?=[由在按对为])"
)
ENCOURAGING = re.compile(r"鼓励|支持|引导|提倡|可以|有权")
SECOND_ROUND = {"penalty": 36, "quantity": 32, "soft": 16, "plain_modal": 16}

THIRD_SEED = 20261128
THIRD_HELD, THIRD_HELD_MORE = 70, 70  # drawn before and after extra_dev2
THIRD_ROUND = {"random": 114, "penalty": 29, "soft": 29, "quantity": 19}  # 60, 15, 15 and 10 %
THIRD_NATIONAL = 0.31  # share of national law among the articles of the reference set
THIRD_LONGEST, THIRD_PER_DOCUMENT = 600, 2
THIRD_SEVERAL = 90  # more articles of several sentences and cues without sanction
SINGLE_SENTENCE_KEPT = 0.2  # several sentences are wanted, where a bearer may stand in an earlier one

FOURTH_SEEDS = {"held3.jsonl": 20261130, "held4.jsonl": 20261201}
FOURTH_SIZE, FOURTH_LONGEST, FOURTH_NOTICES = 90, 600, 4
FOURTH_UNTOUCHED = {"administrative regulation": 12, "local regulation": 16}
FOURTH_KINDS = (("law", "law", 12), ("rule", "departmental rule", 4))
FOURTH_ROUND = {"list": 12, "plain_modal": 6, "soft": 10, "penalty": 8, "quantity": 6}  # half of each national
FOURTH_ITEMS = 3  # of a list, at least
ITEM = re.compile(r"\n[ 　]*[（(][一二三四五六七八九十]+[）)]")


@dataclass(frozen=True, slots=True)
class Passage:
    id: str
    title: str
    file: str
    level: str
    parts: tuple[tuple[int, int], ...]
    text: str
    stratum: str = "random"
    instrument: str = ""


def packed(text: str) -> str:
    return re.sub(r"\s", "", text)


def blocks(content: str) -> tuple[bool, list[tuple[str, list[tuple[int, int]]]]]:
    """Whether a file is a statute, and its articles (marker, ranges) or notice sections ("" and ranges)."""
    lines: list[tuple[int, str]] = []
    position = 0
    for line in content.split("\n"):
        lines.append((position, line))
        position += len(line) + 1
    statute = sum(1 for _, line in lines if MARKER.match(line)) >= ARTICLES_MAKE_A_STATUTE
    found: list[tuple[str, list[tuple[int, int]]]] = []
    is_open = False
    for start, line in lines:
        whole = (start, start + len(line))
        marker = MARKER.match(line)
        if not line.strip():
            continue
        if line.startswith("#"):
            is_open = False
        elif statute and marker:
            found.append((marker.group().strip(" 　"), [(start + marker.end(), whole[1])]))
            is_open = True
        elif is_open and (statute or not SECTION.match(line.strip())):
            found[-1][1].append(whole)
        elif not statute:
            found.append(("", [whole]))
            is_open = True
    return statute, found


def passages(corpus_dir: Path) -> Iterator[Passage]:
    """Every article and notice section of the corpus; articles whose marker occurs twice in a file are left out."""
    with (corpus_dir / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest))
    for row in rows:
        with (corpus_dir / row["path"]).open(encoding="utf-8", newline="") as source:
            content = source.read()
        title = FILE_SUFFIX.sub("", row["path"].removeprefix("texts/"))
        statute, found = blocks(content)
        occurrences = Counter(marker for marker, _ in found)
        level = "notice" if not statute else "national" if row["instrument_type"] in NATIONAL else "provincial"
        for number, (marker, parts) in enumerate(found):
            if statute and occurrences[marker] > 1:
                continue
            text = "\n".join(content[start:end].strip() for start, end in parts)
            name = f"{title}#{marker}" if statute else f"{title}#p{number}"
            yield Passage(name, title, row["path"], level, tuple(parts), text, instrument=row["instrument_type"])


def eligible(corpus_dir: Path, reference: Path) -> tuple[list[Passage], list[Passage]]:
    """Articles of documents the reference set does not touch, and notice sections it does not hold."""
    with reference.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if line.strip()]
    titles = {record["id"].partition("#")[0] for record in records}
    texts = {packed(record["text"]) for record in records}
    articles, notices = [], []
    for passage in sorted(passages(corpus_dir), key=lambda passage: (passage.file, passage.parts[0][0])):
        text = packed(passage.text)
        if passage.level == "notice":
            fits = SHORTEST_NOTICE <= len(passage.text) <= LONGEST_NOTICE
            if fits and not any(text in known or known in text for known in texts):
                notices.append(passage)
        elif passage.title not in titles and len(passage.text) <= LONGEST_ARTICLE and text not in texts:
            articles.append(passage)
    return articles, notices


def draw(corpus_dir: Path, reference: Path) -> dict[str, list[Passage]]:
    """The passages of both files, in stored order; at most one article of any document."""
    articles, notices = eligible(corpus_dir, reference)
    rng = random.Random(FIRST_SEED)  # noqa: S311 - a repeatable sample, no secret
    picked: list[Passage] = []
    used: set[str] = set()
    commencements = 0
    while len(picked) < ARTICLES:
        candidate = rng.choices(articles, k=1)[0]
        if candidate.title in used or (not RICHER.search(candidate.text) and rng.random() < 1 - PLAIN_KEPT):
            continue
        if COMMENCEMENT.fullmatch(candidate.text.split("\n")[0]):
            if commencements == COMMENCEMENT_ARTICLES:
                continue
            commencements += 1
        used.add(candidate.title)
        picked.append(candidate)
    sections = rng.sample(notices, NOTICES)
    extra = picked[:FIRST_HALF_ARTICLES] + sections[:FIRST_HALF_NOTICES]
    held = picked[FIRST_HALF_ARTICLES:] + sections[FIRST_HALF_NOTICES:]

    used |= {passage.title for passage in sections}
    rng = random.Random(SECOND_SEED)  # noqa: S311
    pool = [passage for passage in articles if passage.title not in used and len(passage.text) <= LONGEST_SECOND_ROUND]
    mild = [passage for passage in pool if not PENALTY.search(passage.text)]
    strata = {
        "penalty": [passage for passage in pool if PENALTY.search(passage.text)],
        "quantity": [passage for passage in mild if QUANTITY.search(passage.text)],
        "soft": [passage for passage in mild if SOFT.search(passage.text)],
        "plain_modal": [passage for passage in pool if PLAIN_MODAL.search(passage.text)],
    }
    for stratum, count in SECOND_ROUND.items():
        chosen: list[Passage] = []
        while len(chosen) < count:
            candidate = rng.choice(strata[stratum])
            if candidate.title in used or COMMENCEMENT_START.match(candidate.text):
                continue
            used.add(candidate.title)
            chosen.append(replace(candidate, stratum=stratum))
        extra += chosen[: count // 2]
        held += chosen[count // 2 :]
    return {"extra_dev.jsonl": extra, "held.jsonl": held}


def several(articles: list[Passage], rng: random.Random) -> list[Passage]:
    """Articles of at least three sentences and two cues, where bearers change or stand in an earlier sentence."""
    candidates = [
        passage
        for passage in articles
        if len(passage.text) <= THIRD_LONGEST
        and passage.text.count("。") >= 3
        and len(ANY_CUE.findall(passage.text)) >= 2
        and not PENALTY.search(passage.text)
    ]
    chosen: dict[str, Passage] = {}
    per_document: Counter[str] = Counter()
    while len(chosen) < THIRD_SEVERAL:
        candidate = rng.choice(candidates)
        if candidate.id in chosen or per_document[candidate.title] == THIRD_PER_DOCUMENT:
            continue
        per_document[candidate.title] += 1
        chosen[candidate.id] = replace(candidate, stratum="several")
    return list(chosen.values())


def draw_third(corpus_dir: Path, reference: Path) -> dict[str, list[Passage]]:
    """Both files of the third round, from documents the reference set and the first two rounds leave untouched.

    held2: any article, one a document, half of them drawn first and half when extra_dev2 is complete. extra_dev2:
    articles with a cue, by stratum and level, at most two a document and none of a document of held2; then some more
    of several sentences.
    """
    taken = {passage.title for drawn in draw(corpus_dir, reference).values() for passage in drawn}
    articles = [passage for passage in eligible(corpus_dir, reference)[0] if passage.title not in taken]
    rng = random.Random(THIRD_SEED)  # noqa: S311 - a repeatable sample, no secret
    held: dict[str, Passage] = {}
    while len(held) < THIRD_HELD:
        candidate = rng.choice(articles)
        held.setdefault(candidate.title, candidate)

    pool = [
        passage
        for passage in articles
        if passage.title not in held
        and len(passage.text) <= THIRD_LONGEST
        and ANY_CUE.search(passage.text)
        and not COMMENCEMENT_START.match(passage.text)
    ]
    mild = [passage for passage in pool if not PENALTY.search(passage.text)]
    strata = {
        "random": pool,
        "penalty": [passage for passage in pool if PENALTY.search(passage.text)],
        "soft": [passage for passage in mild if ENCOURAGING.search(passage.text)],
        "quantity": [passage for passage in mild if QUANTITY.search(passage.text)],
    }
    extra: list[Passage] = []
    per_document: Counter[str] = Counter()
    texts: set[str] = set()
    for stratum, count in THIRD_ROUND.items():
        national = round(count * THIRD_NATIONAL)
        for level, wanted in (("national", national), ("provincial", count - national)):
            candidates = [passage for passage in strata[stratum] if passage.level == level]
            chosen: list[Passage] = []
            while len(chosen) < wanted:
                candidate = rng.choice(candidates)
                if candidate.text.count("。") < 2 and rng.random() >= SINGLE_SENTENCE_KEPT:
                    continue
                # two versions of one article, or the same article twice, would count one reading double
                if packed(candidate.text) in texts or any(candidate.id == passage.id for passage in extra + chosen):
                    continue
                if per_document[candidate.title] == THIRD_PER_DOCUMENT:
                    continue
                texts.add(packed(candidate.text))
                per_document[candidate.title] += 1
                chosen.append(replace(candidate, stratum=stratum))
            extra += chosen
    rng.shuffle(extra)
    rest = [passage for passage in articles if passage.title not in per_document]
    while len(held) < THIRD_HELD + THIRD_HELD_MORE:
        candidate = rng.choice(rest)
        held.setdefault(candidate.title, candidate)
    extra += several([passage for passage in rest if passage.title not in held], rng)
    return {"extra_dev2.jsonl": extra, "held2.jsonl": list(held.values())}


def one_a_document(
    candidates: list[Passage], count: int, stratum: str, rng: random.Random, used: set[str]
) -> list[Passage]:
    """Up to `count` passages of different documents that are not in `used`, where their titles are entered."""
    chosen: list[Passage] = []
    left = [passage for passage in candidates if passage.title not in used]
    while len(chosen) < count and left:
        candidate = rng.choice(left)
        used.add(candidate.title)
        chosen.append(replace(candidate, stratum=stratum))
        left = [passage for passage in left if passage.title != candidate.title]
    return chosen


def draw_fourth(corpus_dir: Path, reference: Path) -> dict[str, list[Passage]]:
    """held3 and held4: one article a document over both files, none of a document of the reference set.

    First from documents no earlier round touches (stratum `random`), then laws, departmental rules and the strata of
    FOURTH_ROUND from any document; notice sections that no file holds fill up. Every file is drawn by its own seed,
    held4 from what held3 leaves.
    """
    earlier = draw(corpus_dir, reference) | draw_third(corpus_dir, reference)
    drawn = [passage for passages_of_file in earlier.values() for passage in passages_of_file]
    touched, ids = {passage.title for passage in drawn}, {passage.id for passage in drawn}
    texts = {packed(passage.text) for passage in drawn}
    articles, notices = eligible(corpus_dir, reference)
    articles = [
        passage
        for passage in articles
        if len(passage.text) <= FOURTH_LONGEST
        and packed(passage.text) not in texts
        and not COMMENCEMENT_START.match(passage.text)
    ]
    untouched = [passage for passage in articles if passage.title not in touched]
    notices = [passage for passage in notices if passage.id not in ids]
    mild = [passage for passage in articles if not PENALTY.search(passage.text)]
    strata = {
        "list": [passage for passage in articles if len(ITEM.findall(passage.text)) >= FOURTH_ITEMS],
        "plain_modal": [passage for passage in mild if PLAIN_MODAL.search(passage.text)],
        "soft": [passage for passage in mild if ENCOURAGING.search(passage.text)],
        "penalty": [passage for passage in articles if PENALTY.search(passage.text)],
        "quantity": [passage for passage in mild if QUANTITY.search(passage.text)],
    }
    used: set[str] = set()
    files: dict[str, list[Passage]] = {}
    for name, seed in FOURTH_SEEDS.items():
        rng = random.Random(seed)  # noqa: S311 - a repeatable sample, no secret
        chosen: list[Passage] = []
        for instrument, count in FOURTH_UNTOUCHED.items():
            kind = [passage for passage in untouched if passage.instrument == instrument]
            chosen += one_a_document(kind, count, "random", rng, used)
        for stratum, instrument, count in FOURTH_KINDS:
            kind = [passage for passage in articles if passage.instrument == instrument]
            chosen += one_a_document(kind, count, stratum, rng, used)
        for stratum, count in FOURTH_ROUND.items():
            for level, share in (("national", count // 2), ("provincial", count - count // 2)):
                at_level = [passage for passage in strata[stratum] if passage.level == level]
                chosen += one_a_document(at_level, share, stratum, rng, used)
        missing = FOURTH_SIZE - FOURTH_NOTICES - len(chosen)  # departmental rules run out
        chosen += one_a_document(untouched, missing, "random", rng, used)
        sections = rng.sample(notices, FOURTH_NOTICES)
        notices = [passage for passage in notices if passage not in sections]
        files[name] = chosen + sections
    return files


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("usage: python tests/gold/draw.py CORPUS_DIR REFERENCE.jsonl\n")
        return 2
    corpus_dir, reference = Path(arguments[0]), Path(arguments[1])
    rounds = draw(corpus_dir, reference) | draw_third(corpus_dir, reference) | draw_fourth(corpus_dir, reference)
    for name, drawn in rounds.items():
        for passage in drawn:
            sys.stdout.write(f"{name}\t{passage.stratum}\t{passage.id}\t{passage.file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

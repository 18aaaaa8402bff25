"""Texts that other tools merge or drop: too short, without letters, without spaces, right to left, very long."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import naive, strategies
from tests.match.corpus import corpus, matched, relations

HARD = [
    "one", "two", "three short words", "three other words", "a b c d", "a b c e",
    "...", "!?", "— — —", "😀", "\u200b.", "١٢٣", "\u0301", "新聞", "新闻", "ราคา", "ราคาน้ำมัน",
    "שָׁלוֹם", "שלום", "مُحَمَّد", "محمد", "हिन्दी", "Ａ", "A",
]  # fmt: skip


def test_hard_texts_are_all_there_and_all_apart():
    """None of them is dropped, and no two of them are merged."""
    with corpus(HARD) as (made, _):
        assert len(made) == len(HARD)
    found = matched(HARD)
    assert found.texts.tolist() == list(range(len(HARD)))
    assert len(found.matches) == 0


def test_hard_texts_are_merged_with_their_equals():
    """Each of them given twice is one text, and nothing else resembles it."""
    found = matched([*HARD, *(f"  {text}\n" for text in HARD)])
    assert found.texts.tolist() == [*range(len(HARD))] * 2
    assert len(found.matches) == 0


@settings(max_examples=40)
@given(st.lists(strategies.texts, min_size=1, max_size=8))
def test_exact_means_equal_normalised_text(texts):
    """Any texts: two are exact copies if and only if their normalised texts are equal; only the first is compared."""
    normalised = [naive.normalise(unicodedata.normalize("NFC", text))[0] for text in texts]
    found = matched(texts)
    assert found.texts.tolist() == [normalised.index(text) for text in normalised]
    assert {row["relation"] for row in found.matches.to_pylist()} <= {"near", "excerpt", "partial", "quote", None}
    compared = {row[side] for row in found.matches.to_pylist() for side in ("left", "right")}
    assert compared <= set(found.texts.tolist())


SCRIPTS = {
    "Chinese": "布伦特原油期货价格周四突破每桶一百美元关口创下七年多以来的最高水平市场担心供应中断",
    "Japanese": "ロシアのウクライナ侵攻を受けて原油価格は急騰し東京市場では株価が大きく下落したと関係者は語っている",
    "Thai": "ราคาน้ำมันดิบเบรนท์พุ่งขึ้นเหนือหนึ่งร้อยดอลลาร์ต่อบาร์เรลเป็นครั้งแรกนับตั้งแต่ปีสองพันสิบสี่",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_without_spaces_are_compared_by_character(script):
    """A text of one long line without spaces is near its lightly changed copy, and apart from the other scripts."""
    text = SCRIPTS[script]
    others = [other for name, other in SCRIPTS.items() if name != script]
    found = relations([text, text[:-1] + "。", *others])
    assert found == {(0, 1): "near"}


def test_right_to_left_text_is_compared_by_word():
    """Hebrew with points is near its copy with one word less."""
    words = "בְּרֵאשִׁית בָּרָא אֱלֹהִים אֵת הַשָּׁמַיִם וְאֵת הָאָרֶץ וְהָאָרֶץ הָיְתָה תֹהוּ וָבֹהוּ וְחֹשֶׁךְ עַל פְּנֵי תְהוֹם וְרוּחַ מְרַחֶפֶת הַמָּיִם".split()
    assert relations([" ".join(words), " ".join(words[:-1])]) == {(0, 1): "near"}


def test_a_long_line_is_compared_like_any_text():
    """Two lines of five megabytes of one period, one of them shifted, in seconds; their scores are exact."""
    period = " ".join(f"w{k}" for k in range(1000)) + " "
    long = period * 1_000
    found = matched([long, "start here " + long, "short"]).matches.to_pylist()
    assert [(row["left"], row["right"], row["relation"]) for row in found] == [(0, 1, "near")]
    assert found[0]["jaccard"] == 1000 / 1002
    assert found[0]["aligned_left"] == 1

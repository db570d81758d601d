"""A word that denies never makes the option it denies: over every question of content/."""

import pytest

from bot.dialogs.engine.context import Event, Option
from bot.dialogs.engine.slots import Answer, Choice
from bot.dialogs.engine.slots.choice import plain
from bot.dialogs.engine.step import Choose
from bot.dialogs.lexicon import ContentLexicon
from bot.dialogs.script import FLOWS
from bot.library import load
from tests.conftest import ROOT

LIBRARY = load(ROOT / "content")
LEXICON = ContentLexicon(LIBRARY.vocabulary)
CHOICES = {
    f"{flow.name}.{step.id}": step
    for flow in FLOWS.flows
    for step in flow.steps
    if isinstance(step, Choose) and step.ways
}
DENIALS = ("不", "没", "没有", "没得", "莫", "莫得", "别", "未", "无", "不要", "不想", "不是",
           "没被", "先别", "莫给我", "千万不要", "我不", "还没", "不得", "甭", "从来没")  # fmt: skip
TAILS = ("", "了", "嘛", "哈", "的")

NAUGHT = frozenset({"零", "0", "0次", "零次", "否"})
"""Spellings that deny by themselves: denied once more they are nobody's words."""


class Here:
    lexicon = LEXICON


def read(key, text):
    """Return the option a text is taken for, or None."""
    options = LIBRARY.words.options(key)
    found = CHOICES[key].slot.read(Event("text", text), options, None, Here)
    return found.value if isinstance(found, Answer) else None


def spellings():
    for key in CHOICES:
        for option in LIBRARY.words.options(key):
            for words in (option.label, *option.accept):
                if not LEXICON.denies(words) and words not in NAUGHT:
                    yield pytest.param(key, option.id, words, id=f"{key}-{words}")


@pytest.mark.parametrize(("key", "option", "words"), list(spellings()))
def test_a_denied_option_is_never_taken(key, option, words):
    denied = [words for o in LIBRARY.words.options(key) if o.id == option for words in o.accept]
    taken = [
        text
        for denial in DENIALS
        for tail in TAILS
        if read(key, text := denial + words + tail) == option
        # "not studied a little": "not studied" is a spelling of its own, and says the same
        and not any(0 <= (at := text.find(s)) < len(denial) < at + len(s) for s in denied)
    ]
    assert taken == []


@pytest.mark.parametrize("key", CHOICES)
def test_every_spelling_means_its_option(key):
    for option in LIBRARY.words.options(key):
        for words in (option.label, *option.accept):
            assert read(key, words) == option.id, words


DANGEROUS = {
    "certificates.what": "delete",
    "certificates.sure": "yes",
    "reminders.what": "stop",
    "progress.sure": "yes",
    "my_data.sure_withdraw": "yes",
    "my_data.sure_delete": "yes",
}


@pytest.mark.parametrize(("key", "option"), list(DANGEROUS.items()))
def test_what_cannot_be_undone_is_taken_only_word_for_word(key, option):
    (row,) = (o for o in LIBRARY.words.options(key) if o.id == option)
    words = {plain(w) for w in (row.label, *row.accept)}
    for word in words:
        for text in (f"把它{word}", f"{word}它吧", f"那就{word}哈", f"{word}嘛", f"{word}不"):
            assert plain(text) in words or read(key, text) != option, text
    assert read(key, row.label) == option
    assert read(key, str(1 + [o.id for o in LIBRARY.words.options(key)].index(option))) == option


SAID = [
    ("certificates.sure", "no", "莫删 别删 莫删掉 先别删掉 不要删掉 千万别删 不想删掉 不删 留到起"),
    ("certificates.sure", None, "不确定 想删掉 莫给我删"),
    ("certificates.what", "nothing", "不改 莫改 莫删 不删 莫动"),
    ("certificates.what", "change", "改一哈 日期错了 改个日期"),
    ("certificates.empty", "no", "不记 莫记 算了嘛"),
    ("certificates.empty", "add", "要得 得行 记嘛"),
    ("reminders.what", "nothing", "莫停 别停 不要停掉 不改 算了"),
    ("reminders.what", None, "别全部停掉嘛 莫给我全部停掉"),
    ("eligibility.issuer", None, "不是住建委 住建委不是应急"),
    ("eligibility.issuer", "housing", "区建委 重庆市住房和城乡建设委员会 建设局 住建局发的"),
    ("eligibility.issuer", "unsure", "不认得 搞不醒豁 我也不晓得"),
    ("eligibility.status", None, "不能用 不正常 没得效 不是正常的 无效"),
    ("eligibility.status", "valid", "没被吊销 没有被暂扣 没注销 没扣 好好的 能用 得行 没得问题"),
    ("eligibility.status", "suspended", "遭扣了 被扣了"),
    ("eligibility.healthy", "no", "不太好 不可以 不算好 身体差 不怎么好 不是很好 不得行 有点毛病"),
    ("eligibility.healthy", "yes", "没有病 没病 莫得病 没有毛病 没得毛病 得行 还行 硬是好 巴适 "
     "没有问题 没有啥子 没啥 好得很 不错 特别好"),
    ("eligibility.violations", "none", "莫得 没得 一次都没得 一次也没有 没有过 没有出过 不存在 "
     "没得哦 没得嘛 从来没得 没违过章"),
    ("eligibility.violations", None, "没有被记过三次 不止一次"),
    ("eligibility.violations", "many", "5次 五次 好几回"),
    ("eligibility.accident", "no", "莫得 没有出过 没出过事 没有责任 不是我的责任 不存在 没得哦 "
     "没遭过"),
    ("eligibility.accident", "yes", "出过事 有责任"),
    ("eligibility.employed", "no", "不在公司 没在单位 莫得单位 没公司 临时工 我没有单位了 没得 "
     "跟包工头 挂靠"),
    ("eligibility.employed", "yes", "有个公司 有单位的 在公司上班"),
    ("eligibility.hours", "short", "不太够 没有学够 学了一点 没学过 莫得 没满 学不够 还没 没学满"),
    ("eligibility.hours", "enough", "够了 学满了 学够了哦 学完了"),
    ("eligibility.save", "no", "不要提醒 不用提醒我 不好 要不得 莫提醒 不记了 不用了嘛"),
    ("eligibility.save", "yes", "好嘛 要的 得行 要得 要得嘛 提醒一下 记到起"),
    ("agree_identity.ask", "yes", "要得 得行 对头 收嘛 同意嘛 愿意 没得问题"),
    ("agree_identity.ask", "no", "莫收 莫收我的 不愿意 要不得 不得行 不想 不同意"),
    ("agree_identity.ask", "more", "不晓得 没看懂 收哪些"),
    ("agree_face.ask", "yes", "刷嘛 刷脸嘛 要得 愿意"),
    ("agree_face.ask", "no", "莫刷 不想刷脸 我不想刷脸 不愿意 人工"),
    ("real_name.face", "person", "刷不过 过不到 搞不来 不刷了 莫刷了"),
    ("documents.confirm", "yes", "对头 要得 没得错 没有错 都对"),
    ("documents.confirm", "fix", "不对头 有错 号码不对 要不得 改一哈"),
    ("documents.confirm", None, "不好 莫重拍 不用重拍"),
    ("apply.hand_in", "yes", "交嘛 要得 得行 对头"),
    ("apply.hand_in", "later", "莫交 先不忙 先不交 等哈儿 改天 别交"),
    ("apply.hand_in", None, "不改 不要改 交不交"),
    ("progress.sure", "no", "莫撤 别撤 不撤了 算了 莫忙 要不得"),
    ("my_data.sure_delete", "no", "莫删 莫删我的 不要删 算了 莫忙 留到"),
    ("my_data.sure_delete", None, "给我删了 删掉它吧"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "option", "text"),
    [(key, option, text) for key, option, texts in SAID for text in texts.split()],
)
def test_what_welders_say_is_what_they_mean(key, option, text):
    assert read(key, text) == option


@pytest.mark.parametrize(
    "text", ["能用不", "没被扣吧?", "有没有单位", "是不是", "够不够", "有没得单位"]
)
def test_a_question_is_no_answer(text):
    assert [key for key in CHOICES if read(key, text)] == []


def test_a_certificate_of_the_list_is_not_taken_when_it_is_denied():
    options = (Option("1", "2027年3月1日到期的证"), Option("new", "再加一本"))
    slot = Choice("list")
    assert slot.read(Event("text", "不是2027年3月1日到期的证"), options, None, Here) is None
    assert slot.read(Event("text", "不要再加一本"), options, None, Here) is None
    assert slot.read(Event("text", "那再加一本"), options, None, Here) == Answer("new")


def test_a_spelling_that_only_begins_with_a_denial_does_not_deny_the_next():
    options = (Option("yes", "可以", ("没问题", "不得")), Option("no", "算了"))
    slot = Choice("sure")
    assert slot.read(Event("text", "没问题可以"), options, None, Here) == Answer("yes")
    assert slot.read(Event("text", "不得可以"), options, None, Here) is None

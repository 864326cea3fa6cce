"""What the words of the catalogue look like one after the other."""

import pytest

from desktop.domain.problems import Wording, running


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (("文件已损坏。", "请重新下载。"), "文件已损坏。请重新下载。"),
        (("The file is damaged.", "Download it again."), "The file is damaged. Download it again."),
        (("", "请重试。", ""), "请重试。"),
        ((), ""),
    ],
)
def test_sentences_follow_each_other_as_their_language_writes_them(sentences: tuple[str, ...], said: str):
    assert running(*sentences) == said


def test_advice_is_cause_and_next_step():
    assert Wording(title="无法连接", cause="没有网络。", next_step="请检查网络。").advice == "没有网络。请检查网络。"

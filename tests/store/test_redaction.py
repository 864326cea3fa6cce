"""What leaves for support holds nothing of a person and no secret; what helps support stays readable."""

from pathlib import Path

import pytest

from desktop.store.redaction import redact


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("sms to 13812345678 sent", "13812345678"),
        ("sms to 138 1234 5678 sent", "1234"),
        ("sms to +86-13812345678", "13812345678"),
        ("mobile13812345678ok", "13812345678"),
        ("order of 360102199003077710", "360102199003077710"),
        ("order of 36010219900307771X!", "36010219900307771"),
        ("id36010219900307771xend", "36010219900307771"),
        ("order of 360102900307771", "360102900307771"),
        ("验证码 482913 已发送", "482913"),
        ("code=4829", "4829"),
        ('{"password": "Jxjt 2026 Pass"}', "2026"),
        ("password: hunter2", "hunter2"),
        ("口令为hunter2", "hunter2"),
        ("证书密码：hunter2", "hunter2"),
        ("Authorization: Bearer abcDEF123456_-x", "abcDEF123456"),
        ("sent bearer abcDEF123456_-x", "abcDEF123456"),
        ("token='abc def'", "abc def"),
        ("http://zhang:p%40ss@proxy.example.com:8080", "p%40ss"),
        ("key dGhpcyBpcyBhIHNlY3JldCB0b2tlbiBvZiA0MyBjaGFycw", "dGhpcyBp"),
        ("seed 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "9f86d081"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB\nAAAA\n-----END PRIVATE KEY-----", "MIIB"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB", "MIIB"),
        (f"at {Path.home()}/投标/文件.pdf", str(Path.home())),
    ],
)
def test_a_secret_is_removed(text: str, secret: str) -> None:
    assert secret not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T02:15:25.123+00:00 INFO desktop.services.trust: revocation lists not renewed: portal.timeout",
        "2026-12-01",
        "20261201",
        "platform time not known: portal.unreachable",
        "task failed: ValueError\n  app.py:412 _load",
        '"requests": "2.34.1"',
        "  /opt/bidseal/lib/python3/site-packages/desktop/services/workspace.py:412 open_workspace",
        "offset -12.345 s",
        "camera running",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert redact(text) == text


def test_what_is_known_to_be_secret_is_removed_whatever_its_form() -> None:
    assert redact("张三 of 某公司", ["张三", "某公司有限公司", "某公司"]) == "张三 of 某公司"  # too short to be sure
    assert redact("unit 赣州建设公司 signed", ["赣州建设公司"]) == "unit [removed] signed"


def test_a_longer_secret_goes_before_one_that_it_holds() -> None:
    assert redact("abcdefgh", ["abcd", "abcdefgh"]) == "[removed]"

from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.views.certificates.checks import (
    MAX_PAPER_BYTES,
    Fault,
    Field,
    OrderInput,
    Paper,
    check_order,
    form_of,
    is_credit_code,
    is_id_number,
    masked_id_number,
    read_paper,
    tidied,
)
from tests.views.certificates.world import PNG

GOOD = OrderInput(
    organization_name="江西省赣南高速公路机电工程有限责任公司第三分公司",
    credit_code="91360000MA35XA712T",
    legal_representative="陈国栋",
    holder_name="张伟",
    id_number="360102199003077718",
)
PAPER = Paper(name="a.png", media_type="image/png", extension="png", content=PNG)
PAPERS = {Field.LICENCE: PAPER, Field.LETTER: PAPER}


def changed(**fields: str) -> OrderInput:
    return OrderInput(**({name: getattr(GOOD, name) for name in OrderInput.__dataclass_fields__} | fields))


def test_good_order_has_no_fault():
    assert check_order(GOOD, PAPERS) == {}


def test_empty_order_is_faulty_at_every_field():
    faults = check_order(OrderInput(), {})
    assert set(faults) == set(Field) - {Field.SUITE}
    assert set(faults.values()) == {Fault.MISSING}


@pytest.mark.parametrize(
    ("code", "is_good"),
    [
        ("91360000MA35XA712T", True),
        ("91360000MA35XA712U", False),
        ("91360000MA35XA721T", False),
        ("91360000MA35XA71", False),
        ("9136OOOOMA35XA712T", False),
        ("９1360000MA35XA712T", False),
        ("", False),
    ],
)
def test_credit_code_needs_its_check_character(code: str, is_good: bool):
    assert is_credit_code(code) is is_good
    assert (Field.CREDIT_CODE not in check_order(changed(credit_code=code), PAPERS)) is is_good


@pytest.mark.parametrize(
    ("number", "is_good"),
    [
        ("360102199003077718", True),
        ("11010519491231002X", True),
        ("360102199003077719", False),
        ("360102199002307718", False),
        ("36010219900307771", False),
        ("360102199003O77718", False),
        ("３60102199003077718", False),
    ],
)
def test_id_number_needs_form_day_and_check_digit(number: str, is_good: bool):
    assert is_id_number(number) is is_good


def test_id_number_of_a_day_that_never_was_is_refused_even_with_its_check_digit():
    from stdnum.iso7064 import mod_11_2

    number = "36010219900230771"
    assert not is_id_number(number + mod_11_2.calc_check_digit(number))


@pytest.mark.parametrize("name", ["公司" * 40, "公\u202e司", "公司\n第二行", "\x00"])
def test_name_that_cannot_stand_in_a_certificate_is_refused(name: str):
    assert check_order(changed(organization_name=name), PAPERS) == {Field.ORGANIZATION: Fault.NOT_CLEAN}


def test_typed_order_is_tidied_before_it_is_judged():
    typed = changed(organization_name="  甲公司 ", credit_code="91360000 ma35xa712t", id_number=" 11010519491231002x ")
    order = tidied(typed)
    assert (order.organization_name, order.credit_code, order.id_number) == (
        "甲公司",
        "91360000MA35XA712T",
        "11010519491231002X",
    )


def test_masked_id_number_shows_three_and_four_characters():
    assert masked_id_number("360102199003077718") == "360***********7718"
    assert masked_id_number("3601") == "****"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"%PDF-1.7\n", "application/pdf"), (PNG, "image/png"), (b"\xff\xd8\xff\xe0rest", "image/jpeg")],
)
def test_paper_is_what_its_first_bytes_say_whatever_its_name(tmp_path: Path, content: bytes, media_type: str):
    path = tmp_path / "营业执照.png"
    path.write_bytes(content)
    paper = read_paper(path)
    assert (paper.name, paper.media_type, paper.content) == ("营业执照.png", media_type, content)


def test_program_named_pdf_is_refused(tmp_path: Path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"MZ\x90\x00")
    with pytest.raises(RejectedError) as refused:
        read_paper(path)
    assert refused.value.code == Fault.WRONG_KIND


def test_paper_of_five_megabytes_is_taken_and_one_byte_more_refused(tmp_path: Path):
    path = tmp_path / "licence.pdf"
    path.write_bytes(b"%PDF-" + b"\0" * (MAX_PAPER_BYTES - 5))
    assert len(read_paper(path).content) == MAX_PAPER_BYTES
    path.write_bytes(b"%PDF-" + b"\0" * (MAX_PAPER_BYTES - 4))
    with pytest.raises(RejectedError) as refused:
        read_paper(path)
    assert refused.value.code == Fault.TOO_LARGE


def test_paper_that_is_gone_cannot_be_read(tmp_path: Path):
    with pytest.raises(UnavailableError) as problem:
        read_paper(tmp_path / "none.pdf")
    assert problem.value.code == "general.file_unreadable"


def test_personal_data_is_in_no_repr():
    shown = repr((GOOD, form_of(GOOD, PAPERS), PAPER))
    assert GOOD.id_number not in shown
    assert GOOD.holder_name not in shown
    assert "PNG" not in shown


def test_file_names_of_the_person_are_not_sent():
    form = form_of(GOOD, PAPERS)
    assert (form.licence[0], form.letter[0]) == ("licence.png", "letter.png")

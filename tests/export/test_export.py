"""The parcel for filing: its form, its photos, its data; names are data and nothing else."""

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from bot.domain.form import NONE, Form
from bot.domain.photo import Field, PhotoReading
from bot.export.parcel import STEPS, application_zip
from bot.ports import Application, Photo

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
FORM = Form(
    name="㛃䶮翀喆", id_number="510228197001010019", phone="13800000001",
    employer="重庆市梁平区某建筑工程有限公司", contact_person="王工", years="12",
    number="渝A042021000001", trade="建筑焊工", first_issued_on="2018-03-05",
    valid_until="2027-03-05", issuer="重庆市住房和城乡建设委员会",
)  # fmt: skip


def picture(colour="#446688", size=(300, 420)):
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG")
    return held.getvalue()


PICTURES = {name: picture() for name in ("id_front", "id_back", "certificate", "portrait")}


def application(form=FORM, pictures=PICTURES, skipped=("hours",)):
    reading = PhotoReading("id_front", {"name": Field(form.name, 0.98)})
    photos = [Photo(n, name, "kept", NOW, reading) for n, name in enumerate(pictures, 1)]
    photos += [Photo(n, name, "skipped", NOW) for n, name in enumerate(skipped, 90)]
    return Application(7, 3, "reviewed", form, tuple(photos), (), False, "face", NOW, NOW)


@pytest.fixture(scope="module")
def pack(library):
    def pack(form=FORM, pictures=PICTURES, **more):
        return application_zip(
            application(form, pictures, **more), pictures, library.documents, date(2026, 11, 24),
            library.words,
        )  # fmt: skip

    return pack


def files(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as parcel:
        assert parcel.testzip() is None
        return {name: parcel.read(name) for name in parcel.namelist()}


def sheet(packed):
    reader = PdfReader(io.BytesIO(files(packed)["00_复审信息表.pdf"]))
    assert len(reader.pages) == 1
    return reader.pages[0]


def text(packed):
    return re.sub(r"\s", "", sheet(packed).extract_text())


def test_the_parcel_holds_everything_under_names_that_sort_as_they_are_asked_for(pack):
    assert list(files(pack())) == [
        "README.txt",
        "00_复审信息表.pdf",
        "01_身份证正面_㛃䶮翀喆.jpg",
        "02_身份证反面_㛃䶮翀喆.jpg",
        "03_焊工证_㛃䶮翀喆.jpg",
        "04_证件照_㛃䶮翀喆.jpg",
        "data.json",
    ]
    assert files(pack())["01_身份证正面_㛃䶮翀喆.jpg"] == PICTURES["id_front"]


def test_a_number_stays_with_its_paper_when_others_are_missing(pack):
    assert "04_证件照_㛃䶮翀喆.jpg" in files(pack(pictures={"portrait": picture()}))


def test_the_same_application_makes_the_same_bytes(pack):
    assert pack() == pack()


def test_every_field_can_be_read_from_the_form(pack):
    said = text(pack())
    for value in (
        FORM.name, FORM.id_number, FORM.phone, FORM.employer, FORM.contact_person, "12年",
        FORM.number, FORM.trade, "2018年3月5日", "2027年3月5日", FORM.issuer, "2026年11月24日",
        "编号：7", "有，见01_身份证正面_㛃䶮翀喆.jpg", "本人说没有", "还没有",
    ):  # fmt: skip
        assert value in said, value


def test_what_is_not_known_is_said_so(pack):
    said = text(pack(Form(employer=NONE, contact_person=NONE)))
    assert "现在没有单位" in said
    assert "单位联系人没有" in said
    assert said.count("未填") == 9


def test_the_font_is_embedded_as_a_subset(pack):
    fonts = sheet(pack())["/Resources"]["/Font"]
    ours = [font.get_object() for font in fonts.values()]
    embedded = [font for font in ours if "/FontDescriptor" in font]
    assert embedded
    for font in embedded:
        assert re.fullmatch(r"/[A-Z]{6}\+NotoSansSC.*", font["/BaseFont"])
        assert len(font["/FontDescriptor"]["/FontFile2"].get_data()) < 200_000
    assert len(files(pack())["00_复审信息表.pdf"]) < 300_000


def test_the_portrait_is_on_the_form(pack):
    assert len(sheet(pack()).images) == 1
    without = {name: one for name, one in PICTURES.items() if name != "portrait"}
    assert len(sheet(pack(pictures=without)).images) == 0


@pytest.mark.parametrize("size", [(2000, 300), (30, 4000), (1, 1)])
def test_a_portrait_of_any_shape_stays_in_its_frame(pack, size):
    assert len(sheet(pack(pictures={"portrait": picture(size=size)})).images) == 1


def test_a_long_employer_wraps_and_an_endless_one_ends_with_an_ellipsis(pack):
    long = "重庆市梁平区" + "建筑安装工程劳务" * 6 + "有限责任公司第三分公司"
    assert long in text(pack(Form(employer=long)))
    said = text(pack(Form(employer="长" * 5000)))
    assert "…" in said
    assert said.count("长") < 200


def test_however_much_is_told_nothing_runs_off_the_page(pack):
    row = dict.fromkeys(FORM.to_row(), "字" * 300)
    places = []

    def note(said, _cm, matrix, _font, _size):
        if said.strip():
            places.append(matrix[5])

    sheet(pack(Form(**row))).extract_text(visitor_text=note)
    assert min(places) >= 50  # the foot
    assert sum(45 < place < 60 for place in places) == 1


@pytest.mark.parametrize(
    "name",
    ["<b>张三</b>", "&lt;张&amp;三", "<para><img src='x'/></para>", "张三<br/>李四", "{name}%s",
     "买买提·阿不都热合曼·吐尔逊江"],
)  # fmt: skip
def test_markup_in_a_name_is_a_name(pack, name):
    packed = pack(Form(name=name, employer=name))
    assert text(packed).count(re.sub(r"\s", "", name)) >= 2
    assert json.loads(files(packed)["data.json"])["form"]["name"] == name


@pytest.mark.parametrize(
    ("name", "stem"),
    [("../../etc/x", "01_身份证正面_etcx"), ("a\\b:c*?\"<>|\n\0", "01_身份证正面_abc"),
     ("\u202egpj.exe", "01_身份证正面_gpj.exe"), ("", "01_身份证正面"), ("...", "01_身份证正面"),
     ("名" * 99, "01_身份证正面_" + "名" * 20)],
)  # fmt: skip
def test_a_name_never_leads_out_of_the_parcel(pack, name, stem):
    assert f"{stem}.jpg" in files(pack(Form(name=name)))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(Form, name=st.text(max_size=40), employer=st.text(max_size=80), trade=st.text()))
def test_whatever_he_is_called_there_is_a_parcel(pack, form):
    packed = pack(form, {"id_front": b"\xff\xd8\xff"})
    sheet(packed)
    assert all("/" not in name and "\\" not in name for name in files(packed))


def test_the_data_is_what_docs_say(pack):
    row = json.loads(files(pack())["data.json"])
    assert row["schema"] == "weldmate/application/1"
    assert (row["generated_on"], row["application"]) == ("2026-11-24", 7)
    assert (row["state"], row["real_name"]) == ("reviewed", "face")
    assert row["form"] == FORM.to_row()
    assert [paper["document"] for paper in row["papers"]] == list(PICTURES)
    assert row["papers"][0] == {
        "document": "id_front",
        "file": "01_身份证正面_㛃䶮翀喆.jpg",
        "read": {"name": {"value": FORM.name, "score": 0.98}},
    }


def test_the_readme_leads_through_the_official_step_and_says_what_is_lacking(pack, library):
    raw = files(pack())["README.txt"]
    assert raw.startswith(b"\xef\xbb\xbf")
    said = raw.decode("utf-8-sig").replace("\r\n", "\n")
    for intent in STEPS:
        assert library.words.say(f"faq.{intent}") in said
    assert "还差：体检证明或自我承诺" in said
    assert FORM.id_number not in said
    assert FORM.name not in said


def test_the_sheet_needs_no_module_that_draws_charts(pack):
    import sys

    pack()
    assert "matplotlib" not in sys.modules
    assert "zhplot" not in sys.modules

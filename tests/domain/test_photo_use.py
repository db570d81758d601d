"""What becomes of a photo that has been read, for every reading there can be."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.photo import NAME_SURE, PROBLEMS, Field, PhotoReading, gravest_first
from bot.domain.photo_use import MOST_REFUSED, READABLE, USELESS, Use, second_look, use_of

PAPERS = ("id_front", "id_back", "certificate", "portrait")
ASKED = ("", *PAPERS, "medical", "hours", "employer")
TODAY = date(2026, 11, 24)
ID, BAD_ID = "510212197001010015", "510212197001010012"
NAMES = ("name", "id_number", "number", "valid_until")

fields = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(Field, st.sampled_from(["张三", "李四", ID, BAD_ID]), st.floats(0, 1)),
)
readings = st.builds(
    PhotoReading,
    st.sampled_from([None, *PAPERS]),
    fields,
    st.lists(st.sampled_from(list(PROBLEMS)), max_size=4).map(gravest_first),
)


@given(readings, st.sampled_from(ASKED), st.integers(0, 9))
def test_a_photo_is_kept_for_a_paper_or_not_at_all(reading, asked, refused):
    use = use_of(reading, asked, refused)
    if use.state == "kept":
        assert use.document == asked
        assert reading.document is None
    if use.state == "refused":
        assert refused < MOST_REFUSED
        assert use.document == asked
        assert USELESS & set(reading.problems)


@given(readings, st.sampled_from(ASKED), st.integers(0, 9))
def test_what_was_recognised_is_never_taken_for_another_paper(reading, asked, refused):
    use = use_of(reading, asked, refused)
    if reading.document and use.state != "refused":
        assert use == Use("read", reading.document)


@given(readings, st.sampled_from(ASKED), st.integers(MOST_REFUSED, 9))
def test_nobody_is_asked_for_ever(reading, asked, refused):
    assert use_of(reading, asked, refused).state != "refused"


@given(readings, st.sampled_from(ASKED))
def test_one_more_refusal_before_never_makes_a_photo_worse(reading, asked):
    uses = [use_of(reading, asked, n).state for n in range(MOST_REFUSED + 2)]
    assert uses == sorted(uses, key=lambda state: state != "refused")


@given(readings, st.sampled_from(ASKED), st.integers(0, 9))
def test_the_problems_of_readable_papers_are_read_as_warnings_not_refusals(reading, asked, refused):
    if not USELESS & set(reading.problems):
        assert use_of(reading, asked, refused).state != "refused"


@given(st.sampled_from(["medical", "hours", "employer"]), st.sampled_from(["no_text", "no_face"]))
def test_a_paper_for_people_need_hold_nothing_that_we_read(asked, problem):
    assert use_of(PhotoReading(None, {}, (problem,)), asked, 0) == Use("kept", asked)


@given(st.sampled_from(sorted(READABLE)))
def test_what_shows_something_else_than_was_asked_for_is_placed_by_him(asked):
    reading = PhotoReading(None, {}, ("not_recognised",))
    assert use_of(reading, asked, 0) == Use("read")


def test_every_useless_problem_is_one_that_there_is():
    assert set(PROBLEMS) >= USELESS


def test_an_identity_number_is_taken_from_the_second_opinion_only_if_it_holds():
    first = PhotoReading("id_front", {}, ("id_number_invalid", "missing_name"))
    for value, taken in ((BAD_ID, False), (ID, True)):
        other = PhotoReading("id_front", {"id_number": Field(value, 0.9)})
        joined = second_look(first, other, TODAY)
        assert ("id_number" in joined.fields) == taken
        assert ("id_number_invalid" in joined.problems) != taken
        assert "missing_name" in joined.problems


@given(readings, readings)
def test_two_opinions_lose_no_field_of_either(first, other):
    joined = second_look(first, other, TODAY)
    assert joined.document == first.document
    for name in set(other.fields) - set(first.fields) - {"id_number"}:
        assert joined.fields[name] == other.fields[name]
    for name in set(first.fields) - {"name"}:
        assert joined.fields[name] == first.fields[name]


@given(readings, readings)
def test_a_name_read_alike_twice_is_sure_and_one_that_differs_is_doubted(first, other):
    joined = second_look(first, other, TODAY)
    mine, theirs = first.fields.get("name"), other.fields.get("name")
    if mine and theirs and mine.value == theirs.value:
        assert joined.fields["name"].score >= NAME_SURE
        assert "name_unsure" not in joined.problems
    if mine and theirs and mine.value != theirs.value:
        assert "name_unsure" in joined.problems
        assert joined.fields["name"].value in {mine.value, theirs.value}


@given(readings, readings)
def test_what_the_second_opinion_has_filled_is_missing_no_more(first, other):
    problems = set(second_look(first, other, TODAY).problems)
    assert not {f"missing_{name}" for name in set(other.fields) - {"id_number"}} & problems
    assert problems <= set(first.problems) | {"name_unsure"}

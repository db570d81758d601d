"""What is kept is read back as it was, and so are rows written before pictures were said."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Choice, Reply, Said

CHOICES = st.lists(st.builds(Choice, st.integers(0, 9), st.text(), st.integers(0, 10**11)))
SAID = st.builds(Said, st.text(), st.text(), CHOICES.map(tuple), st.text())


@given(st.lists(SAID))
def test_a_reply_is_read_back_as_it_was(said):
    reply = Reply(tuple(said))
    assert Reply.from_json(reply.to_json()) == reply


def test_a_row_written_before_pictures_is_read_and_one_without_is_written_as_then():
    before = '[["k", "选", [[1, "是", 101]]]]'
    reply = Reply.from_json(before)
    assert reply == Reply((Said("k", "选", (Choice(1, "是", 101),)),))
    assert json.loads(reply.to_json()) == json.loads(before)

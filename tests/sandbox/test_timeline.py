"""What a welder sees."""

from sandbox.timeline import read_text


def test_links_and_choices_are_found_and_the_words_stay():
    markup = (
        "看 <a href='https://a.example/x?a=1&amp;b=2'>这里</a>\n"
        '<a href="weixin://bizmsgmenu?msgmenucontent=%E5%BC%80%E5%A7%8B&msgmenuid=101">'
        "1. 开始</a> &lt;b&gt;"
    )
    text, links, choices = read_text(markup)
    assert text == "看 这里\n1. 开始 <b>"
    assert links == [{"text": "这里", "href": "https://a.example/x?a=1&b=2"}]
    assert choices == [{"n": 1, "text": "1. 开始", "content": "开始", "id": "101"}]


def test_a_choice_without_content_sends_its_words():
    _, _, choices = read_text('<a href="weixin://bizmsgmenu?msgmenuid=1">好</a>')
    assert choices[0]["content"] == "好"


def test_an_anchor_without_an_address_is_words():
    assert read_text("<a>x</a>") == ("x", [], [])


def test_numbers_go_up_by_one_for_each_person(world):
    for _ in range(3):
        world.timeline.add("a", "welder", None, {"text": "x"})
    world.timeline.add("b", "welder", None, {"text": "y"})
    assert [b["n"] for b in world.timeline.after("a", 1)] == [2, 3]
    assert [b["n"] for b in world.timeline.after("b")] == [1]

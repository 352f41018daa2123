from typing import Any

import pytest

from simulator import Person
from simulator.entities import parse


async def test_text_is_counted_in_code_points(api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="😀" * 4096)
    assert len(sent["text"]) == 4096
    assert (await api.refusal("sendMessage", chat_id=siti.id, text="😀" * 4097)).words.endswith("message is too long")


async def test_text_is_counted_after_its_marks_are_gone(api: Any, siti: Person) -> None:
    text = "<b>" + "a" * 4096 + "</b>"
    sent = await api("sendMessage", chat_id=siti.id, text=text, parse_mode="HTML")
    assert sent["entities"] == [{"offset": 0, "length": 4096, "type": "bold"}]


async def test_entities_are_placed_in_utf_16(api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="😀 <b>penting</b> /lapor", parse_mode="HTML")
    assert [(e["type"], e["offset"], e["length"]) for e in sent["entities"]] == [("bold", 3, 7), ("bot_command", 11, 6)]


async def test_a_text_of_nothing_is_empty(api: Any, siti: Person) -> None:
    for text in ("", "  \n ", "<b></b>"):
        refusal = await api.refusal("sendMessage", chat_id=siti.id, text=text, parse_mode="HTML")
        assert refusal.words == "Bad Request: message text is empty"


async def test_captions_hold_1024(api: Any, siti: Person) -> None:
    photo = (await siti.sends_photo())["photo"][-1]["file_id"]
    await api("sendPhoto", chat_id=siti.id, photo=photo, caption="a" * 1024)
    refusal = await api.refusal("sendPhoto", chat_id=siti.id, photo=photo, caption="a" * 1025)
    assert refusal.words == "Bad Request: message caption is too long"


HTML_MISTAKES = [
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<blink>x</blink>", 'Unsupported start tag "blink" at byte offset 0'),
    ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
]


@pytest.mark.parametrize(("text", "words"), HTML_MISTAKES)
async def test_mistakes_in_html_are_named(api: Any, siti: Person, text: str, words: str) -> None:
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text=text, parse_mode="HTML")
    assert refusal.words == f"Bad Request: can't parse entities: {words}"


MARKDOWN_MISTAKES = [
    ("Jl. Gajah", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("*x", "Can't find end of Bold entity at byte offset 0"),
    ("a _b", "Can't find end of Italic entity at byte offset 2"),
    ("`a", "Can't find end of Code entity at byte offset 0"),
]


@pytest.mark.parametrize(("text", "words"), MARKDOWN_MISTAKES)
async def test_mistakes_in_markdown_are_named(api: Any, siti: Person, text: str, words: str) -> None:
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text=text, parse_mode="MarkdownV2")
    assert refusal.words == f"Bad Request: can't parse entities: {words}"


def kinds(text: str, mode: str | None) -> tuple[str, list[tuple[str, int, int]]]:
    plain, entities = parse(text, mode, None)
    return plain, [(e["type"], e["offset"], e["length"]) for e in entities]


def test_markdown_makes_entities() -> None:
    assert kinds("*a _b_* __c__ ~d~ ||e|| `f`", "MarkdownV2") == (
        "a b c d e f",
        [
            ("bold", 0, 3),
            ("italic", 2, 1),
            ("underline", 4, 1),
            ("strikethrough", 6, 1),
            ("spoiler", 8, 1),
            ("code", 10, 1),
        ],
    )
    assert kinds("[peta](https://x.id/a\\)b) 1\\.5", "MarkdownV2") == ("peta 1.5", [("text_link", 0, 4)])
    assert kinds(">satu\n>dua\ntiga", "MarkdownV2") == ("satu\ndua\ntiga", [("blockquote", 0, 9)])


def test_html_makes_entities() -> None:
    assert kinds("<b>a <i>b</i></b> &lt;c&gt; &amp;", "HTML") == ("a b <c> &", [("bold", 0, 3), ("italic", 2, 1)])
    assert kinds('<a href="https://x.id">x</a> <tg-spoiler>y</tg-spoiler>', "HTML") == (
        "x y",
        [("text_link", 0, 1), ("spoiler", 2, 1)],
    )
    plain, entities = parse('<pre><code class="language-py">x</code></pre>', "HTML", None)
    assert (plain, entities) == ("x", [{"offset": 0, "length": 1, "type": "pre", "language": "py"}])


def test_the_server_finds_links_and_commands_itself() -> None:
    assert kinds("/lapor ke @polres #siaga https://x.id/a. a@b.id", None)[1] == [
        ("bot_command", 0, 6),
        ("mention", 10, 7),
        ("hashtag", 18, 6),
        ("url", 25, 14),
        ("email", 41, 6),
    ]
    assert kinds("jam 1/2, a/b", None)[1] == []


async def test_more_than_a_hundred_entities_are_refused(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="<b>a</b> " * 100, parse_mode="HTML")
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text="<b>a</b> " * 101, parse_mode="HTML")
    assert refusal.words == "Bad Request: ENTITIES_TOO_LONG"

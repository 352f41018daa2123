"""Places: their signed codes, and lists that are taken whole or not at all."""

import datetime as dt
import string

import pytest

from domain import places
from domain.area_map import AreaMap
from domain.place_lists import BYTES_MAX, BadList, read_list
from domain.places import BadPlace, NoSuchPlace
from domain.policy import PLACES_MAX
from models.engine import Store

NOW = dt.datetime(2026, 11, 24, 14, 47, tzinfo=dt.UTC)
AREAS = AreaMap()
LETTERS = string.ascii_letters + string.digits + "_-"
HEADING = "name,kind,latitude,longitude\n"
POST = HEADING + "Pos Kamling RW 3,pos kamling,-8.17,113.71\n"


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("place_id", [1, 12, 4711, places.HIGHEST_ID])
def test_a_code_leads_to_its_place_and_fits_into_a_link(place_id: int) -> None:
    code = places.token(place_id)
    assert len(code) <= 64
    assert set(code) <= set(LETTERS)
    assert places.read_token(code) == place_id


@pytest.mark.usefixtures("keyring")
def test_no_character_of_a_code_can_be_changed_left_out_or_added() -> None:
    code = places.token(4711)
    for position in range(len(code)):
        kept, rest = code[:position], code[position:]
        changed = [kept + letter + rest[1:] for letter in LETTERS if letter != rest[0]]
        added = [kept + letter + rest for letter in LETTERS]
        assert {places.read_token(text) for text in (*changed, *added, kept + rest[1:])} == {None}
    assert {places.read_token(code + letter) for letter in LETTERS} == {None}


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize(
    "text", ["", "q_", "q_1", "lapor", "q_" + "9" * 62, "q_٣AAAAAAAAAAA", "q_\ud800AAAAAAAAAAA", "q_-1AAAAAAAAAAA"]
)
def test_what_was_made_up_is_no_code(text: str) -> None:
    assert places.read_token(text) is None


@pytest.mark.usefixtures("keyring")
def test_a_number_written_another_way_is_another_code() -> None:
    code = places.token(7)
    assert places.read_token(code.replace("q_7", "q_07", 1)) is None


async def test_a_retired_place_opens_nothing(store: Store) -> None:
    async with store.begin() as session:
        [place] = await places.add_places(session, read_list(POST.encode(), AREAS), now=NOW)
        code = places.token(place.id)
        assert await places.find_by_token(session, code) is place
        await places.retire_place(session, place.id, now=NOW)
        assert await places.find_by_token(session, code) is None
        with pytest.raises(NoSuchPlace):
            await places.retire_place(session, place.id, now=NOW)


async def test_a_list_may_be_imported_again(store: Store) -> None:
    async with store.begin() as session:
        wanted = read_list(POST.encode(), AREAS)
        assert len(await places.add_places(session, wanted, now=NOW)) == 1
        assert await places.add_places(session, wanted, now=NOW) == []
        assert len(await places.in_use(session)) == 1


async def test_places_are_chosen_by_number_and_kind(store: Store) -> None:
    text = POST + "SMAN 1,sekolah,-8.171,113.72\nPasar Tanjung,pasar,-8.172,113.70\n"
    async with store.begin() as session:
        post, school, market = await places.add_places(session, read_list(text.encode(), AREAS), now=NOW)
        assert await places.in_use(session, kinds=["school", "market"]) == [school, market]
        assert await places.in_use(session, ids=[post.id]) == [post]


@pytest.mark.parametrize("kind", places.KINDS)
def test_a_kind_may_be_named_by_code_or_label(kind: places.PlaceKind) -> None:
    for name in (kind.code, kind.label_id.upper(), f"  {kind.label_en} "):
        assert places.kind_named(name) is kind


@pytest.mark.parametrize(
    "text",
    [
        POST,
        "\ufeff" + POST,
        POST.replace("\n", "\r\n"),
        POST.replace(",", ";"),
        "name;kind;latitude;longitude\nPos Kamling RW 3;Guard_Post;-8,17;113,71\n",
        "Kind,Name,Note,Longitude,Latitude\nPOS KAMLING,  Pos  Kamling RW 3 ,x,113.71,-8.17\n\n,,,,\n",
        'name,kind,latitude,longitude\n"Pos Kamling RW 3",pos kamling,-8.17,113.71',
    ],
)
def test_lists_come_in_many_spellings(text: str) -> None:
    [place] = read_list(text.encode(), AREAS)
    assert (place.name, place.kind) == ("Pos Kamling RW 3", "guard_post")
    assert (place.latitude, place.longitude) == (-8.17, 113.71)
    assert place.area_code in AREAS.by_code
    assert place.is_guess  # by the nearest centre only


def test_an_area_may_be_named_and_is_sure_then() -> None:
    [place] = read_list(b"name,kind,latitude,longitude,area\nPos,other,-8.17,113.71,kaliwates\n", AREAS)
    assert (AREAS.name(place.area_code), place.is_guess) == ("Kaliwates", False)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",school,-8.17,113.71", "name"),
        ("x" * 81 + ",school,-8.17,113.71", "name"),
        ("a\x00b,school,-8.17,113.71", "name"),
        ("SMAN 1,sekolahan,-8.17,113.71", "'sekolahan' is no kind"),
        ("SMAN 1,school,south,113.71", "'south' is no latitude"),
        ("SMAN 1,school,-8.17", "is no longitude"),
        ("SMAN 1,school,nan,113.71", "no place on Earth"),
        ("SMAN 1,school,113.71,-8.17", "no place on Earth"),
        ("SMAN 1,school,-7.25,112.75", "outside all areas"),
        ("Pos Kamling RW 3,guard_post,-8.17,113.71", "the same place as in row 2"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(row: str, fault: str) -> None:
    with pytest.raises(BadList) as caught:
        read_list((POST + row + "\nSMAN 2,school,-8.18,113.72\n").encode(), AREAS)
    [said] = caught.value.faults
    assert said.startswith("row 3: ")
    assert fault in said


def test_every_wrong_row_is_named_up_to_a_bound() -> None:
    with pytest.raises(BadList) as caught:
        read_list((HEADING + "?,?,?,?\n" * 1000).encode(), AREAS)
    assert [said.split(":")[0] for said in caught.value.faults[:2]] == ["row 2", "row 3"]
    assert len(caught.value.faults) == 20


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEADING.encode(),
        b"name,kind\nPos,other\n",
        b"name,name,kind,latitude,longitude\n",
        b"\xff\xfe" + POST.encode("utf-16-le"),
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
        (HEADING + '"Pos,other,-8.17,113.71\n').encode(),
        POST.encode() + b"x" * 200_000,
        POST.encode() + b" " * BYTES_MAX,
        (HEADING + "a,other,-8.17,113.71\n" * (PLACES_MAX + 1)).encode(),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(BadList):
        read_list(data, AREAS)


async def test_there_is_an_end_to_how_many_places_there_can_be(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PLACES_MAX", 1)
    two = read_list((POST + "SMAN 1,sekolah,-8.171,113.72\n").encode(), AREAS)
    async with store.begin() as session:
        with pytest.raises(BadPlace):
            await places.add_places(session, two, now=NOW)
        assert await places.in_use(session) == []

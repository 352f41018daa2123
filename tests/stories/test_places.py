"""Stories: somebody scans the sheet of a place."""

from domain import places
from domain.area_map import AreaMap
from domain.roles import Role
from tests.town import Town

POST = "Pos Kamling RW 3 <Patrang>"


async def test_whoever_is_here_is_not_asked_where(town: Town) -> None:
    await _open_room(town)
    siti = town.siti
    await siti.opens_link(await _code(town))
    seen = await siti.sees("Kejadiannya di sini?")
    for part in ("@siskamling_bot", "tidak pernah meminta OTP, uang, atau KTP", POST):
        assert part in seen["text"]
    await town.restart()
    await siti.presses("Di sini")
    await siti.sees("Apa yang terjadi?")
    await siti.types("ada balap liar di jalan")
    await siti.presses("Balap liar")
    await siti.sees("Kapan?")
    await siti.presses("Sekarang")
    await siti.presses("Anonim penuh")
    await siti.presses("Kirim laporan")
    card = await town.budi.sees("Balap liar", in_=town.duty_room)
    for part in (f"di {POST}", "Patrang", "Polsek Patrang", "-8.15000, 113.70000"):
        assert part in card["text"]


async def test_near_here_asks_where_exactly_and_knows_the_polsek(town: Town) -> None:
    await _open_room(town)
    siti = town.siti
    await siti.opens_link(await _code(town))
    await siti.sees("Kejadiannya di sini?")
    await siti.types("dekat sini")
    await siti.types("ada balap liar di jalan")
    await siti.presses("Balap liar")
    await siti.sees("Di mana tepatnya")
    await siti.types("depan bengkel")
    for label in ("Sekarang", "Anonim", "Kirim laporan"):
        await siti.presses(label)
    card = await town.budi.sees("Balap liar", in_=town.duty_room)
    for part in (f"depan bengkel · dekat {POST}", "Polsek Patrang"):
        assert part in card["text"]


async def test_elsewhere_goes_on_as_if_nothing_was_scanned(town: Town) -> None:
    siti = town.siti
    await siti.opens_link(await _code(town))
    await siti.presses("Di tempat lain")
    await siti.presses("Kembali")
    await siti.sees("Kejadiannya di sini?")
    await siti.presses("Di tempat lain")
    await siti.types("ada balap liar di jalan")
    await siti.presses("Balap liar")
    await siti.sees("Di mana kejadiannya?")


async def test_a_story_told_before_the_answer_is_kept(town: Town) -> None:
    siti = town.siti
    await siti.opens_link(await _code(town))
    await siti.sees("Kejadiannya di sini?")
    await siti.types("di sini ada balap liar tiap malam")
    await siti.sees("Kejadiannya di sini?")
    await siti.presses("Di sini")
    await siti.presses("Balap liar")
    await siti.sees("Kapan?")


async def test_an_open_draft_is_offered_before_the_place_begins_another(town: Town) -> None:
    siti, code = town.siti, await _code(town)
    await siti.types("ada balap liar di jalan")
    await siti.sees("Apakah ini jenisnya?")
    await siti.opens_link(code)
    await siti.sees("Ada draf laporan yang belum dikirim")
    await siti.presses("Lanjutkan draf")
    await siti.sees("Apakah ini jenisnya?")
    await siti.opens_link(code)
    await siti.presses("Hapus, mulai baru")
    await siti.sees("Kejadiannya di sini?")
    await siti.presses("Batal")
    await siti.presses("Lanjutkan draf")
    await siti.sees("Kejadiannya di sini?")


async def test_a_forged_or_retired_code_begins_an_ordinary_report(town: Town) -> None:
    siti, code = town.siti, await _code(town)
    forged = code[:-1] + ("A" if code[-1] != "A" else "B")
    await siti.opens_link(forged)
    seen = await siti.sees("bukan dari kami")
    assert "Apa yang terjadi?" in seen["text"]
    async with town.store.begin() as session:
        await places.retire_place(session, places.read_token(code) or 0, now=town.clock.now())
    await town.rahmat.opens_link(code)
    seen = await town.rahmat.sees("tidak berlaku lagi")
    assert "Apa yang terjadi?" in seen["text"]


async def _code(town: Town) -> str:
    new = places.checked(POST, "guard_post", -8.15, 113.70, "Patrang", AreaMap())
    async with town.store.begin() as session:
        [post] = await places.add_places(session, [new], now=town.clock.now())
    return places.token(post.id)


async def _open_room(town: Town) -> None:
    await town.budi.opens_link(await town.invite(Role.ADMIN))
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Seluruh", in_=town.duty_room)
    await town.budi.sees("menerima laporan baru", in_=town.duty_room)

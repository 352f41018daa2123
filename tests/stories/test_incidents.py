"""Stories: five neighbours report the same brawl. It becomes one case, and each of them goes on talking alone."""

from domain.roles import Role
from simulator.person import Person
from tests.stories.neighbours import dispatcher, has_told
from tests.town import Town

CROSSROADS = [-8.1689, 113.7022]


async def five_witnesses(town: Town) -> list[tuple[Person, str]]:
    names = ("Ani", "Bambang", "Cici", "Dodi")
    people = [town.siti, *[await town.simulator.person(name, language_code="id") for name in names]]
    told = []
    for number, person in enumerate(people):
        pin = [CROSSROADS[0] + number * 0.0005, CROSSROADS[1]]  # 55 m apart
        words = f"tawuran di perempatan, saksi ke-{number + 1}"
        told.append((person, await has_told(town, person, category="MAS-1", words=words, pin=pin)))
    return told


async def test_five_reports_become_one_incident_whose_witnesses_are_asked_together(town: Town) -> None:
    dewi = await dispatcher(town)
    (siti, first), *others = await five_witnesses(town)
    for _, number in others:
        await dewi.types(f"/kasus {number}")
        await dewi.sees("saksi ke-")
        await dewi.presses("Yang mirip")
        near = await dewi.sees("Mungkin kejadian yang sama")
        assert first in near["text"]
        await dewi.presses(first)
        await dewi.sees(f"Gabungkan {number} ke {first}?")
        await dewi.presses("Ya, gabungkan")
        await dewi.sees(f"digabung ke {first}")
    await dewi.sees("Sekarang ada 5 laporan")
    await dewi.presses("Kejadian")
    shown = await dewi.sees("5 laporan")
    for _, number in others:
        assert number in shown["text"]

    await dewi.presses("Tanya semua saksi")
    await dewi.sees("Ditanyakan kepada 5 saksi")
    for witness, answer in zip([siti, *[person for person, _ in others]], ["Masih", *["Sudah bubar"] * 4], strict=True):
        await witness.sees("masih berlangsung?")
        await witness.presses(answer)
        await witness.sees("Terima kasih")
    await dewi.types(f"/kasus {first}")
    await dewi.sees("5 laporan tentang kejadian ini")
    await dewi.presses("Kejadian")
    tally = await dewi.sees("Jawaban saksi")
    assert "Masih: 1" in tally["text"]
    assert "Sudah bubar: 4" in tally["text"]

    for witness, own in others:
        seen = await witness.transcript(limit=60)
        assert own in seen
        for number in {first, *[number for _, number in others]} - {own}:
            assert number not in seen, "nobody learns of the others"

    _, last = others[-1]
    await dewi.types(f"/kasus {last}")
    await dewi.sees(f"Bagian dari {first}")
    await dewi.presses("Pisahkan")
    await dewi.sees("Dipisahkan")
    await dewi.types(f"/kasus {first}")
    await dewi.sees("4 laporan tentang kejadian ini")


async def test_a_note_names_no_sensitive_case_to_those_who_may_read_only_its_part(town: Town) -> None:
    intel, dewi = await town.simulator.person("Eko", language_code="id"), await dispatcher(town)
    await town.appoint(intel, Role.DISPATCHER, "intelkam")
    await intel.opens_link()
    secret = await has_told(town, town.siti, category="MAS-2", words="rencana tawuran di perempatan", pin=CROSSROADS)
    child = await has_told(town, town.rahmat, category="MAS-1", words="tawuran di perempatan", pin=CROSSROADS)
    await intel.types(f"/kasus {child}")
    await intel.sees("tawuran di perempatan")
    for label in ("Yang mirip", secret, "Ya, gabungkan"):
        await intel.presses(label)
    await intel.sees(f"digabung ke {secret}")
    await dewi.types(f"/kasus {child}")
    shown = await dewi.sees("menggabungkan kasus ini ke kasus lain")
    assert "tawuran di perempatan" in shown["text"]


async def test_when_the_incident_ends_every_witness_is_told_of_their_own_report(town: Town) -> None:
    dewi = await dispatcher(town)
    first = await has_told(town, town.siti, category="MAS-4", words="sound horeg dekat masjid", pin=CROSSROADS)
    second = await has_told(town, town.rahmat, category="MAS-4", words="sound horeg berisik", pin=CROSSROADS)
    await dewi.types(f"/kasus {second}")
    await dewi.sees("berisik")
    for label in ("Yang mirip", first, "Ya, gabungkan"):
        await dewi.presses(label)
    await dewi.sees(f"digabung ke {first}")
    await dewi.presses(f"Buka {first}")
    await dewi.sees("2 laporan tentang kejadian ini")
    await dewi.presses("Sudah diperiksa")
    await dewi.sees("Sudah diperiksa")
    await dewi.presses("Selesai")
    await dewi.presses("Bahan patroli")
    await dewi.sees("Pelapor akan membaca")
    await dewi.presses("Selesai")
    await dewi.sees("Kasus ditutup")
    for witness, own, other in ((town.siti, first, second), (town.rahmat, second, first)):
        told = await witness.sees("✔", anywhere=True)
        assert own in told["text"]
        assert other not in await witness.transcript(limit=40)

    late = await town.simulator.person("Cici", language_code="id")
    third = await has_told(town, late, category="MAS-4", words="sound horeg keras", pin=CROSSROADS)
    await dewi.types(f"/kasus {third}")
    await dewi.sees("horeg keras")
    for label in ("Yang mirip", first, "Ya, gabungkan"):
        await dewi.presses(label)
    await dewi.sees(f"digabung ke {first}")
    told = await late.sees("✔", anywhere=True)
    assert third in told["text"]
    await late.presses("Belum selesai")
    await late.types("masih berisik sekali")
    await dewi.types(f"/kasus {third}")
    seen = await dewi.sees("horeg keras")
    assert "Bagian dari" not in seen["text"], "it went back alone"

"""Stories: residents report, in their own words and in whatever order things come."""

import re

import pytest

from domain.roles import Role
from tests.town import Town

WORDS = "Sepeda motor hitam dicuri dari halaman kos tadi malam, kunci pagar dirusak, ada rekaman kamera warga."
NUMBER = re.compile(r"JBR-[2-9A-Z]{3}-[2-9A-Z]{4}")
CODE = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


async def test_seven_messages_make_a_report_with_one_reply_each(town: Town) -> None:
    siti = town.siti
    answers = (
        ("/lapor", "Apa yang terjadi?"),
        (WORDS, "1 · "),
        ("1", "Di mana kejadiannya?"),
        ("Depan SMAN 1, Kecamatan Sumbersari", "Kapan?"),
        ("sekarang", "Siapa nama Anda"),
        ("anonim", "Periksa dulu"),
        ("kirim", "Laporan diterima"),
    )
    for said, heard in answers:
        await siti.types(said)
        await siti.sees(heard) if heard != "1 · " else await siti.sees("Apakah ini jenisnya?")
    told = await siti.messages()
    assert sum(not message["outgoing"] for message in told) == len(answers)
    assert NUMBER.search(told[-1]["text"])
    assert CODE.search(told[-1]["text"])

"""Taxonomy: what a report can be about, in nine groups of at most six."""

import enum
from dataclasses import dataclass
from typing import Literal

Priority = Literal["P0", "P1", "P2", "P3"]  # life in danger now, going on, just happened, information


class Flag(enum.StrEnum):
    EMERGENCY = "emergency"  # show 110 before anything else
    SENSITIVE = "sensitive"  # only its own restricted group sees it; never on a map or in a feed
    HEARTBEAT = "heartbeat"  # ask after ten minutes whether it still goes on
    REFERRED = "referred"  # usually handed to another body


class Kind(enum.StrEnum):
    REPORT = "report"  # becomes a report
    LINK = "link"  # only shows where to go; nothing is filed or kept


class OfficialClass(enum.StrEnum):
    """Classes of offences and disturbances for statistics, after Perkap 7/2009 where it names them."""

    CONVENTIONAL = "K"
    TRANSNATIONAL = "T"
    STATE = "N"
    CONTINGENCY = "I"
    DISTURBANCE = "G"
    DISASTER = "B"


class Chip(enum.StrEnum):
    """One more thing worth asking, as a button under the description."""

    APPEARANCE = "appearance"
    COLOUR = "colour"
    COUNT = "count"
    DIRECTION = "direction"
    EVIDENCE = "evidence"
    LIVE_LOCATION = "live_location"
    PLATE = "plate"
    TIME = "time"
    VEHICLE = "vehicle"
    VICTIMS = "victims"
    WEAPONS = "weapons"


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    emoji: str
    label_id: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Category:
    """`group` is where it is shown, `route` the unit of the Polres that receives it, `referred_to` another body."""

    code: str
    group: str
    label_id: str
    label_en: str
    priority: Priority | None
    route: str
    flags: frozenset[Flag] = frozenset()
    official_class: OfficialClass | None = None
    chips: tuple[Chip, ...] = ()
    referred_to: str | None = None
    kind: Kind = Kind.REPORT


class UnknownCategory(LookupError):
    """A code that no category has."""


def _flags(letters: str) -> frozenset[Flag]:
    by_letter = {"E": Flag.EMERGENCY, "S": Flag.SENSITIVE, "H": Flag.HEARTBEAT, "L": Flag.REFERRED}
    return frozenset(by_letter[letter] for letter in letters)


GROUPS: tuple[Group, ...] = (
    Group("ORG", "👀", "Orang mencurigakan & ancaman", "Suspicious people & threats"),
    Group("CRI", "🔓", "Pencurian, penipuan, kekerasan", "Theft, fraud, violence"),
    Group("MAS", "🛵", "Kelompok & jalanan", "Groups & streets"),
    Group("PEK", "🚫", "Narkoba, miras, judi", "Drugs, alcohol, gambling"),
    Group("RTK", "🏠", "Perempuan, anak, keluarga", "Women, children, family"),
    Group("LLT", "🚦", "Lalu lintas", "Traffic"),
    Group("PIL", "🗳", "Pemilu & Pilkada", "Elections"),
    Group("BCN", "🔥", "Bencana & bahaya", "Disasters & hazards"),
    Group("INF", "💬", "Informasi & lainnya", "Information & other"),
)

# Within a group the order is the order of the buttons; "don't know" is the last of all.
# CRI would have seven. Weapons are shown among the threats instead: who sees someone carry a sickle at night thinks
# "threat", not "theft", and that screen has room. The code keeps its prefix, which reports and statistics already bear.
# fmt: off
CATEGORIES: tuple[Category, ...] = (
    Category("ORG-1", "ORG", "Orang mencurigakan", "Suspicious person", "P2", "Samapta/Polsek", _flags("H"),
             chips=(Chip.APPEARANCE, Chip.DIRECTION)),
    Category("ORG-2", "ORG", "Kendaraan mencurigakan", "Suspicious vehicle", "P2", "Samapta",
             chips=(Chip.PLATE, Chip.COLOUR)),
    Category("ORG-3", "ORG", "Saya dibuntuti atau diancam", "I am followed or threatened", "P0", "Samapta",
             _flags("ES"), chips=(Chip.LIVE_LOCATION,)),
    Category("CRI-6", "ORG", "Senjata atau bahan peledak", "Weapons or explosives", "P0", "Samapta/Reskrim",
             _flags("ES")),
    Category("ORG-4", "ORG", "Penghuni kos mencurigakan", "Suspicious lodger", "P3", "Bhabinkamtibmas/Intelkam",
             _flags("S")),

    Category("CRI-1", "CRI", "Kendaraan dicuri", "Vehicle stolen", "P1", "Reskrim",
             official_class=OfficialClass.CONVENTIONAL, chips=(Chip.VEHICLE, Chip.PLATE, Chip.TIME)),
    Category("CRI-2", "CRI", "Begal, jambret, perampokan", "Robbery or snatching", "P0", "Samapta+Reskrim",
             _flags("EH")),
    Category("CRI-3", "CRI", "Rumah atau toko dibobol", "Break-in at a home or shop", "P1", "Reskrim"),
    Category("CRI-4", "CRI", "Ternak atau hasil tani dicuri", "Livestock or crops stolen", "P2", "Polsek"),
    Category("CRI-5", "CRI", "Perkelahian, penganiayaan", "Fight or assault", "P0", "Samapta", _flags("EH")),
    Category("CRI-7", "CRI", "Penipuan, pinjol, pemerasan", "Fraud, loan sharks, extortion", "P3", "Reskrim",
             chips=(Chip.EVIDENCE,)),

    Category("MAS-1", "MAS", "Tawuran atau geng motor", "Brawl or motorcycle gang", "P0", "Samapta", _flags("EH"),
             chips=(Chip.COUNT, Chip.WEAPONS)),
    Category("MAS-2", "MAS", "Bentrok perguruan silat", "Martial-arts school clash", "P0", "Samapta+Intelkam",
             _flags("EHS")),
    Category("MAS-3", "MAS", "Balap liar", "Illegal street racing", "P1", "Lantas+Samapta", _flags("H")),
    Category("MAS-4", "MAS", "Knalpot brong, sound horeg", "Loud exhausts, sound trucks", "P3", "Lantas/Polsek",
             _flags("H"), OfficialClass.DISTURBANCE),
    Category("MAS-5", "MAS", "Preman atau pungli di jalan", "Thugs or illegal street fees", "P2", "Reskrim",
             _flags("S")),
    Category("MAS-6", "MAS", "Kerumunan atau demo tegang", "Tense crowd or protest", "P1", "Intelkam/Ops",
             _flags("H"), OfficialClass.CONTINGENCY),

    Category("PEK-1", "PEK", "Narkoba", "Drugs", "P2", "Resnarkoba", _flags("S"), OfficialClass.TRANSNATIONAL),
    Category("PEK-2", "PEK", "Miras ilegal atau oplosan", "Illegal or bootleg alcohol", "P2", "Samapta", _flags("H")),
    Category("PEK-3", "PEK", "Perjudian", "Gambling", "P2", "Reskrim", _flags("SH")),
    Category("PEK-4", "PEK", "Prostitusi, perdagangan orang", "Prostitution or trafficking", "P1", "PPA/Reskrim",
             _flags("S"), OfficialClass.TRANSNATIONAL),

    Category("RTK-1", "RTK", "Kekerasan dalam rumah tangga", "Violence at home", "P0", "Unit PPA", _flags("ES")),
    Category("RTK-2", "RTK", "Kekerasan atau pelecehan seksual", "Sexual violence or harassment", "P0", "Unit PPA",
             _flags("ES")),
    Category("RTK-3", "RTK", "Anak hilang atau disakiti", "Child missing or hurt", "P0", "Unit PPA", _flags("ES")),
    Category("RTK-4", "RTK", "Orang hilang atau putus asa", "Person missing or in despair", "P0", "Samapta",
             _flags("E")),

    Category("LLT-1", "LLT", "Kecelakaan", "Accident", "P0", "Lantas", _flags("E"), chips=(Chip.VICTIMS,)),
    Category("LLT-2", "LLT", "Macet atau jalan terhalang", "Jam or blocked road", "P2", "Lantas", _flags("L"),
             referred_to="Dishub"),
    Category("LLT-3", "LLT", "Ugal-ugalan atau tabrak lari", "Reckless driving, hit and run", "P1", "Lantas",
             chips=(Chip.PLATE,)),

    Category("PIL-1", "PIL", "Politik uang", "Vote buying", "P2", "Gakkumdu", _flags("LS"),
             referred_to="Bawaslu/Gakkumdu"),
    Category("PIL-2", "PIL", "Ancaman ke pemilih atau TPS", "Threat to voters or polls", "P0", "Samapta/Intelkam",
             _flags("ESH")),
    Category("PIL-3", "PIL", "Perusakan APK, kampanye hitam", "Damaged posters, smear campaign", "P3", "Gakkumdu",
             _flags("LS"), referred_to="Bawaslu"),
    Category("PIL-4", "PIL", "Gangguan di KPU atau Bawaslu", "Trouble at election offices", "P0", "Samapta",
             _flags("EH")),

    Category("BCN-1", "BCN", "Kebakaran", "Fire", "P0", "Samapta", _flags("LEH"), referred_to="Damkar"),
    Category("BCN-2", "BCN", "Banjir, longsor, pohon tumbang", "Flood, landslide, fallen tree", "P1", "Samapta",
             _flags("LEH"), OfficialClass.DISASTER, referred_to="BPBD"),
    Category("BCN-3", "BCN", "Benda mencurigakan, diduga bom", "Suspicious object, maybe a bomb", "P0",
             "Samapta/Gegana", _flags("E")),

    Category("INF-1", "INF", "Hoaks atau ujaran kebencian", "Hoax or hate speech", "P3", "Humas+Siber"),
    Category("INF-2", "INF", "Minta patroli", "Ask for a patrol", "P3", "Samapta", _flags("S")),
    Category("INF-3", "INF", "Kehilangan barang, SKCK, SIM", "Lost items, police papers", None, "SPKT",
             kind=Kind.LINK),
    Category("INF-4", "INF", "Keluhan tentang polisi", "Complaint about police", None, "Propam",
             referred_to="Propam", kind=Kind.LINK),
    Category("INF-5", "INF", "Tidak tahu / lainnya", "Don't know / other", "P2", "dispatcher"),
)
# fmt: on

_BY_CODE = {category.code: category for category in CATEGORIES}


def category(code: str) -> Category:
    """The category with this code. Raises UnknownCategory."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise UnknownCategory(code) from None


def in_group(group: str | Group) -> tuple[Category, ...]:
    """The categories shown in a group, in the order of their buttons; none for an unknown group."""
    code = group.code if isinstance(group, Group) else group
    return tuple(category for category in CATEGORIES if category.group == code)


# What only its own unit may read.
SENSITIVE_CODES = frozenset(category.code for category in CATEGORIES if Flag.SENSITIVE in category.flags)

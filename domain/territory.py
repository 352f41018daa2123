"""Territory: the kecamatan of Jember, each with a centre and the police sector that answers for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A kecamatan; `latitude` and `longitude` are degrees (WGS84) of a point well inside its mainland."""

    code: str
    name: str
    latitude: float
    longitude: float
    polsek: str
    aliases: tuple[str, ...] = ()


# Aliases are other names; another spelling needs none, since names are compared without spaces and case.
# Codes are Kemendagri's; BPS numbers the same kecamatan differently, so the two must never be mixed.
# Puger's centre is on the mainland: half of its land is the island Nusa Barong.
KECAMATAN: tuple[Area, ...] = (
    Area("35.09.01", "Jombang", -8.22148, 113.35899, "Polsek Jombang"),
    Area("35.09.02", "Kencong", -8.28646, 113.35736, "Polsek Kencong"),
    Area("35.09.03", "Sumberbaru", -8.07957, 113.40632, "Polsek Sumberbaru"),
    Area("35.09.04", "Gumukmas", -8.32759, 113.40442, "Polsek Gumukmas"),
    Area("35.09.05", "Umbulsari", -8.24100, 113.43948, "Polsek Umbulsari"),
    Area("35.09.06", "Tanggul", -8.09604, 113.49843, "Polsek Tanggul"),
    Area("35.09.07", "Semboro", -8.18140, 113.43606, "Polsek Semboro"),
    Area("35.09.08", "Puger", -8.33220, 113.46751, "Polsek Puger"),
    Area("35.09.09", "Bangsalsari", -8.14846, 113.55188, "Polsek Bangsalsari"),
    Area("35.09.10", "Balung", -8.27077, 113.52817, "Polsek Balung"),
    Area("35.09.11", "Wuluhan", -8.35871, 113.54096, "Polsek Wuluhan"),
    Area("35.09.12", "Ambulu", -8.38128, 113.61152, "Polsek Ambulu"),
    Area("35.09.13", "Rambipuji", -8.23151, 113.59731, "Polsek Rambipuji"),
    Area("35.09.14", "Panti", -8.06944, 113.62277, "Polsek Panti"),
    Area("35.09.15", "Sukorambi", -8.11918, 113.66097, "Polsek Sukorambi"),
    Area("35.09.16", "Jenggawah", -8.29108, 113.64594, "Polsek Jenggawah"),
    Area("35.09.17", "Ajung", -8.23601, 113.65531, "Polsek Ajung"),
    Area("35.09.18", "Tempurejo", -8.41531, 113.76496, "Polsek Tempurejo"),
    Area("35.09.19", "Kaliwates", -8.18489, 113.67690, "Polsek Kaliwates", ("Kota", "Jember Kota")),
    Area("35.09.20", "Patrang", -8.13556, 113.69895, "Polsek Patrang", ("Kota", "Jember Kota")),
    Area("35.09.21", "Sumbersari", -8.17769, 113.72835, "Polsek Sumbersari", ("Kota", "Jember Kota")),
    Area("35.09.22", "Arjasa", -8.10172, 113.73154, "Polsek Arjasa"),
    Area("35.09.23", "Mumbulsari", -8.25861, 113.74117, "Polsek Mumbulsari"),
    Area("35.09.24", "Pakusari", -8.15692, 113.76920, "Polsek Pakusari"),
    Area("35.09.25", "Jelbuk", -8.05351, 113.72403, "Polsek Jelbuk"),
    Area("35.09.26", "Mayang", -8.20359, 113.80141, "Polsek Mayang"),
    Area("35.09.27", "Kalisat", -8.12242, 113.80666, "Polsek Kalisat"),
    Area("35.09.28", "Ledokombo", -8.14087, 113.91549, "Polsek Ledokombo"),
    Area("35.09.29", "Sukowono", -8.06679, 113.83271, "Polsek Sukowono"),
    Area("35.09.30", "Silo", -8.26690, 113.86945, "Polsek Silo", ("Sempolan",)),
    Area("35.09.31", "Sumberjambe", -8.07825, 113.93457, "Polsek Sumberjambe"),
)

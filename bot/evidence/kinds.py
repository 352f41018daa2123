"""Kinds: what a file is, told by its first bytes and never by its name, and why some are shown to nobody."""

PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
# How the untouched file is named when somebody may open it.
SUFFIXES = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG", ".png"),
    (b"OggS", ".ogg"),
    (b"%PDF", ".pdf"),
    (b"PK\x03\x04", ".zip"),
    (b"ID3", ".mp3"),
    (b"GIF8", ".gif"),
)

NOT_SHOWN = "not_shown"  # a kind of file that we cannot make harmless
MALFORMED = "malformed"  # it is not what it says, or is cut off
TOO_MANY_PIXELS = "too_many_pixels"
TOO_COSTLY = "too_costly"  # it wanted more memory or time than one file may have
HIDDEN_TRACK = "hidden_track"  # a video that carries more than picture and sound: where it was filmed, most likely
REASONS = (NOT_SHOWN, MALFORMED, TOO_MANY_PIXELS, TOO_COSTLY, HIDDEN_TRACK)


class NoCopy(Exception):
    """There is no copy that staff may see; `reason` is one of the words above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def shown_as(kind: str, content: bytes) -> str | None:
    """What a copy of it would be: photo, video or voice. None for what is shown to nobody."""
    if content.startswith(PICTURES) or _is_webp(content):
        return "photo"
    if kind in ("video", "video_note", "animation", "document") and content[4:8] == b"ftyp":
        return None if content[8:12] in HEIF_BRANDS else "video"
    if kind == "voice" and content.startswith(b"OggS"):
        return "voice"
    return None


def suffix(content: bytes) -> str:
    """The ending of a neutral name, for example `.pdf`."""
    if _is_webp(content):
        return ".webp"
    if content[4:8] == b"ftyp":
        return ".heic" if content[8:12] in HEIF_BRANDS else ".mp4"
    return next((ending for magic, ending in SUFFIXES if content.startswith(magic)), ".bin")


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"

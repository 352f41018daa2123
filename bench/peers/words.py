"""What the peers say: about as long as any bot's replies."""

ASK_TEXT = "Apa yang terjadi? Ceritakan dengan singkat. Nama Anda tidak diperlihatkan kepada petugas."
ASK_CATEGORY = "Termasuk jenis apa? Balas dengan angkanya.\n1. Pencurian\n2. Gangguan ketertiban\n3. Lainnya"
ASK_PLACE = "Di mana kejadiannya? Tulis tempat dan kecamatannya, atau kirim lokasi."
ASK_TIME = "Kapan kejadiannya? Tulis 'sekarang' atau jamnya."
ASK_ANONYMITY = "Apakah laporan ini anonim?"
ASK_CONFIRM = "Periksa kembali laporan Anda. Kirim?"
NOT_UNDERSTOOD = "Tulis /lapor untuk membuat laporan."

CATEGORY_CHOICES = ["1", "2", "3"]
TIME_CHOICES = ["sekarang", "tadi pagi", "tadi malam"]
ANONYMITY_CHOICES = ["anonim", "dengan nama"]
CONFIRM_CHOICES = ["kirim", "batal"]


def received(number: str) -> str:
    return f"Terima kasih. Laporan Anda diterima dengan nomor {number}. Simpan nomor ini."

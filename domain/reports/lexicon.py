"""Lexicon: the words residents of Jember use for what happens, and what they hint at.

Indonesian as typed on a phone, Javanese and Madurese, in plain ASCII. Affixes need no entry of their own (`classifier`
strips the common ones). No school of silat and no party is named, so that none is ever suspected by a word alone.
"""

# What is meant: the words for it. Words joined by "_" must follow one another.
CONCEPTS: dict[str, str] = {
    # who and what
    "me": "saya sy aku ak ku gue gw kulo engkok sengko bule kita kami",
    "person": "orang org wong uwong reng oreng pria cowok cewek laki lelaki pemuda",
    "child": "anak ank arek bocah bayi balita kanak nakkanak adik adek keponakan cucu lare siswi siswa pelajar murid",
    "family": (
        "ibu bapak ayah kakek nenek mbah simbah emak embuk lansia kakak saudara paman bibi bude pakde tante suami istri"
    ),
    "spouse": "suami istri isteri bojo lake bine mertua mantan",
    "stepparent": "bapak_tiri ayah_tiri ibu_tiri tiri",
    "police": "polisi polantas pulisi petugas_polisi polsek polres aparat",
    "motorcycle": (
        "motor mtr sepeda spd sepedah sepeda_motor montor spm matic metik vario beat scoopy nmax supra vixion"
    ),
    "car": "mobil mbl avanza innova pikap pickup pick_up truk truck bis bus elf angkot angkutan ambulans",
    "home": "rumah rmh omah bengko griya ruko toko warung kios konter gudang minimarket kantor sekolah masjid",
    "livestock": "sapi sape kambing wedus wedhus embik embek kerbau kebo ternak domba bebek kandang lembu jaran kuda",
    "crop": (
        "panen tembakau bako padi pari jagung kopi cabai cabe semangka jeruk pupuk gabah sawah ladang kebun tegal "
        "kakao sengon kayu_jati diesel_sawah pompa_air alkon"
    ),
    "lodger": "kos kost kosan kontrakan ngekos ngontrak tamu penghuni penyewa anak_kos warga_baru",
    "weapon": (
        "senjata sajam celurit clurit arit parang golok pedang samurai pisau piso gaman pistol senpi bedil senapan "
        "badik ketapel panah busur gir kerambit"
    ),
    "explosive": "bondet bahan_peledak mesiu bubuk_petasan bom_ikan bom_rakitan molotov peledak detonator",
    "bring": (
        "bawa bw bwa membawa nggowo gowo ngeba ngibeh acung ngacung mengacungkan ayun nenteng simpan nyimpan rakit "
        "ngrakit"
    ),
    # what is done
    "missing": "hilang ilang elang kehilangan raib lenyap ical musnah ngilang",
    "steal": (
        "curi nyuri pencuri pencurian maling malingan kemalingan maleng malengan colong nyolong kecolongan garong "
        "gondol digondol gasak digasak nyongot ngecok ekecok kecok embat diembat"
    ),
    "take_away": "dibawa_kabur dibawa_lari dibawa_pergi digowo_mlayu",
    "vehicle_theft": "curanmor ranmor pencurian_motor maling_motor",
    "robbery": (
        "begal pembegalan rampok perampok perampokan rampas perampasan jambret penjambret penjambretan curas todong "
        "penodongan copet pencopet kecopetan mbegal njambret ngrampok"
    ),
    "snatch": "tarik rebut pepet dipepet mepet",
    "bag": "tas hp dompet kalung perhiasan ponsel handphone",
    "break_in": (
        "bobol pembobolan mbobol jebol njebol congkel dicongkel nyongkel linggis kemasukan dimasuki plafon genteng "
        "gembok atap masuk_lewat_jendela dirusak_pintunya acak_acak diacak"
    ),
    "fight": (
        "kelahi berkelahi perkelahian gelut gelud gelutan tukaran tokar atokar carok berantem brantem duel "
        "adu_jotos cekcok baku_hantam bertengkar ribut_besar gegeran"
    ),
    "beat": (
        "pukul mukul mukuli pemukulan keroyok pengeroyokan ngeroyok aniaya penganiayaan hajar menghajar bacok "
        "mbacok pembacokan tusuk nusuk penusukan sabet tebas gebuk gebuki gepuk digepuki antem ngantem tonjok "
        "tonjoki tendang tampar siksa cekik sundut epokol tapuk nyiksa"
    ),
    "hurt": (
        "luka terluka berdarah darah dara getih bocor patah pingsan sekarat kritis korban meninggal tewas lebam "
        "memar benjol parah remuk semaput"
    ),
    "fraud": (
        "tipu nipu ketipu tertipu penipu penipuan apusi ngapusi kapusan scam phising phishing bodong "
        "investasi_bodong undian_palsu hipnotis gendam arisan_bodong uang_palsu akun_palsu dibawa_kabur_uangnya"
    ),
    "money": "transfer tf trf rekening duit uang pesse pes saldo dp",
    "online": "online olshop cod marketplace fb wa link apk_kiriman akun hp penjual barang",
    "loan": "pinjol pinjaman_online debt_collector debtcollector dc rentenir bank_titil bank_plecit utang hutang",
    "extort": "peras meras pemerasan pemeras memeras vcs sebar_foto disebar_foto sebar_data ancam_sebar",
    "threaten": (
        "ancam ngancam pengancaman ancaman intimidasi mengintimidasi teror neror paksa maksa takuti nakuti dipaksa"
    ),
    "follow": (
        "buntut buntuti mbuntuti ikuti ngikuti diikuti ketutno ngetutno tututi kuntit nguntit kejar ngejar oyak "
        "dioyak etoro toro buru eburu hadang dicegat"
    ),
    # groups and streets
    "brawl": (
        "tawuran tawur geng gengster gangster geng_motor klitih kreak segerombolan perang_sarung gerombolan "
        "antar_kampung "
        "antar_pemuda gengmotor"
    ),
    "attack": (
        "serang nyerang menyerang lempar nglempar melempar lemparan rusak ngrusak merusak obrak bakar mbakar "
        "sweeping balas_dendam kepung"
    ),
    "stone": "batu watu beto",
    "scarf": "sarung",
    "silat": "silat pesilat persilatan perguruan pendekar",
    "convoy": "konvoi konvoy arak_arakan iring_iringan rombongan",
    "clash": "bentrok bentrokan rusuh kerusuhan ricuh kericuhan geger saling_serang",
    "race": (
        "balap_liar balapan_liar balapan balap trek_trekan trektrekan trek treking drag_liar kebut_kebutan "
        "adu_kecepatan balapliar setting_motor"
    ),
    "noise": (
        "knalpot brong brongan bising berisik brisik horeg sound sound_system geter getar bledar speaker toa "
        "karaoke blombongan rame_rame_musik musik_keras bleyer"
    ),
    "thug": (
        "preman premanisme pungli palak malak pemalak pemalakan jatah_preman uang_keamanan uang_jatah parkir_liar "
        "jukir_liar tukang_palak retribusi_liar"
    ),
    "levy": (
        "dimintai mintai minta_uang mintak_uang njaluk_duit njaluk_dhuwit setoran upeti narik_uang tarik_uang "
        "karcis_palsu uang_rokok"
    ),
    "crowd": (
        "demo demonstrasi unjuk_rasa unras massa kerumunan orasi blokade blokir bakar_ban berkerumun kerumun "
        "aksi_massa kumpul_banyak geruduk nggeruduk"
    ),
    "tense": "tegang memanas panas emosi anarkis bakar_ban rusuh ricuh dorong_dorongan teriak",
    # vice
    "drug": (
        "narkoba narkotika sabu shabu sabusabu nyabu ganja ekstasi inex koplo pil_koplo trex trihex dextro okerbaya "
        "obat_keras ngobat sinte bandar_narkoba pil_putih pil_kuning nyimeng"
    ),
    "deal": (
        "transaksi tempelan ranjau kurir pengedar ngedar edarkan bungkusan paketan barang_haram barang_kecil "
        "bungkusan_kecil"
    ),
    "drink": (
        "miras mabuk mabok mabukan mendem mendeman arak arake arakan oplosan tuak alkohol anggur_merah ciu "
        "minuman_keras pesta_miras minum_minum cukrik arak_bali"
    ),
    "sell": "jual jualan menjual dijual penjual ajuwel juwel ajuel juel adol dodol dodolan ngedol sade",
    "gamble": (
        "judi perjudian judol sabung sabung_ayam adu_ayam aben_ajem togel slot dadu domino kiu_kiu capjiki "
        "remi_uang main_kartu_uang taruhan totoan toto bandar_togel dadu_kopyok cap_jie_kie tembak_ikan botoh"
    ),
    "vice": (
        "prostitusi psk pelacur pelacuran open_bo openbo lonte mucikari germo michat esek_esek lokalisasi mesum "
        "gituan begituan wanita_panggilan perdagangan_orang tppo jual_diri purel pijat_plus"
    ),
    "traffick": "kerja_luar_negeri tki_ilegal dijual_ke diperdagangkan perdagangan_anak pmi_ilegal",
    "abroad": "luar_negeri tki pmi paspor",
    # women, children, family
    "kdrt": "kdrt kekerasan_rumah_tangga",
    "sexual": (
        "leceh dilecehkan pelecehan perkosa pemerkosaan rudapaksa cabul cabuli pencabulan nyabuli raba ngraba grepe "
        "grayang nggrayangi remas ngremas pamer_kelamin pamer_alat_kelamin eksibisionis intip ngintip bugil sodomi "
        "begal_payudara pegang_pegang setubuhi mencabuli"
    ),
    "kidnap": "culik nyulik penculik penculikan",
    "neglect": (
        "terlantar telantar ditelantarkan buang_bayi dibuang sendirian_menangis gak_dikasih_makan dirantai dikurung"
    ),
    "not_home": (
        "belum_pulang tidak_pulang gak_pulang ga_pulang ndak_pulang blm_pulang gak_muleh durung_muleh gak_mulih "
        "durung_mulih tak_pulang tak_mole gung_mole pamit tersesat kesasar pikun"
    ),
    "suicide": (
        "bunuh_diri bundir gantung_diri nggantung gandir loncat lompat terjun melompat mencolot nekat putus_asa "
        "akhiri_hidup mengakhiri_hidup gak_kuat_hidup pengen_mati ingin_mati minum_racun potas"
    ),
    "edge": "jembatan rel tower sumur pagar_jembatan menara",
    "cry": "nangis menangis nanges",
    # traffic
    "accident": (
        "kecelakaan laka lakalantas tabrak nabrak nabraki tabrakan nyungsep terguling njungkel terjungkal "
        "terperosok nyusruk masuk_jurang masuk_sungai oleng rem_blong serempet srempet terserempet adu_banteng "
        "ketabrak atabrak nubruk tubrukan gulingan ngguling"
    ),
    "flee": "kabur lari melarikan minggat mlayu buron langsung_pergi",
    "hit_and_run": "tabrak_lari tabraklari",
    "jam": (
        "macet kemacetan lampu_merah lampu_bangjo bangjo traffic_light apill mogok terhalang jalan_ditutup "
        "jalan_rusak berlubang parkir_sembarangan penerangan_jalan antri_panjang menghalangi nutup_jalan "
        "tumpahan_solar portal"
    ),
    "road": "jalan dalan jln lurung jl",
    "reckless": "ugal ugalan ugal_ugalan ngebut zig_zag lawan_arus melawan_arus ngeblong kebut sopir_mabuk ngawur",
    # elections
    "vote": (
        "pemilu pilkada pilkades pileg coblos nyoblos coblosan paslon caleg cabup bupati timses kampanye suara "
        "serangan_fajar pemilih nomor_urut tim_sukses pilih milih calon"
    ),
    "bribe": (
        "amplop politik_uang money_politik bagi_uang bagi_duit bagi_bagi sembako serangan_fajar bagi bagikan mbagi dum"
    ),
    "poll": "tps kpps ppk panwas pps petugas_kpps linmas_tps pengawas_tps saksi",
    "poster": "baliho spanduk banner apk poster alat_peraga bendera_partai",
    "tear": "robek sobek suwek rusak dirusak copot dicopot dicabut coret bakar dibakar",
    "smear": (
        "kampanye_hitam black_campaign netralitas tidak_netral gak_netral selebaran_fitnah asn_kampanye kades_kampanye"
    ),
    "election_office": "kpu bawaslu gudang_logistik kotak_suara logistik_pemilu surat_suara gudang_kpu",
    # hazards
    "fire": (
        "kebakaran terbakar kebakar kobaran kobar kobhar kobharan kobong kobongan obong apoy api geni konslet "
        "korslet korsleting damkar pemadam meledak mbledos kompor_meledak gas_bocor elpiji_bocor"
    ),
    "flood": (
        "banjir banjer longsor pohon_tumbang ambruk roboh angin_kencang puting_beliung lesus gempa tsunami rob "
        "meluap tanggul_jebol lahar pohon_roboh ambrol tumbang"
    ),
    "drown": "tenggelam kelelep hanyut kintir keseret terseret ombak arus perahu_terbalik basarnas timsar tim_sar",
    "sea": "pantai laut segara tasek nelayan perahu sungai kali",
    "bomb": "bom granat mortir diduga_bom peluru_meriam bom_waktu",
    "object": "benda koper ransel kardus kotak tas_hitam bungkusan_hitam paket tas",
    "unattended": (
        "tak_bertuan tanpa_pemilik gak_ada_pemilik tidak_ada_pemilik ditinggal ketinggalan kabel detak berdetak "
        "gak_ada_yang_punya gaada_yang_punya tergeletak"
    ),
    # suspicion
    "suspicious": (
        "curiga mencurigakan mencurigaken mondar mandir mondar_mandir muter wira_wiri wirawiri celingukan clingak "
        "clinguk intai ngintai mengintai gerak_gerik gerak_geriknya tidak_dikenal gak_dikenal orang_asing gelagat "
        "aneh tidak_jelas gak_jelas gk_jelas ga_jelas nginceng"
    ),
    "loiter": "mandek mandeg ngetem berhenti parkir nongkrong brenti ambu terparkir",
    "long": "lama suwe suwi abit abid sejam dari_tadi ket_mau berjam_jam lambek kawit_mau semalaman",
    "no_plate": "tanpa_plat plat_palsu plat_ditutup gak_ada_plat plat plate nopol kaca_gelap lampu_dimatikan dimatikno",
    "closed": (
        "tertutup tidak_lapor_rt gak_lapor_rt belum_lapor_rt gak_pernah_keluar gonta_ganti keluar_masuk tidak_lapor "
        "gak_lapor tidak_bersosialisasi"
    ),
    "night": "malam mlm bengi wengi dalu malem tengah_malam dini_hari",
    # information
    "hoax": "hoax hoaks hoak hox ujaran_kebencian berita_bohong kabar_bohong disinformasi",
    "incite": "isu fitnah provokasi provokatif adu_domba sara hasut menghasut",
    "rumour": (
        "katanya jarene jare broadcast beredar tersebar viral kabar kabarnya grup_wa grup share dishare berita "
        "info_di_wa pesan_berantai"
    ),
    "is_it_true": (
        "bener_gak bener_ga bener_gk benar_gak benar_tidak bener_tidak bener_tah bener_ta apa_benar apa_bener "
        "beneran_ada beneran_onok "
        "apakah_benar apakah_bener beneran_gak beneran_kah benarkah bener_ndak bener_nggak bener_kah tenan_ta "
        "tenan_opo ongguen"
    ),
    "patrol": "patroli dipatroli dironda",
    "ask": "minta mohon nyuwun tolong request mintak bisa jaluk njaluk dipatroli",
    "away": "mudik umroh haji luar_kota keluar_kota pulang_kampung rumah_kosong ditinggal_mudik liburan bepergian",
    "spot": "rawan titik_rawan sepi gelap petengan peteng angker tongkrongan",
    "service": (
        "skck sim_hilang perpanjang_sim bikin_sim buat_sim sp2hp spkt surat_kehilangan perkembangan_kasus "
        "perpanjangan_sim sim_keliling bpkb ujian_sim bikin_skck laporan_kehilangan surat_hilang"
    ),
    "papers": "stnk ktp sim atm dompet surat kartu ijazah buku_nikah",
    "how": (
        "cara gimana syarat persyaratan biaya carane piye jam_berapa jadwal dimana_ngurus ngurus mengurus kapan_buka"
    ),
    "rude": (
        "kasar arogan bentak membentak tidak_sopan gak_sopan semena suap menyuap pungutan damai_di_tempat "
        "uang_damai uang_rokok tidak_ditanggapi gak_ditanggapi tidak_digubris gak_digubris dipersulit lambat nakal "
        "sewenang tilang_minta minta_uang mintak_uang dimintai gak_ada_tindak_lanjut"
    ),
    "officer": "oknum_polisi oknum_aparat polisinya polisi_nakal propam polisi_minta oknum_petugas oknum",
    # how urgent
    "help": "tolong tulung bantuan darurat gawat sos cepat cepet cepetan duli ndang ndhang gage segera buruan",
    "now": "sekarang skrg skg saiki sateya sateyya barusan lagi sedang masih berlangsung",
}

# What a category is recognised by: concepts that all occur, and how telling they are together (3 is a bare hint).
# fmt: off
CLUES: dict[str, dict[str, int]] = {
    "ORG-1": {"suspicious": 4, "suspicious person": 2, "suspicious night": 1, "loiter long person": 2},
    "ORG-2": {
        "car suspicious": 4, "car loiter": 3, "car loiter long": 4, "motorcycle suspicious": 1, "no_plate car": 2,
        "no_plate loiter": 3, "no_plate suspicious": 3,
    },
    "ORG-3": {"follow": 4, "follow me": 4, "threaten me": 5, "threaten": 3},
    "ORG-4": {"lodger suspicious": 6, "lodger closed": 6, "lodger": 2},
    "CRI-1": {
        "vehicle_theft": 9, "motorcycle missing": 7, "motorcycle take_away": 8, "motorcycle steal": 7,
        "car missing": 6, "car steal": 6,
        "steal": 1,
    },
    "CRI-2": {
        "robbery": 11, "snatch bag": 5, "bag steal": 2, "weapon threaten money": 5, "weapon threaten bag": 6,
        "weapon threaten motorcycle": 6,
    },
    "CRI-3": {"break_in": 4, "break_in home": 3, "steal home": 5, "steal": 3, "home missing": 2, "break_in steal": 2},
    "CRI-4": {"livestock missing": 8, "livestock steal": 8, "crop steal": 12, "crop missing": 7},
    "CRI-5": {"fight": 6, "beat": 5, "beat hurt": 3, "fight hurt": 2, "beat person": 1},
    "CRI-6": {"weapon bring": 5, "explosive": 7, "weapon": 4, "explosive bring": 1},
    "CRI-7": {
        "fraud": 7, "loan": 5, "extort": 6, "loan threaten": 4, "fraud money": 2, "money online": 4,
        "extort threaten": 4,
    },
    "MAS-1": {
        "brawl": 8, "scarf stone": 7, "scarf brawl": 2, "brawl weapon": 4, "attack person convoy": 3,
        "convoy weapon": 4, "attack stone": 2,
    },
    "MAS-2": {
        "silat": 7, "silat clash": 4, "silat convoy": 4, "convoy clash": 4, "silat beat": 4, "silat fight": 4,
        "silat brawl": 4,
    },
    "MAS-3": {"race": 8},
    "MAS-4": {"noise": 6, "noise night": 2},
    "MAS-5": {"thug": 8, "levy": 5, "levy car": 3, "levy threaten": 2},
    "MAS-6": {"crowd": 6, "crowd tense": 3, "clash": 4, "crowd clash": 2},
    "PEK-1": {"drug": 9, "deal": 5, "deal night": 1},
    "PEK-2": {"drink": 6, "drink sell": 3, "drink night": 1},
    "PEK-3": {"gamble": 8},
    "PEK-4": {"vice": 7, "vice child": 2, "traffick": 7, "vice lodger": 2, "abroad sell": 8, "abroad": 3},
    "RTK-1": {"kdrt": 10, "spouse beat": 9, "spouse threaten": 6, "spouse fight": 3, "spouse hurt": 4},
    "RTK-2": {"sexual": 9, "sexual child": 1},
    "RTK-3": {
        "child missing": 6, "child take_away": 8, "child kidnap": 7, "kidnap": 5, "child neglect": 7,
        "child beat": 4, "child not_home": 7,
        "stepparent beat": 9, "stepparent child beat": 3,
    },
    "RTK-4": {
        "suicide": 7, "family missing": 6, "person missing": 3, "family not_home": 7, "person not_home": 5,
        "edge cry": 5, "suicide edge": 2, "not_home": 2,
    },
    "LLT-1": {"accident": 7, "accident hurt": 3, "car hurt": 2, "motorcycle hurt": 2},
    "LLT-2": {"jam": 6, "jam road": 2, "flood jam": 1},
    "LLT-3": {"hit_and_run": 12, "accident flee": 9, "reckless": 6, "reckless car": 2, "reckless motorcycle": 2},
    "PIL-1": {"bribe vote": 9, "bribe": 3, "money vote": 4},
    "PIL-2": {"poll threaten": 9, "vote threaten": 7, "poll attack": 7, "poll clash": 6, "poll": 3, "poll tense": 4},
    "PIL-3": {"poster tear": 8, "smear": 8, "poster vote": 4, "poster": 3, "vote hoax": 3, "vote incite": 3},
    "PIL-4": {
        "election_office crowd": 9, "election_office attack": 9, "election_office break_in": 8,
        "election_office suspicious": 5, "election_office clash": 9, "election_office": 3,
        "election_office threaten": 6,
    },
    "BCN-1": {"fire": 7, "fire home": 2},
    "BCN-2": {"flood": 7, "drown": 5, "drown sea": 4, "flood road": 1},
    "BCN-3": {"bomb": 7, "object suspicious": 6, "object unattended": 6, "bomb object": 2, "explosive object": 2},
    "INF-1": {"hoax": 12, "is_it_true": 12, "rumour is_it_true": 2, "rumour": 3, "incite": 5, "incite rumour": 3},
    "INF-2": {"patrol": 6, "patrol ask": 4, "away": 4, "away patrol": 4, "spot": 3, "spot patrol": 2, "away ask": 2},
    "INF-3": {"service": 9, "papers missing": 8, "papers how": 7, "service how": 2, "papers bag missing": 1},
    "INF-4": {"officer": 6, "officer rude": 7, "police rude": 9, "police levy": 7, "police beat": 4},
}
# fmt: on

# "Not", in the three languages: the word after it does not count.
NEGATIONS = (
    "tidak tdk tak gak gk ga nggak ngga enggak ndak bukan belum blm tanpa jangan not never "
    "ora mboten dudu durung tadha tade banne gung"
)
# Words that may stand between "not" and what is denied: "gak ada yang luka".
FILLERS = "ada yang yg ono onok bede sampai sampe smp pernah lagi"

#!/usr/bin/env python3
"""Make the two fonts that trustledger ships, from the variable Noto Sans SC.

Source
    ``NotoSansSC[wght].ttf`` (TrueType outlines, axis wght 100-900), version
    2.004, as the pip package ``justmytype-intl-cjk`` 0.1.0 carries it, which
    took it from the Google Fonts collection.

Licence
    SIL Open Font License 1.1, (c) 2014-2021 Adobe, with Reserved Font Name
    'Source'. "Noto" is not a reserved name, so the made fonts keep the name
    Noto Sans SC; they are under the same licence, and ``OFL.txt`` is written
    beside them, as the licence asks.

Use
    pip install justmytype-intl-cjk fonttools
    python scripts/make_fonts.py            # writes trustledger/render/fonts
    python scripts/make_fonts.py --check    # makes them again and compares

Two runs with one fontTools version give the same bytes: no clock is read
(``head.modified`` is the constant below) and the glyph order is the source's.
Another fontTools version may lay tables out otherwise; ``README.md`` beside
the fonts names the version that made the shipped ones.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.varLib import instancer

SOURCE_PACKAGE = "justmytype_intl_cjk"
SOURCE_FILE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
# Another source file would silently give other fonts, so the file is pinned.
SOURCE_SHA256 = "a3041811a78c361b1de50f953c805e0244951c21c5bd412f7232ef0d899af0da"

OUT_DIR = Path(__file__).resolve().parent.parent / "trustledger" / "render" / "fonts"

# head.modified counts seconds from 1904-01-01; this is 2025-01-01T00:00:00Z.
MODIFIED = 3_818_534_400

FAMILY = "Noto Sans SC"

# Nothing here shapes text, lays it out vertically or picks a variant, and
# ReportLab reads no hints: only the outlines and their widths are of use.
DROP_TABLES = ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "gasp", "vhea", "vmtx", "HVAR"]

# What the bold face holds besides ideographs (headings, labels, amounts): the
# regular face has everything that the source has.
BOLD_RANGES = (
    (0x0020, 0x04FF),  # ASCII, Latin-1, Latin Extended, Greek, Cyrillic
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x2000, 0x27BF),  # punctuation, signs, circled numbers, box drawing, shapes
    (0x3000, 0x312F),  # CJK punctuation, kana, bopomofo
    (0x3220, 0x3243),  # parenthesised ideographs
    (0x3251, 0x325F),  # circled numbers 21-35
    (0x3280, 0x32BF),  # circled ideographs, circled numbers 36-50
    (0x3380, 0x33DF),  # square units, among them the square and cubic metre
    (0xFE30, 0xFE6F),  # CJK compatibility and small forms
    (0xFF00, 0xFFEF),  # full-width forms
)

# The characters of the table of general standard Chinese characters (2013, 8,105
# characters; Unihan property kTGH) that GB 2312 lacks: 1,467. The others are in
# GB 2312, which Python can list by itself.
TGH_BEYOND_GB2312 = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮"
    "䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮丏乂乸"
    "亶亸亹伈伋伣伭伾佁佖佸佺佽侁侂侘侴侹俍俙俫俵俶倓倕倞倧倴倻偁偓偡偭偰偲傃傉傒傕僇"
    "僎僔僰儦儳儴冏冔冮凓凘刬剅剋剕剟劄劼勍勔勚勠匜匼卬厖厾叆叇叕叚吽呇呣咇咉咍咡咥咺"
    "哃哢哱唝唵啫啰啴喆喤嗐嗞嘚嘡噀噂噇嚄嚚嚭囷圌圐圙圢圫圲坉坋坒坥坬坰坽垈垍垎垏垕垙"
    "垚垞垟垯垱垵垺垾垿埆埇埌埗埪埫埵埼堃堉堌堎堐堧堨堲堼堽堾塅塆塝塱墈墐墕墘墡墣墦壸"
    "夐夬奓奡奭妘妧妭姈姞姤姮姱姶姽娀娵婌婍婘婞婠婤婫婳婻婼媂媄媆媓媖媞媭媱嫄嫕嫚嫪嫭"
    "嫽嬛嬥嬬嬿孅孖宧宬寁尨尪屃屼屾岊岞岠岨峂峃峗峘峛峣峧峱峿崀崁崄崌崒崚崟崡崶崿嵁嵅"
    "嵎嵖嵚嵲嶅嶍嶒嶓嶟嶦嶲巇巉帡帨幖幪庤庱庼廆廋廙弆弇弢弨弶弸彟彧徛忞忳忺恓恔悆悈悢"
    "悰惇惎惔惙惛愃愐愔愭慆慥慬慭憕憙憭憺戣戭扂扅扆扊扞扺扽抃抔拃拤挓挦捯捽掞揕揳搒摏"
    "摛摴摽擿攽敔敩斝斠斶旐旞旴旵旸旻旿昄昇昈昉昒昡昣昤昪昫昳昺昽晅晊晐晙晞晢晪晫晱暅"
    "暕暲暵暶暿曈曌朏朓朳朸杄杕杙杧杻枅枍枲枹柈柊柖柷栐栒栟栴栻桯桲桹梌梠梣梴梼梽梾梿"
    "棁棐棓棤棨棪棫棬棻棽椀椆椑椓椪椸楒楙楩楪楯榃榅榑榖榰槃槚槜槱橑橞橦檞櫆欂欸欻歅殣"
    "毌毐氾氿汈汋汧汫汭沄沇沘沚沨沺泂泃泇泙泚泜洈洑洓洘洢洣洨洭洴洸洺洿浉浐浕浛浟浡浥"
    "浬浭浰浲涄涍涐涘涢涴淏淜淟淯淴渟渰渼湉湑湜湝湣湲湴溁溇溍溚溞溠溦溵溹滃滆滉滍滘滧"
    "滪滫漈漋漖漦漴漷漹漻漼潏潖潟潩潵潽潾澂澛澥澪澭澴澼澽濋濩瀌瀍瀔瀱瀼灈炆炌炘炟炣烔"
    "烜烝烠烶烺烻焆焌焗焜焞煁煃煋煓煟煴熇熛熜熥熻燊燋燏燚爇爔爚爟牁牂牚牤牥牻犇犨狉狝"
    "猄猇猯猰猺獴玃玒玓玕玘玙玚玞玠玡玤玥玦玭玱玶玹玼玿珅珇珋珌珒珕珖珛珝珢珣珦珪珫珰"
    "珵珷珸珹珺珽琀琄琇琈琎琔琟琡琤琫琭琯琲瑀瑂瑃瑄瑅瑆瑑瑓瑔瑖瑝瑢瑧瑨瑬瑱瑳璆璈璒璘"
    "璟璠璥璪璬璮璱璲瓀瓖瓘瓻甗甡甦甪畖畤畬畯疁疍疐疢疭痓瘆癗癿皕皛皞皦皭盉盦盷眊眬睄"
    "睎瞋瞫瞭矞矰矻矼砄砆砠砫砮砵硁硊硍硔硙硚硿碃碈碏碨碶磏磜磡磹磻礌礵祃祇祊祋祎祏祐"
    "祕祲祼祾禋禒禔禘禛禤秬秾稌稑稙穄穙穜穟窅窊窎窣窸竑竘竫笯筀筜筤筥筦筶筼箓箖篯簃簉"
    "簕簝簠簰籥粿糒糵絜縠縢繄纮纴纻纼绖绤绹缊缐缞罍罶罽羑羓羕羖羱翀翂翃翈翙翚翛翯翷翾"
    "耇耏耑耤耰肸胈胠胣脟脩脿腒腘腨腯膙臑臜舠舥舲艅艎芃芠芣芼苉苧苾茀茋茓茝茽荁荄荓荖"
    "荙莙莝莿菂菉菍菼萚萣萩萳萹葎葖葰葴蒄蒐蒟蒨蒱蒻蓂蓇蓏蓢蔀蔃蔈蔊蕗蕰薁薢薳薸薿藟藠"
    "藦藨蘘虒虓虤虷虸蚄蚆蚲蛃蜎蜐蝘蝲螠螣螱蟏蟫蠋衃衎衒衠袆袗袪袯裈裛褕褟褯襕襚襜襫觃"
    "觟觭觱觿訄訚詟讱讻诇诐谞谼谿豨豮貆赑赒赗赟赪趯跂跐跱跶踒踦踶蹅蹐蹚蹜蹢蹽蹾轪辀辌"
    "辒辿迺逴遆遹邘邠邨邲邽邿郃郈郚郤郪郿鄀鄃鄅鄌鄑鄗鄘鄚鄜鄠鄫酂酅酦酺醨醾釐鋆钖钘铏"
    "铚铻锜锧锳锽镃镈镋镕镚镠镮镴镵闿阇阘陎陑陞隃隩隺雊雱霅霨靬靰靸靺靽靿鞁鞡鞧鞨鞬鞮"
    "鞳韂韨颋颎颙飏飐飔飗饳饸饹饻馃馉馌馝馞馧驲骃骉骍骎骕骙骦髃髎髢髽鬒鬘鬶鬷魆魋鱽鱾"
    "鲀鲃鲉鲊鲌鲏鲖鲗鲘鲙鲝鲪鲬鲯鲹鲾鲿鳀鳁鳂鳈鳉鳑鳒鳚鳛鳠鳡鳣鳤鸤鸧鸮鸰鸻鸼鹀鹍鹐鹒"
    "鹔鹖鹙鹝鹟鹠鹡鹢鹮鹯鹲鹴麀麑麖麹黇黡鼒鼩鼫鼱齁齇齉龁龂龢鿍鿎鿏𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣"
    "𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀"
    "𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸"
    "𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬"
    "𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎"
    "𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)

# In neither list, but met in personal names, or as traditional numerals in amounts.
MORE_CHARACTERS = "㕎龑羴鱻麤峯崑崙陞濬喦嵒囍萬億圓貳參陸"


def gb2312_ideographs() -> set[int]:
    """The 6,763 ideographs of GB 2312, from Python's own codec."""
    found: set[int] = set()
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:  # the five empty cells at the end of row 55
                continue
    return found


def bold_characters(available: Iterable[int]) -> set[int]:
    """The characters of the bold face, out of those that the source has."""
    have = set(available)
    want = gb2312_ideographs() | {ord(c) for c in TGH_BEYOND_GB2312 + MORE_CHARACTERS}
    if lost := want - have:
        raise SystemExit(f"the source font lacks {''.join(map(chr, sorted(lost)))}")
    return want | {c for c in have if any(a <= c <= b for a, b in BOLD_RANGES)}


def find_source() -> Path:
    """The source font inside the installed package (found, not imported)."""
    spec = importlib.util.find_spec(SOURCE_PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("install justmytype-intl-cjk, or name the font with --source")
    return Path(spec.origin).parent / SOURCE_FILE


def subset_options() -> subset.Options:
    """What the subsetter is to drop and to keep."""
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True  # a box, should a character be missing after all
    options.name_IDs = ["*"]  # set_names() sees to the names
    options.drop_tables = [*options.drop_tables, *DROP_TABLES]
    return options


def set_names(font: TTFont, style: str) -> None:
    """Name the static face; keep the notices of copyright, trademark and licence."""
    old = font["name"]
    postscript = f"{FAMILY}-{style}".replace(" ", "")
    version = old.getDebugName(5)
    kept = {number: old.getDebugName(number) for number in (0, 7, 13, 14)}
    new = newTable("name")
    new.names = []
    for number, text in {
        **kept,
        1: FAMILY,
        2: style,
        3: f"2.004;ADBO;{postscript};trustledger",
        4: f"{FAMILY} {style}",
        5: f"{version}; static subset made for trustledger",
        6: postscript,
    }.items():
        if text:
            new.setName(text, number, 3, 1, 0x409)
    new.names.sort()
    font["name"] = new


def make(source: Path, style: str, weight: int) -> bytes:
    """One static face of the given weight, as the bytes of a TrueType file."""
    font = TTFont(source, recalcTimestamp=False)
    available = font.getBestCmap()
    characters = bold_characters(available) if style == "Bold" else set(available)

    # Subset first: the instancer then has fewer glyphs to work out.
    subsetter = subset.Subsetter(subset_options())
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)

    # ReportLab reads the last Windows cmap (all planes); 3,1 is for other programs.
    cmap = font["cmap"]
    cmap.tables = [t for t in cmap.tables if (t.platformID, t.platEncID) in ((3, 1), (3, 10))]
    for tag in [t for t in font if t in {*DROP_TABLES, "prep", "fpgm", "cvt "}]:
        del font[tag]

    set_names(font, style)
    bold = style == "Bold"
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 1 << 5 if bold else 1 << 6  # BOLD, or REGULAR
    font["head"].macStyle = 1 if bold else 0
    font["head"].modified = MODIFIED

    # trustledger's embedding copies glyphs as they are, so none may refer to another.
    glyf = font["glyf"]
    if any(glyf[name].isComposite() for name in glyf):
        raise SystemExit("the source has composite glyphs: decompose them first")

    out = BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


def main(argv: list[str] | None = None) -> int:
    """Make the fonts, or compare them with those shipped; the exit status."""
    parser = argparse.ArgumentParser(description="Make the fonts that trustledger ships.")
    parser.add_argument("--source", type=Path, help="the variable Noto Sans SC (TrueType)")
    parser.add_argument("--out", type=Path, default=OUT_DIR, help="the folder to write to")
    parser.add_argument("--bold-weight", type=int, default=700)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    args = parser.parse_args(argv)

    source: Path = args.source or find_source()
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if digest != SOURCE_SHA256:
        raise SystemExit(f"{source.name}: sha256 {digest}, but {SOURCE_SHA256} is expected")

    made = {
        "NotoSansSC-Regular.ttf": make(source, "Regular", 400),
        "NotoSansSC-Bold.ttf": make(source, "Bold", args.bold_weight),
        "OFL.txt": (source.parent / "OFL.txt").read_bytes(),
    }
    differ = False
    for name, data in made.items():
        path: Path = args.out / name
        print(f"{hashlib.sha256(data).hexdigest()}  {len(data):>10,}  {name}")
        if not args.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        elif not path.is_file() or path.read_bytes() != data:
            differ = True
            print(f"{name} is not what this script makes", file=sys.stderr)
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())

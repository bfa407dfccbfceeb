"""Text in pictures: sentences in many scripts have a glyph for every letter, are joined, and read the right way."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image, ImageDraw, ImageFont, features

from core.trace import Hop, StoryTrace
from core.views import lettering
from core.views.story_figures import story_table

SENTENCES = {
    "Arabic": "ذهبت مريم إلى المطبخ. أين مريم؟",
    "Persian": "مریم به آشپزخانه رفت، کجاست؟",
    "Hebrew": "מרים הלכה למטבח. איפה מרים?",
    "Hindi": "मरियम रसोई में गई। मरियम कहाँ है?",
    "Bengali": "মেরি রান্নাঘরে গেল। মেরি কোথায়?",
    "Tamil": "மேரி சமையலறைக்குச் சென்றாள். எங்கே?",
    "Telugu": "మేరీ వంటగదికి వెళ్ళింది. ఎక్కడ ఉంది?",
    "Kannada": "ಮೇರಿ ಅಡುಗೆಮನೆಗೆ ಹೋದಳು. ಎಲ್ಲಿದ್ದಾಳೆ?",
    "Malayalam": "മേരി അടുക്കളയിലേക്ക് പോയി. എവിടെ?",
    "Odia": "ମେରୀ ରୋଷେଇ ଘରକୁ ଗଲା। କେଉଁଠି?",
    "Sinhala": "මේරි කුස්සියට ගියාය. කොහේද?",
    "Lao": "ແມຣີໄປເຮືອນຄົວ. ຢູ່ໃສ?",
    "Khmer": "ម៉ារីបានទៅផ្ទះបាយ។ នៅឯណា?",
    "Burmese": "မေရီ မီးဖိုချောင်သို့ သွားသည်။ ဘယ်မှာလဲ?",
    "Amharic": "ማርያም ወደ ወጥ ቤት ሄደች። የት ናት?",
    "Chinese": "玛丽去了厨房。玛丽在哪里？瑪麗去了廚房。",
    "Japanese": "メアリーは台所へ行きました。どこですか？",
    "Korean": "메리는 부엌으로 갔습니다. 메리는 어디에 있나요?",
    "Thai": "แมรี่ไปที่ห้องครัว แมรี่อยู่ที่ไหน",
    "Russian": "Мария пошла на кухню. Где Мария? Їжак, ґанок, ћуп.",
    "Greek": "Η Μαρία πήγε στην κουζίνα. Πού είναι; Ἐν ἀρχῇ.",
    "Armenian": "Մարիամը գնաց խոհանոց։",
    "Georgian": "მარიამი სამზარეულოში წავიდა.",
    "Vietnamese": "Mẹ đã đi vào bếp. Mẹ ở đâu? Ngữ nghĩa, phượng.",
    "European": "Zoë ging naar Łódź, señor Þór și Ağça čekají. ¿Qué?",
    "decomposed": unicodedata.normalize("NFD", "Zoë mange à l'œil, ệ"),
    "emoji": "😀 🐶 ❤️ 🧸 👩🏽‍🚀 🎉",
    "mixed": "Mary 玛丽 went to the 厨房 😀, ที่ไหน?",
}


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_no_letter_is_the_box_of_what_a_font_has_not(text):
    """Told from the pixels: a letter by itself never looks like one that is in no font at all."""
    for name, piece in lettering.runs(text):
        font = lettering._font(name, 40)
        missing = font.getmask(lettering._NOBODYS)
        boxes = (missing.size, bytes(missing))
        for letter in piece:
            if letter.isspace() or unicodedata.category(letter) in ("Cf", "Mn"):
                continue
            drawn = font.getmask(letter)
            assert drawn.getbbox() and (drawn.size, bytes(drawn)) != boxes, (name, letter)


def test_what_pillows_own_font_has_is_drawn_as_ever():
    mine, plain = (Image.new("L", (400, 40)) for _ in range(2))
    lettering.write(ImageDraw.Draw(mine), (5, 5), "Mary went to the kitchen, 98 %.", 20, "white")
    ImageDraw.Draw(plain).text((5, 5), "Mary went to the kitchen, 98 %.", "white", ImageFont.load_default(20))
    assert np.array_equal(np.asarray(mine), np.asarray(plain)) and np.asarray(mine).any()


@pytest.mark.skipif(not features.check("raqm"), reason="this Pillow has no Raqm")
def test_letters_are_joined_and_read_from_right_to_left():
    """Joined, a word is narrower than its letters by themselves; and its first letter is the one on the right."""
    word = "مريم"
    assert lettering.length(word, 40) < 0.95 * sum(lettering.length(letter, 40) for letter in word)
    one, two = Image.new("L", (200, 80)), Image.new("L", (200, 80))
    lettering.write(ImageDraw.Draw(one), (0, 0), "אב", 40, "white")
    lettering.write(ImageDraw.Draw(two), (0, 0), "ב", 40, "white")
    columns = slice(0, int(lettering.length("ב", 40)))
    assert np.array_equal(np.asarray(one)[:, columns], np.asarray(two)[:, columns])


def test_pieces_in_several_fonts_stand_in_the_order_of_reading():
    assert [name for name, _ in lettering.runs("Mary 玛丽")] == ["", "DroidSansFallback"]
    assert [piece for _, piece in lettering.runs("玛丽 is")] == ["玛丽 ", "is"]
    assert [name for name, _ in lettering.runs("מרים 玛丽")] == ["DroidSansFallback", "DejaVuSans"], "from the right"
    assert len(lettering.runs("Мария went to Łódź")) == 1, "one font that has all of it"


@settings(deadline=None)  # the first text opens all fonts
@given(some.text(max_size=40), some.integers(6, 60))
def test_any_text_is_drawn_on_one_line_within_what_it_says_it_takes(text, size):
    assert "".join(sorted(piece for _, piece in lettering.runs(text))).count("\n") == 0
    wide = lettering.length(text, size)
    lettering.write(ImageDraw.Draw(Image.new("L", (64, 64))), (0, 0), text, size, "white")
    assert 0 <= wide <= 3.1 * size * max(1, len(unicodedata.normalize("NFC", text)))


@pytest.mark.parametrize("text", [SENTENCES["Arabic"], SENTENCES["Chinese"], SENTENCES["mixed"]])
def test_a_story_in_any_script_is_printed_and_cut_where_it_is_too_long(text):
    hop = Hop((1.0,), 0)
    trace = StoryTrace("memn2n", "memn2n", "soft", text, (text * 9,), "x", 0.9, (("x", 0.9),), (hop,))
    picture = np.asarray(story_table([trace], [0]).convert("L"))
    assert (picture[20:80] < 128).any(), "the question"
    # Between the sentence's column and the first network's there is paper: the sentence ends before.
    assert (picture[250:280, 36 + 620 + 2 : 36 + 620 + 24] > 200).all()


def test_all_fonts_together_are_small_and_have_their_licences():
    files = list(lettering.FONTS.glob("*.ttf"))
    assert {file.stem for file in files} == set(lettering.CHAIN[1:])
    assert sum(file.stat().st_size for file in files) < 7_000_000
    listed = (lettering.FONTS / "LICENCES.md").read_text(encoding="utf-8")
    assert all(file.name in listed for file in files)

"""What nobody recorded goes by what it looks like; what tells nobody stays as it was."""

import pytest

from sharing.redaction.scrub import Known, Scrubbed, scrub
from tests.sharing.redaction.ordinary_sentences import SENTENCES


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("seen at EH97 6XW today", "seen at [place] today"),
        ("lives at EH1O 2AB and EH1O OOX", "lives at [place] and [place]"),
        ("lives at eh97 6x0", "lives at [place]"),
        ("NO 1ST AID; S47 2nd; A4 100", "NO 1ST AID; S47 2nd; A4 100"),
        ("ring O7700 9OO123 or 01632 96O555", "ring [number] or [number]"),
        ("at 12 Larch Close, with", "at [place], with"),
        ("at 4a Tanner Street", "at [place]"),
        ("at 12 larch rd today", "at [place] today"),
        ("near Larch Avenue", "near [place]"),
        ("in flat 4b of it", "in [place] of it"),
        ("ring 01632 960555 now", "ring [number] now"),
        ("ring 07700 900123", "ring [number]"),
        ("ring +44 7700 900 123 ext 4.", "ring [number]."),
        ("ring double oh seven oh one two three four", "ring [number]"),
        ("NHS number 943 476 5919.", "NHS number [number]."),
        ("NHS no. 943 476 5910", "NHS no. [number]"),
        ("UPN A123456789012", "UPN [number]"),
        ("NI QQ 12 34 56 C today", "NI [number] today"),
        ("a car, AB12 CDE, left", "a car, [number], left"),
        ("a car, A123 BCD, left", "a car, [number], left"),
        ("write to rosa.k@example.org.", "write to [contact]."),
        ("see https://example.org/rosa?x=1, and", "see [contact], and"),
        ("see www.example.org/rosa", "see [contact]"),
        ("on Instagram as @rosa_k12.", "on Instagram as [contact]."),
        ("snapchat: rosak12 sent", "snapchat: [contact] sent"),
        ("born 3.4.2011 here", "born [date] here"),
        ("DOB 03/04/11", "DOB [date]"),
        ("D.O.B.: 3rd April 2011", "D.O.B.: [date]"),
        ("date of birth is April 2011", "date of birth is [date]"),
        ("was born in 2011", "was born in [date]"),
        ("Mrs Hale came", "Mrs [name] came"),
        ("mrs hale came", "mrs [name] came"),
        ("MR HALE CAME", "MR [name] CAME"),
        ("Dr. Patel wrote", "Dr. [name] wrote"),
        ("Miss Price wrote", "Miss [name] wrote"),
        ("PC 4411 Jones came", "PC [name] came"),
        ("Uncle Tariq hit", "Uncle [name] hit"),
        ("auntie jo hit", "auntie [name] hit"),
        ("Grandad hit him", "Grandad hit him"),
        ("Grandad Joe hit him", "Grandad [name] hit him"),
        ("his friend Corin Ashdown saw", "his friend [name] saw"),
        ("told by J. Ashdown-Lorimer.", "told by [name]."),
        ("Corin Ashdown saw it.", "[name] saw it."),
        ("Kelly saw it. She told Kelly.", "[name] saw it. She told [name]."),
        ("Ashdown came. Later Ashdown left.", "[name] came. Later [name] left."),
        ("kelly saw it", "[name] saw it"),
        ("He saw Rose and Mark.", "He saw [name] and [name]."),
        ("a pupil of Quillbrook Academy", "a pupil of [name] Academy"),
        ("Ashdown said so.", "[name] said so."),
        ("HE SAID THAT CORIN ASHDOWN HIT HIM", "HE SAID THAT [name] HIT HIM"),
        ("A BRUISE. A LORIMER CAME", "A BRUISE. A [name] CAME"),
        ("the neighbour with the red door", "the neighbour with the red door"),
    ],
)  # fmt: skip
def test_what_nobody_recorded_goes_by_what_it_looks_like(text, left):
    found = scrub(text, Known((), (), ()))
    assert found.text == left
    assert {gone.by for gone in found.removed} <= {"pattern"}


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES,
        "",
        "The Social Worker from Children's Services rang the School on Tuesday.",
        "She speaks Polish and some English; the family is White British and Roman Catholic.",
        "S47 enquiries began; ICPC within 15 working days. CAMHS, MARAC and the DSL know.",
        "Mum and Dad argued in May. In June they parted. Nan has him on Fridays.",
        "Will he come back? May we ring? Mark the form. I hope so!",
        "Bruising to both ears; petechiae on the chest. Lanugo seen.",
        "Crime 4 of 5 at 18:30, 3 children, 2nd notice, 61% on 12/11/2026.",
        "HE SAID THAT HE IS NOT SAFE AT HOME AND WANTS TO STAY WITH HIS NAN.",
        "'I don't like it,' he said. \"Please don't tell her.\"",
        "The e-mail was not read. See section 3.2 of the plan, e.g. the school's part.",
        "Pt's obs stable, GCS 15; NAC commenced. Admit to paeds. DASH: HIGH. Autumn term, Reception class.",
        "She uses Snapchat and TikTok; her account was hacked.",
    ],
)
def test_what_tells_nobody_stays_as_it_was(text):
    assert scrub(text, Known(("Ayesha Quillfeather", "Tariq Szabo"), (), ())) == Scrubbed(text, ())

"""Signed notes that others can read, and witnesses who add their own line."""

from base64 import b64decode
from hashlib import sha256
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sharing.errors import Rejected
from sharing.transparency.notes import (
    WITNESS,
    Checkpoint,
    Cosignature,
    cosign,
    cosignature_line,
    cosigned,
    from_note,
    from_verifier_key,
    is_signed,
    key_hash,
    note,
    sign,
    signature_line,
    verifier_key,
)


def keys(number: int) -> SimpleNamespace:
    signer = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return SimpleNamespace(signer=signer, public=signer.public_key())


KEYS, WITNESSES = keys(1), keys(2)
POINT = Checkpoint("crosswalk/easthaven", 42, sha256(b"root").digest())
NAME = "crosswalk/easthaven/harbour-academy"
AT = 1_679_315_147


def test_a_note_is_laid_out_as_the_standard_says():
    text = note(POINT, sign(POINT, KEYS.signer), KEYS.public)
    origin, size, root, blank, signature, end = text.split("\n")
    assert (origin, size, b64decode(root), blank, end) == (POINT.origin, "42", POINT.root, "", "")
    dash, name, raw = signature.split(" ")
    assert (dash, name) == ("—", POINT.origin)
    expected = sha256(POINT.origin.encode() + b"\n\x01" + KEYS.public.public_bytes_raw()).digest()[:4]
    assert b64decode(raw)[:4] == expected == key_hash(POINT.origin, KEYS.public)
    KEYS.public.verify(b64decode(raw)[4:], f"{origin}\n{size}\n{root}\n".encode())


def test_a_note_is_read_back_and_other_signatures_are_passed_over():
    text = note(POINT, sign(POINT, KEYS.signer), KEYS.public)
    witness = "— witness.example AAAAAAAA\n— broken !!\nno signature at all\n"
    assert from_note(text.replace("— crosswalk", witness + "— crosswalk"), KEYS.public) == POINT


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.replace("\n42\n", "\n43\n"), "BAD_SIGNATURE"),
        (lambda t: t.replace("easthaven\n42", "westhaven\n42"), "BAD_SIGNATURE"),
        (lambda t: t.replace("\n42\n", "\nforty\n"), "BAD_CHECKPOINT"),
        (lambda t: t.replace("\n42\n", "\n042\n"), "BAD_CHECKPOINT"),
        (lambda t: t.replace("\n42\n", "\n\u0664\u0662\n"), "BAD_CHECKPOINT"),
        (lambda t: t.replace("\n42\n", "\n42\n!"), "BAD_CHECKPOINT"),
        (lambda t: t.replace("\n42\n", "\n42\nAAAA"), "BAD_CHECKPOINT"),
        (lambda _: "", "BAD_CHECKPOINT"),
    ],
)
def test_a_changed_note_is_refused(change, code: str):
    with pytest.raises(Rejected) as fault:
        from_note(change(note(POINT, sign(POINT, KEYS.signer), KEYS.public)), KEYS.public)
    assert fault.value.code == code


def test_another_key_signs_nothing_of_ours():
    other = keys(3)
    assert not is_signed(POINT, sign(POINT, other.signer), KEYS.public)
    with pytest.raises(Rejected):
        from_note(note(POINT, sign(POINT, other.signer), other.public), KEYS.public)


def witnessed() -> str:
    line = cosignature_line(NAME, cosign(POINT, AT, WITNESSES.signer), WITNESSES.public)
    return note(POINT, sign(POINT, KEYS.signer), KEYS.public) + line


def test_a_cosignature_is_laid_out_as_the_standard_says():
    dash, name, encoded = witnessed().splitlines()[-1].split(" ")
    raw = b64decode(encoded)
    assert (dash, name) == ("—", NAME)
    assert raw[:4] == sha256(NAME.encode() + b"\n\x04" + WITNESSES.public.public_bytes_raw()).digest()[:4]
    assert int.from_bytes(raw[4:12], "big") == AT
    message = b"cosignature/v1\ntime 1679315147\n" + POINT.body()
    WITNESSES.public.verify(raw[12:], message)


def test_a_cosigned_note_still_is_the_ledgers_and_is_the_witnesss_too():
    assert from_note(witnessed(), KEYS.public) == POINT
    found, added = cosigned(witnessed(), NAME, WITNESSES.public)
    assert (found, added.at) == (POINT, AT)


@pytest.mark.parametrize("at", [AT - 1, AT + 1])
def test_the_time_of_a_cosignature_cannot_be_changed(at: int):
    signed = cosign(POINT, AT, WITNESSES.signer)
    line = cosignature_line(NAME, Cosignature(at, signed.signature), WITNESSES.public)
    with pytest.raises(Rejected, match="BAD_SIGNATURE"):
        cosigned(note(POINT, sign(POINT, KEYS.signer), KEYS.public) + line, NAME, WITNESSES.public)


def test_a_ledgers_signature_is_no_witnesss():
    raw = key_hash(NAME, WITNESSES.public, WITNESS) + AT.to_bytes(8, "big") + sign(POINT, WITNESSES.signer)
    text = note(POINT, sign(POINT, KEYS.signer), KEYS.public) + signature_line(NAME, raw)
    with pytest.raises(Rejected, match="BAD_SIGNATURE"):
        cosigned(text, NAME, WITNESSES.public)


def test_lines_that_others_add_to_the_text_are_signed_with_it():
    body = POINT.body() + b"an extension\n"
    good = f"{body.decode()}\n" + signature_line(
        POINT.origin, key_hash(POINT.origin, KEYS.public) + KEYS.signer.sign(body)
    )
    assert from_note(good, KEYS.public) == POINT
    with pytest.raises(Rejected, match="BAD_SIGNATURE"):
        from_note(good.replace("an extension", "another"), KEYS.public)


def test_a_second_signature_of_the_same_key_that_is_wrong_spoils_the_note():
    wrong = signature_line(POINT.origin, key_hash(POINT.origin, KEYS.public) + b"\0" * 64)
    with pytest.raises(Rejected, match="BAD_SIGNATURE"):
        from_note(note(POINT, sign(POINT, KEYS.signer), KEYS.public) + wrong, KEYS.public)


def test_a_public_key_is_handed_on_as_one_word():
    text = verifier_key(NAME, WITNESSES.public, WITNESS)
    name, public = from_verifier_key(text, WITNESS)
    assert (name, public.public_bytes_raw()) == (NAME, WITNESSES.public.public_bytes_raw())
    changed = text.replace("harbour", "oakfield")
    for wrong in ("", "a+b", changed, text[:-4], verifier_key(NAME, WITNESSES.public)):
        with pytest.raises(Rejected, match="BAD_KEY"):
            from_verifier_key(wrong, WITNESS)

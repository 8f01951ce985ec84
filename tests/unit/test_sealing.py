"""Notifications as push services and browsers read them, against the published example and by hand."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.world.push import Keys, opened
from wall.errors import BadInput
from wall.push.sealing import Note, ServerKey, readable_keys, sealed

P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
"""The example's browser."""
SECRET = b"0123456789abcdef0123456789abcdef"


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    sender = ec.derive_private_key(
        int.from_bytes(plain("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )
    body = sealed(
        b"When I grow up, I want to be a watermelon",
        P256DH,
        AUTH,
        salt=plain("DGv6ra1nlYgDCS1FRnbzlw"),
        sender=sender,
    )
    assert body == plain(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_browser_with_the_keys_reads_a_message_and_no_two_look_alike() -> None:
    keys, other = Keys(), Keys()
    one, two = (sealed(b"hello", keys.p256dh, keys.auth) for _ in range(2))
    assert opened(one, keys) == opened(two, keys) == b"hello"
    assert one != two
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the library raises
        opened(one, other)


def test_a_server_signs_with_one_key_as_long_as_its_secret_stays() -> None:
    key = ServerKey(SECRET)
    assert ServerKey(SECRET).public == key.public != ServerKey(SECRET[::-1]).public
    header = key.header("https://push.example", "mailto:ops@example.org", 1_000)
    token, _, public = header.removeprefix("vapid t=").partition(", k=")
    assert public == key.public
    head, claims, signature = token.split(".")
    assert json.loads(plain(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(plain(claims)) == {
        "aud": "https://push.example",
        "exp": 1_000 + 12 * 3_600,
        "sub": "mailto:ops@example.org",
    }
    raw = plain(signature)
    assert len(raw) == 64
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), plain(public)).verify(
        encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])),
        f"{head}.{claims}".encode(),
        ec.ECDSA(hashes.SHA256()),
    )


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("nothing", AUTH),
        (P256DH, "nothing"),
        (P256DH, P256DH),
        ("B" + "A" * 86, AUTH),
        (P256DH + "é", AUTH),
        ("", ""),
    ],
)
def test_what_are_no_keys_of_a_browser_is_said(p256dh: str, auth: str) -> None:
    readable_keys(P256DH, AUTH)
    with pytest.raises(BadInput, match="keys of a browser"):
        readable_keys(p256dh, auth)


@pytest.mark.parametrize("letter", ["x", "é", "日", "👩🏽‍⚕️"])
def test_a_note_of_any_length_fits_into_what_every_push_service_takes(letter: str) -> None:
    note = Note("Title", letter * 9_000, "/join/summit", "tag")
    body = note.as_bytes()
    assert len(body) <= 3_993
    assert len(sealed(body, P256DH, AUTH)) <= 4_096
    assert json.loads(body)["title"] == "Title"
    assert json.loads(Note("T", "short", "/", "t").as_bytes())["body"] == "short"

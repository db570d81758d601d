"""What an operator finds in the folder."""

import stat
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from sandbox.pay.keys import open_keys
from sandbox.pay.merchant import Merchant
from tests.sandbox.pay.conftest import API_KEY, KEY_ID, MCH, SERIAL


def test_the_folder_holds_what_the_console_gives(merchant):
    folder = merchant.folder
    own = load_pem_x509_certificate((folder / "merchant_cert.pem").read_bytes())
    assert own.serial_number == int(SERIAL, 16)
    key = load_pem_private_key((folder / "merchant_key.pem").read_bytes(), None)
    assert key.public_key() == own.public_key()
    (path,) = (folder / "certificates").glob("*.pem")
    platform = load_pem_x509_certificate(path.read_bytes())
    assert f"{platform.serial_number:040X}" == path.stem
    assert platform.public_key() != own.public_key()


def test_nobody_else_may_read_it(merchant):
    rooms = [merchant.folder, *(p for p in merchant.folder.rglob("*") if p.is_dir())]
    assert {stat.S_IMODE(room.stat().st_mode) for room in rooms} == {0o700}
    files = [p for p in merchant.folder.rglob("*") if p.is_file()]
    assert len(files) == 6
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_keys_are_made_once(merchant):
    first, again = open_keys(merchant), open_keys(merchant)
    assert first.merchant == again.merchant
    assert first.by_certificate.serial == again.by_certificate.serial


def test_a_first_start_that_was_broken_off_is_begun_again(tmp_path):
    folder = tmp_path / "keys"
    (folder / "certificates").mkdir(parents=True)
    (folder / "certificates" / f"{'A' * 40}.pem").write_text("half")
    keys = open_keys(Merchant(MCH, SERIAL, API_KEY, KEY_ID, folder))
    (path,) = (folder / "certificates").glob("*.pem")
    assert path.stem == keys.by_certificate.serial
    assert keys.by_certificate.key.public_key() == keys.certificate.public_key()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_keys_of_another_merchant_are_not_used(merchant):
    with pytest.raises(ValueError, match="another serial"):
        open_keys(replace(merchant, serial="2" * 40))


@pytest.mark.parametrize(
    ("place", "value"), [(0, "19"), (1, "F" * 40), (1, "1DDE"), (2, "short"), (3, "KEY")]
)
def test_what_was_copied_wrong_is_one_sentence(tmp_path, place, value):
    row = [MCH, SERIAL, API_KEY, KEY_ID]
    row[place] = value
    with pytest.raises(ValueError, match="must be"):
        Merchant(*row, tmp_path)

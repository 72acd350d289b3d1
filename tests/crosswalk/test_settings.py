"""Settings of the broker: every fault at once, each with its fix; secrets by file."""

from pathlib import Path

import pytest

from ledger.keys import create
from sharing.errors import Misconfigured
from streams.broker import open_existing
from streams.settings import OF_A_PROCESS, OPTIONAL, REQUIRED, Settings
from streams.worker import security_of

PACKAGE = Path("/package")
FULL = {
    "KAFKA_BOOTSTRAP": "one:9092",
    "CROSSWALK_DATABASE": "sqlite:////state/ledger.db",
    "CROSSWALK_KEYS": "/state/broker.keys",
    "CROSSWALK_PARTNERSHIP": "/partnership",
    "CROSSWALK_STATE": "/state",
}


def read(**more: str) -> Settings:
    return Settings.from_environment(FULL | more, PACKAGE)


def test_what_is_required_is_enough():
    settings = read()
    assert (settings.clock, settings.worker, settings.production) == ("real", "worker", False)
    assert settings.agreements == PACKAGE / "agreements"
    assert security_of(settings) == {}


def test_every_absent_variable_is_named_at_once():
    with pytest.raises(Misconfigured) as fault:
        Settings.from_environment({}, PACKAGE)
    assert [line.split(" ")[0] for line in str(fault.value).splitlines()] == list(REQUIRED)


@pytest.mark.parametrize("name", REQUIRED)
def test_an_empty_variable_is_an_absent_one(name):
    with pytest.raises(Misconfigured, match=f"^{name} is not set"):
        read(**{name: ""})


def test_what_is_required_and_what_is_optional_is_all_that_is_read():
    asked: set[str] = set()

    class Asking(dict):
        def get(self, key, default=None):
            asked.add(key)
            return super().get(key, default)

        def __getitem__(self, key):
            asked.add(key)
            return super().__getitem__(key)

    Settings.from_environment(Asking(FULL), PACKAGE)
    assert asked == {*REQUIRED, *OPTIONAL}


def test_an_unknown_environment_is_named_with_those_that_are_known():
    with pytest.raises(Misconfigured, match="CROSSWALK_ENVIRONMENT: 'prod' is not one of development, production"):
        read(CROSSWALK_ENVIRONMENT="prod")


@pytest.mark.parametrize("alone", [{"KAFKA_USERNAME": "broker"}, {"KAFKA_PASSWORD_FILE": "/secret"}])
def test_a_user_and_its_password_go_together(alone):
    with pytest.raises(Misconfigured, match="go together"):
        read(**alone)


def test_the_password_is_read_from_its_file_when_it_is_used(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("swordfish\n")
    settings = read(KAFKA_USERNAME="broker", KAFKA_PASSWORD_FILE=str(secret), KAFKA_CA_FILE="/ca.pem")
    assert "swordfish" not in repr(settings)
    assert security_of(settings) == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "broker",
        "sasl.password": "swordfish",
        "ssl.ca.location": "/ca.pem",
    }


def test_a_certificate_without_a_user_is_tls_alone():
    assert security_of(read(KAFKA_CA_FILE="/ca.pem")) == {"security.protocol": "SSL", "ssl.ca.location": "/ca.pem"}


def test_a_persons_command_needs_neither_cluster_nor_state():
    needed = {name: FULL[name] for name in FULL if name not in OF_A_PROCESS}
    assert Settings.from_environment(needed, PACKAGE, desk=True).database == FULL["CROSSWALK_DATABASE"]
    with pytest.raises(Misconfigured) as fault:
        Settings.from_environment({}, PACKAGE, desk=True)
    assert [line.split(" ")[0] for line in str(fault.value).splitlines()] == list(needed)


def test_a_slip_in_a_path_at_a_desk_makes_neither_keys_nor_ledger(tmp_path):
    keys, ledger = tmp_path / "broker.key", tmp_path / "ledgr.db"
    slipped = read(CROSSWALK_KEYS=str(keys), CROSSWALK_DATABASE=f"sqlite:///{ledger}")
    with pytest.raises(Misconfigured, match="cannot read the key file"):
        open_existing(slipped)
    create(keys)
    with pytest.raises(Misconfigured):
        open_existing(slipped)
    assert not ledger.exists()

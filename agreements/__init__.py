"""The truth about permission: YAML that a data protection officer reads, and the one reader that knows where it lies.

`vocabulary.yaml` explains every word; each agreement has its own file; `seals.yaml` only takes away; `invariants.yaml`
says what must hold whatever the rest says. Left out: what the texts mean (`sharing.policy.load`).
"""

from pathlib import Path

HERE = Path(__file__).parent


def read_texts(folder: Path = HERE) -> dict[str, str]:
    """Every YAML file of a folder by name, as text for `sharing.policy.load`.

    Raises:
        OSError: the folder or a file cannot be read.
        UnicodeDecodeError: a file is not UTF-8.
    """
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}

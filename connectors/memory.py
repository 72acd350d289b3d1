"""A small encrypted store of one reaction, in the connector's file, inside whatever transaction it is used in.

Left out: what is kept. Rules: names are keyed tokens; a value is bound to its room and name.
"""

from collections.abc import Iterator

from connectors.database import Database
from connectors.secrets import Keys


class Room:
    """The memory of one reaction.

    Args:
        database: The connector's file. `keys`: its keys. `name`: of the reaction.
    """

    def __init__(self, database: Database, keys: Keys, name: str) -> None:
        self._database = database
        self._keys = keys
        self._name = name

    def get(self, name: str) -> bytes | None:
        """The value, or None."""
        token = self._token(name)
        found = self._database.rows("SELECT content FROM memory WHERE room = ? AND name = ?", (self._name, token))
        return self._open(found[0][0], token)[1] if found else None

    def put(self, name: str, value: bytes) -> None:
        """Keep a value until it is removed."""
        token, label = self._token(name), name.encode()
        content = self._database.seal(len(label).to_bytes(4, "big") + label + value, self._name.encode() + token)
        self._database.rows("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (self._name, token, content))

    def remove(self, name: str) -> None:
        """Forget it; unknown names are no fault."""
        self._database.rows("DELETE FROM memory WHERE room = ? AND name = ?", (self._name, self._token(name)))

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Everything, by name."""
        found = self._database.rows("SELECT content, name FROM memory WHERE room = ?", (self._name,))
        return iter(sorted(self._open(content, token) for content, token in found))

    def _token(self, name: str) -> bytes:
        return self._keys.token("memory", self._name, name)

    def _open(self, content: object, token: object) -> tuple[str, bytes]:
        assert isinstance(content, bytes)
        assert isinstance(token, bytes)
        plain = self._database.unseal(content, self._name.encode() + token)
        end = 4 + int.from_bytes(plain[:4], "big")
        return plain[4:end].decode(), plain[end:]

"""What one process holds of a connector: its lock, its file and the spool in it.

Left out: working with them (`runner`).
"""

from connectors.database import Database
from connectors.lock import Lock
from connectors.settings import Settings
from connectors.spool import Spool
from schemas import read_schemas
from sharing import codec


class Stores:
    """Opened for one process, until closed.

    Args:
        settings: Of this connector.

    Raises:
        Misconfigured: another process runs this connector, or its file cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = codec.Catalogue.of(read_schemas())
        self._lock = Lock(settings.state / "lock")
        try:
            self.database = Database(settings.state / "spool.db", settings.keys, settings.generation)
        except BaseException:
            self._lock.release()
            raise
        self.spool = Spool(self.database, settings, self.catalogue)

    def close(self) -> None:
        """Close the file and let another process have it."""
        self.database.close()
        self._lock.release()

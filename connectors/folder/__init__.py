"""Folders as a source and as a sink: what every agency's system can write and read."""

from connectors.folder.sink import FolderSink
from connectors.folder.source import FolderSource

__all__ = ["FolderSink", "FolderSource"]

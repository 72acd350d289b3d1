"""The console's pages: server-rendered, guarded, live."""

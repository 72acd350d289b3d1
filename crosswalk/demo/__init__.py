"""The demo: a world of agencies, a story played in it, a judge outside it."""

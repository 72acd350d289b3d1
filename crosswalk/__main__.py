"""`python -m crosswalk`: the same command line as the installed script."""

from crosswalk.cli import main

main()

"""``python -m trustledger``: the command line without its console script."""

from trustledger.cli import main

main()

"""``python -m emgspasm`` is the ``emgspasm`` command."""

from emgspasm.cli import main

main()

"""Odoo's command line as a script: a server with several processes starts one of them by the name of its own script."""

from odoo.cli.command import main

if __name__ == "__main__":
    main()

#!/bin/bash
# Makes the demo database once: Odoo's demo data, the suite, households and companies.
# It gets its name only when it is complete, so an interrupted run starts again.
set -euo pipefail

database=${DATABASE:-demo}
odoo=${ODOO:-odoo}
addons=${ADDONS:-/mnt/extra-addons}
files=${DATA_DIR:-/var/lib/odoo}/filestore
script=$(dirname "$0")/tools/demo_data.py
[ -f "$script" ] || script=$(dirname "$0")/../tools/demo_data.py

if [ "$(psql -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$database'")" = 1 ]; then
    echo "The database $database is there already."
    exit 0
fi

names=$(cd "$addons" && ls -d -- */__manifest__.py | xargs -n 1 dirname | paste -sd ,)
echo "Database $database with $names: 5 to 10 minutes."
dropdb --if-exists "${database}_new"
rm -rf "$files/${database}_new"
$odoo -d "${database}_new" -i "$names" --with-demo --load-language=en_US,zh_CN --stop-after-init --no-http --log-level=error
$odoo shell -d "${database}_new" --no-http --log-level=warn < "$script"
if [ -d "$files/${database}_new" ]; then
    rm -rf "${files:?}/$database"
    mv "$files/${database}_new" "$files/$database"
fi
psql -d postgres -qc "ALTER DATABASE \"${database}_new\" RENAME TO \"$database\""
echo "The database $database is ready."

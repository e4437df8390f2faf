# Lists the backups, as restic's JSON on one line of standard output.
set -euo pipefail
cd "$(dirname "$0")"
source ./report.sh
source ./store.sh

open_store
found=$(restic snapshots --json --host "$RESTIC_HOST" 2>"$errors") || fail_by $? "listing the backups"
echo "snapshots: $found"
succeed snapshots "$(grep -o '"short_id"' <<<"$found" | wc -l)"

# Restores a backup into a database, which it empties first. Nothing is touched before the whole backup has been read.
#
# Arguments: the backup, or `latest`; the database to restore into.
set -euo pipefail
cd "$(dirname "$0")"
source ./report.sh
source ./database.sh
source ./store.sh
into=${2:-$database}

login_to_database
wait_for_database "$client"
open_store
find_snapshot "$1"
verify_snapshot

say "restoring the backup $snapshot into $into"
empty "$client" "$into" 2>"$errors" || fail database-refused "The database $into could not be emptied: $(last_error)"
# Around routines a dump may name the database that it was taken from: another one is not to be changed.
into_this() { sed "s/^ALTER DATABASE \`$database\` /ALTER DATABASE \`$into\` /"; }
read_snapshot | into_this | mysql --defaults-extra-file="$client" "$into" 2>"$work/mysql-errors" || {
  status=$?
  [[ -s $errors ]] || cp "$work/mysql-errors" "$errors"
  fail_by "$status" "restoring the backup $snapshot"
}
say "comparing"
read -r tables rows < <(tables_and_rows "$client" "$into" 2>"$errors") || fail failed "What was written could not be counted: $(last_error)"
found=$(dump "$client" "$into" 2>"$errors" | digest) || fail failed "What was restored could not be read: $(last_error)"
[[ -z $content || $found == "$content" ]] || fail restore-differs "What was restored from the backup $snapshot is not what was dumped."
succeed snapshot "\"$snapshot\"" into "\"$into\"" tables "$tables" rows "$rows"

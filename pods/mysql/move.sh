# Copies the database to another server, and compares both. What is in the database there is replaced.
#
# Environment: that of database.sh; TO_HOST, TO_PORT, TO_NAME, TO_USERNAME, TO_TLS_CA for the other server.
set -euo pipefail
cd "$(dirname "$0")"
source ./report.sh
source ./database.sh
target=$work/target.cnf

login_to_database
login "$target" "$TO_HOST" "$TO_PORT" "$TO_USERNAME" /run/secrets/target/password "${TO_TLS_CA:-}"
wait_for_database "$client"
wait_for_database "$target"

say "copying $database to $TO_NAME at $TO_HOST"
empty "$target" "$TO_NAME" 2>"$errors" || fail database-refused "The database $TO_NAME could not be emptied: $(last_error)"
# Views and routines are to belong to the user that the app has there.
as_target() { sed -E "s/^(\/\*![0-9]+ )?(.*)DEFINER=\`$DB_USERNAME\`@\`%\`/\1\2DEFINER=\`$TO_USERNAME\`@\`%\`/"; }
dump "$client" "$database" 2>"$errors" | as_target | mysql --defaults-extra-file="$target" "$TO_NAME" 2>"$work/mysql-errors" || {
  [[ -s $errors ]] || cp "$work/mysql-errors" "$errors"
  fail failed "The database could not be copied: $(last_error)"
}
say "comparing"
read -r tables rows < <(tables_and_rows "$target" "$TO_NAME" 2>"$errors") || fail failed "What was written could not be counted: $(last_error)"
here=$(dump "$client" "$database" 2>"$errors" | as_target | digest) || fail failed "The database could not be read: $(last_error)"
there=$(dump "$target" "$TO_NAME" 2>"$errors" | digest) || fail failed "The copy could not be read: $(last_error)"
[[ $here == "$there" ]] || fail copy-differs "The copy is not what the database holds. Is somebody writing?"
succeed tables "$tables" rows "$rows"

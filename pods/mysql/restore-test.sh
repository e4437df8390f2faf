# Proves that the newest backup can be restored: into a server of this pod's own, which nobody else reaches, and from
# which what came out is compared with what went in.
#
# Environment: that of database.sh and store.sh; DB_COLLATION, the database's.
set -euo pipefail
cd "$(dirname "$0")"
source ./report.sh
source ./database.sh
source ./store.sh

open_store
find_snapshot latest
say "checking the store"
restic check --quiet --read-data-subset=10% >/dev/null 2>"$errors" || fail_by $? "checking the backup store"

say "starting a server for the backup $snapshot"
socket=$work/mysqld.sock
server=(mysqld --datadir=/scratch/data --socket="$socket" --pid-file="$work/mysqld.pid" --secure-file-priv=NULL --skip-networking --mysqlx=OFF --performance-schema=OFF)
server_failed() {
  cp "$work/server.log" "$errors"
  fail failed "The server for the test did not start: $(grep -F '[ERROR]' "$errors" | head -n 1 | cut -c 1-300)"
}
"${server[@]}" --initialize-insecure >"$work/server.log" 2>&1 || server_failed
# Neither do the restored events run here, nor is it of use after a crash.
"${server[@]}" --event-scheduler=OFF --skip-log-bin --innodb-flush-log-at-trx-commit=0 >>"$work/server.log" 2>&1 &
server_id=$!
printf '[client]\nsocket=%s\nuser=root\ndefault-character-set=utf8mb4\n' "$socket" >"$client"
until ask "$client" 'SELECT 1' >/dev/null 2>"$errors"; do
  kill -0 "$server_id" 2>/dev/null || server_failed
  sleep 1
done
ask "$client" "CREATE DATABASE \`$database\` CHARACTER SET utf8mb4 COLLATE $DB_COLLATION"
# Views and routines belong to the app's user, who is to be there for them to work.
ask "$client" "CREATE USER IF NOT EXISTS '$DB_USERNAME'@'%' ACCOUNT LOCK; GRANT ALL ON \`$database\`.* TO '$DB_USERNAME'@'%'"

say "restoring the backup $snapshot"
read_snapshot | mysql --defaults-extra-file="$client" "$database" 2>"$work/mysql-errors" || {
  status=$?
  [[ -s $errors ]] || cp "$work/mysql-errors" "$errors"
  fail_by "$status" "restoring the backup $snapshot"
}
read -r tables rows < <(tables_and_rows "$client" "$database" 2>"$errors") || fail failed "What was written could not be counted: $(last_error)"
found=$(dump "$client" "$database" 2>"$errors" | digest) || fail failed "What was restored could not be read: $(last_error)"
[[ $found == "$content" ]] || fail restore-differs "What was restored from the backup $snapshot is not what was dumped."
kill "$server_id"
wait "$server_id" || true
succeed snapshot "\"$snapshot\"" tables "$tables" rows "$rows"

# Backs up the database: dumps it as of one moment straight into the store, then lets go of what is too old to keep.
#
# Environment: that of database.sh and store.sh; KIND, `scheduled`, `manual` or `safety`; KEEP, restic's options.
set -euo pipefail
cd "$(dirname "$0")"
source ./report.sh
source ./database.sh
source ./store.sh

login_to_database
wait_for_database "$client"
open_store make

export -f dump digest
export client database work
# Its second reader goes on for a moment when the dump has been written.
dump_twice() {
  set -euo pipefail
  mkfifo "$work/copy"
  digest <"$work/copy" >"$work/digest" &
  dump "$client" "$database" | tee "$work/copy"
  wait $!
}
export -f dump_twice

say "dumping $database"
status=0
summary=$(restic backup --json --quiet --host "$RESTIC_HOST" --tag "$KIND" --stdin-filename "$database.sql" \
  --stdin-from-command -- bash -c dump_twice 2>"$errors") || status=$?
if [[ $status != 0 ]]; then
  # A store that takes no more ends the dump as well; else it is what the dump itself has said.
  if says 'command failed: exit status' && ! says 'no space left'; then
    cat "$errors" >&2
    said=$(grep -oE 'mysqldump: .*' "$errors" | tail -n 1 | cut -c 1-300)
    fail dump-failed "The database could not be dumped: ${said:-the dump ended early}"
  fi
  fail_by "$status" "writing the backup"
fi
bytes=$(value total_bytes_processed <<<"$summary")
added=$(value data_added <<<"$summary")
snapshot=$(value snapshot_id <<<"$summary")

# The digest is known when the backup is there: a mark on it that every restore compares with.
content=$(<"$work/digest")
status=0
restic tag --quiet --add "content-$content" "$snapshot" >/dev/null 2>"$errors" || status=$?
if [[ $status != 0 ]]; then
  # Without its mark it is no good.
  restic forget --quiet "$snapshot" >/dev/null 2>&1 || true
  fail_by "$status" "marking the backup"
fi
find_snapshot latest

case $KIND in
  scheduled)
    say "letting go of old backups"
    forget() { restic forget --quiet --host "$RESTIC_HOST" --group-by host "$@" >/dev/null 2>"$errors" || fail_by $? "letting go of old backups"; }
    # shellcheck disable=SC2086 # options
    forget --tag scheduled --keep-last 1 $KEEP
    forget --tag manual --keep-within 3m
    forget --tag safety --keep-within 1m
    restic prune --quiet >/dev/null 2>"$errors" || fail_by $? "letting go of old backups"
    ;;
  # What is there now is about to be replaced.
  safety) verify_snapshot ;;
esac

snapshots=$(restic snapshots --json --host "$RESTIC_HOST" 2>"$errors" | grep -o '"short_id"' | wc -l) || fail_by $? "counting the backups"
succeed snapshot "\"$snapshot\"" bytes "${bytes:-0}" added "${added:-0}" snapshots "$snapshots"

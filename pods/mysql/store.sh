# The backup store: a repository of restic's, encrypted and deduplicated, of this app's own.
#
# Environment: RESTIC_REPOSITORY, RESTIC_PASSWORD_FILE, RESTIC_HOST, the app's name; AWS_SHARED_CREDENTIALS_FILE and
# STORE_CA for one that is reached over S3.

export RESTIC_CACHE_DIR=${CACHE_FOLDER:-$work}/restic TMPDIR=${CACHE_FOLDER:-$work} RESTIC_PROGRESS_FPS=0.1

restic() {
  local options=(--retry-lock 2m)
  if [[ -n ${WITHOUT_LOCK:-} ]]; then options=(--no-lock); fi
  if [[ -n ${STORE_CA:-} ]]; then options+=(--cacert "$STORE_CA"); fi
  /tools/restic "${options[@]}" "$@"
}

# value name: of a field of the JSON on standard input, the last one of it; nothing where there is none.
value() { { grep -oE "\"$1\":(\"[^\"]*\"|[0-9.]+)" || true; } | tail -n 1 | cut -d : -f 2- | tr -d '"'; }

# Opens the store, and with `make` makes it where there is none yet. A store that does not answer is not waited for.
open_store() {
  local status=0 said
  export -f restic
  timeout 30 bash -c 'restic cat config' >/dev/null 2>"$errors" || status=$?
  if [[ $status != 0 && -z ${1:-} ]] && says 'no space left|quota'; then
    # A full store takes no lock, and can be read all the same.
    export WITHOUT_LOCK=yes
    status=0
    timeout 30 bash -c 'restic cat config' >/dev/null 2>"$errors" || status=$?
  fi
  if [[ $status == 10 ]]; then
    [[ ${1:-} == make ]] || fail no-snapshot "There is no backup yet."
    say "making the store"
    status=0
    restic init >/dev/null 2>"$errors" || status=$?
  fi
  [[ $status == 0 ]] || fail_by "$status" "opening the backup store"
  # What a killed task has locked; the locks of those that run stay.
  [[ -n ${WITHOUT_LOCK:-} ]] || restic unlock >/dev/null 2>&1 || true
}

# find_snapshot id: sets `snapshot`, and `content`, the digest of what was dumped, empty where none was noted. The latest is
# the newest one that was finished, and so bears that mark.
find_snapshot() {
  local status=0 found
  found=$(restic snapshots --json --host "$RESTIC_HOST" $([[ $1 == latest ]] || echo "$1") 2>"$errors") || status=$?
  [[ $status == 0 ]] || fail_by "$status" "looking for the backup"
  # One a line, the newest last.
  found=$(sed 's/},{"time":/},\n{"time":/g' <<<"$found")
  [[ $1 != latest ]] || found=$(grep '"content-' <<<"$found" | tail -n 1 || true)
  snapshot=$(value short_id <<<"$found")
  content=$(grep -oE '"content-[0-9a-f]{64}"' <<<"$found" | tail -n 1 | tr -d '"' || true)
  content=${content#content-}
  [[ -n $snapshot ]] || fail no-snapshot "There is no backup \"$1\"."
}

# read_snapshot: the dump, on standard output.
read_snapshot() { restic dump "$snapshot" "$database.sql" 2>"$errors"; }

# Reads the whole backup and compares it with what was dumped.
verify_snapshot() {
  local status=0 found
  say "reading the backup $snapshot"
  found=$(read_snapshot | digest) || status=$?
  [[ $status == 0 ]] || fail_by "$status" "reading the backup $snapshot"
  [[ -z $content || $found == "$content" ]] || fail corrupt "The backup $snapshot is not what was dumped."
}

# How a task tells what came of it: progress on standard output, and at the end one line of JSON as the container's
# last word, which `npm run status`, `npm run restore` and the monitor read. Neither ever holds a secret.

task=${0##*/}
task=${task%.sh}
began=$SECONDS
# Kubernetes' own place for it.
last_word=${TERMINATION_LOG:-/dev/termination-log}
work=${WORK_FOLDER:-/tmp}
errors=$work/errors

# For progress, also from where standard output is read by another command.
exec 3>&1
say() { echo "[$task] $*" >&3; }

json_text() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/ }
  text=${text//$'\t'/ }
  printf '"%s"' "${text//$'\r'/}"
}

# succeed name value …: values are numbers, or texts that are quoted already.
succeed() {
  local line
  line="{\"ok\":true,\"task\":\"$task\",\"seconds\":$((SECONDS - began))"
  while (($# > 1)); do
    line+=",\"$1\":$2"
    shift 2
  done
  echo "$line}" | tee "$last_word"
  exit 0
}

# fail reason sentence
fail() {
  echo "{\"ok\":false,\"task\":\"$task\",\"reason\":\"$1\",\"message\":$(json_text "$2")}" | tee "$last_word"
  exit 1
}

# The sentence in a line of restic's, which may be JSON.
plain() { sed -E 's/.*"message":"(Fatal: )?([^"]*)".*/\2/; s/^Fatal: //; s/\\u003[ce]//g' | cut -c 1-300; }

# The last thing that a command said went wrong, cut to a line.
last_error() { grep -v '^[[:space:]]*$' "$errors" 2>/dev/null | tail -n 1 | plain; }

# says pattern: whether the failed command has said such a thing; `said` is that line then.
says() {
  local line
  line=$(grep -iE "$1" "$errors" 2>/dev/null | tail -n 1 | plain)
  [[ -n $line ]] && said=$line
}

# What a command that failed means: told by its own words, which are all that some of them leave.
# fail_by status what-was-done
fail_by() {
  local status=$1 doing=$2 said
  said=$(last_error)
  cat "$errors" >&2
  if [[ $status == 12 ]] || says 'wrong password or no key'; then
    fail wrong-key "The backup store does not open with this encryption key: backup.encryptionKey is another one than the backups were made with."
  elif says 'no space left|quota|EntityTooLarge|insufficient.*(storage|capacity)|disk full'; then
    fail store-full "There is no room left while $doing: $said"
  elif [[ $status == 11 ]] || says 'unable to create lock|repository is already locked'; then
    fail locked "Another task is at work in the backup store: $said"
  elif says 'no matching ID|no snapshot found'; then
    fail no-snapshot "There is no such backup: $said"
  elif says 'access ?denied|InvalidAccessKeyId|SignatureDoesNotMatch|forbidden|status code: 403|permission denied'; then
    fail store-refused "The backup store refuses the key pair: $said"
  elif says 'NoSuchBucket|bucket does not exist|specified bucket'; then
    fail store-missing "The bucket is not there: $said"
  elif says 'x509|certificate'; then
    fail store-untrusted "The certificate of the backup store is not trusted: $said"
  elif says 'hash mismatch|does not match|invalid data|integrity|damaged|not found in index|unexpected EOF|pack file.*(missing|truncated)|repository contains errors|ciphertext|no such file or directory|NoSuchKey|key does not exist|loading tree'; then
    fail corrupt "What the backup store holds is damaged: $said"
  elif says 'connection refused|no such host|i/o timeout|unreachable|dial tcp|connection reset|timed? ?out|name resolution' || [[ $status == 124 ]]; then
    fail store-unreachable "The backup store does not answer: ${said:-no answer in time}"
  fi
  fail failed "Something went wrong while $doing: ${said:-exit status $status}"
}

trap 'status=$?; [[ -s $last_word ]] || fail failed "The task ended early, with exit status $status."' EXIT
trap 'fail stopped "The task was stopped before its end."' TERM

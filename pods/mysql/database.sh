# The database: how it is reached, dumped and filled. Passwords go from file to file, never through arguments.
#
# Environment: DB_HOST, DB_PORT, DB_NAME, DB_USERNAME; DB_TLS_CA, path of a CA's certificate, where TLS is demanded.

# login file host port user password-file [ca]: writes a file of options for MySQL's clients.
login() {
  local file=$1 host=$2 port=$3 user=$4 password_file=$5 ca=${6:-}
  (
    umask 077
    printf '[mysql]\nconnect-timeout=10\n[client]\nhost=%s\nport=%s\nuser=%s\nprotocol=TCP\ndefault-character-set=utf8mb4\npassword="%s"\n' \
      "$host" "$port" "$user" "$(<"$password_file")" >"$file"
    if [[ -n $ca ]]; then
      printf 'ssl-mode=VERIFY_IDENTITY\nssl-ca=%s\n' "$ca" >>"$file"
    else
      # Where nobody demands TLS, the password is still only sent encrypted.
      printf 'get-server-public-key\n' >>"$file"
    fi
  )
}

database=$DB_NAME
client=$work/client.cnf
login_to_database() { login "$client" "$DB_HOST" "$DB_PORT" "$DB_USERNAME" /run/secrets/database/password "${DB_TLS_CA:-}"; }

# ask options statement: one value a line.
ask() { mysql --defaults-extra-file="$1" --batch --skip-column-names --execute="$2"; }

# dump options database: everything in it, as of one moment, the same text for the same content. From MySQL 9.7 on it would
# ask for masking policies, which are none of the app's.
dump() {
  mysqldump --defaults-extra-file="$1" --single-transaction --quick --routines --events --triggers --hex-blob \
    --no-tablespaces --set-gtid-purged=OFF --skip-dump-date --order-by-primary --loose-masking-policies=0 "$2"
}

# Digest of what a dump says, without its remarks on where it was taken, nor the database's own name. A table that was made from a dump names the
# character set of a column beside its collation, which the first one had alone.
digest() {
  { grep -vE '^(-- |ALTER DATABASE )' || true; } | sed -E 's/ CHARACTER SET [a-z0-9]+ COLLATE / COLLATE /' | sha256sum | cut -d ' ' -f 1
}

# Waits until it lets itself be asked, for at most half a minute.
wait_for_database() {
  local tries=15
  until ask "$1" 'SELECT 1' >/dev/null 2>"$errors"; do
    ((tries-- > 0)) || fail database-unreachable "The database does not answer: $(last_error)"
    sleep 2
  done
}

# empty options database: makes it anew, with the character set that it has.
empty() {
  local charset collation
  read -r charset collation < <(ask "$1" "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '$2'") || true
  ask "$1" "DROP DATABASE IF EXISTS \`$2\`; CREATE DATABASE \`$2\` CHARACTER SET ${charset:-utf8mb4} COLLATE ${collation:-utf8mb4_unicode_ci}"
}

# tables_and_rows options database: both numbers, on one line.
tables_and_rows() {
  local table tables=0 rows=0 count
  while read -r table; do
    count=$(ask "$1" "SELECT COUNT(*) FROM \`$2\`.\`$table\`")
    say "$table: $count rows"
    tables=$((tables + 1)) rows=$((rows + count))
  done < <(ask "$1" "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '$2' AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1")
  echo "$tables $rows"
}

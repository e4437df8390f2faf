#!/bin/bash
# Takes what the official mysql image takes: MYSQL_ROOT_PASSWORD, MYSQL_ROOT_HOST, MYSQL_DATABASE, MYSQL_USER, MYSQL_PASSWORD
# (each also as …_FILE), MYSQL_ALLOW_EMPTY_PASSWORD, MYSQL_RANDOM_ROOT_PASSWORD, MYSQL_INITDB_SKIP_TZINFO,
# /docker-entrypoint-initdb.d, and mysqld's arguments, which the server that sets everything up is given too.
#
# Like the official one it takes a folder with the server's own database for complete: what is left of a first start
# that was interrupted is the business of whoever runs it.
set -euo pipefail

data=/var/lib/mysql
socket=/var/run/mysqld/mysqld.sock

say() { echo "[entrypoint] $*" >&2; }
fail() {
  say "$*"
  exit 1
}

# The value of a variable, or the content of the file that <variable>_FILE names.
setting() {
  local name=$1 file_name=${1}_FILE
  local value=${!name:-} file=${!file_name:-}
  [[ -z $value || -z $file ]] || fail "$name and $file_name are both set: only one can be."
  if [[ -n $file ]]; then value=$(<"$file"); fi
  printf '%s' "$value"
}

# As a string in SQL, and as a name.
quoted() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\'\'}"
}
named() { printf '`%s`' "${1//\`/\`\`}"; }

# A client as root, over the socket. A password in its arguments could be read by every other process.
as_root() {
  local client=$1
  shift
  MYSQL_PWD=$sql_password "$client" --no-defaults --protocol=socket --socket="$socket" --user=root "$@"
}
sql() { as_root mysql --comments --default-character-set=utf8mb4 "$@"; }

users() {
  if [[ -n $database ]]; then echo "CREATE DATABASE IF NOT EXISTS $(named "$database");"; fi
  if [[ -n $user ]]; then
    echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
    # An underscore in a granted name is a pattern otherwise, and so is a percent sign.
    local pattern=${database//_/\\_}
    if [[ -n $database ]]; then echo "GRANT ALL ON $(named "${pattern//%/\\%}").* TO $(quoted "$user")@'%';"; fi
  fi
  if [[ -n $root_host && $root_host != localhost ]]; then
    echo "CREATE USER 'root'@$(quoted "$root_host") IDENTIFIED BY $(quoted "$root_password");"
    echo "GRANT ALL ON *.* TO 'root'@$(quoted "$root_host") WITH GRANT OPTION;"
  fi
  echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$root_password");"
}

run_user_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh)
        say "running $script"
        if [[ -x $script ]]; then "$script"; else . "$script"; fi
        ;;
      *.sql) say "running $script" && sql ${database:+"$database"} <"$script" ;;
      *.sql.gz) say "running $script" && gzip -dc "$script" | sql ${database:+"$database"} ;;
    esac
  done
}

initialise() {
  local root_password root_host database user password sql_password=
  root_password=$(setting MYSQL_ROOT_PASSWORD)
  root_host=$(setting MYSQL_ROOT_HOST)
  root_host=${root_host:-%}
  database=$(setting MYSQL_DATABASE)
  user=$(setting MYSQL_USER)
  password=$(setting MYSQL_PASSWORD)
  if [[ -z $root_password && -n ${MYSQL_RANDOM_ROOT_PASSWORD:-} ]]; then
    root_password=$(head -c 24 /dev/urandom | base64)
    say "GENERATED ROOT PASSWORD: $root_password"
  fi
  [[ -n $root_password || -n ${MYSQL_ALLOW_EMPTY_PASSWORD:-} ]] ||
    fail "Set MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD or MYSQL_RANDOM_ROOT_PASSWORD."
  [[ $user != root ]] || fail "MYSQL_USER cannot be root: MYSQL_ROOT_PASSWORD is for it."
  [[ -z $user || -n $password ]] || fail "MYSQL_USER needs MYSQL_PASSWORD."

  say "initialising $data"
  mysqld "$@" --initialize-insecure --default-time-zone=SYSTEM
  # In this mode the command ends when the server is ready.
  mysqld "$@" --daemonize --skip-networking --default-time-zone=SYSTEM --socket="$socket"
  if [[ -z ${MYSQL_INITDB_SKIP_TZINFO:-} ]]; then
    mysql_tzinfo_to_sql /usr/share/zoneinfo 2>/dev/null | sql mysql
  fi
  users | sql
  sql_password=$root_password
  run_user_scripts
  as_root mysqladmin shutdown
  say "initialised"
}

if [[ ${1:-} == -* ]]; then set -- mysqld "$@"; fi
[[ ${1:-} == mysqld ]] || exec "$@"
shift

for argument in "$@"; do
  # Nothing is set up for who only asks.
  case $argument in -'?' | --help | -V | --version | --print-defaults) exec mysqld "$@" ;; esac
done

if [[ $(id -u) == 0 ]]; then
  chown mysql:mysql "$data" /var/run/mysqld
  exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" mysqld "$@"
fi

if [[ ! -d $data/mysql ]]; then initialise "$@"; fi
exec mysqld "$@"

#!/bin/bash
# Takes what the official mysql image takes: MYSQL_ROOT_PASSWORD, MYSQL_ROOT_HOST, MYSQL_DATABASE, MYSQL_USER, MYSQL_PASSWORD
# (each also as …_FILE), MYSQL_ALLOW_EMPTY_PASSWORD, MYSQL_RANDOM_ROOT_PASSWORD, /docker-entrypoint-initdb.d, and mysqld's arguments.
#
# Of the arguments MariaDB takes what it knows; MySQL's others (--mysqlx, --gtid-mode, --authentication-policy …) are logged
# and ignored, since each is passed on as --loose-…. Three are translated: see `server_arguments`.
set -euo pipefail

data=/var/lib/mysql
socket=/var/run/mysqld/mysqld.sock
# Stands in the data folder until everything in it is complete. What an interrupted first start left is thrown away.
unfinished=$data/.initialising

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

server_arguments() {
  local argument
  for argument in "$@"; do
    case $argument in
      --collation-server=utf8mb4_0900_* | --collation_server=utf8mb4_0900_*) echo --collation-server=utf8mb4_uca1400_ai_ci ;;
      --innodb-redo-log-capacity=* | --innodb_redo_log_capacity=*) echo "--loose-innodb-log-file-size=${argument#*=}" ;;
      --log-replica-updates*) echo "${argument/--log-replica/--loose-log-slave}" ;;
      --loose* | --verbose | --help | --version) echo "$argument" ;;
      --?*) echo "--loose-${argument#--}" ;;
      *) echo "$argument" ;;
    esac
  done
}

sql() { mariadb --no-defaults --socket="$socket" --user=root --password="${sql_password:-}" --comments --default-character-set=utf8mb4 "$@"; }

users() {
  local host=$root_host
  # The empty installation has roots without a password.
  echo "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys' AND NOT (User = 'root' AND Host = 'localhost');"
  echo "DELETE FROM mysql.proxies_priv WHERE Host <> 'localhost';"
  echo "FLUSH PRIVILEGES;"
  if [[ -n $database ]]; then echo "CREATE DATABASE IF NOT EXISTS $(named "$database");"; fi
  if [[ -n $user ]]; then
    echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
    # An underscore or a percent sign in a granted name is a pattern otherwise.
    local pattern=${database//_/\\_}
    if [[ -n $database ]]; then echo "GRANT ALL ON $(named "${pattern//%/\\%}").* TO $(quoted "$user")@'%';"; fi
  fi
  if [[ -n $host && $host != localhost ]]; then
    echo "CREATE USER 'root'@$(quoted "$host") IDENTIFIED BY $(quoted "$root_password");"
    echo "GRANT ALL ON *.* TO 'root'@$(quoted "$host") WITH GRANT OPTION;"
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
  local root_password root_host database user password server sql_password=
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
  find "$data" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
  touch "$unfinished"
  sync "$unfinished" "$data"
  mariadb-install-db --datadir="$data" --skip-test-db --auth-root-authentication-method=normal >/dev/null

  mariadbd "$@" --datadir="$data" --socket="$socket" --skip-networking &
  server=$!
  until sql --execute='SELECT 1' >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || fail "the server ended while it was set up"
    sleep 0.2
  done
  users | sql
  sql_password=$root_password
  run_user_scripts
  mariadb-admin --no-defaults --socket="$socket" --user=root --password="$root_password" shutdown
  wait "$server"
  sync
  rm "$unfinished"
  sync "$data"
  say "initialised"
}

if [[ ${1:-mysqld} == -* ]]; then set -- mysqld "$@"; fi
[[ ${1:-mysqld} =~ ^(mysqld|mariadbd)$ ]] || exec "$@"
shift

if [[ $(id -u) == 0 ]]; then
  chown mysql:mysql "$data" /var/run/mysqld
  exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" mysqld "$@"
fi

mapfile -t arguments < <(server_arguments "$@")
if [[ -e $unfinished || -z $(find "$data" -mindepth 1 -maxdepth 1 ! -name lost+found) ]]; then
  initialise "${arguments[@]}"
elif [[ ! -d $data/mysql ]]; then
  fail "$data holds files, but no database: give it an empty volume, or one with a database."
fi
exec mariadbd "${arguments[@]}" --datadir="$data" --socket="$socket"

# Passwords that change while the app runs. `accept`: the server takes the new ones, and still takes the ones before.
# `retire`: it takes the new ones only.
#
# Environment: DB_HOST, DB_PORT, DB_USERNAME.
set -euo pipefail
cd "$(dirname "$0")"
source ./report.sh
DB_NAME=''
source ./database.sh
secrets=/run/secrets/mysql
root=$work/root.cnf

quoted() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\'\'}"
}
password() { quoted "$(<"$secrets/$1")"; }
accepted() { ask "$1" 'SELECT 1' >/dev/null 2>"$errors"; }

# log_in user key: whether the server takes that password of the user's.
log_in() {
  login "$client" "$DB_HOST" "$DB_PORT" "$1" "$secrets/$2"
  accepted "$client"
}

# As root with the new password, or with the one before it.
log_in_as_root() {
  local key tries=30
  while ((tries-- > 0)); do
    for key in root-password previous-root-password; do
      login "$root" "$DB_HOST" "$DB_PORT" root "$secrets/$key"
      if accepted "$root"; then return; fi
    done
    sleep 2
  done
  fail database-refused "The database takes neither the new password of root nor the one before it: passwordVersion goes up by one at a time. The runbook says how to set the passwords anew."
}

as_root() { mysql --defaults-extra-file="$root" 2>"$errors" || fail failed "A password could not be changed: $(last_error)"; }

# accept user key account …: unless it has it already, for a second time would forget the one before.
accept() {
  local user=$1 key=$2 account
  shift 2
  if log_in "$user" "$key"; then return; fi
  for account in "$@"; do
    log_in_as_root
    as_root <<<"ALTER USER IF EXISTS $account IDENTIFIED BY $(password "$key") RETAIN CURRENT PASSWORD"
  done
}

app="$(quoted "$DB_USERNAME")@'%'"
log_in_as_root
case $1 in
  accept)
    accept "$DB_USERNAME" password "$app"
    accept root root-password "'root'@'localhost'" "'root'@'%'"
    ;;
  retire)
    for account in "$app" "'root'@'localhost'" "'root'@'%'"; do
      as_root <<<"ALTER USER IF EXISTS $account DISCARD OLD PASSWORD"
    done
    ;;
esac
succeed step "\"$1\""

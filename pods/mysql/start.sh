# Starts MySQL as its image does, and sees to three things that the image leaves to its owner: a first start that was cut
# short begins anew, a volume that outlived its stack opens to the passwords of the next one, and slow queries are told in
# the container's log.
#
# Arguments: the server's own. Environment: ACCOUNT, name of the app's user; GENERATION, which stays the same while the
# stack does. Within one generation passwords are changed while the server runs, and what stands in the files may be late.
set -euo pipefail

data=/var/lib/mysql
# Beside the data: the server wants that folder empty at its first start.
state=/var/lib/mysql-state
secrets=/run/secrets/mysql
accounts=/var/run/mysqld/accounts.sql

# The server writes its slow log to a file and to nothing else (MySQL's MY-011263). The file is emptied when it is large.
slow=/tmp/slow.log
: >"$slow"
tail -n +1 -F "$slow" 2>/dev/null &
while sleep 60; do
  if (($(stat -c %s "$slow") > 16777216)); then : >"$slow"; fi
done &

if [[ -e $state/unfinished ]]; then
  # Nobody could log in until then, so there is nothing in it that anybody has written.
  echo "The first start was cut short. Beginning anew." >&2
  find "$data" -mindepth 1 -delete
fi

if [[ ! -d $data/mysql ]]; then
  touch "$state/unfinished"
  sync "$state/unfinished" "$state"
  # The image runs this when all else of its first start is done.
  cat >/docker-entrypoint-initdb.d/finished.sh <<END
echo "$GENERATION" >"$state/generation"
sync
rm -f "$state/unfinished"
sync "$state"
END
  exec docker-entrypoint.sh mysqld "$@"
fi

if [[ $(cat "$state/generation" 2>/dev/null) == "$GENERATION" ]]; then
  exec docker-entrypoint.sh mysqld "$@"
fi

echo "The volume is from another stack of this name: setting the passwords anew." >&2
quoted() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\'\'}"
}
umask 077
{
  echo "CREATE USER IF NOT EXISTS 'root'@'%';"
  echo "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
  for account in "'root'@'localhost' root-password" "'root'@'%' root-password" "$(quoted "$ACCOUNT")@'%' password"; do
    echo "ALTER USER IF EXISTS ${account% *} IDENTIFIED BY $(quoted "$(<"$secrets/${account##* }")");"
  done
} >"$accounts"
# Only when the server has taken them: else the next start sets them again.
(
  until mysqladmin --protocol=tcp --host=127.0.0.1 --user=nobody --connect-timeout=2 ping >/dev/null 2>&1; do sleep 1; done
  echo "$GENERATION" >"$state/generation"
  sync "$state/generation"
) &
exec docker-entrypoint.sh mysqld "$@" --init-file="$accounts"

#!/bin/sh
# Starts a Redis server, a primary or a replica. Its passwords come as files, and go into files of its own that are in
# memory only.
#
# Arguments: lines of the server's configuration, which make it the one or the other.
set -eu
umask 077

secrets=/run/secrets/redis
folder=/run/redis

password=$(cat "$secrets/password")
replication_password=$(cat "$secrets/replication-password")

# The app's user may do all but what changes the server or has it call elsewhere; it may look at the server's clients,
# slow commands and replicas. A replica's user may replicate.
cat >"$folder/users.acl" <<END
user default on >$password ~* &* +@all -@admin -migrate +client|list +slowlog|get +role
user replica on >$replication_password +ping +psync +replconf
END

{
  printf '%s\n' "$@"
  echo "aclfile $folder/users.acl"
  echo "masteruser replica"
  echo "masterauth $replication_password"
} >"$folder/redis.conf"

# Half a copy or half a log, of a server that was killed while it wrote it.
rm -f /data/temp-*

exec redis-server "$folder/redis.conf"

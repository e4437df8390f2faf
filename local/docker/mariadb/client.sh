#!/bin/bash
# MariaDB's client of this name, without the options that only MySQL's has.
arguments=()
for argument in "$@"; do
  case $argument in
    --ssl-mode=* | --get-server-public-key | --set-gtid-purged=* | --column-statistics=*) ;;
    --source-data | --source-data=*) arguments+=("${argument/source/master}") ;;
    *) arguments+=("$argument") ;;
  esac
done
exec "/usr/bin/${0##*/}" "${arguments[@]}"

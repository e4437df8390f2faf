#!/bin/sh
# Asks the server of its own pod, as the app would.
#
# Argument: what it has to be. `alive`: it answers, be it that it is still loading. `ready`: it takes commands. `whole`: a
# replica that takes commands and has had all of its primary's data once. One that has lost its primary since stays so.
set -eu

REDISCLI_AUTH=$(cat /run/secrets/redis/password)
export REDISCLI_AUTH

answer=$(printf 'PING\nINFO replication\n' | redis-cli)
case $1 in
  alive) [ -n "$answer" ] ;;
  ready)
    case $answer in
      PONG*) ;;
      *) exit 1 ;;
    esac
    ;;
  whole)
    case $answer in
      # Seconds since the primary was lost: below zero where it was never there.
      PONG*master_link_status:up* | PONG*master_link_down_since_seconds:[0-9]*) ;;
      *) exit 1 ;;
    esac
    ;;
esac

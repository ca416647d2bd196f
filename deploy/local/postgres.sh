#!/usr/bin/env bash
# PostgreSQL from Debian's packages with a data folder of its own, on 127.0.0.1 only. User and password are "postgres" and
# what stands in FILE; a changed FILE changes the password.
#
#   postgres.sh serve --data DIR --port PORT --password-file FILE [--fast] [--follow-parent]
#                        in the foreground, stopped by SIGTERM or SIGINT, and with the flag also when the parent process dies
#   postgres.sh up --data DIR --port PORT --password-file FILE [--fast]     in the background; returns when it answers
#   postgres.sh down --data DIR [--purge]                                   --purge removes DIR
#
# --fast gives up surviving a crash of the machine, for data that is thrown away anyway.
# shellcheck disable=SC2016,SC2034 # RUN and LOG are for processes.sh
set -eu
umask 022
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=deploy/local/cluster/processes.sh disable=SC2154 # sets $pid and $start_time
. "$HERE/cluster/processes.sh"

command=${1:-}
data='' port='' password_file='' fast='' follow='' purge=''
[ $# = 0 ] || shift
while [ $# -gt 0 ]; do
  case $1 in
    --data) data=$2; shift ;;
    --port) port=$2; shift ;;
    --password-file) password_file=$2; shift ;;
    --fast) fast=yes ;;
    --follow-parent) follow=yes ;;
    --purge) purge=yes ;;
    *) die "unknown argument $1" ;;
  esac
  shift
done
case $command in
  serve | up)
    if [ -z "$data" ] || [ -z "$port" ] || [ ! -r "$password_file" ]; then die "$command needs --data DIR --port PORT --password-file FILE"; fi ;;
  down) [ -n "$data" ] || die "down needs --data DIR" ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac

# What runs as the unprivileged user must be able to reach its files, yet $data may lie below a home directory that only
# root may enter. So root runs it in a mount namespace of its own in which $data appears at a place anybody can reach;
# the machine sees no mount. Without root it runs as the user who called, right in $data.
PLACE=/var/lib/postgresql
# inside [SETPRIV_OPTIONS] COMMAND...: sets $inside to the command that runs it there
inside() {
  if [ "$(id -u)" != 0 ]; then inside=(setpriv "$@"); return; fi
  inside=(unshare --mount --propagation private bash -c '
    mount --bind "$0" "$1" && shift && cd / && exec setpriv --reuid postgres --regid postgres --init-groups --no-new-privs "$@"' "$data" "$PLACE" "$@")
}

open_folder() {
  mkdir -p "$data/sockets"
  data=$(cd "$data" && pwd -P)
  RUN=$data LOG=$data
  local version=""
  if [ "$(id -u)" = 0 ]; then
    [ -d "$PLACE" ] || die "PostgreSQL is not installed (Debian package postgresql)"
    chown postgres:postgres "$data/sockets"
  else
    PLACE=$data
  fi
  if [ -f "$data/pgdata/PG_VERSION" ]; then version=$(<"$data/pgdata/PG_VERSION"); fi
  binaries=$(printf '%s\n' /usr/lib/postgresql/*/bin | grep -F "/${version:+$version/}" | sort -V | tail -n 1)
  [ -x "$binaries/postgres" ] || die "PostgreSQL${version:+ $version, which wrote $data,} is not installed (Debian package postgresql${version:+-$version})"
  version=${binaries%/bin}
  [ "${version##*/}" -ge 15 ] || die "PostgreSQL ${version##*/} is too old, 15 or later is needed"
}

initialise() {
  if [ ! -f "$data/pgdata/PG_VERSION" ]; then
    say "creating a database cluster in $data"
    rm -rf "$data/pgdata.new"
    mkdir -m 700 "$data/pgdata.new"
    install -m 600 "$password_file" "$data/password.new"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$data/pgdata.new" "$data/password.new"
    inside "$binaries/initdb" --pgdata="$PLACE/pgdata.new" --username=postgres --pwfile="$PLACE/password.new" \
      --auth-host=scram-sha-256 --auth-local=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync
    "${inside[@]}" >"$data/initdb.log" 2>&1 || { cat "$data/initdb.log" >&2; die "initdb failed"; }
    rm -f "$data/password.new"
    sync -f "$data"
    mv "$data/pgdata.new" "$data/pgdata"
    fingerprint >"$data/password.sha256"
  elif [ "$(fingerprint)" != "$(cat "$data/password.sha256" 2>/dev/null)" ]; then
    say "the password has changed"
    inside "$binaries/postgres" --single -D "$PLACE/pgdata" -c log_statement=none postgres
    printf "ALTER ROLE postgres PASSWORD '%s'\n" "$(tr -d '\n' <"$password_file" | sed "s/'/''/g")" | "${inside[@]}" >/dev/null ||
      die "the password could not be changed"
    fingerprint >"$data/password.sha256"
  fi
}
fingerprint() { sha256sum "$password_file" | cut -d' ' -f1; }

arguments() {
  server=("$binaries/postgres" -D "$PLACE/pgdata" -c listen_addresses=127.0.0.1 -c port="$port" -c max_connections=200
    -c unix_socket_directories="$PLACE/sockets" -c timezone=UTC -c log_timezone=UTC -c log_line_prefix='%m [%p] ')
  [ -z "$fast" ] || server+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
}
answers() { "$binaries/pg_isready" -q -h 127.0.0.1 -p "$port"; }

start_server() {
  open_folder
  if alive postgres; then return; fi
  local holder
  if ! port_is_free 127.0.0.1 "$port"; then
    holder=$(port_holder "$port")
    die "port $port is in use by ${holder:-another process}"
  fi
  exec 9>"$data/lock"
  flock -w 30 9 || die "another postgres.sh is at work on $data"
  initialise
  arguments
}

up() {
  start_server
  inside "${server[@]}"
  start postgres "${inside[@]}"
  until_ok 60 postgres answers
  say "PostgreSQL answers on 127.0.0.1:$port"
}

serve() {
  server_pid=''
  start_server
  if alive postgres; then die "PostgreSQL runs already on $data (pid $pid)"; fi
  trap 'end=143' TERM
  trap 'end=130' INT HUP
  end=''
  [ -z "$follow" ] || follow_parent
  # In a session of its own, so that a Ctrl-C reaches it only through us; and should we be killed, the kernel tells it.
  inside --pdeathsig INT "${server[@]}"
  setsid "${inside[@]}" </dev/null 9>&- &
  server_pid=$!
  start_time "$server_pid" && echo "$server_pid $start_time" >"$data/postgres.pid"
  local status=0
  while [ -z "$end" ]; do
    status=0
    wait "$server_pid" || status=$?
    if ! start_time "$server_pid"; then break; fi
  done
  if [ -n "$end" ]; then
    trap '' TERM INT HUP
    stop_server "$server_pid"
    status=$end
  fi
  rm -f "$data/postgres.pid"
  exit "$status"
}

# SIGINT is PostgreSQL's "fast" shutdown: it does not wait for clients to go.
stop_server() {
  local signal tries
  for signal in INT QUIT KILL; do
    kill -$signal "$1" 2>/dev/null || return 0
    for ((tries = 0; tries < 200; tries++)); do
      start_time "$1" || return 0
      sleep 0.05
    done
  done
}

down() {
  if [ -d "$data" ]; then
    data=$(cd "$data" && pwd -P)
    RUN=$data LOG=$data
    if alive postgres; then
      stop_server "$pid"
      say "PostgreSQL is down"
    fi
    rm -f "$data/postgres.pid"
    [ -z "$purge" ] || rm -rf "$data"
  fi
}

$command

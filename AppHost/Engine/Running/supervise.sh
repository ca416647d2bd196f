# shellcheck shell=bash
# Runs one program so that nothing of it outlives the AppHost, however that ends.
#
#   setsid bash supervise.sh GRACE_SECONDS PROGRAM ARGS...
#
# Standard input is a pipe whose other end only the AppHost holds. It closes when the AppHost ends, even by SIGKILL: then the
# program is told to stop (SIGTERM), and what is left of its process group after the grace period is killed. SIGTERM to this
# script does the same. The program inherits the pipe as its own standard input, so it can watch it too.
# (A parent-death signal would not do: it fires when the thread that started the process ends, and .NET's threads come and go.)
# The first line written is the program's pid, after a record separator. Exits as the program does.

supervise() {
    local grace=$1 code=0 drains='' program lifeline timer job
    stopping='' orphaned=''
    shift
    trap 'stopping=yes' TERM INT HUP
    trap 'stopping=yes orphaned=yes' USR1
    set -m # every background job is a process group of its own

    # A reader of our own on the output pipes: a program that says something while it cleans up after the AppHost's death
    # must not be killed by SIGPIPE in the middle of it.
    exec 3</proc/self/fd/0 5</proc/self/fd/1 6</proc/self/fd/2 7>&2 2>/dev/null

    (
        printf '\036%d\n' "$BASHPID"
        exec 2>&7 3<&- 5<&- 6<&- 7>&-
        exec "$@"
    ) &
    program=$!
    await_lifeline "$program" &
    lifeline=$!

    while [ -z "$stopping" ]; do
        wait "$program"
        code=$?
        kill -0 "$program" || break
    done

    if [ -n "$orphaned" ]; then
        drain <&5 &
        drains=$!
        drain <&6 &
        drains+=" $!"
    fi

    if [ -n "$stopping" ] && kill -0 "$program"; then
        kill -TERM "$program"
        (exec >/dev/null 5<&- 6<&- 7>&-; sleep "$grace"; kill -KILL -- "-$program") &
        timer=$!
        while kill -0 "$program"; do
            wait "$program"
            code=$?
        done
        kill -KILL -- "-$timer"
    fi

    kill_group "$program" # what the program started and left behind
    for job in $lifeline $drains; do kill -KILL -- "-$job"; done
    exit "$code"
}

drain() {
    exec >/dev/null 2>&1 3<&- 5<&- 6<&- 7>&-
    exec cat
}

# Waits for the AppHost's end of the pipe to close. Should the script itself have been killed by then, it does its work.
await_lifeline() {
    local parent
    exec >/dev/null 5<&- 6<&- 7>&-
    while read -r -u 3 _; do :; done
    read -r _ _ _ parent _ <"/proc/$BASHPID/stat"
    if [ "$parent" = $$ ]; then kill -USR1 $$; else kill_group "$1"; fi
}

kill_group() {
    kill -TERM -- "-$1" || return
    for _ in {1..60}; do
        group_lives "$1" || return
        sleep 0.05
    done
    kill -KILL -- "-$1"
}

# The dead count as members too until init reaps them, which in a container may be never.
group_lives() {
    local file line state group
    kill -0 -- "-$1" || return
    for file in /proc/[0-9]*/stat; do
        read -r line <"$file" || continue
        read -r state _ group _ <<<"${line##*) }"
        if [ "$group" = "$1" ] && [ "$state" != Z ]; then return 0; fi
    done
    return 1
}

supervise "$@" # everything above is read by now, so that a rebuild may replace this file while it runs

# Keeps one PostgreSQL. Does what its standard input says, one order a line with at most one argument, and answers each with an exit
# code. When that input ends, whoever held it is gone: the server is killed and its folder removed.
#
# PROGRAMS is the folder of initdb, postgres and pg_basebackup; FOLDER holds the data, the socket and the log.
set -u
trap '' HUP INT PIPE TERM
data=$FOLDER/data
postmaster=

init() {
    "$PROGRAMS/initdb" --pgdata "$data" --username postgres --pwfile "$FOLDER/password" --auth-local trust \
        --auth-host scram-sha-256 --encoding UTF8 --locale C --no-sync
}

# A standby's data, from the primary that the argument says how to reach.
copy() {
    "$PROGRAMS/pg_basebackup" --pgdata "$data" --dbname "$1" --write-recovery-conf --checkpoint fast --no-sync
}

# The argument is the port. Ends when connections are taken, or with 1 when there is no server after 60 s.
start() {
    "$PROGRAMS/postgres" -D "$data" -c port="$1" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$FOLDER" &
    postmaster=$!
    tries=3000
    while [ $tries -gt 0 ] && alive "$postmaster"; do
        case $(sed -n '1p;8p' "$data/postmaster.pid" 2>/dev/null | tr -d ' \n') in
        "${postmaster}ready" | "${postmaster}standby") return 0 ;;
        esac
        tries=$((tries - 1))
        sleep 0.02
    done
    kill
    return 1
}

# The server's own quick way: its processes end at once, and the next start recovers.
stop() {
    [ -n "$postmaster" ] || return 0
    command kill -QUIT "$postmaster"
    wait "$postmaster"
    postmaster=
}

# A power cut: none of its processes takes another step. The first is halted before its children are counted, so that it makes no more.
kill() {
    [ -n "$postmaster" ] || return 0
    command kill -STOP "$postmaster"
    children=$(processes '[0-9]*' | while read -r process _ parent; do
        [ "$parent" != "$postmaster" ] || echo "$process"
    done)
    command kill -KILL "$postmaster" $children
    wait "$postmaster"
    for process in $children; do
        while alive "$process"; do sleep 0.01; done
    done
    postmaster=
}

# A server that was killed has left a piece of shared memory to the system, whose number is the last word of line 7; one that stops takes it
# along. It is woken for that if somebody halted it.
end() {
    [ -z "$postmaster" ] || command kill -CONT "$postmaster"
    stop
    memory=$(sed -n 7p "$data/postmaster.pid") && ipcrm -m "${memory##* }"
}

# Number, state and parent of the processes whose number is of this pattern, one a line.
processes() {
    if [ -e /proc/self/stat ]; then
        sed -n 's/^\([0-9]*\) (.*) \(.\) \([0-9]*\) .*/\1 \2 \3/p' /proc/$1/stat
    else
        ps -A -o pid= -o state= -o ppid=
    fi
}

# A process that has ended and that nobody has waited for yet is not alive.
alive() {
    processes "$1" | grep -q "^ *$1  *[^ XZ]"
}

while read -r order argument; do
    "$order" "$argument" </dev/null >>"$FOLDER/log" 2>&1
    echo $?
done
end >/dev/null 2>&1
rm -rf "$FOLDER"

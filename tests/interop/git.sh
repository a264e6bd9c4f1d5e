#!/usr/bin/env bash
# Packs from a git host: the real `git http-backend` behind nginx. `lock` pins the commit, only the blobs of wanted packs travel,
# a branch that moves or is rewritten changes nothing that is locked, and without a network the cache or vendor/ is enough.
. "$(dirname "$0")/peer.bash"

installed nginx nginx-light
installed git git
export PATH=$PATH:/usr/sbin
installed fcgiwrap fcgiwrap

author=(-c user.name=packs -c user.email=packs@example.org)
central=$work/central
git init -q -b main "$central"
pack() {
    mkdir -p "$central/packs/$1-$2"
    printf '{"name": "%s", "displayName": "%s", "layer": "addon", "addonType": "system app", "version": "%s", "cloudTypes": ["all"]}\n' "$1" "$1" "$2" \
        >"$central/packs/$1-$2/pack.json"
    printf 'pack:\n  namespace: %s\n# %s\n' "$1" "$3" >"$central/packs/$1-$2/values.yaml"
    echo "# $1" >"$central/packs/$1-$2/README.md"
}
publish() {
    git -C "$central" add -A
    git -C "$central" "${author[@]}" commit -q "${@:---allow-empty}" -m "Packs"
    git -C "$central" push -q --force "$work/served/central.git" main
    git -C "$central" rev-parse HEAD
}
pack web 1.0.0 old
pack huge 1.0.0 "$(head -c 3000000 /dev/urandom | base64 -w0)"
mkdir -p "$work/served"
git init -q --bare -b main "$work/served/central.git"
git -C "$work/served/central.git" config uploadpack.allowFilter true
git -C "$work/served/central.git" config http.receivepack false
first=$(publish)

port=$(free_port)
log=$work/access.log
cat >"$work/nginx.conf" <<CONF
$([ "$(id -u)" != 0 ] || echo "user root;")
pid $work/nginx.pid;
error_log $work/error.log;
events { }
http {
    log_format requests '\$status \$bytes_sent \$request_method \$request_uri';
    access_log $log requests;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$port;
        location / {
            auth_basic "packs"; auth_basic_user_file $work/users;
            fastcgi_pass unix:$work/fcgi.sock;
            fastcgi_param SCRIPT_FILENAME $(git --exec-path)/git-http-backend;
            fastcgi_param GIT_PROJECT_ROOT $work/served;
            fastcgi_param GIT_HTTP_EXPORT_ALL 1;
            fastcgi_param PATH_INFO \$uri;
            fastcgi_param QUERY_STRING \$query_string;
            fastcgi_param REQUEST_METHOD \$request_method;
            fastcgi_param CONTENT_TYPE \$content_type;
            fastcgi_param CONTENT_LENGTH \$content_length;
            fastcgi_param REMOTE_USER \$remote_user;
            fastcgi_param GIT_PROTOCOL \$http_git_protocol;
            fastcgi_param HTTP_CONTENT_ENCODING \$http_content_encoding;
        }
    }
}
CONF
printf 'reader:{PLAIN}s3cret-word\n' >"$work/users"
fcgiwrap -s "unix:$work/fcgi.sock" >"$work/fcgi.log" 2>&1 &
children+=("$!")
nginx -p "$work" -c "$work/nginx.conf" -g 'daemon off;' >"$work/nginx.log" 2>&1 &
server=$!
children+=("$server")
for _ in $(seq 100); do
    git ls-remote -q "http://reader:s3cret-word@127.0.0.1:$port/central.git" >/dev/null 2>&1 && break
    sleep 0.1
done

profiles=$work/profiles
mkdir -p "$profiles/profiles/web"
cat >"$profiles/edgewright.yaml" <<EOF2
apiVersion: edgewright/v1
kind: Workspace
metadata: { name: packs }
spec:
  registries:
    central: { type: git, url: "http://127.0.0.1:$port/central.git", path: packs, ref: main }
EOF2
cat >"$profiles/profiles/web/profile.yaml" <<EOF2
apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: web, version: 1.0.0 }
spec:
  type: add-on
  cloud: all
  layers:
    - { name: web, pack: { name: web, version: 1.x, registry: central } }
EOF2
lock=$profiles/profiles/web/profile.lock
ew() { "$EDGEWRIGHT" -C "$profiles" "$@"; }
locked() { grep -q "commit: \"\?$1" "$lock"; }

# Credentials are git's own business: none, no question; then those of its credential helper.
expect "without credentials nobody is asked for any" 2 ew lock
grep -q 'credential helper' "$work/output" && pass "and it is said what to do" || { cat "$work/output"; fail "no hint"; }
git config --global credential.helper store
printf 'http://reader:s3cret-word@127.0.0.1:%s\n' "$port" >"$HOME/.git-credentials"

: >"$log"
expect "lock" 0 ew lock
locked "$first" && pass "the commit is pinned" || { cat "$lock"; fail "commit $first is not in the lock"; }
grep -q "sha256\|url:" "$lock" && { cat "$lock"; fail "the lock has more than the commit"; } || pass "the content stands in the lock, and no address"
sleep 0.3
sent=$(awk '{ n += $2 } END { print n }' "$log")
[ "$sent" -lt 100000 ] && pass "$sent bytes came of a repository of $(du -sk "$work/served/central.git" | cut -f1) kB" || fail "$sent bytes came"
grep -rq "s3cret-word" "$EDGEWRIGHT_CACHE" && fail "the password is in the cache" || pass "no password in the cache"

# The branch moves: a new version, and another content under the old one.
pack web 1.1.0 new
pack web 1.0.0 changed
second=$(publish)
cp "$lock" "$work/first.lock"
expect "lock after the branch moved" 0 ew lock
cmp -s "$lock" "$work/first.lock" && pass "the lock stays" || { diff "$lock" "$work/first.lock"; fail "the lock changed"; }
rm -rf "$EDGEWRIGHT_CACHE"
expect "a cold cache gets the old commit" 0 ew fetch
: >"$log"
expect "lock with everything here" 0 ew lock
sleep 0.3
[ ! -s "$log" ] && pass "asks the host nothing" || { cat "$log"; fail "the host was asked"; }
expect "lock --upgrade" 0 ew lock --upgrade
locked "$second" && grep -q 'version: 1.1.0' "$lock" && pass "takes the new commit" || { cat "$lock"; fail "not upgraded"; }

# The branch is rewritten, and the old commit thrown away.
cp "$lock" "$work/second.lock"
pack web 1.1.0 forced
third=$(publish --amend)
git -C "$work/served/central.git" reflog expire --expire=now --all
git -C "$work/served/central.git" gc -q --prune=now
expect "lock after a force-push" 0 ew lock
cmp -s "$lock" "$work/second.lock" && pass "the lock stays" || fail "the lock changed"
expect "check after a force-push" 0 ew check
expect "vendor" 0 ew vendor
rm -rf "$EDGEWRIGHT_CACHE"
kill "$server"
expect "lock --check with vendor/ alone" 0 ew lock --check
expect "lock --offline with vendor/ alone" 0 ew lock --offline
expect "vendor --check" 0 ew vendor --check
mv "$profiles/vendor" "$work/vendor"
expect "without cache, vendor/ and host" 2 ew fetch
nginx -p "$work" -c "$work/nginx.conf" -g 'daemon off;' >"$work/nginx.log" 2>&1 &
children+=("$!")
sleep 0.5
expect "a commit that is gone" 1 ew fetch
grep -q "no commit $second any more" "$work/output" && pass "is named" || { cat "$work/output"; fail "another reason is given"; }
expect "lock --upgrade goes on" 0 ew lock --upgrade
locked "$third" && pass "with the new commit" || fail "commit $third is not in the lock"

# Many at once, with no cache yet.
rm -rf "$EDGEWRIGHT_CACHE"
pids=()
for _ in 1 2 3 4 5 6; do
    ew fetch >/dev/null 2>&1 &
    pids+=("$!")
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
[ "$failed" = 0 ] && pass "six at once" || fail "$failed of six at once failed"
expect "what they left is whole" 0 ew cache verify
finish

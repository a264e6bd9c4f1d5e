#!/usr/bin/env bash
# Private registries behind a real nginx with certificates of an own authority: Basic auth from every place that credentials are
# found in, a client certificate, a redirect to another host, a proxy that wants a password, a mirror. The secrets are nowhere in
# outputs, locks or the cache.
. "$(dirname "$0")/peer.bash"

installed nginx nginx-light
installed tinyproxy tinyproxy-bin
export PATH=$PATH:/usr/sbin
# Requests to loopback never go through a proxy, as in all Go programs.
ip=$(hostname -I | awk '{print $1}')
[ -n "$ip" ] || { fail "no address but loopback: the proxy cannot be tried"; exit 1; }
password=hunter2-charts proxy_password=hunter2-proxy wrong=hunter2-wrong
outputs=$work/outputs
: >"$outputs"

# An authority, a certificate for this machine, and one for a client.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" -days 2 -subj "/CN=Own authority" \
    -addext "keyUsage=critical,keyCertSign" 2>/dev/null
signed() {
    openssl req -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "/CN=$1" 2>/dev/null
    openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 -out "$work/$1.pem" \
        -extfile <(echo "subjectAltName=IP:$ip,IP:127.0.0.1,DNS:localhost") 2>/dev/null
}
signed server
signed client

# A chart, its index, and the same chart as an OCI artifact in plain files.
mkdir -p "$work/charts" "$work/www/v2/team/charts/web"/{manifests,blobs,tags}
python3 - "$work" "$ip" <<'END'
import gzip, hashlib, io, json, sys, tarfile
from pathlib import Path

work = Path(sys.argv[1])
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w") as tar:
    for name, text in [("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"), ("web/values.yaml", "a: 1\n")]:
        info = tarfile.TarInfo(name)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text.encode()))
chart = gzip.compress(out.getvalue(), mtime=0)
sha = lambda data: hashlib.sha256(data).hexdigest()
(work / "charts/web-1.0.0.tgz").write_bytes(chart)
(work / "charts/index.yaml").write_text(
    "apiVersion: v1\nentries:\n  web:\n  - {apiVersion: v2, name: web, version: 1.0.0, digest: %s, urls: [web-1.0.0.tgz]}\n" % sha(chart)
)
web = work / "www/v2/team/charts/web"
config = b'{"apiVersion":"v2","name":"web","version":"1.0.0"}'
for data in (chart, config):
    (web / "blobs" / f"sha256:{sha(data)}").write_bytes(data)
part = lambda kind, data: {"mediaType": kind, "digest": f"sha256:{sha(data)}", "size": len(data)}
manifest = json.dumps({
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": part("application/vnd.cncf.helm.config.v1+json", config),
    "layers": [part("application/vnd.cncf.helm.chart.content.v1.tar+gzip", chart)],
}).encode()
for name in ("1.0.0", f"sha256:{sha(manifest)}"):
    (web / "manifests" / name).write_bytes(manifest)
(web / "tags/list").write_text(json.dumps({"name": "team/charts/web", "tags": ["1.0.0"]}))
END

basic=$(free_port) cdn=$(free_port) mtls=$(free_port) oci=$(free_port) proxy=$(free_port)
printf 'bob:%s\n' "$(openssl passwd -apr1 "$password")" >"$work/htpasswd"
cat >"$work/nginx.conf" <<EOT
$([ "$(id -u)" != 0 ] || echo "user root;")
pid $work/nginx.pid;
error_log $work/error.log;
events { }
http {
    default_type application/octet-stream;
    log_format credentials '\$request_uri [\$http_authorization]';
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    ssl_certificate $work/server.pem; ssl_certificate_key $work/server.key;
    access_log off;
    server {
        listen $ip:$basic ssl;
        auth_basic charts; auth_basic_user_file $work/htpasswd;
        location /charts/ { alias $work/charts/; }
        location = /moved/index.yaml { alias $work/charts/index.yaml; }
        location /moved/ { return 302 https://$ip:$cdn\$request_uri?X-Amz-Signature=presigned; }
    }
    server {
        listen $ip:$cdn ssl;
        access_log $work/cdn.log credentials;
        location /moved/ { alias $work/charts/; }
    }
    server {
        listen $ip:$mtls ssl;
        ssl_client_certificate $work/ca.pem; ssl_verify_client on;
        location /charts/ { alias $work/charts/; }
    }
    server {
        listen $ip:$oci ssl;
        root $work/www;
        auth_basic registry; auth_basic_user_file $work/htpasswd;
        location = /v2/ { return 200 "{}"; }
        location ~ /manifests/ { default_type application/vnd.oci.image.manifest.v1+json; }
        location ~ /tags/ { default_type application/json; }
    }
}
EOT
nginx -p "$work" -c "$work/nginx.conf" -g 'daemon off;' &
children+=("$!")
cat >"$work/tinyproxy.conf" <<EOT
Port $proxy
Listen 127.0.0.1
Timeout 60
LogLevel Connect
LogFile "$work/tinyproxy.log"
BasicAuth dora $proxy_password
EOT
tinyproxy -d -c "$work/tinyproxy.conf" >/dev/null 2>&1 &
children+=("$!")
for port in "$basic" "$mtls" "$oci"; do
    for _ in $(seq 50); do
        (exec 3<>"/dev/tcp/$ip/$port") 2>/dev/null && break
        sleep 0.1
    done
done
for _ in $(seq 50); do (exec 3<>"/dev/tcp/127.0.0.1/$proxy") 2>/dev/null && break || sleep 0.1; done

# repository NAME SETTINGS: a repository with one profile whose chart comes from registry `my-charts` of these settings.
repository() {
    dir=$work/repositories/$1
    mkdir -p "$dir/profiles/web"
    printf 'apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: %s }\nspec:\n  registries:\n    my-charts: %s\n' "$1" "$2" >"$dir/edgewright.yaml"
    cat >"$dir/profiles/web/profile.yaml" <<'EOT'
apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: web, version: 1.0.0 }
spec:
  type: add-on
  layers:
    - { name: web, chart: { name: web, version: 1.0.0, registry: my-charts }, namespace: web }
EOT
}
# locks WHAT WANTED-EXIT [VARIABLE=VALUE…]: `lock` in $dir with a cache of its own, and `fetch` from the lock with another one.
locks() {
    local what=$1 wanted=$2 cache=$work/caches/$RANDOM$RANDOM
    shift 2
    rm -f "$dir/profiles/web/profile.lock"
    expect "$what" "$wanted" env EDGEWRIGHT_CACHE="$cache" "$@" "$EDGEWRIGHT" -v -C "$dir" lock
    cat "$work/output" >>"$outputs"
    [ "$wanted" = 0 ] || return 0
    expect "$what: fetch" 0 env EDGEWRIGHT_CACHE="$cache-fetch" "$@" "$EDGEWRIGHT" -v -C "$dir" fetch
    cat "$work/output" >>"$outputs"
}
# says TEXT: the last output has it.
says() { if grep -qF -- "$1" "$outputs"; then pass "it says: $1"; else tail -5 "$outputs"; fail "it does not say: $1"; fi; }
given=(EDGEWRIGHT_REGISTRY_MY_CHARTS_USERNAME=bob EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD=$password)
helm="type: helm, url: 'https://$ip:$basic/charts'"

repository authority "{ $helm }"
locks "an authority that is not known is refused" 2 "${given[@]}"
says "no trusted connection"
locks "SSL_CERT_FILE names the authority" 0 "${given[@]}" SSL_CERT_FILE="$work/ca.pem"
locks "so does a variable of the registry" 0 "${given[@]}" EDGEWRIGHT_REGISTRY_MY_CHARTS_CA="$work/ca.pem"

tls="tls: { ca: '$work/ca.pem' }"
repository basic "{ $helm, $tls }"
locks "without credentials" 2
says "no credentials for registry \`my-charts\` are known here"
locks "credentials of the environment" 0 "${given[@]}"
says "credentials of EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD"
locks "wrong credentials" 2 EDGEWRIGHT_REGISTRY_MY_CHARTS_USERNAME=bob EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD=$wrong
says "does not take the credentials of EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD"
printf 'machine %s\n  login bob\n  password %s\n' "$ip" "$password" >"$work/netrc"
locks "credentials of a netrc" 0 NETRC="$work/netrc"
says "credentials of $work/netrc:1"
printf 'repositories:\n- {name: mine, url: "https://%s:%s/charts", username: bob, password: %s}\n' "$ip" "$basic" "$password" >"$work/repositories.yaml"
locks "credentials of Helm" 0 HELM_REPOSITORY_CONFIG="$work/repositories.yaml"
printf 'machine\n' >"$work/netrc-broken"
locks "a broken netrc is named with its line" 2 NETRC="$work/netrc-broken"
says "$work/netrc-broken:1: \`machine\` has no value"
repository named "{ $helm, $tls, auth: { username: bob, password-env: CHARTS_PASSWORD } }"
locks "credentials of a variable that edgewright.yaml names" 0 CHARTS_PASSWORD=$password
repository literal "{ $helm, $tls, auth: { username: bob, password: $wrong } }"
expect "a password in edgewright.yaml is a finding" 1 "$EDGEWRIGHT" -C "$dir" check
grep -q "a password does not belong in the repository" "$work/output" && pass "and says what to do" || fail "no hint about password-env"

repository redirect "{ type: helm, url: 'https://$ip:$basic/moved', $tls }"
locks "a redirect to another host" 0 "${given[@]}"
if [ -s "$work/cdn.log" ] && ! grep -v '\[-\]$' "$work/cdn.log"; then pass "the other host saw no credentials"; else fail "credentials at the other host"; fi

repository client "{ type: helm, url: 'https://$ip:$mtls/charts', $tls }"
locks "without a client certificate" 2
repository client "{ type: helm, url: 'https://$ip:$mtls/charts', tls: { ca: '$work/ca.pem', cert: '$work/client.pem', key: '$work/client.key' } }"
locks "with a client certificate" 0
repository client "{ type: helm, url: 'https://$ip:$mtls/charts', tls: { ca: '$work/ca.pem', cert: '$work/client.pem', key: '$work/server.key' } }"
locks "with the key of another one" 2
says "is not the key of the certificate"

repository proxied "{ $helm, $tls }"
locks "through a proxy" 0 "${given[@]}" HTTPS_PROXY="http://dora:$proxy_password@127.0.0.1:$proxy"
says "through the proxy http://127.0.0.1:$proxy"
grep -q "CONNECT $ip:$basic" "$work/tinyproxy.log" && pass "the proxy was used" || fail "the proxy was not used"
locks "a proxy that wants other credentials" 2 "${given[@]}" HTTPS_PROXY="http://dora:$wrong@127.0.0.1:$proxy"
before=$(wc -l <"$work/tinyproxy.log")
locks "NO_PROXY with a network" 0 "${given[@]}" HTTPS_PROXY="http://127.0.0.1:1" NO_PROXY="10.255.255.0/24,${ip%.*}.0/24"
[ "$before" = "$(wc -l <"$work/tinyproxy.log")" ] && pass "the proxy was not used" || fail "the proxy was used"

mkdir -p "$work/bin" "$work/docker"
cat >"$work/bin/docker-credential-ours" <<EOT
#!/bin/sh
read -r host
[ "\$1 \$host" = "get $ip:$oci" ] || { echo "credentials not found in native keychain"; exit 1; }
printf '{"ServerURL":"%s","Username":"bob","Secret":"$password"}' "\$host"
EOT
chmod +x "$work/bin/docker-credential-ours"
echo "{\"credHelpers\":{\"$ip:$oci\":\"ours\"}}" >"$work/docker/config.json"
repository oci "{ type: oci, url: 'oci://$ip:$oci/team/charts', $tls }"
locks "an OCI registry without credentials" 2
locks "Docker's credential helper" 0 DOCKER_CONFIG="$work/docker" PATH="$work/bin:$PATH"
says "credentials of docker-credential-ours"
echo "{\"auths\":{\"$ip:$oci\":{\"auth\":\"$(printf 'bob:%s' "$password" | base64 -w0)\"}}}" >"$work/docker/config.json"
locks "Docker's own login" 0 DOCKER_CONFIG="$work/docker"

# A mirror of the site: the lock says what it says everywhere.
repository mirrored "{ type: helm, url: 'https://charts.invalid/stable' }"
cat >"$work/mirrors.yaml" <<EOT
mirrors:
  - { from: https://charts.invalid/stable, to: "https://$ip:$basic/charts", tls: { ca: ca.pem } }
EOT
locks "a mirror" 0 EDGEWRIGHT_MIRRORS="$work/mirrors.yaml" NETRC="$work/netrc"
grep -q "url: https://charts.invalid/stable/web-1.0.0.tgz" "$dir/profiles/web/profile.lock" && pass "the lock keeps the address" || fail "the mirror is in the lock"
repository mirrored "{ type: oci, url: 'oci://registry.invalid/charts' }"
cat >"$work/mirrors.yaml" <<EOT
mirrors:
  - { from: oci://registry.invalid/, to: "oci://$ip:$oci/team/", tls: { ca: ca.pem } }
EOT
locks "a mirror of an OCI registry" 0 EDGEWRIGHT_MIRRORS="$work/mirrors.yaml" NETRC="$work/netrc"
grep -q "oci://registry.invalid/charts/web" "$dir/profiles/web/profile.lock" && pass "the lock keeps the address" || fail "the mirror is in the lock"

cd "$work/repositories/basic"
expect "registries" 0 env "${given[@]}" "$EDGEWRIGHT" registries --check
cat "$work/output" >>"$outputs"
expect "registries without credentials" 1 "$EDGEWRIGHT" registries --check --format json
cat "$work/output" >>"$outputs"

# The secrets, and what they become on their way.
encoded=$(printf 'bob:%s' "$password" | base64 -w0)
for secret in hunter2 "$encoded" presigned; do
    if found=$(grep -rlF -- "$secret" "$outputs" "$work/caches" "$work"/repositories/*/profiles 2>/dev/null); then
        fail "$secret is in $found"
    else
        pass "${secret:0:3}… is in no output, lock or cache"
    fi
done
finish

#!/usr/bin/env bash
# Helm's choice of a version and ours, for a few hundred generated pairs of constraint and index: `helm show chart` (which
# resolves as `helm pull` and `helm install` do), and `helm dependency update` with its own resolver.
. "$(dirname "$0")/peer.bash"

installed go golang-go
helm=$peers/go/helm
[ -x "$helm" ] || GOBIN=$peers/go GOFLAGS=-modcacherw go install helm.sh/helm/v4/cmd/helm@v4.2.4 >"$work/go" 2>&1 ||
    { cat "$work/go"; fail "helm could not be built"; exit 1; }

made=$work/made
python3 "$checkout/tests/interop/helm-choice.py" make "$made"
"$helm" repo index "$made/charts"
port=$(free_port)
python3 -m http.server "$port" --bind 127.0.0.1 --directory "$made/charts" >"$work/http" 2>&1 &
children+=("$!")
url=http://127.0.0.1:$port
answers "$url/index.yaml"
cat >"$made/edgewright.yaml" <<END
apiVersion: edgewright/v1
kind: Workspace
metadata: { name: helm-choice }
spec: { registries: { charts: { type: helm, url: "$url" } } }
END

"$EDGEWRIGHT" -C "$made" lock >"$work/locked" 2>&1 || true
pairs=$(wc -l <"$made/pairs.tsv")
((pairs >= 250)) && pass "$pairs pairs" || fail "only $pairs pairs"

# One process of helm for each pair, as many at a time as there are processors.
export helm url
"$helm" repo add charts "$url" >/dev/null
one() {
    local name constraint
    IFS=$'\t' read -r name constraint <<<"$1"
    printf '%s\t%s\t%s\n' "$name" "$constraint" \
        "$("$helm" show chart "charts/$name" --version "$constraint" 2>/dev/null | sed -n 's/^version: "\?\([^"]*\)"\?$/\1/p')"
}
export -f one
xargs -d '\n' -P "$(nproc)" -n 1 bash -c 'one "$1" >"$0/$(printf %s "$1" | sha256sum | cut -c1-40)"' "$(mktemp -d "$work/answers.XXXX")" <"$made/pairs.tsv"
while IFS= read -r pair; do
    cat "$work"/answers.*/"$(printf %s "$pair" | sha256sum | cut -c1-40)"
done <"$made/pairs.tsv" >"$made/helm.tsv"
python3 "$checkout/tests/interop/helm-choice.py" compare "$made" | tee "$work/compared"
! grep -q '^DIFF' "$work/compared" && pass "helm show chart chooses as we do" || fail "helm chooses otherwise"
cut -f3 "$made/helm.tsv" | grep -c . >"$work/count"
(($(<"$work/count") > pairs / 2)) && pass "most pairs have a choice" || fail "helm found too little: $(<"$work/count")"

# The resolver of `helm dependency update` scans the index by itself: one chart with one dependency for each chart, whose
# constraint has a choice (where one has none, helm writes no lock at all).
mkdir -p "$work/umbrella"
{
    printf 'apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n'
    awk -F'\t' -v url="$url" '$3 != "" && !seen[$1]++ { gsub(/"/, "\\\"", $2); printf "- { name: %s, version: \"%s\", repository: \"%s\" }\n", $1, $2, url }' "$made/helm.tsv"
} >"$work/umbrella/Chart.yaml"
expect "helm dependency update" 0 "$helm" dependency update "$work/umbrella"
awk -F'\t' '$3 != "" && !seen[$1]++ { print $1, $3 }' "$made/helm.tsv" | sort >"$work/shown"
awk '/^- name:/ { name = $3 } /^  version:/ { gsub(/"/, "", $2); print name, $2 }' "$work/umbrella/Chart.lock" | sort >"$work/updated"
if diff <(sed 's/+.*//' "$work/shown") <(sed 's/+.*//' "$work/updated"); then
    pass "helm dependency update chooses the same, build metadata aside ($(wc -l <"$work/updated") charts)"
else
    fail "helm's two resolvers differ"
fi
finish

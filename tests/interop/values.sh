#!/usr/bin/env bash
# Values merged by us are those that Helm merges itself: defaults of a pack, presets and a layer's own values with nulls, lists and
# maps that replace each other. Over the sample's packs, and over real ones where there is a corpus.
. "$(dirname "$0")/peer.bash"

installed go golang-go
helm=$peers/go/helm
[ -x "$helm" ] || GOBIN=$peers/go GOFLAGS=-modcacherw go install helm.sh/helm/v4/cmd/helm@v4.2.4 >"$work/go" 2>&1 ||
    { cat "$work/go"; fail "helm could not be built"; exit 1; }
python3 -c 'import yaml' 2>/dev/null || installed python3-yaml-is-no-command python3-yaml

corpus=${EDGEWRIGHT_CORPUS:-$checkout/../shared/corpus}/palette/packs
packs=("$checkout"/packs/*/)
[ -d "$corpus" ] && packs+=("$corpus"/*/)
if python3 "$checkout/tests/interop/values.py" "$EDGEWRIGHT" "$helm" "$work/values" "${packs[@]}"; then
    pass "the values are Helm's"
else
    fail "values differ from Helm's"
fi
finish

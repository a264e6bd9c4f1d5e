#!/usr/bin/env bash
# What `check` writes, read by those it is written for: Microsoft's SARIF validator with the schema of the standard, reviewdog
# itself, Jenkins' XSD of JUnit reports, npm's parser of TAP. Their schemas come with them and are not copied into this repository.
. "$(dirname "$0")/peer.bash"

installed node nodejs
installed npm npm
installed python3 python3
installed git git
modules=$peers/formats
if [ ! -d "$modules/node_modules/tap-parser" ]; then
    mkdir -p "$modules"
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$modules" tap-parser@18.3.4 \
        @microsoft/sarif-multitool-linux@5.7.0 ajv@8.17.1 ajv-formats@3.0.1 >"$work/npm" 2>&1 ||
        { cat "$work/npm"; fail "tap-parser, ajv and the SARIF multitool could not be installed"; exit 1; }
fi
venv=$peers/junit
if ! "$venv/bin/python" -c 'import xmlschema' 2>/dev/null; then
    python3 -m venv "$venv" 2>/dev/null || { installed python3-venv python3-venv; python3 -m venv "$venv"; }
    "$venv/bin/pip" install --quiet xmlschema==4.3.2 >"$work/pip" 2>&1 || { cat "$work/pip"; fail "xmlschema could not be installed"; exit 1; }
fi
# pytest's source has Jenkins' junit-10.xsd among its own tests.
if [ ! -f "$peers/junit-10.xsd" ]; then
    "$venv/bin/pip" download --quiet --no-deps --no-binary :all: --dest "$work/sdist" pytest==9.2.0 >"$work/pip" 2>&1 &&
        tar -xOf "$work"/sdist/pytest-9.2.0.tar.gz pytest-9.2.0/testing/example_scripts/junit-10.xsd >"$work/junit-10.xsd" &&
        mv "$work/junit-10.xsd" "$peers/junit-10.xsd" || { cat "$work/pip"; fail "junit-10.xsd could not be had"; exit 1; }
fi
if [ ! -x "$peers/reviewdog" ]; then
    GOBIN=$peers GOFLAGS=-modcacherw go install github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0 >"$work/go" 2>&1 ||
        { cat "$work/go"; fail "reviewdog could not be built"; exit 1; }
fi

# A repository with findings of many kinds: the sample, damaged; text that tries to break out of each form; and a baseline.
sample "$work/repository"
cd "$work/repository"
python3 - <<'EOF2'
import pathlib
hostile = "::error::%0A]]><script>alert(1)</script>\\u001b[31m\\u202e\\tb`|# SKIP\\n::warning::owned\\n  ..."
profile = pathlib.Path("profiles/k3s-store/profile.yaml")
text = profile.read_text()
profile.write_text(text.replace("\nspec:\n", f'\nspec:\n  "{hostile}": 1\n  unknwon: é\n', 1))
folder = pathlib.Path("profiles/a::b,%0A]]>'\"&\n::error::owned")
folder.mkdir()
(folder / "profile.yaml").write_text(
    f'apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: odd, version: 1.10 }}\nspec:\n  typ: add-on\n  "{hostile}": 1\n'
)
(pathlib.Path("packs") / "broken-1.0.0").mkdir()
(pathlib.Path("packs") / "broken-1.0.0" / "pack.json").write_text('{"name": "broken", "version": 1.0}\n')
EOF2
mkdir "$work/out"
write() {
    "$EDGEWRIGHT" check "$@" --output "sarif=$work/out/sarif.json" --output "rdjson=$work/out/rdjson.json" \
        --output "junit=$work/out/junit.xml" --output "tap=$work/out/tap.txt" --output "json=$work/out/findings.json" >"$work/text" 2>&1 || true
}

judged() {
    local what=$1 count
    count=$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["findings"]))' "$work/out/findings.json")
    expect "$what: $count findings, SARIF's own schema" 0 env NODE_PATH="$modules/node_modules" node -e '
        const fs = require("fs"), Ajv = require("ajv/dist/2020").default;
        const ajv = new Ajv({ strict: false, allErrors: true });
        require("ajv-formats").default(ajv);
        const schema = JSON.parse(fs.readFileSync(process.argv[1], "utf8").replace(/^\uFEFF/, ""));
        const valid = ajv.compile(schema);
        if (!valid(JSON.parse(fs.readFileSync(process.argv[2], "utf8")))) {
            console.log(JSON.stringify(valid.errors.slice(0, 5), null, 1));
            process.exit(1);
        }' "$modules/node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json" "$work/out/sarif.json"
    expect "$what: junit-10.xsd" 0 "$venv/bin/python" -c '
import sys, xmlschema
xmlschema.XMLSchema(sys.argv[1]).validate(sys.argv[2])' "$peers/junit-10.xsd" "$work/out/junit.xml"
    expect "$what: tap-parser, strict" 0 env NODE_PATH="$modules/node_modules" node --input-type=commonjs -e '
        const { Parser } = require("tap-parser");
        const parser = new Parser({ strict: true }, (results) => {
            const odd = results.failures.filter((f) => f.tapError);
            const wanted = Number(process.argv[2]);
            if (odd.length || results.count < wanted || results.plan.end !== results.count) {
                console.log(JSON.stringify({ odd, count: results.count, plan: results.plan }, null, 1).slice(0, 2000));
                process.exit(1);
            }
        });
        parser.on("extra", (line) => { console.log("not TAP: " + line); process.exitCode = 1; });
        parser.end(require("fs").readFileSync(process.argv[1], "utf8"));' "$work/out/tap.txt" "$count"
    "$peers/reviewdog" -f=rdjson -reporter=local -filter-mode=nofilter -fail-level=none \
        <"$work/out/rdjson.json" >"$work/reviewdog" 2>"$work/reviewdog.log" || { cat "$work/reviewdog.log"; fail "$what: reviewdog ended badly"; }
    local shown
    shown=$(grep -c '^message:' "$work/reviewdog" || true)
    if [ "$shown" = "$count" ]; then pass "$what: reviewdog reports $shown"; else head -20 "$work/reviewdog"; fail "$what: reviewdog reports $shown of $count"; fi
}

write
judged "with findings"
chmod +x "$modules/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
if DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$modules/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool" validate \
    "$work/out/sarif.json" --rule-kind "Sarif;Ghas" --level "Error" --output "$work/out/validated.sarif" >"$work/validated" 2>&1; then :; fi
errors=$(python3 -c '
import json, sys
log = json.load(open(sys.argv[1], encoding="utf-8-sig"))
found = [r for run in log["runs"] for r in run.get("results", []) if r.get("level") == "error"]
for r in found[:10]:
    print(r["ruleId"], json.dumps(r["message"])[:300], file=sys.stderr)
print(len(found))' "$work/out/validated.sarif" 2>"$work/why" || echo none)
if [ "$errors" = 0 ]; then pass "SARIF multitool: no errors, rules of GitHub included"; else cat "$work/validated" "$work/why"; fail "SARIF multitool: $errors errors"; fi

"$EDGEWRIGHT" baseline >"$work/baseline" 2>&1
write
judged "all in the baseline"
rm edgewright-baseline.json
git checkout -q . && git clean -qfd
write
judged "clean"
finish

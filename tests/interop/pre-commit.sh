#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml, run by the real pre-commit over a copy of the sample repository.
. "$(dirname "$0")/peer.bash"

installed python3 python3
installed git git
venv=$peers/pre-commit
if ! "$venv/bin/pre-commit" --version >/dev/null 2>&1; then
    python3 -m venv "$venv" 2>/dev/null || { installed python3-venv python3-venv; python3 -m venv "$venv"; }
    "$venv/bin/pip" install --quiet pre-commit==4.3.0 >"$work/pip" 2>&1 ||
        { cat "$work/pip"; fail "pre-commit could not be installed"; exit 1; }
fi

# `language: system` takes the program from the PATH.
mkdir "$work/bin"
ln -s "$EDGEWRIGHT" "$work/bin/edgewright"
export PATH=$work/bin:$PATH GIT_AUTHOR_NAME=hooks GIT_AUTHOR_EMAIL=hooks@example.org GIT_COMMITTER_NAME=hooks \
    GIT_COMMITTER_EMAIL=hooks@example.org

# The hooks as a repository of their own, as people name ours.
mkdir "$work/hooks"
cp "$checkout/.pre-commit-hooks.yaml" "$work/hooks"
git -C "$work/hooks" init -q -b main
git -C "$work/hooks" add -A
git -C "$work/hooks" commit -qm "Hooks"

sample "$work/repository"
cd "$work/repository"
try() { "$venv/bin/pre-commit" try-repo "$work/hooks" "$1" --all-files; }

expect "check has nothing to say" 0 try edgewright-check
expect "fix has nothing to do" 0 try edgewright-fix
expect "the locks fit" 0 try edgewright-lock

values=profiles/k3s-store/values/storage.yaml
printf 'shout: yes\n' >>"$values"
git add -A
expect "fix changes a file, which pre-commit refuses" 1 try edgewright-fix
grep -q '^shout: true$' "$values" && pass "the file is repaired" || fail "the file is not repaired"
git add -A
expect "the second time there is nothing to do" 0 try edgewright-fix

printf 'apiVersion: [\n' >>profiles/observability/profile.yaml
git add -A
expect "check refuses a broken profile" 1 try edgewright-check
git checkout -q HEAD -- . && git reset -q --hard HEAD

printf 'pack:\n  extra: 1\n' >>packs/node-tuning-0.4.1/README.md
git add -A
expect "lock refuses a pack that changed" 1 try edgewright-lock
finish

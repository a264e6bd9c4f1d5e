//! Each place, alone and beside others.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

struct Home {
    folder: tempfile::TempDir,
    variables: HashMap<String, String>,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut variables = HashMap::new();
        let path = format!("{}/bin:/usr/bin:/bin", folder.path().display());
        for (name, value) in [("HOME", folder.path().display().to_string()), ("PATH", path)] {
            variables.insert(name.to_owned(), value);
        }
        Self { folder, variables }
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        let value = value.replace('~', &self.folder.path().display().to_string());
        self.variables.insert(name.to_owned(), value);
        self
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn helper(self, name: &str, script: &str) -> Self {
        let home = self.file(&format!("bin/docker-credential-{name}"), &format!("#!/bin/sh\n{script}\n"));
        let path = home.folder.path().join(format!("bin/docker-credential-{name}"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        home
    }

    fn named(&self, url: &str, named: Named) -> Result<Option<Login>, String> {
        let variable = |name: &str| self.variables.get(name).cloned();
        let wanted = Wanted { registry: "my-charts".to_owned(), url: url.to_owned(), named };
        Machine { variable: &variable }.find(&wanted)
    }

    /// What is found, in short: `user:password from source`, the home written as `~`.
    fn find(&self, url: &str) -> String {
        self.short(self.named(url, Named::default()))
    }

    fn short(&self, found: Result<Option<Login>, String>) -> String {
        let text = match found {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(Login { proof, source })) => match proof {
                Proof::Password { user, password } => format!("{user}:{} from {source}", password.text()),
                Proof::Token(token) => format!("token {} from {source}", token.text()),
                Proof::Identity(token) => format!("identity {} from {source}", token.text()),
            },
            Err(why) => format!("error: {why}"),
        };
        text.replace(&self.folder.path().display().to_string(), "~")
    }
}

const CHARTS: &str = "https://charts.example.org/a";
const OCI: &str = "oci://reg.example.org:5000/team/charts";

#[test]
fn the_environment_comes_first() {
    let home = Home::new().file(".netrc", "machine charts.example.org login n password net");
    assert_eq!(home.find(CHARTS), "n:net from ~/.netrc:1");
    let home = home.set("EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD", "env\n");
    assert_eq!(home.find(CHARTS), ":env from EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD");
    let home = home.set("EDGEWRIGHT_REGISTRY_MY_CHARTS_USERNAME", "bob");
    assert_eq!(home.find(CHARTS), "bob:env from EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD");
    let both = home.set("EDGEWRIGHT_REGISTRY_MY_CHARTS_TOKEN", "t");
    assert!(both.find(CHARTS).contains("one of them is meant"));
    let token = Home::new().set("EDGEWRIGHT_REGISTRY_MY_CHARTS_TOKEN", "t");
    assert_eq!(token.find(CHARTS), "token t from EDGEWRIGHT_REGISTRY_MY_CHARTS_TOKEN");
    let half = Home::new().set("EDGEWRIGHT_REGISTRY_MY_CHARTS_USERNAME", "bob");
    assert!(
        half.find(CHARTS).ends_with("_USERNAME is set, but EDGEWRIGHT_REGISTRY_MY_CHARTS_PASSWORD is not")
    );
    let lines = Home::new().set("EDGEWRIGHT_REGISTRY_MY_CHARTS_TOKEN", "hunter2\nX: y");
    let error = lines.find(CHARTS);
    assert!(error.contains("more than one line") && !error.contains("hunter2"), "{error}");
    let empty = Home::new().set("EDGEWRIGHT_REGISTRY_MY_CHARTS_TOKEN", "");
    assert_eq!(empty.find(CHARTS), "nothing");
}

#[test]
fn settings_name_variables_and_files() {
    let home = Home::new().set("USER_VAR", "bob").set("PASS_VAR", "pw").file("token", "tok\n");
    let some = |text: &str| Some(text.to_owned());
    let found = |named: Named| home.short(home.named(CHARTS, named));
    let named = Named { username_env: some("USER_VAR"), password_env: some("PASS_VAR"), ..Named::default() };
    assert_eq!(found(named), "bob:pw from PASS_VAR");
    let named = Named {
        username: some("robot"),
        password_file: Some(home.folder.path().join("token")),
        ..Named::default()
    };
    assert_eq!(found(named), "robot:tok from ~/token");
    let named = Named { token_file: Some(home.folder.path().join("token")), ..Named::default() };
    assert_eq!(found(named), "token tok from ~/token");
    // What is named and not there is not looked for elsewhere.
    let named = Named { token_env: some("NOT_SET"), ..Named::default() };
    assert!(found(named).contains("environment variable NOT_SET, which is not set"));
    let named = Named { password_file: Some(home.folder.path().join("none")), ..Named::default() };
    assert!(found(named).contains("~/none: No such file"));
    assert!(found(Named { username: some("robot"), ..Named::default() }).contains("and no password"));
}

#[test]
fn helm_knows_its_repositories_by_address() {
    let text = "repositories:\n- {name: other, url: https://charts.example.org, username: x, password: y}\n- {name: mine, url: https://charts.example.org/a/, username: bob, password: pw, certFile: ''}\n";
    let home = Home::new().file(".config/helm/repositories.yaml", text);
    assert_eq!(home.find(CHARTS), "bob:pw from ~/.config/helm/repositories.yaml (`mine`)");
    assert_eq!(home.find("https://charts.example.org/b"), "nothing");
    let home = home.set("HELM_REPOSITORY_CONFIG", "~/r.yaml");
    assert_eq!(home.find(CHARTS), "nothing");
    let home = home.file("r.yaml", "repositories:\n- name: x\n  password: [hunter2]\n");
    let error = home.find(CHARTS);
    assert!(error.starts_with("error: ~/r.yaml:") && !error.contains("hunter2"), "{error}");
    assert_eq!(home.file("r.yaml", "").find(CHARTS), "nothing");
}

#[test]
fn docker_and_podman_keep_logins_by_host_and_path() {
    // bob:pw, eve:path
    let text = r#"{"auths":{"reg.example.org:5000":{"auth":"Ym9iOnB3"},"reg.example.org:5000/team":{"auth":"ZXZlOnBhdGg="},"https://old.example.org/v1/":{"username":"u","password":"p"}}}"#;
    let home = Home::new().file(".docker/config.json", text);
    assert_eq!(home.find(OCI), "eve:path from ~/.docker/config.json (`reg.example.org:5000/team`)");
    assert_eq!(
        home.find("oci://reg.example.org:5000/other"),
        "bob:pw from ~/.docker/config.json (`reg.example.org:5000`)"
    );
    assert_eq!(home.find("oci://reg.example.org/team"), "nothing");
    assert_eq!(
        home.find("oci://old.example.org/x"),
        "u:p from ~/.docker/config.json (`https://old.example.org/v1/`)"
    );
    // Docker's logins are not for repositories of Helm.
    assert_eq!(home.find("https://old.example.org/x"), "nothing");
    let home = home
        .file("run/containers/auth.json", r#"{"auths":{"pod.example.org":{"auth":"Ym9iOnB3"}}}"#)
        .set("XDG_RUNTIME_DIR", "~/run");
    assert!(home.find("oci://pod.example.org/x").starts_with("bob:pw from ~/run"));
    let home = home.file(
        ".config/helm/registry/config.json",
        r#"{"auths":{"reg.example.org:5000":{"identitytoken":"i"}}}"#,
    );
    assert_eq!(
        home.find(OCI),
        "identity i from ~/.config/helm/registry/config.json (`reg.example.org:5000`)"
    );
    let home = home
        .file("auth.json", r#"{"auths":{"reg.example.org:5000":{"registrytoken":"r"}}}"#)
        .set("REGISTRY_AUTH_FILE", "~/auth.json");
    assert!(home.find(OCI).starts_with("token r from ~/auth.json"));
    let home = Home::new()
        .file("d/config.json", r#"{"auths":{"https://index.docker.io/v1/":{"auth":"Ym9iOnB3"}}}"#)
        .set("DOCKER_CONFIG", "~/d");
    for hub in ["docker.io/x", "registry-1.docker.io/bitnamicharts", "index.docker.io"] {
        assert!(home.find(&format!("oci://{hub}")).starts_with("bob:pw"), "{hub}");
    }
}

#[test]
fn helpers_are_asked_for_the_host() {
    let say = r#"read host; [ "$1 $host" = "get reg.example.org:5000" ] && echo '{"Username":"bob","Secret":"pw"}' && exit; echo "credentials not found in native keychain"; exit 1"#;
    let home = Home::new().helper("mine", say).file(
        ".docker/config.json",
        r#"{"credHelpers":{"reg.example.org:5000":"mine","other.example.org":"mine"}}"#,
    );
    assert_eq!(home.find(OCI), "bob:pw from docker-credential-mine (~/.docker/config.json)");
    assert_eq!(home.find("oci://other.example.org/x"), "nothing");
    let store =
        home.file(".docker/config.json", r#"{"auths":{"reg.example.org:5000":{}},"credsStore":"mine"}"#);
    assert!(store.find(OCI).starts_with("bob:pw from docker-credential-mine"));
    assert_eq!(store.find("oci://other.example.org/x"), "nothing");
    let token = store.helper("mine", r#"echo '{"Username":"<token>","Secret":"refresh"}'"#);
    assert!(token.find(OCI).starts_with("identity refresh from"));
    let bad = token.helper("mine", "echo hunter2; exit 1");
    let error = bad.find(OCI);
    assert!(
        error.contains("it fails when it is asked for reg.example.org:5000") && !error.contains("hunter2"),
        "{error}"
    );
    let bad = bad.helper("mine", "echo hunter2");
    let error = bad.find(OCI);
    assert!(error.contains("not what a credential helper says") && !error.contains("hunter2"), "{error}");
    let missing = bad.file(".docker/config.json", r#"{"credsStore":"not-there"}"#);
    assert!(
        missing
            .find(OCI)
            .contains("docker-credential-not-there, which ~/.docker/config.json names: it is not installed")
    );
    let path = missing.file(".docker/config.json", r#"{"credsStore":"../x"}"#);
    assert!(path.find(OCI).contains("no name of a credential helper"));
}

#[test]
fn a_broken_file_is_named_with_its_line_and_without_its_content() {
    for text in [
        "{\n\"auths\": {\"reg.example.org:5000\": {\"auth\": \"hunter2\"},}",
        "{\n\"auths\": [\"hunter2\"]}",
        "{\n\"auths\": {\"x\": \"hunter2\"}}",
    ] {
        let home = Home::new().file(".docker/config.json", text);
        let error = home.find(OCI);
        assert!(
            error.starts_with("error: ~/.docker/config.json:2:") && !error.contains("hunter2"),
            "{error}"
        );
    }
    let home =
        Home::new().file(".docker/config.json", r#"{"auths":{"reg.example.org:5000":{"auth":"hunter2"}}}"#);
    let error = home.find(OCI);
    assert!(
        error.contains("`auth` is not `user:password` in base64") && !error.contains("hunter2"),
        "{error}"
    );
    let home = Home::new().file(".netrc/x", "");
    assert!(home.find(CHARTS).contains("it is a folder"));
    assert_eq!(Home::new().file(".docker/config.json", "").find(OCI), "nothing");
}

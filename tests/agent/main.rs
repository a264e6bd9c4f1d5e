//! The appliance against hosts, power cuts and attackers; one test for each threat that the agent answers.

#![cfg(all(feature = "agent", feature = "authoring"))]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod device;
mod host;
mod publisher;
mod real_hosts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use edgewright::bundle::AssignedWindow;
use jiff::SignedDuration;
use serde_json::{Value, json};

use device::{BUSY, Device, FAILED, FINDINGS, FINE, REFUSED, Run, files_below, text};
use host::{Fault, Host};
use publisher::{Publisher, manifests};

#[test]
fn idle_poll_is_one_small_request() {
    let publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    assert_eq!(device.web().unwrap(), "1.0.0");
    host.requests();
    device.pull(&[]).expect(FINE).says("nothing new (1 request, 0 bytes): edge 1.0.0");
    assert_eq!(host.requests(), ["metadata/timestamp.json"]);
    let status = device.status();
    assert_eq!(status["result"], "unchanged");
    assert_eq!(status["profiles"][0]["serial"], 1);
    assert_eq!(status["floors"]["serials"]["profiles/edge.json"]["channels"]["stable"], 1);
}

#[test]
fn a_folder_serves_like_a_host() {
    let publisher = Publisher::with_edge();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    assert_eq!(device.web().unwrap(), "1.0.0");
    device.pull(&[]).expect(FINE).says("nothing new (1 request, 504 bytes)");
}

#[test]
fn an_update_fetches_only_what_changed() {
    let mut publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    let link = device.folder.path().join("link");
    device.pull(&["--target", text(&link)]).expect(FINE);
    publisher.release_edge("1.1.0");
    publisher.publish();
    host.requests();
    device.pull(&[]).expect(FINE).says("~ edge 1.1.0 (stable, serial 2), before: 1.0.0").says("slot 2");
    let blobs = host.requests().iter().filter(|request| request.starts_with("blobs/")).count();
    assert_eq!(blobs, 2, "a descriptor and one layer");
    assert_eq!(device.web().unwrap(), "1.1.0");
    assert!(
        fs::read_to_string(link.join("profiles/edge/01-web/manifests/00-it.yaml")).unwrap().contains("1.1.0")
    );
    assert_eq!(fs::read_link(device.state().join("previous")).unwrap(), Path::new("slots/1"));
    publisher.release_edge("1.2.0");
    publisher.publish();
    device.pull(&[]).expect(FINE);
    assert!(!device.state().join("slots/1").exists(), "only the current and the previous slot stay");
}

#[test]
fn a_cut_connection_is_resumed() {
    let mut publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    publisher.release_edge("1.1.0");
    publisher.publish();
    host.requests();
    host.fail(Fault::Cut(60_000));
    device.pull(&[]).expect(FINE);
    let requests = host.requests();
    for from in [60_000, 120_000, 180_000] {
        assert!(requests.iter().any(|request| request.ends_with(&format!(" from {from}"))), "{requests:?}");
    }
    assert_eq!(device.web().unwrap(), "1.1.0");
}

#[test]
fn a_host_that_stops_is_resumed_by_the_next_run() {
    let mut publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    publisher.release_edge("1.1.0");
    publisher.publish();
    // The descriptor is whole in each answer; the layer never gets further than the first one.
    host.fail(Fault::CutWithoutRanges(60_000));
    device.pull(&[]).expect(FAILED).says("of 2");
    assert_eq!(device.web().unwrap(), "1.0.0");
    host.fail(Fault::None);
    host.requests();
    device.pull(&[]).expect(FINE);
    assert!(host.requests().iter().any(|request| request.ends_with(" from 60000")));
    assert_eq!(device.web().unwrap(), "1.1.0");
}

#[test]
fn a_host_without_ranges_starts_over() {
    let mut publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    publisher.release_edge("1.1.0");
    publisher.publish();
    host.fail(Fault::CutWithoutRanges(60_000));
    device.pull(&[]).expect(FAILED);
    host.fail(Fault::NoRanges);
    device.pull(&[]).expect(FINE);
    assert_eq!(device.web().unwrap(), "1.1.0");
}

#[test]
fn a_flipped_byte_in_any_file_changes_nothing() {
    let mut publisher = Publisher::with_edge();
    let before = files_below(&publisher.tree());
    let good = publisher.copy();
    let host = Host::start(good.path());
    publisher.release_edge("1.1.0");
    publisher.publish();
    let new: Vec<PathBuf> = files_below(&publisher.tree())
        .into_iter()
        .filter(|path| !before.contains(path) || path.ends_with("timestamp.json"))
        .collect();
    assert!(new.len() >= 6, "{new:?}");
    for path in new {
        let device = Device::new();
        host.serve(good.path());
        device.enroll(&host.url, &publisher.root(), &[]).expect(FINE);
        let copy = publisher.copy();
        let flipped = copy.path().join(path.strip_prefix(publisher.tree()).unwrap());
        let mut bytes = fs::read(&flipped).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&flipped, bytes).unwrap();
        host.serve(copy.path());
        device.pull(&[]).expect(REFUSED);
        assert_eq!(device.web().unwrap(), "1.0.0", "{}", path.display());
        host.serve(&publisher.tree());
        device.pull(&[]).expect(FINE);
        assert_eq!(device.web().unwrap(), "1.1.0", "{}", path.display());
    }
}

#[test]
fn an_older_tree_replayed_is_refused() {
    let mut publisher = Publisher::with_edge();
    let old = publisher.copy();
    let host = Host::start(&publisher.tree());
    publisher.release_edge("1.1.0");
    publisher.publish();
    let device = Device::enrolled(&host.url, &publisher.root());
    host.serve(old.path());
    device.pull(&[]).expect(REFUSED).says("older state is never accepted again");
    assert_eq!(device.web().unwrap(), "1.1.0");
    // And not from a USB stick either.
    device.pull(&["--url", text(old.path())]).expect(REFUSED);
}

#[test]
fn torn_floors_do_not_let_an_older_tree_in() {
    let mut publisher = Publisher::with_edge();
    let old = publisher.copy();
    publisher.release_edge("1.1.0");
    publisher.publish();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    let trust = device.state().join("trust");
    // Whoever tears floors tears the stored metadata too.
    for name in ["timestamp.json", "snapshot.json", "targets.json"] {
        fs::write(trust.join(name), "{").unwrap();
    }
    fs::write(trust.join("floors.a"), "torn").unwrap();
    device.pull(&["--url", text(old.path())]).expect(REFUSED);
    fs::write(trust.join("floors.b"), "torn").unwrap();
    device.pull(&["--url", text(&publisher.tree())]).expect(REFUSED).says("agent recover");
    assert_eq!(device.status()["floors"], Value::Null);
    Run::of(&device.command(&["recover"]).output().unwrap()).expect(FINE);
    device.pull(&["--url", text(old.path())]).expect(REFUSED).says("older state");
    device.pull(&["--url", text(&publisher.tree())]).expect(FINE);
    assert_eq!(device.web().unwrap(), "1.1.0");
}

#[test]
fn a_serial_that_goes_back_under_newer_metadata_is_refused() {
    let mut publisher = Publisher::with_edge();
    publisher.release_edge("1.1.0");
    publisher.channel("edge").serial = 7;
    publisher.publish();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    publisher.channel("edge").serial = 5;
    publisher.channel("edge").version = "1.0.0".to_owned();
    publisher.publish();
    device.pull(&[]).expect(REFUSED).says("serial of profiles/edge.json stable goes back from 7 to 5");
    assert_eq!(device.web().unwrap(), "1.1.0");
    // A raised epoch, signed by the top-level role, begins the serials anew.
    publisher.epochs.insert("edge".to_owned(), 1);
    publisher.publish();
    device.pull(&[]).expect(REFUSED).says("epoch");
    publisher.profiles.get_mut("edge").unwrap().epoch = 1;
    publisher.publish();
    device.pull(&[]).expect(FINE);
    assert_eq!(device.web().unwrap(), "1.0.0");
}

#[test]
fn a_tree_that_is_never_signed_again_is_noticed() {
    let mut publisher = Publisher::new();
    publisher.ago = SignedDuration::from_hours(40 * 24);
    publisher.release_edge("1.0.0");
    publisher.assign("box", &["edge"], &json!({}));
    publisher.publish();
    let device = Device::new();
    device.enroll(text(&publisher.tree()), &publisher.root(), &[]).expect(REFUSED).says("expired");
    assert_eq!(device.status()["result"], "expired");
    publisher.ago = SignedDuration::ZERO;
    publisher.release_edge("1.0.1");
    publisher.publish();
    device.enroll(text(&publisher.tree()), &publisher.root(), &[]).expect(FINE);
}

#[test]
fn a_captive_portal_changes_nothing() {
    let publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    host.fail(Fault::Portal);
    device.pull(&[]).expect(REFUSED);
    assert_eq!(device.web().unwrap(), "1.0.0");
    host.fail(Fault::None);
    device.pull(&[]).expect(FINE).says("nothing new");
}

#[test]
fn endless_data_is_cut_off() {
    let publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    host.fail(Fault::Endless);
    assert_ne!(device.pull(&[]).code, FINE);
    assert_eq!(device.web().unwrap(), "1.0.0");
}

#[test]
fn a_wrong_root_does_not_stick() {
    let (publisher, other) = (Publisher::with_edge(), Publisher::with_edge());
    let device = Device::new();
    device.enroll(text(&publisher.tree()), &other.root(), &[]).expect(REFUSED);
    device.pull(&["--url", text(&publisher.tree()), "--appliance", "box"]).expect(FAILED).says("--root");
    device.enroll(text(&publisher.tree()), &publisher.root(), &[]).expect(FINE);
    // From now on the stored root counts, whatever is said.
    device.enroll(text(&other.tree()), &other.root(), &[]).expect(REFUSED);
}

#[test]
fn rotated_keys_are_followed() {
    let mut publisher = Publisher::with_edge();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    publisher.online_keys = "-2";
    publisher.release_edge("1.1.0");
    publisher.publish();
    device.pull(&[]).expect(FINE);
    assert_eq!(device.web().unwrap(), "1.1.0");
    assert_eq!(device.status()["floors"]["root"], 2);
}

#[test]
fn two_agents_at_once_do_not_meet() {
    let publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    host.fail(Fault::Slow(60));
    let device = Device::new();
    let root = publisher.root();
    let args = ["pull", "--url", &host.url, "--root", text(&root), "--appliance", "box"];
    let started: Vec<_> =
        (0..8).map(|_| device.command(&args).stderr(Stdio::piped()).spawn().unwrap()).collect();
    let codes: Vec<i32> =
        started.into_iter().map(|child| Run::of(&child.wait_with_output().unwrap()).code).collect();
    assert!(codes.contains(&FINE) && codes.contains(&BUSY), "{codes:?}");
    assert!(codes.iter().all(|code| [FINE, BUSY].contains(code)), "{codes:?}");
    assert_eq!(device.web().unwrap(), "1.0.0");
}

#[test]
fn an_appliance_that_nobody_listed_runs_what_it_was_told() {
    let mut publisher = Publisher::with_edge();
    publisher.release("retail/vm", "2.0.0", &[("vm", manifests("vm", "kind: ConfigMap\n"))], &json!([]));
    publisher.publish();
    let device = Device::new();
    let (url, root) = (publisher.tree(), publisher.root());
    let enroll = |more: &[&str]| {
        let args = ["--url", text(&url), "--root", text(&root), "--appliance", "nobody"];
        device.pull(&[&args[..], more].concat())
    };
    enroll(&[]).expect(FAILED).says("--profile ID");
    enroll(&["--profile", "retail/none"]).expect(FINDINGS).says("the profile retail/none is not in");
    enroll(&["--profile", "retail/vm"]).expect(FINE).says("+ retail/vm 2.0.0");
    assert_eq!(device.runs("retail/vm/00-vm/manifests/00-it.yaml").unwrap(), "kind: ConfigMap\n");
    // Without an id it goes by its host name.
    let other = Device::new();
    let args = ["--url", text(&url), "--root", text(&root), "--profile", "retail/vm"];
    other.pull(&args).expect(FINE);
    assert!(other.status()["appliance"].as_str().is_some_and(|name| !name.is_empty()));
    // Listed, it runs what it is given.
    publisher.assign("nobody", &["edge"], &json!({}));
    publisher.publish();
    device.pull(&[]).expect(FINE).says("- retail/vm 2.0.0").says("+ edge 1.0.0");
    publisher.unassign();
    publisher.publish();
    device.pull(&[]).expect(FINE).says("+ retail/vm 2.0.0");
}

#[test]
fn variables_come_from_the_box_the_assignment_and_the_profile() {
    let mut publisher = Publisher::new();
    let manifest = "net: '{{ .spectro.var.net }}'\nport: ${{ var.port }}\ntoken: \"{{ .spectro.var.token }}\"\n\
                    name: '{{ .spectro.system.cluster.name }}'\n";
    let variables = json!([
        { "name": "net", "format": "ipv4cidr", "required": true },
        { "name": "port", "format": "number", "default": 80 },
        { "name": "token", "format": "string", "sensitive": true, "required": true },
    ]);
    publisher.release("edge", "1.0.0", &[("web", manifests("web", manifest))], &variables);
    publisher.assign("box", &["edge"], &json!({ "net": "10.20.0.0/16", "port": 8080 }));
    publisher.publish();
    let device = Device::new();
    let enroll = |more: &[&str]| device.enroll(text(&publisher.tree()), &publisher.root(), more);
    enroll(&[])
        .expect(FINDINGS)
        .says("variable `token` of edge: it is required")
        .says("--variable token=VALUE");
    assert!(device.runs("edge/00-web/layer.json").is_none());
    let bad = enroll(&["--variable", "token=x", "--variable", "net=10.20"]);
    bad.expect(FINDINGS).says("variable `net`");
    let run = enroll(&["--variable", "token=hunter2", "--variable", "net=10.30.0.0/16"]);
    assert!(!run.expect(FINE).text.contains("hunter2"));
    assert_eq!(
        device.runs("edge/00-web/manifests/00-it.yaml").unwrap(),
        "net: '10.30.0.0/16'\nport: 8080\ntoken: \"hunter2\"\nname: 'box'\n"
    );
    device.pull(&[]).expect(FINE).says("nothing new (1 request");
    // A change on the box alone is a new deployment, without a new release.
    let secret = device.folder.path().join("secret.txt");
    fs::write(&secret, "other\n").unwrap();
    let file = format!("token={}", secret.display());
    device.pull(&["--variable-file", &file]).expect(FINE).says("slot 2");
    assert!(device.runs("edge/00-web/manifests/00-it.yaml").unwrap().contains("token: \"other\""));
    let deployment = fs::read_to_string(device.state().join("current/deployment.json")).unwrap();
    assert!(!deployment.contains("other"), "{deployment}");
}

#[test]
fn a_paused_channel_and_a_wave_hold_until_a_minimum_version_moves_all() {
    let mut publisher = Publisher::with_edge();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    publisher.release_edge("1.1.0");
    publisher.channel("edge").paused = true;
    publisher.publish();
    device.pull(&[]).expect(FINE).says("edge stays at 1.0.0 (1.1.0 is out): the channel stable is paused");
    publisher.roll_out("edge", &[(1_000_000, 100)]);
    publisher.channel("edge").paused = false;
    publisher.channel("edge").serial += 1;
    publisher.publish();
    device.pull(&[]).expect(FINE).says("its turn in the rollout comes at");
    device.pull(&[]).expect(FINE).says("nothing new (1 request, 504 bytes): edge 1.0.0");
    // A box that runs nothing yet starts with what is out.
    assert_eq!(Device::enrolled(text(&publisher.tree()), &publisher.root()).web().unwrap(), "1.1.0");
    publisher.profiles.get_mut("edge").unwrap().min_version = Some("1.1.0".to_owned());
    publisher.publish();
    device.pull(&[]).expect(FINE).says("~ edge 1.1.0");
    // And it never comes down again.
    publisher.profiles.get_mut("edge").unwrap().min_version = None;
    publisher.channel("edge").version = "1.0.0".to_owned();
    publisher.channel("edge").waves.clear();
    publisher.channel("edge").serial += 1;
    publisher.publish();
    device.pull(&[]).expect(REFUSED).says("version of profiles/edge.json goes back from 1.1.0 to 1.0.0");
    assert_eq!(device.web().unwrap(), "1.1.0");
}

#[test]
fn a_rollback_stays_until_something_else_is_released() {
    let mut publisher = Publisher::with_edge();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    let rollback = || Run::of(&device.command(&["rollback"]).output().unwrap());
    rollback().expect(FAILED).says("no previous deployment");
    publisher.release_edge("1.1.0");
    publisher.publish();
    device.pull(&[]).expect(FINE);
    rollback().expect(FINE).says("went back to edge 1.0.0");
    assert_eq!(device.web().unwrap(), "1.0.0");
    device.pull(&[]).expect(FINE).says("held: this deployment was rolled back here");
    assert_eq!(device.web().unwrap(), "1.0.0");
    publisher.release_edge("1.2.0");
    publisher.publish();
    device.pull(&[]).expect(FINE);
    assert_eq!(device.web().unwrap(), "1.2.0");
    // Breaking an appliance does not bring back what is forbidden by now.
    publisher.profiles.get_mut("edge").unwrap().min_version = Some("1.2.0".to_owned());
    publisher.publish();
    device.pull(&[]).expect(FINE);
    rollback().expect(REFUSED).says("goes back from 1.2.0 to 1.0.0");
    assert_eq!(device.web().unwrap(), "1.2.0");
}

#[test]
fn a_stick_is_used_once_and_the_address_stays() {
    let mut publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    publisher.release_edge("1.1.0");
    publisher.publish();
    let stick = publisher.copy();
    device.pull(&["--url", text(stick.path())]).expect(FINE).says("edge 1.1.0").says(&host.url);
    host.requests();
    device.pull(&[]).expect(FINE).says("nothing new");
    assert_eq!(host.requests().len(), 1);
}

#[test]
fn a_closed_window_fetches_but_does_not_switch() {
    let mut publisher = Publisher::with_edge();
    let host = Host::start(&publisher.tree());
    let device = Device::enrolled(&host.url, &publisher.root());
    // One minute a year, the day before yesterday.
    let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = day.checked_sub(jiff::Span::new().days(2)).unwrap();
    let window = AssignedWindow {
        cron: format!("0 0 {} {} *", day.day(), day.month()),
        duration: "1m".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
    };
    publisher.release_edge("1.1.0");
    publisher.assign_with("box", &["edge"], &json!({}), Some(window));
    publisher.publish();
    device.pull(&[]).expect(FINE).says("held: everything is fetched");
    assert_eq!(device.web().unwrap(), "1.0.0");
    publisher.assign("box", &["edge"], &json!({}));
    publisher.publish();
    host.requests();
    device.pull(&[]).expect(FINE);
    assert!(host.requests().iter().all(|request| !request.starts_with("blobs/")));
    assert_eq!(device.web().unwrap(), "1.1.0");
}

#[test]
fn a_slot_changed_behind_our_back_is_built_anew() {
    let publisher = Publisher::with_edge();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    fs::write(device.state().join("current/profiles/edge/01-web/manifests/00-it.yaml"), "version: evil")
        .unwrap();
    device.pull(&[]).expect(FINE).says("no longer what was verified").says("slot 2");
    assert_eq!(device.web().unwrap(), "1.0.0");
    // Damage in the store is noticed too, and fetched again.
    let cas = files_below(&device.state().join("cas/sha256"));
    for path in cas {
        let mut bytes = fs::read(&path).unwrap();
        bytes[0] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    fs::remove_file(device.state().join("current")).unwrap();
    for _ in 0..4 {
        if device.pull(&[]).code == FINE {
            break;
        }
    }
    assert_eq!(device.web().unwrap(), "1.0.0");
}

#[test]
fn k3s_gets_its_files_and_loses_them_again() {
    let mut publisher = Publisher::with_edge();
    let device = Device::new();
    let k3s = device.folder.path().join("k3s");
    let more = ["--apply", "k3s", "--k3s-dir", text(&k3s)];
    device
        .enroll(text(&publisher.tree()), &publisher.root(), &more)
        .expect(FINE)
        .says("applied: 2 files written");
    let files = files_below(&k3s.join("manifests"));
    assert_eq!(files.len(), 2);
    device.pull(&[]).expect(FINE).says("nothing new");
    // What somebody takes away comes back.
    fs::remove_file(&files[0]).unwrap();
    device.pull(&[]).expect(FINE).says("applied: 1 file written");
    publisher.release("edge", "2.0.0", &[("base", publisher::layer("base", "1.0.0"))], &json!([]));
    publisher.publish();
    device.pull(&[]).expect(FINE).says("applied: 0 files written, 1 emptied or removed");
    let left: Vec<String> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(left[0].contains("ConfigMap") && !left[1].contains("ConfigMap"), "{left:?}");
}

#[test]
fn a_killed_agent_leaves_old_or_new_and_the_next_run_converges() {
    let mut publisher = Publisher::with_edge();
    let device = Device::new();
    let k3s = device.folder.path().join("k3s");
    let more = ["--apply", "k3s", "--k3s-dir", text(&k3s)];
    device.enroll(text(&publisher.tree()), &publisher.root(), &more).expect(FINE);
    let mut versions = vec!["1.0.0".to_owned()];
    for round in 1..=16 {
        let version = format!("1.{round}.0");
        publisher.release_edge(&version);
        publisher.publish();
        versions.push(version.clone());
        let mut child = device.command(&["pull"]).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(2 + round * 4));
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever is current is one complete slot.
        let current = device.state().join("current");
        assert!(current.join("READY").exists(), "round {round}");
        let found = device.web().unwrap();
        assert!(versions.contains(&found), "round {round}: {found}");
        let deployment = fs::read_to_string(current.join("deployment.json")).unwrap();
        assert!(deployment.contains(&format!("\"version\": \"{found}\"")), "round {round}: {deployment}");
        if round % 4 == 0 {
            device.pull(&[]).expect(FINE);
            assert_eq!(device.web().unwrap(), version);
            assert!(!device.state().join("journal.json").exists());
            let written: Vec<String> = files_below(&k3s.join("manifests"))
                .iter()
                .map(|path| fs::read_to_string(path).unwrap())
                .collect();
            assert!(written.iter().any(|text| text.contains(&format!("version: {version}"))), "{written:?}");
        }
    }
}

#[test]
fn run_stops_after_the_pulls_it_was_told() {
    let publisher = Publisher::with_edge();
    let device = Device::enrolled(text(&publisher.tree()), &publisher.root());
    let output =
        device.command(&["run", "--interval", "1s", "--jitter", "0", "--max-runs", "2"]).output().unwrap();
    let run = Run::of(&output);
    run.expect(FINE);
    assert_eq!(run.text.matches("nothing new").count(), 2, "{}", run.text);
}

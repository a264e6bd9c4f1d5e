//! Real servers instead of the one in `host.rs`: our own, and nginx where it is installed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::device::{Device, FINE, files_below};
use crate::publisher::Publisher;

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// First pull, idle poll, update after a download that was cut off in the middle.
fn pulls(publisher: &mut Publisher, url: &str) {
    let device = Device::enrolled(url, &publisher.root());
    assert_eq!(device.web().unwrap(), "1.0.0");
    device.pull(&[]).expect(FINE).says("nothing new (1 request, ");
    publisher.release_edge("1.1.0");
    publisher.publish();
    // Half of each new blob is there already, as a cut line leaves it.
    let parts = device.state().join("cas/part");
    let mut halves = 0;
    for path in files_below(&publisher.tree().join("blobs")) {
        let bytes = fs::read(&path).unwrap();
        if bytes.len() > 100_000 {
            fs::write(parts.join(path.file_name().unwrap()), &bytes[..bytes.len() / 2]).unwrap();
            halves += 1;
        }
    }
    assert_eq!(halves, 3);
    let run = device.pull(&[]);
    run.expect(FINE).says("fetching 1 of 2 layers, 100.");
    assert_eq!(device.web().unwrap(), "1.1.0");
}

#[test]
fn our_own_server() {
    let mut publisher = Publisher::with_edge();
    let mut server = Command::new(env!("CARGO_BIN_EXE_edgewright"));
    server.args(["serve", "--listen", "127.0.0.1:0"]).arg(publisher.tree());
    let mut server = Server(server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (out, err) = (server.0.stdout.take().unwrap(), server.0.stderr.take().unwrap());
    let said = BufReader::new(err).lines().chain(BufReader::new(out).lines());
    let url = said
        .map_while(Result::ok)
        .find_map(|line| Some(line[line.find("http://")?..].split_whitespace().next()?.to_owned()))
        .expect("the server says where it listens");
    pulls(&mut publisher, url.trim_end_matches('/'));
}

#[test]
fn nginx() {
    let Some(program) = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        .into_iter()
        .find(|path| Path::new(path).exists())
    else {
        println!("skipped: no nginx");
        return;
    };
    let mut publisher = Publisher::with_edge();
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let at = |name: &str| folder.path().join(name).display().to_string();
    // Started by root its workers are `nobody`, who may not look into a private folder.
    let config = format!(
        "daemon off; master_process off; pid {}; error_log {};\nevents {{}}\nhttp {{ access_log off; gzip on; gzip_types *; \
         client_body_temp_path {}; proxy_temp_path {}; fastcgi_temp_path {}; uwsgi_temp_path {}; scgi_temp_path {};\n\
         server {{ listen 127.0.0.1:{port}; root {}; }} }}\n",
        at("pid"),
        at("error.log"),
        at("a"),
        at("b"),
        at("c"),
        at("d"),
        at("e"),
        publisher.tree().display()
    );
    fs::write(at("nginx.conf"), config).unwrap();
    let mut server = Command::new(program);
    server.args(["-p", &at(""), "-e", &at("error.log"), "-c", &at("nginx.conf")]).stderr(Stdio::null());
    let _server = Server(server.spawn().unwrap());
    let up = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(30));
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    assert!(up, "{}", fs::read_to_string(at("error.log")).unwrap_or_default());
    pulls(&mut publisher, &format!("http://127.0.0.1:{port}"));
}

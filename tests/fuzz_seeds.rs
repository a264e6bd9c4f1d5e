//! The fuzz targets' seeds, through the same functions, without a fuzzer.

use std::fs;
use std::path::Path;

#[path = "../fuzz/yaml.rs"]
mod yaml;

#[test]
fn seeds_of_yaml_parse() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/yaml_parse");
    let mut seeds = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let data = fs::read(entry.unwrap().path()).unwrap();
        yaml::read_everything(&data);
        // Cut anywhere, and with bytes missing, it must do no harm either.
        for cut in (0..data.len()).step_by(7) {
            yaml::read_everything(&data[..cut]);
            yaml::read_everything(&data[cut..]);
            yaml::read_everything(&[&data[..cut], &data[(cut + 3).min(data.len())..]].concat());
        }
        seeds += 1;
    }
    assert!(seeds >= 8);
}

/// Words that YAML gives a meaning to: put anywhere, they break more than random bytes do.
const WORDS: &[&str] = &[
    "- ",
    ": ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "&a ",
    "*a",
    "<<: *a\n",
    "|",
    ">",
    "|2-",
    "\"",
    "'",
    "\n",
    "\r\n",
    "\t",
    "  ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "!!str ",
    "!",
    "# edgewright: ignore[YA0002] x\n",
    "{{ .spectro.var.x }}",
    "{{",
    "}}",
    "é",
    "\u{feff}",
    "\u{2028}",
    "\0",
    "~",
    "yes",
    "0o17",
    "1_0",
    ".inf",
    "\\x",
    "@",
    "`",
];

#[test]
fn seeds_with_words_put_in_taken_out_and_moved() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/yaml_parse");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    // Always the same: what fails here fails again.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let rounds = std::env::var("EDGEWRIGHT_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_500);
    for _ in 0..rounds {
        let mut data = seeds[next(seeds.len())].clone();
        for _ in 0..=next(4) {
            let at = next(data.len() + 1);
            match next(4) {
                0 => {
                    let to = (at + next(12)).min(data.len());
                    data.drain(at..to);
                }
                1 => {
                    let other = &seeds[next(seeds.len())];
                    let from = next(other.len() + 1);
                    let piece = other[from..(from + next(40)).min(other.len())].to_vec();
                    data.splice(at..at, piece);
                }
                _ => {
                    let word = WORDS[next(WORDS.len())];
                    data.splice(at..at, word.bytes());
                }
            }
        }
        yaml::read_everything(&data);
    }
}

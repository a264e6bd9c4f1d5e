//! Arbitrary bytes through everything that reads or changes YAML.

#![no_main]

#[path = "../yaml.rs"]
mod yaml;

libfuzzer_sys::fuzz_target!(|data: &[u8]| yaml::read_everything(data));

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

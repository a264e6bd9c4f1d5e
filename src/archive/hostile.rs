//! A corpus of hostile archives: each must be refused, with the fault that it was made for.

use std::io::Write;

use proptest::prelude::*;

use super::*;

/// What a header says, raw: nothing here is checked.
struct Raw<'a> {
    name: &'a [u8],
    kind: u8,
    content: &'a [u8],
    /// Size field; `None`: that of the content.
    size: Option<&'a [u8]>,
    prefix: &'a [u8],
}

fn raw<'a>(name: &'a (impl AsRef<[u8]> + ?Sized), kind: u8, content: &'a [u8]) -> Raw<'a> {
    Raw { name: name.as_ref(), kind, content, size: None, prefix: b"" }
}

fn entry(raw: &Raw<'_>) -> Vec<u8> {
    let mut block = [0u8; 512];
    let name = &raw.name[..raw.name.len().min(100)];
    block[..name.len()].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0000644");
    block[108..115].copy_from_slice(b"0000000");
    block[116..123].copy_from_slice(b"0000000");
    let size = format!("{:011o}", raw.content.len()).into_bytes();
    let size = raw.size.unwrap_or(&size);
    block[124..124 + size.len()].copy_from_slice(size);
    block[136..147].copy_from_slice(b"00000000000");
    block[156] = raw.kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[345..345 + raw.prefix.len()].copy_from_slice(raw.prefix);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut bytes = block.to_vec();
    bytes.extend_from_slice(raw.content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn tar(entries: &[Raw<'_>]) -> Vec<u8> {
    let mut bytes: Vec<u8> = entries.iter().flat_map(entry).collect();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn pax(key: &str, value: &str) -> Vec<u8> {
    let mut length = key.len() + value.len() + 3;
    while format!("{length} {key}={value}\n").len() != length {
        length += 1;
    }
    format!("{length} {key}={value}\n").into_bytes()
}

fn small() -> Limits {
    Limits { entries: 50, total_bytes: 4096, file_bytes: 2048, path_bytes: 300 }
}

fn fault(bytes: &[u8]) -> Fault {
    match read_tar(bytes, &small()) {
        Err(ArchiveError::Entry { fault, .. }) => fault,
        other => panic!("not refused for an entry: {other:?}"),
    }
}

#[test]
fn hostile_names_are_refused() {
    let cases: &[(&[u8], Fault)] = &[
        (b"/etc/passwd", Fault::Absolute),
        (b"//host/share", Fault::Absolute),
        (b"../x", Fault::Parent),
        (b"a/../../x", Fault::Parent),
        (b"a/..", Fault::Parent),
        (b"./../x", Fault::Parent),
        (b"a\\b", Fault::Backslash),
        (b"..\\..\\x", Fault::Backslash),
        (b"C:/x", Fault::Absolute),
        (b"c:x", Fault::Absolute),
        (b"./C:/x", Fault::Absolute),
        (b"a\nb", Fault::Control),
        (b"a\x1b[31m", Fault::Control),
        (b"a\x7f", Fault::Control),
        (b"a/\xff\xfe", Fault::NotUtf8),
        (b"", Fault::Empty),
        (b".", Fault::Empty),
    ];
    for (name, expected) in cases {
        assert_eq!(fault(&tar(&[raw(*name, b'0', b"x")])), *expected, "{}", name.escape_ascii());
    }
    // The same names as folders, where a skipped entry could still have been made.
    assert_eq!(fault(&tar(&[raw("../x/", b'5', b"")])), Fault::Parent);
}

#[test]
fn hostile_kinds_are_refused() {
    for kind in [b'1', b'2'] {
        assert_eq!(fault(&tar(&[raw("x", kind, b"")])), Fault::Link);
    }
    for kind in [b'3', b'4', b'6'] {
        assert_eq!(fault(&tar(&[raw("x", kind, b"")])), Fault::Device);
    }
    for kind in [b'7', b'S', b'M', b'V', b'D', b'X', 0xff] {
        assert_eq!(fault(&tar(&[raw("x", kind, b"")])), Fault::Kind(kind));
    }
}

#[test]
fn hidden_names_and_sizes_are_refused() {
    let bad = |records: &[u8]| fault(&tar(&[raw("h", b'x', records), raw("ok", b'0', b"x")]));
    assert_eq!(bad(&pax("path", "../../x")), Fault::Parent);
    assert_eq!(bad(&pax("path", "/x")), Fault::Absolute);
    assert_eq!(bad(&pax("path", "a\0b")), Fault::Control);
    assert_eq!(bad(&pax("path", &"a/".repeat(200))), Fault::NameTooLong(300));
    assert!(matches!(bad(&pax("size", "0")), Fault::Extension(_)));
    assert!(matches!(bad(&pax("size", "-1")), Fault::Extension(_)));
    assert!(matches!(bad(&pax("GNU.sparse.map", "0,1")), Fault::Extension(_)));
    assert!(matches!(bad(b"999999999999999999999 path=x\n"), Fault::Extension(_)));
    assert!(matches!(bad(b"4 path=x\n"), Fault::Extension(_)));
    assert!(matches!(bad(b"no length"), Fault::Extension(_)));
    let long = tar(&[raw("././@LongLink", b'L', b"../../x\0"), raw("ok", b'0', b"x")]);
    assert_eq!(fault(&long), Fault::Parent);
    let global = tar(&[raw("g", b'g', &pax("path", "other")), raw("ok", b'0', b"x")]);
    assert!(matches!(fault(&global), Fault::Extension(_)));
    let split = Raw { prefix: b"..", ..raw("x", b'0', b"x") };
    assert_eq!(fault(&tar(&[split])), Fault::Parent);
}

#[test]
fn sizes_and_counts_end_at_the_limits() {
    assert_eq!(fault(&tar(&[raw("x", b'0', &[0; 2049])])), Fault::FileTooLarge(2048));
    let sized = |size: &[u8]| tar(&[Raw { size: Some(size), ..raw("x", b'0', b"") }]);
    assert_eq!(fault(&sized(b"77777777777")), Fault::FileTooLarge(2048));
    assert_eq!(fault(&sized(b"\x80\0\0\0\0\0\0\0\0\0\0\x01")), Fault::Number("size"));
    assert_eq!(fault(&sized(b"-0000000001")), Fault::Number("size"));

    let names: Vec<String> = (0..60).map(|i| format!("f{i}")).collect();
    let many: Vec<Raw<'_>> = names.iter().map(|name| raw(name, b'0', b"")).collect();
    let error = read_tar(&tar(&many), &small()).unwrap_err();
    assert!(matches!(error, ArchiveError::TooLarge { limit: 50, unit: "entries" }), "{error}");
    let folders: Vec<Raw<'_>> = names.iter().map(|name| raw(name, b'5', b"")).collect();
    assert!(matches!(
        read_tar(&tar(&folders), &small()),
        Err(ArchiveError::TooLarge { unit: "entries", .. })
    ));

    let total = tar(&[raw("a", b'0', &[0; 2000]), raw("b", b'0', &[0; 2000]), raw("c", b'0', &[0; 2000])]);
    assert!(matches!(read_tar(&total, &small()), Err(ArchiveError::TooLarge { unit: "bytes", .. })));
}

#[test]
fn a_gzip_bomb_ends_at_the_limit() {
    // 64 MiB of zeros in one file, 64 kB packed.
    let mut bomb = entry(&Raw { size: Some(b"00400000000"), ..raw("x", b'0', b"") });
    bomb.resize(bomb.len() + (64 << 20), 0);
    let error = read_tgz(&gzip(&bomb), &small()).unwrap_err();
    assert!(matches!(error, ArchiveError::Entry { fault: Fault::FileTooLarge(2048), .. }), "{error}");
    // The same, hidden in an extension header.
    let mut hidden = entry(&Raw { size: Some(b"00400000000"), ..raw("x", b'x', b"") });
    hidden.resize(hidden.len() + (64 << 20), 0);
    let error = read_tgz(&gzip(&hidden), &small()).unwrap_err();
    assert!(matches!(error, ArchiveError::Entry { fault: Fault::Extension(_), .. }), "{error}");
}

#[test]
fn a_zstd_bomb_ends_at_the_limit() {
    let bomb = zstd_compress(&vec![0; 64 << 20]);
    assert!(bomb.len() < 10_000);
    let error = zstd_decompress(&bomb, 1000).unwrap_err();
    assert!(matches!(error, ArchiveError::TooLarge { limit: 1000, unit: "bytes" }), "{error}");
    // A frame that asks for a window of 128 MiB.
    let mut wide = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    wide.window_log(27).unwrap();
    wide.write_all(b"x").unwrap();
    assert!(matches!(
        zstd_decompress(&wide.finish().unwrap(), 1000),
        Err(ArchiveError::Compression { format: "zstd", .. })
    ));
}

#[test]
fn what_was_cut_off_says_so() {
    let whole = tar(&[raw("chart/values.yaml", b'0', &[b'x'; 700])]);
    let text = |bytes: &[u8]| read_tar(bytes, &small()).unwrap_err().to_string();
    assert!(text(&whole[..600]).contains("`chart/values.yaml`"), "{}", text(&whole[..600]));
    assert!(text(&whole[..100]).contains("header of entry 1"), "{}", text(&whole[..100]));
    assert!(text(b"").contains("no entries"));
    let packed = gzip(&whole);
    for end in [3, 12, packed.len() / 2, packed.len() - 1] {
        let error = read_tgz(&packed[..end], &small()).unwrap_err();
        assert!(!error.to_string().is_empty(), "{error}");
    }
    // Writers that leave the closing blocks out are common enough to be read.
    assert_eq!(read_tar(&whole[..512 + 1024], &small()).unwrap().len(), 1);
}

#[test]
fn what_is_no_archive_says_what_it_is() {
    let page = b"<!DOCTYPE html><title>Sign in</title>";
    assert!(read_tgz(page, &small()).unwrap_err().to_string().contains("`<!DOCTYPE html><title>S"));
    assert!(read_tgz(b"", &small()).unwrap_err().to_string().contains("it is empty"));
    let error = read_tgz(&gzip(&[b'x'; 600]), &small()).unwrap_err().to_string();
    assert!(error.contains("not a tar file"), "{error}");
    let mut broken = tar(&[raw("a", b'0', b"x"), raw("b", b'0', b"x")]);
    broken[1024] ^= 1;
    assert_eq!(fault(&broken), Fault::Checksum);
}

#[test]
fn an_entry_that_stands_twice_must_be_the_same() {
    let same = tar(&[raw("a", b'0', b"x"), raw("./a", b'0', b"x")]);
    assert_eq!(read_tar(&same, &small()).unwrap().len(), 1);
    assert_eq!(fault(&tar(&[raw("a", b'0', b"x"), raw("a", b'0', b"y")])), Fault::Duplicate);
}

#[test]
fn harmless_oddities_are_read() {
    let odd = tar(&[
        raw("pax_global_header", b'g', &pax("comment", "commit")),
        raw("./", b'5', b""),
        raw("./chart/", b'5', b""),
        raw("old-folder/", b'\0', b""),
        raw("h", b'x', &pax("path", "chart/a-long-name")),
        raw("short", b'0', b"1"),
        raw("././@LongLink", b'L', b"chart/b\0"),
        raw("short", b'\0', b"2"),
        raw("./chart//c", b'0', b"3"),
    ]);
    let files = read_tar(&odd, &small()).unwrap();
    assert_eq!(
        files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        ["chart/a-long-name", "chart/b", "chart/c"]
    );
}

#[test]
fn names_that_collide_elsewhere_have_no_identity() {
    let collide = |names: &[&str]| {
        let mut files = Files::new();
        for name in names {
            files.insert(*name, b"x".as_slice());
        }
        match canonical_tar(&files) {
            Err(ArchiveError::Entry { fault, .. }) => fault,
            other => panic!("not refused: {other:?}"),
        }
    };
    assert_eq!(collide(&["README", "readme"]), Fault::Collision("README".into()));
    assert_eq!(collide(&["\u{e9}", "e\u{301}"]), Fault::Collision("\u{e9}".into()));
    assert_eq!(collide(&["a", "a/b"]), Fault::FileAndFolder("a/b".into()));
    assert_eq!(collide(&["A", "a/b"]), Fault::FileAndFolder("a/b".into()));
    assert_eq!(collide(&["../a"]), Fault::Parent);
    assert_eq!(collide(&["a/./b"]), Fault::Empty);
    assert_eq!(collide(&[&"a".repeat(101)]), Fault::NotUstar);
    assert_eq!(collide(&[&format!("{}/{}", "a".repeat(156), "b")]), Fault::NotUstar);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read_tar(&bytes, &small());
        let _ = read_canonical_tar(&bytes, &small());
        let _ = read_tgz(&[&[0x1f, 0x8b, 8, 0][..], &bytes].concat(), &small());
        let _ = zstd_decompress(&bytes, 1000);
    }

    /// Damage to a good archive: an error, or files that have an identity of their own; never the canonical bytes of
    /// something else.
    #[test]
    fn damage_is_an_error_or_another_content(changes in proptest::collection::vec((0usize..3584, any::<u8>()), 1..6)) {
        let whole = tar(&[
            raw("h", b'x', &pax("path", "chart/values.yaml")),
            raw("short", b'0', b"a: 1"),
            raw("b", b'0', b"x"),
        ]);
        let mut changed = whole.clone();
        for (offset, byte) in changes {
            let offset = offset % changed.len();
            changed[offset] = byte;
        }
        if let Ok(files) = read_tar(&changed, &small())
            && let Ok(bytes) = canonical_tar(&files)
        {
            prop_assert_eq!(read_canonical_tar(&bytes, &small()).unwrap().len(), files.len());
        }
    }
}

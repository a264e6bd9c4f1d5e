//! Expressions of RE2, rewritten and refused.

use super::*;

#[test]
fn what_re2_reads_is_read_as_re2_reads_it() {
    for (expression, text, fits) in [
        ("[a-z]+", "abc", true),
        ("a{,3}", "a{,3}", true),
        ("a{2,3}", "aaa", true),
        ("{x}", "{x}", true),
        ("[[]", "[", true),
        ("[]a]+", "]a", true),
        ("[a&&b]+", "&", true),
        ("[+--]", ",", true),
        ("[a-]+", "a-", true),
        (r"\d+", "١", false),
        (r"\w+", "é", false),
        (r"[^\D]+", "7", true),
        (r"\Qa.b\E+", "a.bb", true),
        (r"\Qa.b\E+", "axb", false),
        (r"\101", "A", true),
        (r"\x41\x{42}", "AB", true),
        (r"\<a\>", "<a>", true),
        ("(?i)abc", "ABC", true),
        ("(?P<n>a)(?<m>b)", "ab", true),
        (r"\p{Greek}\P{^Greek}\pN", "αβ1", true),
        ("[[:alpha:]_]+", "a_", true),
        ("(a*)*", "aa", true),
        ("a*?b", "aab", true),
        ("(?:/|^)x$", "x", true),
        ("#a b", "#a b", true),
    ] {
        let compiled = compile_whole(expression).unwrap_or_else(|why| panic!("{expression}: {why}"));
        assert_eq!(compiled.is_match(text), fits, "{expression} {text}");
    }
}

#[test]
fn what_re2_does_not_have_is_refused_in_words() {
    for (expression, why) in [
        ("*.*", "nothing that could be repeated stands before `*`"),
        ("a**", "`*` repeats a repetition"),
        ("a{2}{3}", "`{3}` repeats a repetition"),
        ("a{1001}", "at most 1000 times"),
        ("a{3,2}", "at least than at most"),
        ("(?=a)", "look-ahead"),
        ("(?!a)b", "look-ahead"),
        ("(?<=a)b", "look-behind"),
        ("(?<!a)b", "look-behind"),
        (r"(a)\1", "back-references"),
        (r"(?P<n>a)(?P=n)", "back-references"),
        ("(?>a)", "atomic"),
        ("(?x)a", "RE2 has no `(?x`"),
        (r"a\Z", r"RE2 has no `\Z`"),
        (r"\u0041", r"RE2 has no `\u`"),
        ("[z-a]", "runs backwards"),
        ("[a", "not closed"),
        ("(a", "unclosed group"),
        ("a)", "unopened group"),
        (r"\p{Nonsense}", "not found"),
        ("\\", "single"),
        ("a|*", "nothing"),
    ] {
        let told = compile_whole(expression).err().unwrap_or_default();
        assert!(told.contains(why), "{expression}: {told}");
    }
}

use super::*;

/// The named paths; a `*` where all below is read.
fn paths(text: &str) -> Vec<String> {
    fn walk(reads: &Reads, path: &str, out: &mut Vec<String>) {
        if reads.whole {
            out.push(format!("{path}*"));
        } else if reads.keys.is_empty() && !path.is_empty() {
            out.push(path.to_owned());
        }
        for (key, below) in &reads.keys {
            walk(below, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, out);
        }
    }
    let mut out = Vec::new();
    walk(&Reads::of_text(text), "", &mut out);
    out
}

#[test]
fn every_way_to_name_a_value_is_followed() {
    for (text, expected) in [
        ("{{ .Values.a.b }}", &["a.b*"][..]),
        ("{{ $.Values.a | quote }}", &["a*"]),
        ("{{ if .Values.a.b }}{{ end }}", &["a.b"]),
        ("{{ if and .Values.a (not .Values.b) (eq .Values.c 1) }}{{ end }}", &["a", "b", "c"]),
        ("{{ (.Values.a).b }}", &["a.b*"]),
        ("{{ ((.Values.a).b).c }}", &["a.b.c*"]),
        ("{{ (.Values.a | default dict).b }}", &["a.b*"]),
        ("{{ index .Values \"a\" \"b\" }}", &["a.b*"]),
        ("{{ (index .Values \"a-b\").c }}", &["a-b.c*"]),
        ("{{ index .Values.a $key }}", &["a*"]),
        ("{{ get .Values.a \"b\" }}", &["a.b*"]),
        ("{{ dig \"a\" \"b\" \"none\" .Values.x }}", &["x.a.b*"]),
        ("{{ hasKey .Values \"a\" }}", &["a"]),
        ("{{ hasKey .Values $a }}", &["*"]),
        ("{{ pluck \"a\" .Values.x .Values.y | first }}", &["x.a*", "y.a*"]),
        ("{{ toYaml .Values.a | nindent 2 }}", &["a*"]),
        ("{{ include \"x\" .Values.a }}", &["a*"]),
        ("{{ include \"x\" . }}{{ tpl .Values.a $ }}", &["a*"]),
        ("{{ template \"x\" .Values.a }}", &["a*"]),
        (
            "{{ with .Values.a }}{{ .b }}{{ if .c }}{{ end }}{{ else }}{{ .Values.d }}{{ end }}",
            &["a.b*", "a.c", "d*"],
        ),
        ("{{ with .Values.a }}{{ toYaml . }}{{ end }}", &["a*"]),
        ("{{ range .Values.a }}{{ .b }}{{ $.Values.c }}{{ end }}", &["a*", "c*"]),
        ("{{ range $k, $v := .Values.a }}{{ end }}", &["a*"]),
        ("{{ $v := .Values.a }}{{ $v.b }}{{ if $v.c }}{{ end }}", &["a.b*", "a.c"]),
        ("{{ $v := .Values }}{{ $v.b }}", &["b*"]),
        ("{{ $v := .Values.a -}}{{ $v = .Values.b }}{{ $v.c }}", &["a.c*", "b.c*"]),
        ("{{ toYaml .Values }}", &["*"]),
        ("{{ range $k, $v := .Values }}{{ end }}", &["*"]),
        ("{{ .root.Values.a }}{{ $ctx.Values.b }}", &["a*", "b*"]),
        ("{{ include \"x\" (dict \"Values\" .Values \"y\" 1) }}", &[]),
        ("{{ include \"x\" (dict \"values\" .Values) }}", &["*"]),
        ("{{ $_ := set .Values \"a\" .Values.b }}", &["b*"]),
        (
            "{{ if .Values.a }}x{{ else if .Values.b }}{{ else with .Values.c }}{{ .d }}{{ end }}",
            &["a", "b", "c.d*"],
        ),
        ("{{- /* .Values.a */ -}}{{ .Release.Name }}", &[]),
        ("{{ define \"x\" }}{{ .Values.a }}{{ end }}", &["a*"]),
        ("{{ .Values.a b.c {{ # .Values", &["*"]),
        ("{{ ternary .Values.a .Values.b (empty .Values.c) }}", &["a*", "b*", "c"]),
        ("{{ required \"text\" .Values.a.b }}", &["a.b*"]),
    ] {
        assert_eq!(paths(text), expected, "{text}");
    }
}

#[test]
fn hostile_text_ends() {
    let deep = format!("{{{{ {}.Values.a{} }}}}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Reads::of_text(&deep).whole);
    let many = "{{ if .Values.a }}".repeat(50_000);
    assert!(!Reads::of_text(&many).whole);
}

use super::*;
use crate::source::SourceFile;
use crate::yaml;

fn documents(text: &str) -> Vec<Document> {
    yaml::parse(&SourceFile::new("x.yaml", text)).documents
}

fn schemas(minors: &[&str]) -> Schemas {
    let minors = minors.iter().map(|minor| Minor::read(minor).unwrap().minor()).collect();
    Schemas { minors, locations: Vec::new() }
}

fn crds(text: &str) -> Crds {
    let mut crds = Crds::default();
    for document in documents(text) {
        crds.add(Arc::new(Crd::read(&document).unwrap()));
    }
    crds
}

fn told(text: &str, minors: &[&str], crds: &Crds) -> Vec<String> {
    let meaning = |reference: &Reference| match reference.name.as_str() {
        "number" => Meaning::Number,
        "text" => Meaning::Text,
        "flag" => Meaning::Boolean,
        _ => Meaning::Unknown,
    };
    let mut told = Vec::new();
    for document in documents(text) {
        match judge(&document, "", &schemas(minors), crds, &meaning) {
            Verdict::Judged(findings) => told.extend(findings.iter().map(|f| {
                let start = f.place.start();
                format!("{}:{} {} {}", start.line, start.column, f.lint.code, f.message)
            })),
            Verdict::Absent => told.push("absent".to_owned()),
            Verdict::NotServed(_) => told.push("not served".to_owned()),
            Verdict::Unknown => told.push("unknown".to_owned()),
        }
    }
    told
}

const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports: [{containerPort: 80}]
        resources: {limits: {cpu: 500m, memory: 1Gi}}
";

#[track_caller]
fn with(from: &str, to: &str, expected: &[&str]) {
    assert!(DEPLOYMENT.contains(from));
    assert_eq!(told(&DEPLOYMENT.replace(from, to), &["1.33"], &Crds::default()), expected);
}

#[test]
fn faults_are_at_their_own_key_or_value() {
    with("replicas: 2", "replicas: 2", &[]);
    with("replicas: 2", "replica: 2", &["5:3 KU0101 unknown field `replica` in `spec`"]);
    with("replicas: 2", "replicas: \"2\"", &["5:13 KU0103 `2` is text because of its quotes; write 2"]);
    with(
        "image: nginx:1.27",
        "imagePullPolicy: 1",
        &["12:26 KU0103 `1` is a number to Kubernetes; write \"1\""],
    );
    with(
        "{labels: {app: web}}",
        "{labels: {app: yes}}",
        &["8:30 KU0103 `yes` is a boolean to Kubernetes; write \"yes\""],
    );
    with("- name: web", "- command: [a]", &["11:9 KU0102 an entry of `containers` lacks `name`"]);
    with("- name: web", "- Name: web", &["11:9 KU0101 unknown field `Name` in an entry of `containers`"]);
    with("ports: [{containerPort: 80}]", "ports: {}", &["13:16 KU0103 expected a list, found a mapping"]);
    with(
        "ports: [{containerPort: 80}]",
        "ports: [{containerPort: 80.5}]",
        &["13:33 KU0103 expected a whole number, found a fraction"],
    );
    with(
        "memory: 1Gi",
        "memory: 1GB",
        &["14:49 KU0104 `1GB`: it must be an amount such as 500m, 1.5, 512Mi or 2Gi"],
    );
    with("apiVersion: apps/v1\n", "", &["1:1 KU0105 the object lacks `apiVersion`"]);
}

#[test]
fn scalars_are_read_as_go_reads_them() {
    with("replicas: 2", "replicas: 0x2", &[]);
    with("replicas: 2", "replicas: 2.0", &[]);
    with("replicas: 2", "replicas: null", &[]);
    with("replicas: 2", "replicas: 1_000", &[]);
    with("replicas: 2", "paused: on", &[]);
    with("cpu: 500m", "cpu: 0.5", &[]);
}

#[test]
fn references_are_what_their_variables_are() {
    with("replicas: 2", "replicas: ${{ var.number }}", &[]);
    with("replicas: 2", "replicas: {{ .spectro.var.number }}", &[]);
    with("replicas: 2", "replicas: {{ .spectro.var.other }}", &[]);
    with(
        "replicas: 2",
        "replicas: \"{{ .spectro.var.number }}\"",
        &["5:13 KU0103 `{{ .spectro.var.number }}` becomes text, but this must be a whole number"],
    );
    with(
        "replicas: 2",
        "replicas: ${{ var.text }}",
        &["5:13 KU0103 `${{ var.text }}` becomes text, but this must be a whole number"],
    );
    with("replicas: 2", "paused: ${{ var.flag }}", &[]);
    with("memory: 1Gi", "memory: '{{ .spectro.var.number }}Gi'", &[]);
    with(
        "image: nginx:1.27",
        "image: ${{ var.number }}",
        &["12:16 KU0103 `${{ var.number }}` becomes a number, but this must be text"],
    );
}

#[test]
fn a_fault_says_which_minors_have_it() {
    let cron = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec:\n  managedBy: x\n  template: {spec: {containers: []}}\n";
    assert_eq!(told(cron, &["1.33"], &Crds::default()), Vec::<String>::new());
    assert_eq!(
        told(cron, &["1.28", "1.29", "1.33"], &Crds::default()),
        ["5:3 KU0101 unknown field `managedBy` in `spec` (in Kubernetes 1.28 and 1.29)"]
    );
}

#[test]
fn entries_that_cannot_be_told_apart_are_told() {
    let extra = "ports: [{containerPort: 80}, {containerPort: 80, protocol: TCP}, {containerPort: 80, protocol: UDP}]";
    with(
        "ports: [{containerPort: 80}]",
        extra,
        &["13:54 KU0106 containerPort `80` and protocol `TCP` stands twice in `ports`"],
    );
}

#[test]
fn apis_come_and_go() {
    let hpa = "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\n";
    assert_eq!(told(hpa, &["1.33"], &Crds::default()), ["absent"]);
    let Served::In(minors) = served("autoscaling/v2beta2", "HorizontalPodAutoscaler") else { panic!() };
    assert_eq!(shown(&minors), "1.25");
    let minors = schemas(&["1.33", "1.34"]).minors;
    assert_eq!(
        replacement("autoscaling/v2beta2", "HorizontalPodAutoscaler", &minors).as_deref(),
        Some("autoscaling/v2")
    );
    assert_eq!(served("policy/v1beta1", "PodDisruptionBudget"), Served::GoneIn("1.25"));
    assert_eq!(served("apps/v2", "Deployment"), Served::Never);
    assert_eq!(served("cert-manager.io/v1", "Issuer"), Served::Foreign);
    assert_eq!(told("apiVersion: a.example/v1\nkind: Thing\n", &["1.33"], &Crds::default()), ["unknown"]);
}

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec:
  group: example.org
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 1}
              mode: {type: string, enum: [fast, slow]}
              port: {x-kubernetes-int-or-string: true}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
              labels: {type: object, additionalProperties: {type: string}}
              choice:
                type: object
                properties: {a: {type: string}, b: {type: string}}
                oneOf: [{required: [a]}, {required: [b]}]
              template: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
  - {name: v0, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
";

#[test]
fn custom_resources_are_judged_by_their_definition() {
    let crds = crds(CRD);
    let told = |spec: &str| {
        let text = format!("apiVersion: example.org/v1\nkind: Thing\nmetadata: {{name: x}}\nspec: {spec}\n");
        told(&text, &["1.33"], &crds)
    };
    assert_eq!(
        told("{size: 3, mode: fast, port: 80, free: {a: [1]}, labels: {a: b}, choice: {a: x}}"),
        [""; 0]
    );
    assert_eq!(told("{size: 3, port: http, template: {apiVersion: v1, kind: Pod, spec: {}}}"), [""; 0]);
    assert_eq!(told("{size: 0}"), ["4:14 KU0104 `0`: it must be at least 1"]);
    assert_eq!(told("{}"), ["4:1 KU0102 `spec` lacks `size`"]);
    assert_eq!(
        told("{size: 1, mode: slw}"),
        ["4:23 KU0104 `slw` is not allowed here: it is one of `fast`, `slow`"]
    );
    assert_eq!(
        told("{size: 1, sice: 2}"),
        ["4:17 KU0101 unknown field `sice` in `spec`: the API server drops it"]
    );
    assert_eq!(told("{size: 1, labels: {a: 1}}"), ["4:29 KU0103 `1` is a number to Kubernetes; write \"1\""]);
    assert_eq!(told("{size: 1, choice: {}}"), ["4:17 KU0102 `choice` lacks `a`"]);
    assert_eq!(
        told("{size: 1, choice: {a: x, b: z}}"),
        ["4:17 KU0104 `choice`: it fits several of the forms of which just one is allowed"]
    );
    assert_eq!(told("{size: 1, template: {kind: Pod}}"), ["4:17 KU0102 `template` lacks `apiVersion`"]);
    let old = "apiVersion: example.org/v0\nkind: Thing\n";
    assert_eq!(super::tests::told(old, &["1.33"], &crds), ["not served"]);
    assert_eq!(super::tests::told(CRD, &["1.25", "1.37"], &crds), [""; 0]);
}

#[test]
fn both_places_are_told_of_a_custom_resource() {
    let text = "apiVersion: example.org/v1\nkind: Thing\nspec: {size: 0}\n";
    let document = &documents(text)[0];
    let Verdict::Judged(findings) =
        judge(document, "", &schemas(&["1.33"]), &crds(CRD), &|_| Meaning::Unknown)
    else {
        panic!()
    };
    assert_eq!(findings[0].related[0].place.start().line, 21);
}

#[test]
fn fields_are_described() {
    let field =
        describe("apps/v1", "Deployment", Minor::newest(), "/spec/template/spec/containers/0/image").unwrap();
    assert!(field.description.unwrap().starts_with("Container image name"), "{field:?}");
    assert_eq!(field.types, "text");
    let field = describe("apps/v1", "Deployment", Minor::newest(), "/spec").unwrap();
    assert!(field.fields.contains(&("replicas", false)) && field.fields.contains(&("selector", true)));
    assert!(describe("apps/v1", "Deployment", Minor::newest(), "/spec/nothing").is_none());
    let whole = describe("v1", "Service", Minor::newest(), "").unwrap();
    assert!(whole.description.unwrap().contains("Service is a named abstraction"), "{whole:?}");
}

#[test]
fn versions_are_read_and_the_nearest_stands_in() {
    assert_eq!(Minor::read("v1.33.4").unwrap().minor().to_string(), "1.33");
    assert!(matches!(Minor::read("1.24"), Ok(Known::Nearest(minor)) if minor.to_string() == "1.25"));
    for wrong in ["", "1", "2.3", "1.x", "one"] {
        assert!(Minor::read(wrong).is_err(), "{wrong}");
    }
    assert_eq!(shown(&Minor::all()), "1.25 to 1.37");
}

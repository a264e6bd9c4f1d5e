//! Public registries that everybody uses, under the names that their own pages give them (`helm repo add NAME URL`). One of
//! the same name in `edgewright.yaml` wins.

use std::sync::LazyLock;

use indexmap::IndexMap;

use super::registry::{AuthConfig, RegistryConfig, TlsConfig};

/// Helm repositories.
const HELM: &[(&str, &str)] = &[
    ("aqua", "https://aquasecurity.github.io/helm-charts"),
    ("argo", "https://argoproj.github.io/argo-helm"),
    ("autoscaler", "https://kubernetes.github.io/autoscaler"),
    ("bitnami", "https://charts.bitnami.com/bitnami"),
    ("ceph-csi", "https://ceph.github.io/csi-charts"),
    ("cilium", "https://helm.cilium.io"),
    ("cnpg", "https://cloudnative-pg.github.io/charts"),
    ("crossplane-stable", "https://charts.crossplane.io/stable"),
    ("csi-driver-nfs", "https://raw.githubusercontent.com/kubernetes-csi/csi-driver-nfs/master/charts"),
    ("csi-driver-smb", "https://raw.githubusercontent.com/kubernetes-csi/csi-driver-smb/master/charts"),
    ("descheduler", "https://kubernetes-sigs.github.io/descheduler"),
    ("eks", "https://aws.github.io/eks-charts"),
    ("elastic", "https://helm.elastic.co"),
    ("external-dns", "https://kubernetes-sigs.github.io/external-dns"),
    ("external-secrets", "https://charts.external-secrets.io"),
    ("falcosecurity", "https://falcosecurity.github.io/charts"),
    ("flannel", "https://flannel-io.github.io/flannel"),
    ("fluent", "https://fluent.github.io/helm-charts"),
    ("fluxcd-community", "https://fluxcd-community.github.io/helm-charts"),
    ("gatekeeper", "https://open-policy-agent.github.io/gatekeeper/charts"),
    ("gitlab", "https://charts.gitlab.io"),
    ("grafana", "https://grafana.github.io/helm-charts"),
    ("haproxytech", "https://haproxytech.github.io/helm-charts"),
    ("harbor", "https://helm.goharbor.io"),
    ("hashicorp", "https://helm.releases.hashicorp.com"),
    ("ingress-nginx", "https://kubernetes.github.io/ingress-nginx"),
    ("istio", "https://istio-release.storage.googleapis.com/charts"),
    ("jaegertracing", "https://jaegertracing.github.io/helm-charts"),
    ("jetstack", "https://charts.jetstack.io"),
    ("kedacore", "https://kedacore.github.io/charts"),
    ("kube-vip", "https://kube-vip.github.io/helm-charts"),
    ("kubereboot", "https://kubereboot.github.io/charts"),
    ("kyverno", "https://kyverno.github.io/kyverno"),
    ("linkerd", "https://helm.linkerd.io/stable"),
    ("longhorn", "https://charts.longhorn.io"),
    ("metallb", "https://metallb.github.io/metallb"),
    ("metrics-server", "https://kubernetes-sigs.github.io/metrics-server"),
    ("minio", "https://charts.min.io"),
    ("nats", "https://nats-io.github.io/k8s/helm/charts"),
    ("node-feature-discovery", "https://kubernetes-sigs.github.io/node-feature-discovery/charts"),
    ("nvidia", "https://helm.ngc.nvidia.com/nvidia"),
    ("open-telemetry", "https://open-telemetry.github.io/opentelemetry-helm-charts"),
    ("openebs", "https://openebs.github.io/openebs"),
    ("piraeus-charts", "https://piraeus.io/helm-charts"),
    ("podinfo", "https://stefanprodan.github.io/podinfo"),
    ("projectcalico", "https://docs.tigera.io/calico/charts"),
    ("prometheus-community", "https://prometheus-community.github.io/helm-charts"),
    ("rancher-stable", "https://releases.rancher.com/server-charts/stable"),
    ("rook-release", "https://charts.rook.io/release"),
    ("sealed-secrets", "https://bitnami-labs.github.io/sealed-secrets"),
    ("secrets-store-csi-driver", "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts"),
    ("stakater", "https://stakater.github.io/stakater-charts"),
    ("strimzi", "https://strimzi.io/charts"),
    ("traefik", "https://traefik.github.io/charts"),
    ("vector", "https://helm.vector.dev"),
    ("vmware-tanzu", "https://vmware-tanzu.github.io/helm-charts"),
];

/// OCI registries.
const OCI: &[(&str, &str)] = &[
    ("bitnamicharts", "oci://registry-1.docker.io/bitnamicharts"),
    ("actions-runner-controller", "oci://ghcr.io/actions/actions-runner-controller-charts"),
    ("karpenter", "oci://public.ecr.aws/karpenter"),
];

/// Folders of git repositories with packs: name, address, folder, branch.
const GIT: &[(&str, &str, &str, &str)] =
    &[("pack-central", "https://github.com/spectrocloud/pack-central", "packs", "main")];

static REGISTRIES: LazyLock<IndexMap<String, RegistryConfig>> = LazyLock::new(|| {
    let (auth, tls) = (AuthConfig::default(), TlsConfig::default());
    let mut all: IndexMap<String, RegistryConfig> = IndexMap::new();
    for (name, url) in HELM {
        let (auth, tls) = (auth.clone(), tls.clone());
        all.insert(
            (*name).to_owned(),
            RegistryConfig::Helm { url: (*url).to_owned(), keyring: None, auth, tls },
        );
    }
    for (name, url) in OCI {
        let (auth, tls) = (auth.clone(), tls.clone());
        let oci = RegistryConfig::Oci { url: (*url).to_owned(), plain_http: false, keyring: None, auth, tls };
        all.insert((*name).to_owned(), oci);
    }
    for (name, url, path, branch) in GIT {
        let git = RegistryConfig::Git {
            url: (*url).to_owned(),
            path: Some((*path).to_owned()),
            reference: Some((*branch).to_owned()),
            auth: auth.clone(),
            tls: tls.clone(),
        };
        all.insert((*name).to_owned(), git);
    }
    all.sort_keys();
    all
});

/// All of them, sorted by name.
pub fn registries() -> &'static IndexMap<String, RegistryConfig> {
    &REGISTRIES
}

/// The one of that name.
pub fn registry(name: &str) -> Option<&'static RegistryConfig> {
    REGISTRIES.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_there_once_with_an_address() {
        assert_eq!(registries().len(), HELM.len() + OCI.len() + GIT.len());
        for (name, registry) in registries() {
            let url = registry.url().unwrap();
            assert!(url.starts_with("https://") || url.starts_with("oci://"), "{name}");
            assert!(!url.ends_with('/'), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
        }
    }
}

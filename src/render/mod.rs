//! From layers to what an appliance gets of them: the values of charts and manifests with references replaced, and the
//! Kubernetes objects that they apply, each with the place where it is written.
//!
//! Architecture invariant: this room knows no rule; an object's text is never changed on the way to a rule, so that every
//! place in it stays true.

mod fill;
mod layer;
mod object;
mod origin;
mod references;
mod template;
mod variables;
mod view;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::chart::Chart;
use crate::pack::Pack;
use crate::resolve::ResolvedProfile;
use crate::schema::kubernetes::Crd;
use crate::source::SourceFile;
use crate::yaml::{self, Document};

pub use layer::{
    ChartContent, RenderedChart, RenderedLayer, RenderedManifest, RenderedNamespace, RenderedValues, layer,
};
pub use object::{Object, Origin};
pub use origin::ValueOrigin;
pub use references::References;
pub use template::template_crds;
pub use variables::unknown as unknown_variables;
pub use view::{FileView, INDEX, ProfileView, Request, document, stream, tree, view};

/// What was read of something shared, by its address; it is kept itself, so that the address stays its own.
type Kept<T> = Mutex<HashMap<usize, (Arc<T>, Arc<[Object]>)>>;
/// What a definition in a file defines.
type Definition = (Arc<SourceFile>, Option<Arc<Crd>>);

/// Reads objects, each file once: profiles share the manifests of packs and the charts of layers.
#[derive(Debug, Default)]
pub struct Renderer {
    charts: Kept<Chart>,
    manifests: Kept<SourceFile>,
    templates: Kept<Chart>,
    /// By the file and the offset of what defines them.
    definitions: Mutex<HashMap<(usize, u32), Definition>>,
}

impl Renderer {
    /// The objects of a profile that are known without a cluster, in the order in which they are applied: the `crds/` of
    /// charts with those of their subcharts, manifests of packs without Helm template text, manifests of the profile.
    pub fn objects(&self, profile: &ResolvedProfile) -> Vec<Object> {
        let mut objects = Vec::new();
        for (index, layer) in profile.layers.iter().enumerate() {
            let mut add = |list: &[Object]| {
                objects.extend(list.iter().map(|object| Object { layer: Some(index), ..object.clone() }));
            };
            for chart in &layer.charts {
                add(&kept(&self.charts, &chart.chart, chart_crds));
            }
            for manifest in layer.manifests.iter().filter(|manifest| !manifest.templated) {
                add(&self.manifest(&manifest.file));
            }
        }
        objects
    }

    /// The definitions of custom resources in the templates of a profile's charts, as far as they can be read without
    /// rendering: for learning what custom resources look like, not for judging.
    pub fn template_crds(&self, profile: &ResolvedProfile) -> Vec<Object> {
        let charts = profile.layers.iter().flat_map(|layer| &layer.charts);
        charts.flat_map(|chart| kept(&self.templates, &chart.chart, template_crds).to_vec()).collect()
    }

    /// What a definition defines, read once however many profiles have it.
    pub fn definition(&self, object: &Object) -> Option<Arc<Crd>> {
        let file = object.document.file();
        let key = (Arc::as_ptr(file) as usize, object.root().span().start);
        if let Some((_, known)) = self.definitions.lock().ok().as_ref().and_then(|known| known.get(&key)) {
            return known.clone();
        }
        let crd = Crd::read(&object.document).map(Arc::new);
        if let Ok(mut known) = self.definitions.lock() {
            known.insert(key, (Arc::clone(file), crd.clone()));
        }
        crd
    }

    fn manifest(&self, file: &Arc<SourceFile>) -> Arc<[Object]> {
        let read = || of_documents(&yaml::parse(file).documents, Origin::Manifest);
        // What only one profile has is read once anyway, and need not be kept.
        if Arc::strong_count(file) == 1 {
            return read().into();
        }
        kept(&self.manifests, file, |_| read())
    }
}

/// What `read` makes of something shared, made once.
fn kept<T>(known: &Kept<T>, shared: &Arc<T>, read: impl FnOnce(&T) -> Vec<Object>) -> Arc<[Object]> {
    let key = Arc::as_ptr(shared) as usize;
    if let Some((_, objects)) = known.lock().ok().as_ref().and_then(|known| known.get(&key)) {
        return Arc::clone(objects);
    }
    let objects: Arc<[Object]> = read(shared).into();
    if let Ok(mut known) = known.lock() {
        known.insert(key, (Arc::clone(shared), Arc::clone(&objects)));
    }
    objects
}

/// The objects in the documents of a file; a `List` counts as its items, an empty document as nothing.
pub fn of_documents(documents: &[Document], origin: Origin) -> Vec<Object> {
    documents.iter().flat_map(|document| Object::of(document, origin)).collect()
}

/// The objects of a pack that is judged by itself: the `crds/` of its charts, and its manifests without template text.
pub fn of_pack(pack: &Pack) -> Vec<Object> {
    let mut objects: Vec<Object> =
        pack.charts.iter().filter_map(|listed| listed.chart.as_deref()).flat_map(chart_crds).collect();
    for path in &pack.manifests {
        let Some(text) = pack.files.text(path).filter(|text| !crate::resolve::is_helm_template(text)) else {
            continue;
        };
        let file = SourceFile::new(format!("{}/{}", pack.path, path.value), text);
        objects.extend(of_documents(&yaml::parse(&file).documents, Origin::Manifest));
    }
    objects
}

/// What Helm installs before anything else: the YAML files in `crds/`, those of subcharts included.
fn chart_crds(chart: &Chart) -> Vec<Object> {
    let mut objects = Vec::new();
    for (path, _) in chart.files.iter().filter(|(path, _)| in_crds(path)) {
        let Some(text) = chart.files.text(path) else { continue };
        let file = SourceFile::new(format!("{}/{path}", chart.path), text);
        objects.extend(of_documents(&yaml::parse(&file).documents, Origin::ChartCrds));
    }
    objects
}

/// Whether a file of a chart lies in its `crds/`, or in those of a subchart (`charts/x/crds/`).
fn in_crds(path: &str) -> bool {
    let mut rest = path;
    while let Some((_, inner)) = rest.strip_prefix("charts/").and_then(|inner| inner.split_once('/')) {
        rest = inner;
    }
    rest.starts_with("crds/") && has_ending(path)
}

fn has_ending(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "yaml" | "yml" | "json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crds_are_found_in_charts_and_their_subcharts() {
        for path in
            ["crds/a.yaml", "crds/more/a.json", "charts/x/crds/a.yml", "charts/x/charts/y/crds/a.yaml"]
        {
            assert!(in_crds(path), "{path}");
        }
        for path in ["templates/crds/a.yaml", "crds/README.md", "charts/x/templates/crds/a.yaml", "crds.yaml"]
        {
            assert!(!in_crds(path), "{path}");
        }
    }
}

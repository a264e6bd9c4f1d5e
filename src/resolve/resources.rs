//! What the packs of a profile need of the machine that it runs on, summed up.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::resolved::{ResolvedLayer, ResolvedProfile};
use crate::pack::{PackResource, ResourceComponent, ResourceKind};
use crate::template::scalar_text;

/// Quantities by kind: millicores, MiB, GB.
pub type Quantities = BTreeMap<ResourceKind, f64>;

/// What one layer needs.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerResources {
    /// The layer.
    pub layer: String,
    /// What it needs, as far as it is known.
    pub needs: Quantities,
    /// Paths of values that would say more, but are not there or no quantity.
    pub unknown: Vec<String>,
}

/// What a profile needs on a machine that runs all of it: an appliance of one node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resources {
    /// The sum.
    pub sum: Quantities,
    /// Layers whose packs say what they need.
    pub layers: Vec<LayerResources>,
}

/// Sums up what the packs of a profile need (`constraints.resources`). As in Palette a minimum counts unless parts are named whose
/// requests and replicas stand in the values: then those do.
pub fn resources(resolved: &ResolvedProfile) -> Resources {
    let mut all = Resources::default();
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack().filter(|pack| !pack.resources.is_empty()) else { continue };
        let mut of =
            LayerResources { layer: layer.name.clone(), needs: Quantities::new(), unknown: Vec::new() };
        for resource in &pack.resources {
            if let Some(quantity) = quantity(layer, resource, &mut of.unknown) {
                *of.needs.entry(resource.kind).or_default() += quantity;
            }
        }
        all.add(&of.needs);
        all.layers.push(of);
    }
    all
}

impl Resources {
    /// Adds what something else needs.
    pub fn add(&mut self, needs: &Quantities) {
        for (kind, quantity) in needs {
            *self.sum.entry(*kind).or_default() += quantity;
        }
    }

    /// For machines: `{cpuMillicores, memoryMiB, diskGB, layers}`.
    pub fn document(&self) -> Value {
        let mut document = as_json(&self.sum);
        let layers = self.layers.iter().map(|layer| {
            let mut one = as_json(&layer.needs);
            one["layer"] = Value::from(layer.layer.as_str());
            if !layer.unknown.is_empty() {
                one["unknown"] = json!(layer.unknown);
            }
            one
        });
        document["layers"] = layers.collect();
        document
    }
}

fn as_json(needs: &Quantities) -> Value {
    let mut map = serde_json::Map::new();
    for (kind, quantity) in needs {
        let key = match kind {
            ResourceKind::Cpu => "cpuMillicores",
            ResourceKind::Memory => "memoryMiB",
            ResourceKind::Disk => "diskGB",
        };
        map.insert(key.to_owned(), whole(*quantity));
    }
    Value::Object(map)
}

/// A quantity without a fraction that nobody needs.
fn whole(quantity: f64) -> Value {
    let rounded = (quantity * 1000.0).round() / 1000.0;
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 {
        #[allow(clippy::cast_possible_truncation, reason = "it has no fraction and is small")]
        return Value::from(rounded as i64);
    }
    Value::from(rounded)
}

/// In words: `1.1 CPU, 2.4 GiB memory, 10 GB disk`.
pub fn needs_in_words(needs: &Quantities) -> String {
    let words = needs.iter().map(|(kind, quantity)| match kind {
        ResourceKind::Cpu => format!("{} CPU", whole(quantity / 1000.0)),
        ResourceKind::Memory if *quantity >= 1024.0 => {
            format!("{} GiB memory", whole((quantity / 102.4).round() / 10.0))
        }
        ResourceKind::Memory => format!("{} MiB memory", whole(*quantity)),
        ResourceKind::Disk => format!("{} GB disk", whole(*quantity)),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What one entry comes to; `None` where nothing is known.
fn quantity(layer: &ResolvedLayer, resource: &PackResource, unknown: &mut Vec<String>) -> Option<f64> {
    if resource.components.is_empty() {
        return resource.least;
    }
    let mut sum = None;
    for component in &resource.components {
        let Some(path) = &component.request else { continue };
        match value_at(layer, path).as_deref().and_then(|text| parse(resource.kind, text)) {
            Some(request) => *sum.get_or_insert(0.0) += request * replicas(layer, component, unknown),
            None => unknown.push(path.clone()),
        }
    }
    // Where no part is known, the minimum is better than nothing.
    sum.or(resource.least)
}

fn replicas(layer: &ResolvedLayer, component: &ResourceComponent, unknown: &mut Vec<String>) -> f64 {
    let Some(path) = &component.replicas else { return 1.0 };
    if let Some(count) =
        value_at(layer, path).and_then(|text| text.parse::<f64>().ok()).filter(|count| *count >= 0.0)
    {
        count
    } else {
        unknown.push(path.clone());
        1.0
    }
}

/// A scalar at a dotted path of the layer's values, else of the defaults of the chart that it leads into.
fn value_at(layer: &ResolvedLayer, path: &str) -> Option<String> {
    let find = |value: &Value, path: &str| {
        path.split('.').try_fold(value, |value, key| value.get(key)).and_then(scalar_text)
    };
    find(&layer.values.value, path).or_else(|| {
        let (name, inner) = path.strip_prefix("charts.")?.split_once('.')?;
        let chart = layer.charts.iter().find(|chart| chart.name == name)?;
        let values = chart.chart.coalesce(&layer.values.for_chart(&chart.values_pointer)).ok()?;
        find(&values, inner)
    })
}

/// A Kubernetes quantity in the unit of its kind: `250m` of CPU is 250, `1Gi` of memory 1024, `10Gi` of disk 10.7.
fn parse(kind: ResourceKind, text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let factor = match suffix {
        "" => 1.0,
        "m" => 0.001,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let plain = number * factor;
    Some(match kind {
        ResourceKind::Cpu => plain * 1000.0,
        ResourceKind::Memory => plain / (1024.0 * 1024.0),
        ResourceKind::Disk => plain / 1e9,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_writes_them() {
        for (kind, text, wanted) in [
            (ResourceKind::Cpu, "250m", Some(250.0)),
            (ResourceKind::Cpu, "1.5", Some(1500.0)),
            (ResourceKind::Memory, "1Gi", Some(1024.0)),
            (ResourceKind::Memory, "1048576", Some(1.0)),
            (ResourceKind::Disk, "10G", Some(10.0)),
            (ResourceKind::Cpu, "{{ .spectro.var.cpu }}", None),
            (ResourceKind::Cpu, "", None),
            (ResourceKind::Memory, "1Xi", None),
        ] {
            assert_eq!(parse(kind, text), wanted, "{text}");
        }
    }

    #[test]
    fn sums_are_said_in_round_units() {
        let needs = Quantities::from([(ResourceKind::Cpu, 1100.0), (ResourceKind::Memory, 2486.0)]);
        assert_eq!(needs_in_words(&needs), "1.1 CPU, 2.4 GiB memory");
        assert_eq!(as_json(&needs), json!({ "cpuMillicores": 1100, "memoryMiB": 2486 }));
    }
}

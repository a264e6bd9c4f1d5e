#!/usr/bin/env python3
"""Writes Kubernetes objects into a folder, one a file: valid ones, and each with one change that may make it invalid."""

import copy
import json
import random
import sys
from pathlib import Path

POD = {
    "metadata": {"labels": {"app": "web"}, "annotations": {"a.example/b": "c"}},
    "spec": {
        "serviceAccountName": "web",
        "terminationGracePeriodSeconds": 30,
        "hostNetwork": False,
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "edge", "operator": "Exists", "tolerationSeconds": 60}],
        "securityContext": {"runAsUser": 1000, "fsGroup": 2000},
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}]
                }
            }
        },
        "initContainers": [{"name": "wait", "image": "busybox:1.36", "command": ["true"]}],
        "containers": [
            {
                "name": "web",
                "image": "nginx:1.27",
                "imagePullPolicy": "IfNotPresent",
                "args": ["-v"],
                "env": [{"name": "A", "value": "b"}, {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
                "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
                "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}, "requests": {"cpu": 0.1}},
                "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
                "readinessProbe": {"tcpSocket": {"port": 80}},
                "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True}],
                "securityContext": {"capabilities": {"drop": ["ALL"]}, "privileged": False},
            }
        ],
        "volumes": [
            {"name": "data", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "conf", "configMap": {"name": "c", "items": [{"key": "k", "path": "p", "mode": 420}]}},
        ],
    },
}
SELECTOR = {"matchLabels": {"app": "web"}}


def thing(api, kind, **fields):
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "web", "namespace": "default"}, **fields}


VALID = [
    thing("v1", "Pod", spec=POD["spec"]),
    thing(
        "apps/v1",
        "Deployment",
        spec={
            "replicas": 2,
            "selector": SELECTOR,
            "template": POD,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}},
        },
    ),
    thing(
        "apps/v1",
        "StatefulSet",
        spec={
            "serviceName": "web",
            "selector": SELECTOR,
            "template": POD,
            "volumeClaimTemplates": [
                {
                    "metadata": {"name": "disk"},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            ],
        },
    ),
    thing("apps/v1", "DaemonSet", spec={"selector": SELECTOR, "template": POD}),
    thing("batch/v1", "Job", spec={"backoffLimit": 3, "template": POD}),
    thing(
        "batch/v1",
        "CronJob",
        spec={"schedule": "0 1 * * *", "suspend": False, "jobTemplate": {"spec": {"template": POD}}},
    ),
    thing(
        "v1",
        "Service",
        spec={"type": "ClusterIP", "selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
    ),
    thing("v1", "ConfigMap", data={"a": "b"}, immutable=True),
    thing("v1", "Secret", type="Opaque", data={"a": "aGk="}, stringData={"c": "d"}),
    thing("v1", "ServiceAccount", automountServiceAccountToken=False, imagePullSecrets=[{"name": "x"}]),
    thing("v1", "PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
    thing(
        "networking.k8s.io/v1",
        "Ingress",
        spec={
            "ingressClassName": "nginx",
            "tls": [{"hosts": ["a.example"], "secretName": "t"}],
            "rules": [
                {
                    "host": "a.example",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "web", "port": {"number": 80}}},
                            }
                        ]
                    },
                }
            ],
        },
    ),
    thing(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        spec={"podSelector": SELECTOR, "policyTypes": ["Ingress"], "ingress": [{"ports": [{"port": 80, "protocol": "TCP"}]}]},
    ),
    thing("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%", "selector": SELECTOR}),
    thing(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        spec={
            "minReplicas": 1,
            "maxReplicas": 3,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}],
        },
    ),
    thing("rbac.authorization.k8s.io/v1", "Role", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
    thing(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web"},
        subjects=[{"kind": "ServiceAccount", "name": "web", "namespace": "default"}],
    ),
    thing("v1", "LimitRange", spec={"limits": [{"type": "Container", "default": {"cpu": 1}}]}),
    thing("v1", "ResourceQuota", spec={"hard": {"pods": "10", "requests.cpu": 4}}),
]


def places(value, path=()):
    """Every key and index below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        yield (*path, key)
        yield from places(child, (*path, key))


def changed(value, path, what):
    new = copy.deepcopy(value)
    parent = new
    for key in path[:-1]:
        parent = parent[key]
    last = path[-1]
    if what == "rename" and isinstance(parent, dict):
        parent[f"{last}x"] = parent.pop(last)
    elif what == "remove":
        del parent[last]
    elif what == "text":
        parent[last] = "some text"
    elif what == "number":
        parent[last] = 7
    elif what == "fraction":
        parent[last] = 7.5
    elif what == "flag":
        parent[last] = True
    elif what == "list":
        parent[last] = [parent[last]]
    elif what == "map":
        parent[last] = {"some": parent[last]}
    elif what == "nothing":
        parent[last] = None
    else:
        return None
    return new


def main():
    out = Path(sys.argv[1])
    out.mkdir()
    chosen = random.Random(int(sys.argv[2]))
    count = 0
    for number, value in enumerate(VALID):
        (out / f"{number:02}-valid.yaml").write_text(json.dumps(value, indent=1))
        all_places = [path for path in places(value) if path not in (("apiVersion",), ("kind",))]
        for turn in range(40):
            what = chosen.choice(["rename", "remove", "text", "number", "fraction", "flag", "list", "map", "nothing"])
            new = changed(value, chosen.choice(all_places), what)
            if new is not None:
                (out / f"{number:02}-{turn:02}-{what}.yaml").write_text(json.dumps(new, indent=1))
                count += 1
    print(count, "changed objects")


main()

"""The fields of Flagger's three kinds, as its CustomResourceDefinitions have them; a test compares the two.

A type by name, or the values of an enumeration as a tuple; a list holds the type of its items; ``*`` stands for any
key; ``!`` marks a field that is required.
"""

from __future__ import annotations

from typing import Any

CANARY: dict[str, Any] = {
    "provider": (
        "apisix",
        "appmesh",
        "appmesh:v1beta2",
        "contour",
        "gatewayapi:v1",
        "gatewayapi:v1beta1",
        "gloo",
        "istio",
        "knative",
        "kubernetes",
        "kuma",
        "linkerd",
        "nginx",
        "osm",
        "skipper",
        "smi:v1alpha1",
        "smi:v1alpha2",
        "smi:v1alpha3",
        "traefik",
    ),
    "metricsServer": "string",
    "progressDeadlineSeconds": "number",
    "targetRef!": {"apiVersion!": "string", "kind!": ("DaemonSet", "Deployment", "Service"), "name!": "string"},
    "autoscalerRef": {
        "apiVersion!": "string",
        "kind!": ("HorizontalPodAutoscaler", "ScaledObject"),
        "name!": "string",
        "primaryScalerQueries": {"*": "string"},
        "primaryScalerReplicas": {"minReplicas": "integer", "maxReplicas": "integer"},
    },
    "ingressRef": {"apiVersion!": "string", "kind!": ("Ingress",), "name!": "string"},
    "routeRef": {"apiVersion!": "string", "kind!": ("ApisixRoute",), "name!": "string"},
    "upstreamRef": {"apiVersion!": "string", "kind!": ("Upstream",), "name!": "string", "namespace": "string"},
    "service": {
        "name": "string",
        "port!": "number",
        "portName": "string",
        "appProtocol": "string",
        "trafficDistribution": ("PreferClose", "PreferSameZone", "PreferSameNode"),
        "targetPort": "int-or-string",
        "portDiscovery": "boolean",
        "headless": "boolean",
        "timeout": "string",
        "backendTimeout": "string",
        "meshName": "string",
        "backends": ["string"],
        "hosts": ["string"],
        "delegation": "boolean",
        "match": [
            {
                "name": "string",
                "port": "integer",
                "ignoreUriCase": "boolean",
                "sourceNamespace": "string",
                "sourceLabels": {"*": "string"},
                "gateways": ["string"],
                "uri": {"exact": "string", "prefix": "string", "regex": "string"},
                "authority": {"exact": "string", "prefix": "string", "regex": "string"},
                "method": {"exact": "string", "prefix": "string", "regex": "string"},
                "scheme": {"exact": "string", "prefix": "string", "regex": "string"},
                "headers": {"*": {"exact": "string", "prefix": "string", "regex": "string"}},
                "withoutHeaders": {"*": {"exact": "string", "prefix": "string", "regex": "string"}},
                "queryParams": {"*": {"exact": "string", "prefix": "string", "regex": "string"}},
            }
        ],
        "retries": {"attempts": "integer", "perTryTimeout": "string", "retryOn": "string"},
        "rewrite": {"uri": "string", "authority": "string", "type": "string"},
        "mirror": [
            {
                "backendRef!": {
                    "group": "string",
                    "kind": "string",
                    "name!": "string",
                    "namespace": "string",
                    "port": "integer",
                }
            }
        ],
        "headers": {
            "request": {"add": {"*": "string"}, "set": {"*": "string"}, "remove": ["string"]},
            "response": {"add": {"*": "string"}, "set": {"*": "string"}, "remove": ["string"]},
        },
        "gateways": ["string"],
        "gatewayRefs": [
            {
                "group": "string",
                "kind": "string",
                "name!": "string",
                "namespace": "string",
                "sectionName": "string",
                "port": "integer",
            }
        ],
        "corsPolicy": {
            "allowCredentials": "boolean",
            "allowHeaders": ["string"],
            "allowMethods": ["string"],
            "allowOrigin": ["string"],
            "allowOrigins": [{"exact": "string", "prefix": "string", "regex": "string"}],
            "exposeHeaders": ["string"],
            "maxAge": "string",
        },
        "trafficPolicy": {
            "connectionPool": {
                "http": {
                    "h2UpgradePolicy": ("DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"),
                    "http1MaxPendingRequests": "integer",
                    "http2MaxRequests": "integer",
                    "idleTimeout": "string",
                    "maxRequestsPerConnection": "integer",
                    "maxRetries": "integer",
                }
            },
            "loadBalancer": {
                "simple": ("ROUND_ROBIN", "LEAST_CONN", "RANDOM", "PASSTHROUGH", "LEAST_REQUEST"),
                "warmupDurationSecs": "string",
                "consistentHash": {
                    "httpCookie": {"name": "string", "path": "string", "ttl": "string"},
                    "httpHeaderName": "string",
                    "httpQueryParameterName": "string",
                    "minimumRingSize": "integer",
                    "useSourceIp": "boolean",
                },
                "localityLbSetting": {
                    "enabled": "boolean",
                    "distribute": [{"from": "string", "to": {"*": "integer"}}],
                    "failover": [{"from": "string", "to": "string"}],
                },
            },
            "outlierDetection": {
                "baseEjectionTime": "string",
                "consecutive5xxErrors": "integer",
                "consecutiveErrors": "integer",
                "consecutiveGatewayErrors": "integer",
                "consecutiveLocalOriginFailures": "integer",
                "interval": "string",
                "maxEjectionPercent": "integer",
                "minHealthPercent": "integer",
                "splitExternalLocalOriginErrors": "boolean",
            },
            "tls": {
                "caCertificates": "string",
                "clientCertificate": "string",
                "mode": ("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"),
                "privateKey": "string",
                "sni": "string",
                "subjectAltNames": ["string"],
            },
        },
        "apex": {"labels": {"*": "string"}, "annotations": {"*": "string"}},
        "primary": {"labels": {"*": "string"}, "annotations": {"*": "string"}},
        "canary": {"labels": {"*": "string"}, "annotations": {"*": "string"}},
        "unmanagedMetadata": {"annotations": ["string"], "labels": ["string"]},
    },
    "skipAnalysis": "boolean",
    "revertOnDeletion": "boolean",
    "suspend": "boolean",
    "analysis!": {
        "interval": "duration",
        "iterations": "number",
        "threshold": "number",
        "maxWeight": "number",
        "stepWeight": "number",
        "stepWeights": ["number"],
        "stepWeightPromotion": "number",
        "mirror": "boolean",
        "mirrorWeight": "number",
        "primaryReadyThreshold": "number",
        "canaryReadyThreshold": "number",
        "match": [
            {
                "headers": {"*": {"exact": "string", "prefix": "string", "suffix": "string", "regex": "string"}},
                "queryParams": {"*": {"exact": "string", "prefix": "string", "regex": "string"}},
                "sourceLabels": {"*": "string"},
            }
        ],
        "metrics": [
            {
                "name!": "string",
                "interval": "duration",
                "threshold": "number",
                "thresholdRange": {"min": "number", "max": "number"},
                "query": "string",
                "templateRef": {"name!": "string", "namespace": "string"},
                "templateVariables": {"*": "string"},
            }
        ],
        "alerts": [
            {
                "name!": "string",
                "severity": ("", "info", "warn", "error"),
                "providerRef!": {"name!": "string", "namespace": "string"},
            }
        ],
        "webhooks": [
            {
                "name!": "string",
                "type": (
                    "",
                    "confirm-rollout",
                    "pre-rollout",
                    "rollout",
                    "confirm-promotion",
                    "post-rollout",
                    "event",
                    "rollback",
                    "confirm-traffic-increase",
                ),
                "muteAlert": "boolean",
                "url!": "string",
                "timeout": "duration",
                "retries": "number",
                "disableTLS": "boolean",
                "metadata": {"*": "string"},
            }
        ],
        "sessionAffinity": {
            "cookieName!": "string",
            "primaryCookieName": "string",
            "domain": "string",
            "httpOnly": "boolean",
            "maxAge": "number",
            "partitioned": "boolean",
            "path": "string",
            "sameSite": ("Strict", "Lax", "None"),
            "secure": "boolean",
        },
    },
}

METRIC_TEMPLATE: dict[str, Any] = {
    "provider!": {
        "type!": (
            "prometheus",
            "influxdb",
            "datadog",
            "externalmetrics",
            "stackdriver",
            "cloudwatch",
            "newrelic",
            "graphite",
            "dynatrace",
            "keptn",
            "splunk",
        ),
        "address": "string",
        "headers": {"*": ["string"]},
        "secretRef": {"name!": "string"},
        "region": "string",
        "insecureSkipVerify": "boolean",
    },
    "query!": "string",
}

ALERT_PROVIDER: dict[str, Any] = {
    "type": ("slack", "msteams", "discord", "rocket", "gchat", "pagerduty"),
    "channel": "string",
    "username": "string",
    "address": "string",
    "proxy": "string",
    "secretRef": {"name!": "string"},
}

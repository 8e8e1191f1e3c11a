"""Field numbers of the Kubernetes messages that clients send, one line for each message.

Notation: ``number:name=type``; ``s`` string, ``i`` integer, ``b`` boolean, else a message; ``*`` after the type
a pointer, ``[]`` before it a list, ``map:`` a string map, ``+`` instead of a name an inlined message, ``-`` a
field that is read over (a status: clients do not set it).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Field:
    """One numbered field of a message."""

    name: str
    type: str
    repeated: bool = False
    pointer: bool = False
    map_of: str = ""
    inline: bool = False


_OBJECT = "1:metadata=ObjectMeta 2:spec={0}Spec 3:status=-"

_MESSAGES = {
    "ObjectMeta": "1:name=s 2:generateName=s 3:namespace=s 4:selfLink=- 5:uid=s 6:resourceVersion=s 7:generation=i "
    "8:creationTimestamp=Time 9:deletionTimestamp=Time* 10:deletionGracePeriodSeconds=i* 11:labels=map:s "
    "12:annotations=map:s 13:ownerReferences=[]OwnerReference 14:finalizers=[]s 15:clusterName=- 17:managedFields=-",
    "OwnerReference": "1:kind=s 3:name=s 4:uid=s 5:apiVersion=s 6:controller=b* 7:blockOwnerDeletion=b*",
    "LabelSelector": "1:matchLabels=map:s 2:matchExpressions=[]Requirement",
    "Requirement": "1:key=s 2:operator=s 3:values=[]s",
    "DeleteOptions": "1:gracePeriodSeconds=i* 2:preconditions=Preconditions* 3:orphanDependents=b* "
    "4:propagationPolicy=s* 5:dryRun=[]s",
    "Preconditions": "1:uid=s* 2:resourceVersion=s*",
    "Namespace": _OBJECT.format("Namespace"),
    "NamespaceSpec": "1:finalizers=[]s",
    "ConfigMap": "1:metadata=ObjectMeta 2:data=map:s 3:binaryData=map:bytes 4:immutable=b*",
    "Secret": "1:metadata=ObjectMeta 2:data=map:bytes 3:type=s 4:stringData=map:s 5:immutable=b*",
    "ServiceAccount": "1:metadata=ObjectMeta 2:secrets=[]ObjectReference 3:imagePullSecrets=[]LocalReference "
    "4:automountServiceAccountToken=b*",
    "ObjectReference": "1:kind=s 2:namespace=s 3:name=s 4:uid=s 5:apiVersion=s 6:resourceVersion=s 7:fieldPath=s",
    "LocalReference": "1:name=s",
    "Service": _OBJECT.format("Service"),
    "ServiceSpec": "1:ports=[]ServicePort 2:selector=map:s 3:clusterIP=s 4:type=s 5:externalIPs=[]s "
    "7:sessionAffinity=s 8:loadBalancerIP=s 9:loadBalancerSourceRanges=[]s 10:externalName=s "
    "11:externalTrafficPolicy=s 12:healthCheckNodePort=i 13:publishNotReadyAddresses=b 14:sessionAffinityConfig=- "
    "17:ipFamilyPolicy=s* 18:clusterIPs=[]s 19:ipFamilies=[]s 20:allocateLoadBalancerNodePorts=b* "
    "21:loadBalancerClass=s* 22:internalTrafficPolicy=s* 23:trafficDistribution=s*",
    "ServicePort": "1:name=s 2:protocol=s 3:port=i 4:targetPort=IntOrString 5:nodePort=i 6:appProtocol=s*",
    "Deployment": _OBJECT.format("Deployment"),
    "DeploymentSpec": "1:replicas=i* 2:selector=LabelSelector* 3:template=PodTemplateSpec 4:strategy=Strategy "
    "5:minReadySeconds=i 6:revisionHistoryLimit=i* 7:paused=b 9:progressDeadlineSeconds=i*",
    "Strategy": "1:type=s 2:rollingUpdate=RollingUpdate*",
    "RollingUpdate": "1:maxUnavailable=IntOrString* 2:maxSurge=IntOrString*",
    "PodTemplateSpec": "1:metadata=ObjectMeta 2:spec=PodSpec",
    "Pod": _OBJECT.format("Pod"),
    "PodSpec": "1:volumes=[]Volume 2:containers=[]Container 3:restartPolicy=s 4:terminationGracePeriodSeconds=i* "
    "5:activeDeadlineSeconds=i* 6:dnsPolicy=s 7:nodeSelector=map:s 8:serviceAccountName=s 9:serviceAccount=s "
    "10:nodeName=s 11:hostNetwork=b 12:hostPID=b 13:hostIPC=b 14:securityContext=PodSecurityContext* "
    "15:imagePullSecrets=[]LocalReference 16:hostname=s 17:subdomain=s 19:schedulerName=s "
    "20:initContainers=[]Container 21:automountServiceAccountToken=b* 22:tolerations=[]Toleration "
    "24:priorityClassName=s 25:priority=i* "
    "27:shareProcessNamespace=b* 29:runtimeClassName=s* 30:enableServiceLinks=b* 31:preemptionPolicy=s*",
    "PodSecurityContext": "2:runAsUser=i* 3:runAsNonRoot=b* 4:supplementalGroups=[]i 5:fsGroup=i* 6:runAsGroup=i*",
    "Toleration": "1:key=s 2:operator=s 3:value=s 4:effect=s 5:tolerationSeconds=i*",
    "Container": "1:name=s 2:image=s 3:command=[]s 4:args=[]s 5:workingDir=s 6:ports=[]ContainerPort 7:env=[]EnvVar "
    "8:resources=Resources 9:volumeMounts=[]VolumeMount 10:livenessProbe=Probe* 11:readinessProbe=Probe* "
    "13:terminationMessagePath=s 14:imagePullPolicy=s 15:securityContext=SecurityContext* 16:stdin=b 17:stdinOnce=b "
    "18:tty=b 19:envFrom=[]EnvFrom 20:terminationMessagePolicy=s 22:startupProbe=Probe* 24:restartPolicy=s*",
    "SecurityContext": "2:privileged=b* 4:runAsUser=i* 5:runAsNonRoot=b* 6:readOnlyRootFilesystem=b* "
    "7:allowPrivilegeEscalation=b* 8:runAsGroup=i*",
    "ContainerPort": "1:name=s 2:hostPort=i 3:containerPort=i 4:protocol=s 5:hostIP=s",
    "EnvVar": "1:name=s 2:value=s 3:valueFrom=EnvVarSource*",
    "EnvVarSource": "1:fieldRef=FieldReference* 3:configMapKeyRef=KeySelector* 4:secretKeyRef=KeySelector*",
    "FieldReference": "1:apiVersion=s 2:fieldPath=s",
    "KeySelector": "1:+=LocalReference 2:key=s 3:optional=b*",
    "EnvFrom": "1:prefix=s 2:configMapRef=EnvFromReference* 3:secretRef=EnvFromReference*",
    "EnvFromReference": "1:+=LocalReference 2:optional=b*",
    "Resources": "1:limits=map:Quantity 2:requests=map:Quantity",
    "VolumeMount": "1:name=s 2:readOnly=b 3:mountPath=s 4:subPath=s 5:mountPropagation=s* 6:subPathExpr=s",
    "Probe": "1:+=ProbeHandler 2:initialDelaySeconds=i 3:timeoutSeconds=i 4:periodSeconds=i 5:successThreshold=i "
    "6:failureThreshold=i 7:terminationGracePeriodSeconds=i*",
    "ProbeHandler": "1:exec=ExecAction* 2:httpGet=HttpAction* 3:tcpSocket=TcpAction* 4:grpc=GrpcAction*",
    "ExecAction": "1:command=[]s",
    "HttpAction": "1:path=s 2:port=IntOrString 3:host=s 4:scheme=s 5:httpHeaders=[]HttpHeader",
    "HttpHeader": "1:name=s 2:value=s",
    "TcpAction": "1:port=IntOrString 2:host=s",
    "GrpcAction": "1:port=i 2:service=s*",
    "Volume": "1:name=s 2:+=VolumeSource",
    "VolumeSource": "1:hostPath=HostPath* 2:emptyDir=EmptyDir* 6:secret=SecretVolume* 10:persistentVolumeClaim=Claim* "
    "19:configMap=ConfigMapVolume*",
    "HostPath": "1:path=s 2:type=s*",
    "EmptyDir": "1:medium=s 2:sizeLimit=Quantity*",
    "SecretVolume": "1:secretName=s 2:items=[]KeyToPath 3:defaultMode=i* 4:optional=b*",
    "ConfigMapVolume": "1:+=LocalReference 2:items=[]KeyToPath 3:defaultMode=i* 4:optional=b*",
    "KeyToPath": "1:key=s 2:path=s 3:mode=i*",
    "Claim": "1:claimName=s 2:readOnly=b",
    "Role": "1:metadata=ObjectMeta 2:rules=[]PolicyRule",
    "ClusterRole": "1:metadata=ObjectMeta 2:rules=[]PolicyRule 3:aggregationRule=AggregationRule*",
    "AggregationRule": "1:clusterRoleSelectors=[]LabelSelector",
    "PolicyRule": "1:verbs=[]s 2:apiGroups=[]s 3:resources=[]s 4:resourceNames=[]s 5:nonResourceURLs=[]s",
    "RoleBinding": "1:metadata=ObjectMeta 2:subjects=[]Subject 3:roleRef=RoleRef",
    "ClusterRoleBinding": "1:metadata=ObjectMeta 2:subjects=[]Subject 3:roleRef=RoleRef",
    "Subject": "1:kind=s 2:apiGroup=s 3:name=s 4:namespace=s",
    "RoleRef": "1:apiGroup=s 2:kind=s 3:name=s",
    "Scale": _OBJECT.format("Scale"),
    "ScaleSpec": "1:replicas=i",
    "SelfSubjectAccessReview": _OBJECT.format("Access"),
    "AccessSpec": "1:resourceAttributes=ResourceAttributes* 2:nonResourceAttributes=PathAttributes*",
    "SubjectAccessReview": _OBJECT.format("SubjectAccess"),
    "LocalSubjectAccessReview": _OBJECT.format("SubjectAccess"),
    "SubjectAccessSpec": "1:resourceAttributes=ResourceAttributes* 2:nonResourceAttributes=PathAttributes* 3:user=s "
    "4:groups=[]s 5:extra=- 6:uid=s",
    "ResourceAttributes": "1:namespace=s 2:verb=s 3:group=s 4:version=s 5:resource=s 6:subresource=s 7:name=s "
    "8:fieldSelector=- 9:labelSelector=-",
    "PathAttributes": "1:path=s 2:verb=s",
    "SelfSubjectRulesReview": _OBJECT.format("Rules"),
    "RulesSpec": "1:namespace=s",
    "SelfSubjectReview": "1:metadata=ObjectMeta 2:status=-",
    "TokenReview": _OBJECT.format("TokenReview"),
    "TokenReviewSpec": "1:token=s 2:audiences=[]s",
    "TokenRequest": _OBJECT.format("TokenRequest"),
    "TokenRequestSpec": "1:audiences=[]s 3:boundObjectRef=BoundReference* 4:expirationSeconds=i*",
    "BoundReference": "1:kind=s 2:apiVersion=s 3:name=s 4:uid=s",
    "Eviction": "1:metadata=ObjectMeta 2:deleteOptions=DeleteOptions*",
    "Job": _OBJECT.format("Job"),
    "JobSpec": "1:parallelism=i* 2:completions=i* 3:activeDeadlineSeconds=i* 4:selector=LabelSelector* "
    "5:manualSelector=b* 6:template=PodTemplateSpec 7:backoffLimit=i* 8:ttlSecondsAfterFinished=i* "
    "9:completionMode=s* 10:suspend=b*",
    "CronJob": _OBJECT.format("CronJob"),
    "CronJobSpec": "1:schedule=s 2:startingDeadlineSeconds=i* 3:concurrencyPolicy=s 4:suspend=b* "
    "5:jobTemplate=JobTemplate 6:successfulJobsHistoryLimit=i* 7:failedJobsHistoryLimit=i* 8:timeZone=s*",
    "JobTemplate": "1:metadata=ObjectMeta 2:spec=JobSpec",
    "Ingress": _OBJECT.format("Ingress"),
    "IngressSpec": "1:defaultBackend=IngressBackend* 2:tls=[]IngressTls 3:rules=[]IngressRule 4:ingressClassName=s*",
    "IngressTls": "1:hosts=[]s 2:secretName=s",
    "IngressRule": "1:host=s 2:+=IngressRuleValue",
    "IngressRuleValue": "1:http=IngressPaths*",
    "IngressPaths": "1:paths=[]IngressPath",
    "IngressPath": "1:path=s 2:backend=IngressBackend 3:pathType=s*",
    "IngressBackend": "3:resource=- 4:service=IngressService*",
    "IngressService": "1:name=s 2:port=IngressPort",
    "IngressPort": "1:name=s 2:number=i",
    "Event": "1:metadata=ObjectMeta 2:involvedObject=ObjectReference 3:reason=s 4:message=s 5:source=EventSource "
    "6:firstTimestamp=Time 7:lastTimestamp=Time 8:count=i 9:type=s 10:eventTime=MicroTime 11:series=EventSeries* "
    "12:action=s 13:related=ObjectReference* 14:reportingComponent=s 15:reportingInstance=s",
    "EventSource": "1:component=s 2:host=s",
    "EventSeries": "1:count=i 2:lastObservedTime=MicroTime",
    "events.k8s.io/v1/Event": "1:metadata=ObjectMeta 2:eventTime=MicroTime 3:series=EventSeries* "
    "4:reportingController=s 5:reportingInstance=s 6:action=s 7:reason=s 8:regarding=ObjectReference "
    "9:related=ObjectReference* 10:note=s 11:type=s 12:deprecatedSource=EventSource 13:deprecatedFirstTimestamp=Time "
    "14:deprecatedLastTimestamp=Time 15:deprecatedCount=i",
    "Lease": "1:metadata=ObjectMeta 2:spec=LeaseSpec",
    "LeaseSpec": "1:holderIdentity=s* 2:leaseDurationSeconds=i* 3:acquireTime=MicroTime* 4:renewTime=MicroTime* "
    "5:leaseTransitions=i*",
    "PodDisruptionBudget": _OBJECT.format("Budget"),
    "BudgetSpec": "1:minAvailable=IntOrString* 2:selector=LabelSelector* 3:maxUnavailable=IntOrString*",
    "PriorityClass": "1:metadata=ObjectMeta 2:value=i 3:globalDefault=b 4:description=s 5:preemptionPolicy=s*",
    "ResourceQuota": _OBJECT.format("Quota"),
    "QuotaSpec": "1:hard=map:Quantity 2:scopes=[]s 3:scopeSelector=-",
    "autoscaling/v1/HorizontalPodAutoscaler": _OBJECT.format("ScalerOld"),
    "ScalerOldSpec": "1:scaleTargetRef=ScaleTarget 2:minReplicas=i* 3:maxReplicas=i "
    "4:targetCPUUtilizationPercentage=i*",
    "autoscaling/v2/HorizontalPodAutoscaler": _OBJECT.format("Scaler"),
    "ScalerSpec": "1:scaleTargetRef=ScaleTarget 2:minReplicas=i* 3:maxReplicas=i 4:metrics=[]ScalerMetric 5:behavior=-",
    "ScaleTarget": "1:kind=s 2:name=s 3:apiVersion=s",
    "ScalerMetric": "1:type=s 4:resource=ScalerResource*",
    "ScalerResource": "1:name=s 2:target=ScalerTarget",
    "ScalerTarget": "1:type=s 2:value=Quantity* 3:averageValue=Quantity* 4:averageUtilization=i*",
}


@lru_cache(maxsize=256)
def message(name: str) -> dict[int, Field] | None:
    """The fields of a message by number; None for an unknown message."""
    text = _MESSAGES.get(name)
    if text is None:
        return None
    return dict(_field(part) for part in text.split())


def _field(part: str) -> tuple[int, Field]:
    number, _, rest = part.partition(":")
    name, _, kind = rest.partition("=")
    pointer, kind = kind.endswith("*"), kind.removesuffix("*")
    if kind.startswith("map:"):
        return int(number), Field(name, "", map_of=kind.removeprefix("map:"))
    repeated = kind.startswith("[]")
    return int(number), Field(name, kind.removeprefix("[]"), repeated, pointer, "", name == "+")

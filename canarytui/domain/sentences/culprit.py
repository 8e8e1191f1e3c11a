"""What is to blame for a check without values, each with what to do about it."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNREACHABLE = Sentence(
    "culprit.unreachable",
    "Prometheus cannot be reached, so whether there are values is unknown: {problem}",
    evidence="no query got an answer",
)
UNREACHABLE_REMEDY = Sentence(
    "culprit.unreachable_remedy",
    "check the address of the metrics server and the network to it",
    evidence="no query got an answer",
)
REFUSED = Sentence(
    "culprit.refused",
    "Prometheus refuses the query: {problem}",
    evidence="Prometheus answered the check's query with an error",
)
REFUSED_REMEDY = Sentence(
    "culprit.refused_remedy",
    "correct the query",
    evidence="Prometheus answered the check's query with an error",
)
METRIC_MISSING = Sentence(
    "culprit.metric_missing",
    "metric {metric} does not exist{similar}",
    evidence="Prometheus has no series of the metric, now or in the last hour",
)
THERE_IS = Sentence(
    "culprit.there_is",
    "; there is {names}",
    evidence="Prometheus has series of these metrics",
)
NOTHING_LIKE_IT = Sentence(
    "culprit.nothing_like_it",
    ", nor any that begins with {prefix}: Prometheus does not scrape what exports it",
    evidence="Prometheus has no series of a metric with the same first word",
)
METRIC_UNSEEN = Sentence(
    "culprit.metric_unseen",
    "metric {metric} has no series, and other metrics that begin with {prefix} do ({names}): nothing has been counted"
    " yet, or it has another name",
    evidence="Prometheus has no series of the metric, now or in the last hour, and some of others with this first word",
)
METRIC_UNSEEN_REMEDY = Sentence(
    "culprit.metric_unseen_remedy",
    "send requests to the canary by way of what exports the metric (the gateway, the mesh, the application), then look"
    " for it in Prometheus",
    evidence="Prometheus has no series of the metric, now or in the last hour, and some of others with this first word",
)
FORBIDDEN = Sentence(
    "culprit.forbidden",
    "you may not query Prometheus, so whether there are values is unknown: {problem}",
    evidence="the query was answered 401 or 403",
)
FORBIDDEN_REMEDY = Sentence(
    "culprit.forbidden_remedy",
    "ask for the right to get services/proxy, or run canarytui with --prometheus and the URL of one that you may query",
    evidence="the query was answered 401 or 403",
)
METRIC_MISSING_REMEDY = Sentence(
    "culprit.metric_missing_remedy",
    "use a metric that exists, or have Prometheus scrape what exports {metric}",
    evidence="Prometheus has no series of the metric, now or in the last hour",
)
LABEL_MISSING = Sentence(
    "culprit.label_missing",
    "no series of {metric} has the label {label}; labels are {labels}",
    evidence="every series of the metric has an empty value of the label",
)
LABEL_FITS = Sentence(
    "culprit.label_fits",
    "no series of {metric} has the label {label}; {other} has such values",
    evidence="no series has the label, and another label's value fits the matcher",
)
LABEL_MISSING_REMEDY = Sentence(
    "culprit.label_missing_remedy",
    "match a label that {metric} has",
    evidence="every series of the metric has an empty value of the label",
)
WRONG_NAMESPACE = Sentence(
    "culprit.wrong_namespace",
    "{matcher} leaves no series of {metric}; they are in namespace {values}",
    evidence="the same selector without this matcher finds series, whose label has these values",
)
WRONG_NAMESPACE_REMEDY = Sentence(
    "culprit.wrong_namespace_remedy",
    "match the namespace that the series have",
    evidence="the same selector without this matcher finds series, whose label has these values",
)
WRONG_VALUE = Sentence(
    "culprit.wrong_value",
    "{matcher} leaves no series of {metric}; there is {values}",
    evidence="the same selector without this matcher finds series, whose label has these values",
)
WRONG_VALUE_REMEDY = Sentence(
    "culprit.wrong_value_remedy",
    "correct the value of {label}, or what sets it",
    evidence="the same selector without this matcher finds series, whose label has these values",
)
RENAMED_LABEL = Sentence(
    "culprit.renamed_label",
    "{matcher} leaves no series of {metric}: the scrape has set {label} to {values}, and what was exported is in"
    " {found}",
    evidence="without this matcher there are series, and their label with exported_ before its name fits the matcher",
)
RENAMED_LABEL_REMEDY = Sentence(
    "culprit.renamed_label_remedy",
    "set honorLabels: true in the ServiceMonitor or PodMonitor (honor_labels in the scrape configuration), or match"
    " {exported}",
    evidence="without this matcher there are series, and their label with exported_ before its name fits the matcher",
)
DASHBOARD_VARIABLE = Sentence(
    "culprit.dashboard_variable",
    "{matcher} leaves no series of {metric}: {variable} is a dashboard's variable, and no controller fills it in",
    evidence="the matcher's value as it was sent has a $ before a name",
)
DASHBOARD_VARIABLE_REMEDY = Sentence(
    "culprit.dashboard_variable_remedy",
    "write {{{{ namespace }}}}, {{{{ target }}}} or another of the template's variables in place of {variable}",
    evidence="the matcher's value as it was sent has a $ before a name",
)
NONE_YET = Sentence(
    "culprit.none_yet",
    "no response of {metric} has {matcher} yet; there is {values}",
    evidence="the same selector without this matcher, which names failures, finds series of other responses",
)
NONE_YET_REMEDY = Sentence(
    "culprit.none_yet_remedy",
    "append `or vector(0)` to this part of the query: it has no value before the first failure",
    evidence="the same selector without this matcher, which names failures, finds series of other responses",
)
NEVER_TOGETHER = Sentence(
    "culprit.never_together",
    "no series of {metric} has {matchers} together; {found}",
    evidence="each of the matchers fits series of the metric, and removing either one finds series",
)
HAS_VALUES = Sentence(
    "culprit.has_values",
    "with {matcher} {label} is {values}",
    evidence="values of the label where the other matchers hold",
)
NEVER_TOGETHER_REMEDY = Sentence(
    "culprit.never_together_remedy",
    "correct one of the two",
    evidence="each of the matchers fits series of the metric, and removing either one finds series",
)
NO_CANARY_SERIES = Sentence(
    "culprit.no_canary_series",
    "the primary has series of {metric}, the canary has none: nothing has been counted for it",
    evidence="the selector with the primary's name in the canary's place finds series",
)
NO_CANARY_SERIES_REMEDY = Sentence(
    "culprit.no_canary_series_remedy",
    "send requests to the canary with a load-test webhook; check that its weight is above 0 and its pods are scraped",
    evidence="the selector with the primary's name in the canary's place finds series",
)
ALL_LEFT_OUT = Sentence(
    "culprit.all_left_out",
    "every such series of {metric} has {label} {values}, which {matcher} leaves out",
    evidence="the same selector without this negative matcher finds series, all of which it excludes",
)
ALL_LEFT_OUT_REMEDY = Sentence(
    "culprit.all_left_out_remedy",
    "look at these responses: while nothing else is counted the check has no value",
    evidence="the same selector without this negative matcher finds series, all of which it excludes",
)
TARGET_DOWN = Sentence(
    "culprit.target_down",
    "Prometheus cannot scrape {target} (up is 0){since}",
    evidence="up of the target that the series came from is 0",
)
LAST_SAMPLE = Sentence(
    "culprit.last_sample",
    "; the last sample of {metric} is {age} old",
    evidence="the time of the last sample",
)
TARGET_DOWN_REMEDY = Sentence(
    "culprit.target_down_remedy",
    "see the target's error on Prometheus' page Status, Targets",
    evidence="up of the target that the series came from is 0",
)
TARGET_GONE = Sentence(
    "culprit.target_gone",
    "Prometheus no longer scrapes {target}; the last sample of {metric} is {age} old",
    evidence="there is no up series of the target that the series came from",
)
TARGET_GONE_REMEDY = Sentence(
    "culprit.target_gone_remedy",
    "check the scrape configuration, and whether its pod or Service still exists",
    evidence="there is no up series of the target that the series came from",
)
STALE = Sentence(
    "culprit.stale",
    "the last sample of these series of {metric} is {age} old, and {target} is still scraped",
    evidence="the time of the last sample, and up of its target is 1",
)
STALE_HERE = Sentence(
    "culprit.stale_here",
    "the last sample of these series of {metric} is {age} old",
    evidence="the time of the last sample",
)
STALE_REMEDY = Sentence(
    "culprit.stale_remedy",
    "check whether the process still exports the metric, and the scrape interval",
    evidence="the time of the last sample",
)
NO_REQUESTS = Sentence(
    "culprit.no_requests",
    "none of the {count} series of {metric} increased in the last {window}: no requests",
    evidence="the increase of every series over the window is 0",
)
NO_REQUESTS_REMEDY = Sentence(
    "culprit.no_requests_remedy",
    "send requests to the canary, for example with a load-test webhook",
    evidence="the increase of every series over the window is 0",
)
TOO_YOUNG = Sentence(
    "culprit.too_young",
    "{metric} has one sample so far; {function} takes two",
    evidence="the series have one sample in ten minutes",
)
TOO_YOUNG_REMEDY = Sentence(
    "culprit.too_young_remedy",
    "wait for the next scrape",
    evidence="the series have one sample in ten minutes",
)
WINDOW_SHORT = Sentence(
    "culprit.window_short",
    "the window of {window} is shorter than two scrapes of {metric}, which come every {every}",
    evidence="samples of the last ten minutes, and fewer than two in the window",
)
WINDOW_SHORT_REMEDY = Sentence(
    "culprit.window_short_remedy",
    "use an interval of at least {least}",
    evidence="samples of the last ten minutes, and fewer than two in the window",
)
NO_INTERVAL = Sentence(
    "culprit.no_interval",
    "the query looks at [{window}], whatever the check's interval, and {metric} is scraped every {every}",
    evidence="the query as written has no interval variable, and fewer than two samples are in its window",
)
NO_INTERVAL_REMEDY = Sentence(
    "culprit.no_interval_remedy",
    "write [{{{{ interval }}}}] in the query, and an interval of at least {least}",
    evidence="the query as written has no interval variable, and fewer than two samples are in its window",
)
RESET = Sentence(
    "culprit.reset",
    "{metric} began again from 0 in the last {window} (resets: {count}), and the query takes a difference",
    evidence="resets() over the window, and the query subtracts or calls delta()",
)
RESET_REMEDY = Sentence(
    "culprit.reset_remedy",
    "use increase() or rate(), which allow for resets",
    evidence="resets() over the window, and the query subtracts or calls delta()",
)
ZERO_DIVISION = Sentence(
    "culprit.zero_division",
    "the query divides by 0: {divisor} is 0",
    evidence="Prometheus evaluates the divisor to 0",
)
ZERO_DIVISION_REMEDY = Sentence(
    "culprit.zero_division_remedy",
    "check why the divisor is 0, or give the query a value for that case",
    evidence="Prometheus evaluates the divisor to 0",
)
NOT_A_NUMBER = Sentence(
    "culprit.not_a_number",
    "the query's value is NaN",
    evidence="Prometheus evaluates the query to NaN",
)
LABELS_DIFFER = Sentence(
    "culprit.labels_differ",
    "the two sides of {operator} have different labels: {left} and {right}",
    evidence="both sides have values, the operation has none, and their labels differ",
)
LABELS_DIFFER_REMEDY = Sentence(
    "culprit.labels_differ_remedy",
    "aggregate both sides with sum(), or match them with on()",
    evidence="both sides have values, the operation has none, and their labels differ",
)
FILTERED = Sentence(
    "culprit.filtered",
    "the query filters its own value out: {left} is {value}, and only {operator} {right} has a value",
    evidence="the left side has a value, and the comparison leaves none",
)
FILTERED_REMEDY = Sentence(
    "culprit.filtered_remedy",
    "remove the comparison; thresholdRange does the comparing",
    evidence="the left side has a value, and the comparison leaves none",
)
LE_LOST = Sentence(
    "culprit.le_lost",
    "histogram_quantile needs the label le, which is aggregated away",
    evidence="the aggregation inside histogram_quantile does not keep le",
)
LE_LOST_REMEDY = Sentence(
    "culprit.le_lost_remedy",
    "aggregate by (le)",
    evidence="the aggregation inside histogram_quantile does not keep le",
)
ABSENT = Sentence(
    "culprit.absent",
    "absent() has a value only while the series is missing, and it exists",
    evidence="the series in absent() exist",
)
ABSENT_REMEDY = Sentence(
    "culprit.absent_remedy",
    "query the series itself",
    evidence="the series in absent() exist",
)
SEVERAL = Sentence(
    "culprit.several",
    "the query answers {count} series, which differ in {labels}; the controller takes the last one",
    evidence="the answer has several elements",
)
SEVERAL_REMEDY = Sentence(
    "culprit.several_remedy",
    "aggregate them to one, for example with sum()",
    evidence="the answer has several elements",
)
SECONDS = Sentence(
    "culprit.seconds",
    "the query answers seconds, and the threshold {bound} looks like milliseconds",
    evidence="the metric's unit, what it is multiplied by, and the threshold",
)
SECONDS_REMEDY = Sentence(
    "culprit.seconds_remedy",
    "multiply the query by 1000, or write the threshold in seconds",
    evidence="the metric's unit, what it is multiplied by, and the threshold",
)
MILLISECONDS = Sentence(
    "culprit.milliseconds",
    "the query answers milliseconds, and the threshold {bound} looks like seconds",
    evidence="the metric's unit, what it is multiplied by, and the threshold",
)
MILLISECONDS_REMEDY = Sentence(
    "culprit.milliseconds_remedy",
    "write the threshold in milliseconds",
    evidence="the metric's unit, what it is multiplied by, and the threshold",
)
PARTS_HAVE_VALUES = Sentence(
    "culprit.parts_have_values",
    "the series that the query needs have samples; the whole has no value",
    evidence="every selector of the query that is not behind or, unless or absent() found series",
)
NOT_READ = Sentence(
    "culprit.not_read",
    "the query cannot be taken apart here",
    evidence="the PromQL parser does not read the query",
)
STOPPED = Sentence(
    "culprit.stopped",
    "the search for the cause was stopped after {asked:n query}: {problem}",
    evidence="a query about a part got no answer",
)
AND_MORE = Sentence(
    "culprit.and_more",
    "{listed} and {more} more",
    evidence="the number of values",
)

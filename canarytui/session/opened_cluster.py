"""Opening a cluster: connect, and list the canaries, with the reason when there is nothing to show."""

from __future__ import annotations

from msgspec import Struct

from canarytui.cluster.client import SECRETS_OVER_HTTP, Cluster, ClusterTarget, connect
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import CANARIES
from canarytui.domain.text.plain import clean
from canarytui.errors import ApiStatusError, CanarytuiError, MissingApi
from canarytui.session.state import ClusterState


class OpenedCluster(Struct):
    """A cluster whose canaries are in the cluster state. `scope` is the namespace that is seen, "" for all."""

    cluster: Cluster
    scope: str
    canaries: Reflector


async def open_cluster(
    cluster_state: ClusterState,
    target: ClusterTarget,
    *,
    namespace: str | None,
    all_namespaces: bool,
    by_pages: bool = False,
) -> OpenedCluster:
    """Connect and list the canaries once; close the cluster when done.

    Without `namespace`, all namespaces are read; where that is forbidden, the context's own. With `by_pages` only the
    first page is read, and the reflector is left to read the others.

    Raises:
        ConfigError, ClusterUnreachable, MissingApi, ApiStatusError: there is nothing to show.
    """
    cluster = await connect(target)
    try:
        scope = namespace or ""
        reflector = Reflector(
            cluster, cluster_state.canaries, namespace=scope or None, by_pages=by_pages, shares=by_pages
        )
        try:
            await (reflector.list_page() if by_pages else reflector.list_once())
        except ApiStatusError as error:
            if error.code != 403 or scope or all_namespaces:
                raise
            scope = cluster.namespace
            reflector = Reflector(cluster, cluster_state.canaries, namespace=scope, by_pages=by_pages, shares=by_pages)
            await (reflector.list_page() if by_pages else reflector.list_once())
    except ApiStatusError as error:
        await cluster.close()
        raise _explained(error, cluster) from error
    except BaseException:
        await cluster.close()
        raise
    return OpenedCluster(cluster, scope, reflector)


def _explained(error: ApiStatusError, cluster: Cluster) -> CanarytuiError:
    from canarytui.domain.sentences import connecting as words

    context, said = cluster.context, clean(str(error), 300)
    if error.code == 404:
        return MissingApi(words.NOT_SERVED.text(context=context, resource=CANARIES.full_name))
    if error.code == 401 and cluster.withheld:
        return CanarytuiError(words.WITHHELD.text(context=context, variable=SECRETS_OVER_HTTP))
    if error.code == 401:
        return CanarytuiError(words.NOT_ACCEPTED.text(context=context, error=said))
    if error.code == 403:
        return CanarytuiError(words.FORBIDDEN.text(error=said))
    return CanarytuiError(words.FAILED.text(error=said))

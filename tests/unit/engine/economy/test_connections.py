"""Requests to metrics servers share connections; webhooks, which must not be sent twice, take fresh ones."""

from __future__ import annotations

from aiohttp import web
from economy_rig import Rig

from canarytui.cluster.service_http import fetch


async def test_reads_share_a_connection_posts_do_not_and_nobody_is_given_anothers_cookies(rig: Rig) -> None:
    peers: list[tuple[str, object]] = []
    cookies: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.append((request.method, request.transport.get_extra_info("peername")))
        cookies.append(request.headers.get("Cookie", ""))
        response = web.Response(text="said")
        response.set_cookie("session", "of somebody")
        return response

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}/".format(*runner.addresses[0][:2])
    try:
        for method in ("GET", "POST"):
            for _ in range(3):
                assert await fetch(rig.cluster, method, url) == (200, b"said")
    finally:
        await runner.cleanup()
    assert len({peer for method, peer in peers if method == "GET"}) == 1
    assert len({peer for method, peer in peers if method == "POST"}) == 3
    assert set(cookies) == {""}


async def test_an_object_that_is_written_without_its_managed_fields_keeps_them(rig: Rig) -> None:
    rig.canary()
    await rig.begin()
    while rig.phase() != "Initialized":
        await rig.tick()
    before = rig.live.find("traefikservices.traefik.io", "podinfo")
    known = rig.cluster_view.get("TraefikService", "test", "podinfo")
    assert before is not None
    assert known is not None
    assert "managedFields" in before["metadata"]
    assert "managedFields" not in known["metadata"]
    rig.new_revision("two")
    for _ in range(2):
        await rig.tick()
    after = rig.live.find("traefikservices.traefik.io", "podinfo")
    assert after is not None
    assert len(after["spec"]["weighted"]["services"]) == 2
    assert after["metadata"]["managedFields"]

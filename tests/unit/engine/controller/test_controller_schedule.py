"""When canaries are looked at, on a clock that jumps."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from virtual_time import run

from canarytui.domain.values import NamespacedName
from canarytui.engine.runtime.schedule import TickSchedule

GRACE_S = 25.0


class Looks:
    """Notes when each canary is looked at; `lasts` is what a look takes."""

    def __init__(self, lasts: Callable[[NamespacedName], float] = lambda key: 0.0, workers: int = 8) -> None:
        self.began: dict[NamespacedName, list[float]] = defaultdict(list)
        self.ended: dict[NamespacedName, list[float]] = defaultdict(list)
        self.late: list[float] = []
        self.running: Counter[NamespacedName] = Counter()
        self.most_running = 0
        self._lasts = lasts
        self.schedule = TickSchedule(self._look, workers=workers)

    async def _look(self, key: NamespacedName, late_s: float) -> None:
        self.began[key].append(asyncio.get_running_loop().time())
        self.late.append(late_s)
        self.running[key] += 1
        assert self.running[key] == 1, "two looks at one canary"
        self.most_running = max(self.most_running, sum(self.running.values()))
        try:
            if self._lasts(key):
                await asyncio.sleep(self._lasts(key))
            self.ended[key].append(asyncio.get_running_loop().time())
        finally:
            self.running[key] -= 1


def key(number: int) -> NamespacedName:
    return "test", f"canary-{number:04d}"


A = key(1)


def play(looks: Looks, play_it: Callable[[TickSchedule], Awaitable[None]]) -> None:
    async def whole() -> None:
        looks.schedule.start()
        await play_it(looks.schedule)
        await looks.schedule.close(GRACE_S)

    run(whole())


def at(looks: Looks, of: NamespacedName = A) -> list[float]:
    return [round(moment, 6) for moment in looks.began[of]]


def test_a_new_canary_is_looked_at_at_once_and_then_every_interval_without_drift() -> None:
    looks = Looks(lambda _: 0.7)

    async def play_it(schedule: TickSchedule) -> None:
        await asyncio.sleep(3)
        schedule.follow(A, 10)
        await asyncio.sleep(10_005)

    play(looks, play_it)
    assert at(looks) == [3.0 + 10 * number for number in range(1001)]


def test_a_look_that_takes_longer_skips_the_ticks_that_it_misses_and_keeps_the_grid() -> None:
    durations = iter([1.0, 27.0, *[1.0] * 10])
    lasting: list[float] = []

    def lasts(_: NamespacedName) -> float:
        if len(lasting) < len(looks.began[A]):
            lasting.append(next(durations))
        return lasting[-1]

    looks = Looks(lasts)

    async def play_it(schedule: TickSchedule) -> None:
        schedule.follow(A, 10)
        await asyncio.sleep(65)

    play(looks, play_it)
    assert at(looks) == [0, 10, 40, 50, 60]


def test_a_changed_interval_makes_for_a_look_at_once_and_an_unchanged_one_for_none() -> None:
    looks = Looks()

    async def play_it(schedule: TickSchedule) -> None:
        schedule.follow(A, 10)
        await asyncio.sleep(14)
        schedule.follow(A, 10)
        await asyncio.sleep(2)
        schedule.follow(A, 60)
        await asyncio.sleep(70)

    play(looks, play_it)
    assert at(looks) == [0, 10, 16, 76]


def test_an_interval_that_changes_during_a_look_counts_when_it_has_ended() -> None:
    looks = Looks(lambda _: 5)

    async def play_it(schedule: TickSchedule) -> None:
        schedule.follow(A, 10)
        await asyncio.sleep(2)
        schedule.follow(A, 20)
        await asyncio.sleep(30)

    play(looks, play_it)
    assert at(looks) == [0, 5, 25]


def test_a_hurried_canary_is_looked_at_at_once_and_next_an_interval_later() -> None:
    looks = Looks()

    async def play_it(schedule: TickSchedule) -> None:
        schedule.follow(A, 10)
        await asyncio.sleep(4)
        schedule.hurry(A)
        await asyncio.sleep(11)

    play(looks, play_it)
    assert at(looks) == [0, 4, 14]


def test_a_forgotten_canary_is_not_looked_at_and_one_that_comes_back_is() -> None:
    looks = Looks(lambda _: 3)

    async def play_it(schedule: TickSchedule) -> None:
        schedule.follow(A, 10)
        await asyncio.sleep(1)
        schedule.forget(A)
        schedule.follow(A, 10)  # deleted and created again while the look goes on
        await asyncio.sleep(5)
        schedule.forget(A)
        assert schedule.keys == []
        await asyncio.sleep(50)

    play(looks, play_it)
    assert at(looks) == [0, 3]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_thousand_canaries_that_come_together_are_spread_over_the_interval(at_once: bool) -> None:
    looks = Looks(lambda _: 0.05, workers=8)

    async def play_it(schedule: TickSchedule) -> None:
        for number in range(1000):
            schedule.follow(key(number), 10, at_once=at_once)
        await asyncio.sleep(120)

    play(looks, play_it)
    rounds = [moments[-1] for moments in looks.began.values()]
    a_tenth = Counter(int(moment % 10 * 10 + 1e-6) for moment in rounds)
    assert len(rounds) == 1000
    assert max(a_tenth.values()) <= 11
    assert looks.most_running <= 8
    settled = looks.late[2000:]
    assert max(settled) <= 0.2, "8 workers do 160 looks a second, 100 are due"
    for moments in looks.began.values():
        gaps = [later - earlier for earlier, later in pairwise(moments[1:])]
        assert all(9.7 < gap < 10.3 for gap in gaps)
        assert moments[1] - moments[0] > 9.7 - max(looks.late[:1000])


def test_few_canaries_known_from_the_start_do_not_wait() -> None:
    looks = Looks()

    async def play_it(schedule: TickSchedule) -> None:
        for number in range(3):
            schedule.follow(key(number), 10, at_once=False)
        await asyncio.sleep(5)

    play(looks, play_it)
    assert sorted(at(looks, key(number))[0] for number in range(3)) == [0, 0.1, 0.2]


def test_places_that_are_given_up_are_taken_by_others() -> None:
    looks = Looks()

    async def play_it(schedule: TickSchedule) -> None:
        for number in range(200):
            schedule.follow(key(number), 10, at_once=False)
        await asyncio.sleep(25)
        for number in range(100):
            schedule.forget(key(number))
        for number in range(200, 300):
            schedule.follow(key(number), 10)
        await asyncio.sleep(30)

    play(looks, play_it)
    last = Counter(int(at(looks, key(number))[-1] % 10 * 10 + 1e-6) for number in range(100, 300))
    assert max(last.values()) <= 3


def test_lateness_is_that_of_the_canary_that_waits_longest() -> None:
    looks = Looks(lambda of: 100 if of == A else 0, workers=1)

    async def play_it(schedule: TickSchedule) -> None:
        schedule.follow(A, 10)
        await asyncio.sleep(1)
        assert schedule.lateness_s == 0
        schedule.follow(key(2), 10)
        await asyncio.sleep(42)
        assert schedule.lateness_s == pytest.approx(42)

    play(looks, play_it)


def test_closing_lets_looks_in_progress_end_and_begins_no_more() -> None:
    looks = Looks(lambda _: 20, workers=2)

    async def whole() -> float:
        looks.schedule.start()
        for number in range(5):
            looks.schedule.follow(key(number), 10)
        await asyncio.sleep(1)
        await looks.schedule.close(GRACE_S)
        return asyncio.get_running_loop().time()

    assert run(whole()) == 20
    assert {of: len(moments) for of, moments in looks.ended.items()} == {key(0): 1, key(1): 1}


def test_a_look_that_does_not_end_in_time_is_cut_off() -> None:
    looks = Looks(lambda _: 1000)

    async def whole() -> float:
        looks.schedule.start()
        looks.schedule.follow(A, 10)
        await asyncio.sleep(1)
        await looks.schedule.close(GRACE_S)
        return asyncio.get_running_loop().time()

    assert run(whole()) == 1 + GRACE_S
    assert not looks.ended
    assert not looks.running[A]


def test_looks_that_wait_for_somebody_else_take_no_place() -> None:
    """Forty canaries whose webhooks hang for an hour, among three hundred, with places for eight."""
    hanging = {key(number) for number in range(40)}

    async def look(of: NamespacedName, late_s: float) -> None:
        began[of].append(asyncio.get_running_loop().time())
        late[of].append(late_s)
        async with schedule.outside():
            await asyncio.sleep(3600 if of in hanging else 0.2)
        working.append(of)
        most.append(len(working))
        await asyncio.sleep(0.005)
        working.remove(of)

    began: dict[NamespacedName, list[float]] = defaultdict(list)
    late: dict[NamespacedName, list[float]] = defaultdict(list)
    working: list[NamespacedName] = []
    most: list[int] = []
    schedule = TickSchedule(look, workers=8)

    async def whole() -> None:
        schedule.start()
        for number in range(300):
            schedule.follow(key(number), 10, at_once=False)
        await asyncio.sleep(200)
        await schedule.close(0)

    run(whole())
    healthy = [of for of in began if of not in hanging]
    assert len(healthy) == 260
    assert max(max(late[of]) for of in healthy) < 0.05
    assert {len(began[of]) for of in healthy} <= {19, 20}
    assert {len(began[of]) for of in hanging} == {1}
    assert max(most) <= 8, "what is no waiting keeps to the places there are"

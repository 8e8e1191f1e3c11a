"""hey's report of a finished load. Pure."""

from __future__ import annotations

from canarytui.sandbox.loadtester.hey.load import Results

_BUCKETS = 10
_BAR = 40
_PERCENTILES = (10, 25, 50, 75, 90, 95, 99)


def report(results: Results) -> str:
    """The summary as text."""
    lines = ["", "Summary:", f"  Total:\t{results.total_s:.4f} secs"]
    times = sorted(results.seconds)
    count = len(times)
    if times:
        lines += [
            f"  Slowest:\t{times[-1]:.4f} secs",
            f"  Fastest:\t{times[0]:.4f} secs",
            f"  Average:\t{sum(times) / count:.4f} secs",
        ]
    rate = (count + sum(results.errors.values())) / results.total_s if results.total_s else 0.0
    lines += [f"  Requests/sec:\t{rate:.4f}", "  "]
    if times:
        lines += [f"  Total data:\t{results.sizes} bytes", f"  Size/request:\t{results.sizes // count} bytes", ""]
        lines += ["Response time histogram:", *_histogram(times), "", ""]
        lines += ["Latency distribution:", *_latencies(times), ""]
    lines += ["Status code distribution:"]
    lines += [f"  [{code}]\t{number} responses" for code, number in sorted(results.statuses.items())]
    if results.errors:
        lines += ["", "Error distribution:"]
        lines += [f"  [{number}]\t{text}" for text, number in sorted(results.errors.items(), key=lambda e: -e[1])]
    return "\n".join([*lines, "", ""])


def csv(results: Results) -> str:
    """Response times, one a line."""
    return "\n".join(["response-time", *(f"{seconds:.4f}" for seconds in results.seconds)]) + "\n"


def _histogram(times: list[float]) -> list[str]:
    fastest, slowest = times[0], times[-1]
    width = (slowest - fastest) / _BUCKETS
    bounds = [fastest + width * index for index in range(_BUCKETS)] + [slowest]
    counts = [0] * len(bounds)
    bucket = 0
    for seconds in times:
        while bucket < len(bounds) - 1 and seconds > bounds[bucket]:
            bucket += 1
        counts[bucket] += 1
    most = max(counts) or 1
    return [
        f"  {bound:.3f} [{count}]\t|{'■' * round(count * _BAR / most)}"
        for bound, count in zip(bounds, counts, strict=True)
    ]


def _latencies(times: list[float]) -> list[str]:
    lines = []
    for percent in _PERCENTILES:
        index = percent * len(times) // 100
        if index < len(times):
            lines.append(f"  {percent}% in {times[index]:.4f} secs")
    return lines

"""How the backups of a database are, by what the cluster holds of them, and how that is told.

Nothing here asks or answers anybody: what is given is judged, and written as Events and metrics.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

Found = TypeVar("Found")
NONE: list[object] = []
EMPTY: dict[str, object] = {}
LABEL = "app.kubernetes.io/component"
# The tasks by their label, and the metrics of a good one by their names in its result.
TASKS = {
    "backup": {"bytes": "size_bytes", "added": "added_bytes", "snapshots": "snapshots", "seconds": "duration_seconds"},
    "restore-test": {"rows": "rows", "seconds": "duration_seconds"},
}
ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
OVERDUE_AGAIN_SECONDS = 6 * 3600
# API servers keep Events for an hour: whether an older failure was told already is not to be seen.
EVENT_SECONDS = 3600


@dataclass(frozen=True)
class Attempt:
    """A Job that has ended."""

    good: bool
    ended: float
    reason: str
    message: str
    figures: dict[str, float]


@dataclass(frozen=True)
class State:
    """How a task is. Times are in seconds since 1970."""

    task: str
    noun: str  # what people call it
    max_age: float
    since: float  # from when on a success could be expected
    due: float = 0  # when the next one has to be there; 0 while nothing is known
    cron: dict[str, str] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    failing: Attempt | None = None  # the newest attempt, if it failed
    last_success: float = 0
    figures: dict[str, float] = field(default_factory=dict)


def at(value: object, path: str, default: Found) -> Found:
    """What lies at a path of keys, or the default where that is missing or something else."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, type(default)) else default


def moment(value: object, path: str) -> float:
    """The time at a path, or 0."""
    try:
        return datetime.fromisoformat(at(value, path, "")).timestamp()
    except (ValueError, OverflowError):
        return 0


def stamp(seconds: float) -> str:
    """A time as Kubernetes and people read it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def result_of(pods: list[object], *, good: bool) -> dict[str, object]:
    """The last words of the newest pod that ended so: one line of JSON. Empty without."""
    for pod in pods:
        for container in at(pod, "status.containerStatuses", NONE):
            *_, words = "", *at(container, "state.terminated.message", "").strip().splitlines()
            try:
                result = json.loads(words, strict=False)
            except (ValueError, RecursionError):
                continue
            told = at(container, "name", "") == "backup" and isinstance(result, dict)
            ended_so = (at(pod, "status.phase", "") == "Succeeded") is good
            if told and ended_so and (good or result.get("ok") is False):
                return dict(result)
    return {}


def trouble_of(pods: list[object]) -> str:
    """What Kubernetes says of pods that could not say it themselves."""
    for status in (at(pod, "status", EMPTY) for pod in pods):
        states = [at(each, "state", EMPTY) for each in at(status, "containerStatuses", NONE)]
        for part in (status, *(part for state in states for part in state.values())):
            if (reason := at(part, "reason", "")) not in {"", "Completed"}:
                code = at(part, "exitCode", 0)
                return f"{reason}: {f'exit status {code}' if code else at(part, 'message', '')}"
    return ""


def attempt_of(job: object, pods: list[object], noun: str) -> Attempt | None:
    """What came of a Job; None while it goes on."""
    held = [each for each in at(job, "status.conditions", NONE) if at(each, "status", "") == "True"]
    end = next((each for each in held if at(each, "type", "") in {"Complete", "Failed"}), None)
    if end is None:
        return None
    good = at(end, "type", "") == "Complete"
    result = result_of(pods, good=good)
    reason = " ".join(at(result, "reason", "").split())[:63] or "failed"
    message = at(result, "message", "")
    if at(end, "reason", "") == "DeadlineExceeded" and reason in {"failed", "stopped"}:
        # A pod that is stopped at the limit may or may not have had the time to say so.
        reason, message = "deadline", f"The {noun} did not end within its time limit."
    elif not message:
        why = trouble_of(pods) or f"{at(end, 'reason', '')}: {at(end, 'message', '')}"
        message = f"The {noun} failed: {why}"
    good = good and result.get("ok") is not False
    ended = moment(job, "status.completionTime") or moment(end, "lastTransitionTime")
    figures = {k: v for k, v in result.items() if isinstance(v, int | float) and abs(v) < sys.maxsize}
    return Attempt(good, ended, reason, " ".join(message.split())[:1000], figures)


def judge(before: State, crons: list[object], jobs: list[object], pods: list[object]) -> State:
    """How a task is, by what the cluster holds of it and by what was known before."""

    def ours(things: list[object]) -> list[object]:
        mine = [each for each in things if at(each, "metadata.labels", EMPTY).get(LABEL) == before.task]
        return sorted(mine, key=lambda each: moment(each, "metadata.creationTimestamp"))

    pods_of: dict[str, list[object]] = {}
    for pod in reversed(ours(pods)):
        for owner in at(pod, "metadata.ownerReferences", NONE):
            pods_of.setdefault(at(owner, "uid", ""), []).append(pod)
    attempts: dict[str, Attempt] = {}
    for job in ours(jobs):
        uid = at(job, "metadata.uid", "")
        # What came of a Job does not change, and its pods may go before it does.
        attempt = before.attempts.get(uid) or attempt_of(job, pods_of.get(uid, []), before.noun)
        if attempt:
            attempts[uid] = attempt
    ended = sorted(attempts.values(), key=lambda each: each.ended)
    good = [each for each in ended if each.good]
    times = [moment(each, "status.lastSuccessfulTime") for each in ours(crons)]
    last = max([before.last_success, *times, *(each.ended for each in good)])
    meta = next((at(each, "metadata", EMPTY) for each in ours(crons)), EMPTY)
    since = moment(meta, "creationTimestamp") or before.since
    return replace(
        before,
        since=since,
        due=(last or since) + before.max_age,
        cron={key: at(meta, key, "") for key in ("name", "namespace", "uid") if meta},
        attempts=attempts,
        failing=next((each for each in ended[-1:] if not each.good and each.ended >= last), None),
        last_success=last,
        figures=(good[-1].figures if good else {}) or before.figures,
    )


def events_of(state: State, now: float) -> list[dict[str, object]]:
    """The Events that tell what is wrong. What was told before has the same name again."""
    events = [
        (f"failed-{uid}", "Failed", each.message)
        for uid, each in state.attempts.items()
        if not each.good and now - each.ended < EVENT_SECONDS
    ]
    if state.due < now:
        times = (now - state.due) // OVERDUE_AGAIN_SECONDS
        last = f"The last good {state.noun} ended at {stamp(state.last_success)}"
        never = f"There has been no good {state.noun} since {stamp(state.since)}"
        message = f"{last if state.last_success else never}; the limit is {state.max_age / 3600:g} hours."
        events.append((f"overdue-{state.cron.get('uid')}-{state.due:.0f}-{times:.0f}", "Overdue", message))
    kind = state.task.title().replace("-", "")
    return [
        {
            "metadata": {"name": f"{state.task}-{name}"},
            "involvedObject": {"apiVersion": "batch/v1", "kind": "CronJob", **state.cron},
            "type": "Warning",
            "reason": f"{kind}{reason}",
            "message": message,
            "source": {"component": "flask-doks-backup-monitor"},
            "firstTimestamp": stamp(now),
            "lastTimestamp": stamp(now),
            "count": 1,
        }
        for name, reason, message in events
    ]


def render(states: list[State], app: str, errors: int, now: float) -> str:
    """The metrics in Prometheus' text format 0.0.4. What is not known yet is left out."""
    lines: list[str] = []

    def metric(name: str, meaning: str, value: float, **more: str) -> None:
        labels = [f'{key}="{text.translate(ESCAPES)}"' for key, text in {"app": app, **more}.items()]
        lines.append(f"# HELP flask_doks_{name} {meaning}")
        lines.append(f"# TYPE flask_doks_{name} {'counter' if name.endswith('_total') else 'gauge'}")
        lines.append(f"flask_doks_{name}{{{','.join(labels)}}} {value:.15g}")

    for state in states:
        name, good, failing = state.task.replace("-", "_"), f"good {state.noun}", state.failing
        metric(f"{name}_max_age_seconds", f"How old the last {good} may be.", state.max_age)
        if state.due:
            metric(f"{name}_last_success_timestamp_seconds", f"Time of the last {good}, or 0.", state.last_success)
            metric(f"{name}_overdue", f"1 while the last {good} is too old, or is missing.", state.due < now)
        if state.last_success or failing:
            metric(f"{name}_last_attempt_succeeded", f"1 if the newest {state.noun} is good.", not failing)
        if failing:
            metric(f"{name}_failed", f"Why the newest {state.noun} failed.", 1, reason=failing.reason)
        for key in (key for key in TASKS[state.task] if key in state.figures):
            figure = TASKS[state.task][key]
            metric(f"{name}_{figure}", f"The last {good}: {figure}.", state.figures[key])
    metric("backup_monitor_api_errors_total", "Failed requests to the Kubernetes API.", errors)
    return "\n".join([*lines, ""])

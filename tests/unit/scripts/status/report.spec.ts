import assert from "node:assert/strict";
import type { AppStatus, StackStatus, WorkloadStatus } from "../../../../scripts/status/model";
import { statusReport } from "../../../../scripts/status/report";
import { inDays, NOW } from "./chain";

const web: WorkloadStatus = { name: "web", kind: "Deployment", ok: true, ready: 2, wanted: 2, reasons: [] };

const blog: AppStatus = {
  name: "blog",
  namespace: "blog",
  urls: [
    { url: "https://example.com", ok: true, status: 200, milliseconds: 34 },
    { url: "https://*.example.com", ok: true, note: "not asked: a wildcard" },
  ],
  certificate: { ok: true, issuer: "letsencrypt", expires: inDays(62), daysLeft: 62, renewedDaysBefore: 32 },
  workloads: [web],
  loadBalancers: [],
  database: { name: "MySQL", ok: true, volume: "20 GiB", reasons: [] },
  backup: { configured: false, ok: true, reasons: [] },
  problems: [],
};

const shop: AppStatus = {
  name: "shop",
  namespace: "shop",
  urls: [{ url: "https://shop.example.com", ok: false, problem: "does not resolve yet" }],
  certificate: {
    ok: false,
    issuer: "letsencrypt",
    cause: "unresolved",
    problem: "not issued: DNS problem: NXDOMAIN looking up A for shop.example.com",
  },
  workloads: [
    {
      ...web,
      ok: false,
      ready: 1,
      restarts: { lastHour: 3, exact: false },
      problem: "1 of 2 pods ready",
      reasons: ["shop-7d9-x2: container shop ended (exit code 1)", "| KeyError: 'SECRET_KEY'"],
    },
  ],
  loadBalancers: [],
  database: { name: "MySQL", ok: false, problem: "its volume is not there yet", reasons: ["no volume plugin matched"] },
  backup: {
    configured: true,
    ok: false,
    lastSuccess: inDays(-3),
    bytes: 1_468_006,
    problem:
      "overdue: none for more than 36 hours; the last run failed: The backup store does not answer: no answer in time",
    reasons: [],
  },
  restoreTest: {
    ok: false,
    lastSuccess: inDays(-9),
    rows: 1200,
    problem: "the last run failed: Its pod failed: container backup was killed",
    reasons: ["| [restore-test] comparing"],
  },
  problems: ["…", "…"],
};

const status = (changes: Partial<StackStatus>): StackStatus => ({
  stack: "prod",
  healthy: true,
  checkedAt: NOW.toISOString(),
  apps: [blog],
  problems: [],
  ...changes,
});

describe("The report on a stack", () => {
  it("fits a healthy stack on a screen", () => {
    assert.deepStrictEqual(statusReport(status({})).split("\n"), [
      "prod — healthy",
      "",
      "blog",
      "  ✓ https://example.com    200 in 34 ms",
      "  – https://*.example.com  not asked: a wildcard",
      "  ✓ certificate            letsencrypt, 62 days left, renewed 32 days before the end",
      "  ✓ web                    2 of 2 pods ready",
      "  ✓ database               MySQL ready, 20 GiB",
      "  – backups                none configured",
      "",
    ]);
  });

  it("tells of a failing stack what fails and why", () => {
    const failing = { healthy: false, apps: [shop], problems: ["a", "b", "c", "d", "e"] };
    assert.deepStrictEqual(statusReport(status(failing)).split("\n"), [
      "prod — 5 problems",
      "",
      "shop",
      "  ✗ https://shop.example.com  does not resolve yet",
      "  ✗ certificate               not issued: DNS problem: NXDOMAIN looking up A for shop.example.com",
      "  ✗ web                       1 of 2 pods ready, at least 3 restarts in the last hour",
      "                              shop-7d9-x2: container shop ended (exit code 1)",
      "                              | KeyError: 'SECRET_KEY'",
      "  ✗ database                  MySQL: its volume is not there yet",
      "                              no volume plugin matched",
      "  ✗ backups                   overdue: none for more than 36 hours; the last run failed: The backup",
      "                                store does not answer: no answer in time",
      "                              last success 3 days ago, 1.4 MiB",
      "  ✗ restore test              the last run failed: Its pod failed: container backup was killed",
      "                              last success 9 days ago, 1,200 rows",
      "                              | [restore-test] comparing",
      "",
    ]);
  });

  it("tells when backups were made and tested, and how large they are", () => {
    const backup = { configured: true, ok: true, lastSuccess: inDays(-0.4), bytes: 1_468_006, reasons: [] };
    const restoreTest = { ok: true, lastSuccess: inDays(-2), rows: 1, note: "one runs now", reasons: [] };
    const lines = statusReport(status({ apps: [{ ...blog, backup, restoreTest }] })).split("\n");
    assert.deepStrictEqual(lines.slice(-3), [
      "  ✓ backups                last success 9 hours ago, 1.4 MiB",
      "  ✓ restore test           last success 2 days ago, 1 row, one runs now",
      "",
    ]);
  });

  it("shows a database elsewhere as one that nobody has looked at, and the one beside it", () => {
    const host = "private-db.test";
    const database = { name: "managed MySQL", ok: true, host, note: "not asked", reasons: [] };
    const spareDatabase = { name: "MySQL", ok: false, problem: "its volume is gone", reasons: [] };
    const lines = statusReport(status({ apps: [{ ...blog, database, spareDatabase }] })).split("\n");
    assert.deepStrictEqual(lines.slice(-4, -2), [
      "  – database               managed MySQL at private-db.test, not asked",
      "  ✗ spare database         MySQL: its volume is gone",
    ]);
  });

  it("shows what all apps share, and where a stack of one's own is", () => {
    const edge = {
      workloads: [{ ...web, name: "traefik", ready: 1, wanted: 1 }],
      loadBalancers: [{ name: "ingress", ok: false, problem: "no address yet" }],
      issuers: [{ name: "letsencrypt", ok: true }],
      problems: ["load balancer ingress: no address yet"],
    };
    const shown = statusReport(status({ healthy: false, place: "in the sandbox", apps: [], edge, problems: ["p"] }));
    assert.deepStrictEqual(shown.split("\n"), [
      "prod (in the sandbox) — 1 problem",
      "",
      "edge",
      "  ✗ load balancer ingress  no address yet",
      "  ✓ traefik                1 of 1 pod ready",
      "  ✓ issuer letsencrypt     ready",
      "",
    ]);
  });

  it("marks what is on its way", () => {
    const certificate = { ok: false, cause: "pending", problem: "not issued yet: waiting" } as const;
    const none = { ok: true, note: "none yet", reasons: [] };
    const backup = { configured: true, ...none };
    const restoreTest = { ...none, note: "none yet, one runs now", reasons: ["exceeded quota"] };
    const lines = statusReport(status({ apps: [{ ...blog, certificate, backup, restoreTest }] })).split("\n");
    assert.deepStrictEqual(
      lines.filter((line) => line.startsWith("  …")),
      [
        "  … certificate            not issued yet: waiting",
        "  … backups                none yet",
        "  … restore test           none yet, one runs now",
      ],
    );
  });

  it("wraps what is too wide at 100 columns, and gives a long name a line to itself", () => {
    const urls = [{ url: `https://${"a".repeat(50)}.example.com`, ok: false, problem: "word ".repeat(30).trim() }];
    const lines = statusReport(status({ apps: [{ ...blog, urls }] })).split("\n");
    assert.deepStrictEqual(lines[3], `  ✗ https://${"a".repeat(50)}.example.com`);
    assert.ok(lines.length > 8);
    assert.deepStrictEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
  });

  it("has colours for a terminal only, and only in its marks", () => {
    const coloured = statusReport(status({}), true);
    assert.ok(coloured.includes("\u001b[32m✓\u001b[0m certificate"));
    // eslint-disable-next-line no-control-regex -- terminal colours are control characters
    assert.deepStrictEqual(coloured.replace(/\u001b\[\d+m/g, ""), statusReport(status({})));
  });
});

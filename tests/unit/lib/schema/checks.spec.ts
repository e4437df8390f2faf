import assert from "node:assert/strict";
import { PLANNED } from "../../../../lib/schema/checks";
import { problemsOf, refusal } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

type Case = [title: string, config: Record<string, unknown>, lines: string[], secretKeys?: string[]];

/** An app behind a controller that is there already. */
const behindIngress = (changes: Record<string, unknown> = {}) =>
  app({ expose: "ingress", hosts: ["example.com"], ...changes });

const atLoadBalancer = (changes: Record<string, unknown> = {}) => app({ expose: "loadBalancer", ...changes });

const inDomain = (changes: Record<string, unknown>) => stack({ domain: "example.com", ...changes });

const ownController = { controller: "none", className: "nginx" };
const planned = (what: string) => `${what} is planned but not built in this version`;

describe("rules that span several keys", () => {
  const refused: Case[] = [
    [
      "two apps of one name",
      stack({ apps: [app(), app({ name: "shop" }), app()] }),
      ['apps[2].name: "blog" is the name of apps[0] too'],
    ],
    [
      "two apps on one node port",
      stack({ apps: [app({ nodePort: 30080 }), app({ name: "shop", nodePort: 30080 })] }),
      ["apps[1].nodePort: 30080 is taken by apps[0]"],
    ],
    [
      "a host of two apps",
      stack({ ingress: ownController, apps: [behindIngress(), behindIngress({ name: "shop" })] }),
      ['apps[1].hosts: "example.com" is listed twice'],
    ],
    [
      "a host that an app lists twice",
      stack({ ingress: ownController, apps: [behindIngress({ hosts: ["a.example.com", "a.example.com"] })] }),
      ['apps[0].hosts: "a.example.com" is listed twice'],
    ],
    [
      "an app behind an Ingress without a host",
      stack({ ingress: ownController, apps: [behindIngress({ hosts: [] })] }),
      ["apps[0].hosts: at least one host is needed with expose: ingress"],
    ],
    [
      "an app behind an Ingress without a controller",
      stack({ ingress: { controller: "none" }, apps: [behindIngress()] }),
      ["apps[0].expose: ingress needs ingress.controller, or ingress.className of a controller that is there"],
    ],
    [
      "a node port on DigitalOcean",
      stack({ cluster: { kind: "doks" } }),
      ["apps[0].expose: nodePort is for cluster.kind: existing; DigitalOcean's nodes let no request in"],
    ],
    [
      "a host outside the domain whose records are written",
      inDomain({ apps: [atLoadBalancer({ hosts: ["example.com", "blog.example.org", "myexample.com"] })] }),
      [
        'apps[0].hosts: "blog.example.org" is not in the domain "example.com"; set dns.managed: false when its records are written elsewhere',
        'apps[0].hosts: "myexample.com" is not in the domain "example.com"; set dns.managed: false when its records are written elsewhere',
      ],
    ],
    [
      "a host at a node port whose record is to be written",
      inDomain({ apps: [app({ hosts: ["example.com"] })] }),
      [
        'apps[0].hosts: "example.com" gets no record, for a node port has no address of its own; set dns.managed: false when its records are written elsewhere',
      ],
    ],
    [
      "a host behind an Ingress on a cluster that exists whose record is to be written",
      inDomain({ apps: [behindIngress()] }),
      [
        'apps[0].hosts: "example.com" gets no record, for a node port has no address of its own; set dns.managed: false when its records are written elsewhere',
      ],
    ],
  ];
  for (const [title, config, lines, secretKeys] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config, secretKeys), lines);
    });
  }

  const sound: [string, Record<string, unknown>, string[]?][] = [
    ["apps without a node port of their own", stack({ apps: [app(), app({ name: "shop" })] })],
    ["an app behind a controller that is there", stack({ ingress: ownController, apps: [behindIngress()] })],
    [
      "hosts of the domain whose records are written",
      inDomain({ apps: [atLoadBalancer({ hosts: ["example.com", "*.example.com"] })] }),
    ],
    [
      "a host outside the domain whose records are written elsewhere",
      inDomain({ dns: { managed: false }, apps: [atLoadBalancer({ hosts: ["blog.example.org"] })] }),
    ],
    ["hosts without a domain", stack({ apps: [atLoadBalancer({ hosts: ["blog.example.org"] })] })],
  ];
  for (const [title, config, secretKeys] of sound) {
    it(`let through ${title}`, async () => {
      assert.deepStrictEqual(await refusal(config, secretKeys), undefined);
    });
  }
});

describe("what is planned and not built", () => {
  const refused: Case[] = [
    ["log collection", stack({ logging: { kind: "efk" } }), [`logging: ${planned("efk")}`]],
    ["metrics", stack({ monitoring: { kind: "prometheus" } }), [`monitoring: ${planned("prometheus")}`]],
  ];
  for (const [title, config, lines] of refused) {
    it(`is refused, not ignored: ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config), lines);
    });
  }

  it("is listed in the reference, part for part", () => {
    assert.deepStrictEqual(PLANNED, ["`logging`", "`monitoring`"]);
  });
});

import assert from "node:assert/strict";
import { OPENAPI_FILE } from "../../../../local/digitalocean/emulator";
import { OpenApi } from "../../../../local/digitalocean/openapi";
import { Account } from "./account";
import { useDatabases, useDomainsAndProjects, useFirewallsAndTags, useSpaces } from "./accountCalls";
import { useKubernetes, useNetworks, useRegistries, useVolumes } from "./clusterCalls";

/** Calls every route of the emulated API, in an order in which each has what it needs. */
async function useEverything(account: Account): Promise<void> {
  const run = account.do.bind(account);
  for (const path of ["account", "regions", "sizes", "kubernetes/options", "actions"]) await run("GET", `/v2/${path}`);
  await useNetworks(account);
  await useRegistries(account);
  await useKubernetes(account);
  await useVolumes(account);
  await useDomainsAndProjects(account);
  await useDatabases(account);
  await useSpaces(account);
  await useFirewallsAndTags(account);
}

describe("the emulated API", () => {
  let account: Account;
  let calls: string[] = [];
  before(async () => {
    account = await Account.open();
    await useEverything(account);
    calls = account.emulator.log.all().map(({ method, pattern }) => `${method} ${pattern}`);
  });
  after(async () => {
    await account.close();
  });

  it("answers every route that it has", () => {
    const routes = account.emulator.routes.map(({ method, path }) => `${method} ${path}`);
    assert.ok(routes.length > 150, `${routes.length} routes`);
    assert.deepEqual(
      routes.filter((each) => !calls.includes(each)),
      [],
    );
  });

  const description = OpenApi.read(OPENAPI_FILE);
  if (description === undefined) {
    it(`is not held against DigitalOcean's OpenAPI file: there is no ${OPENAPI_FILE}`, () => {
      assert.equal(account.emulator.checked, false);
    });
    return;
  }

  it("answers each as DigitalOcean's OpenAPI file says", () => {
    assert.equal(account.emulator.checked, true);
    assert.deepEqual(account.emulator.violations, []);
    assert.deepEqual(account.emulator.requestViolations, []);
  });

  it("asks for the scopes that DigitalOcean's OpenAPI file names", () => {
    const wrong = account.emulator.routes.filter(({ method, path, scope }) => {
      const named = description.scopes(method, path);
      return scope !== undefined && !(named ?? []).includes(scope);
    });
    assert.deepEqual(wrong, []);
  });
});

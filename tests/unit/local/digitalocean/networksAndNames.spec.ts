import assert from "node:assert/strict";
import { CLUSTERS, eachWithAccount } from "./account";

describe("emulated networks", () => {
  const account = eachWithAccount();
  const refused = (change: Record<string, unknown>) =>
    account.get().refusal("POST", "/v2/vpcs", { name: "net", region: "fra1", ...change });

  it("have a private range of their own", async () => {
    const { vpc } = await account.get().do("POST", "/v2/vpcs", { name: "a", region: "fra1", ip_range: "10.10.0.0/20" });
    assert.equal(vpc.urn, `do:vpc:${vpc.id}`);
    const overlaps = "This range/size overlaps with another VPC network in your account.";
    assert.deepEqual(await refused({ ip_range: "10.10.8.0/24" }), [422, overlaps]);
    assert.deepEqual(await refused({ ip_range: "10.10.1.0/16" }), [422, "This is not a valid CIDR"]);
    assert.equal((await refused({ ip_range: "8.8.8.0/24" }))[0], 422);
    assert.equal((await refused({ ip_range: "10.0.0.0/8" }))[0], 422);
    const { vpc: second } = await account.get().do("POST", "/v2/vpcs", { name: "b", region: "ams3" });
    assert.match(second.ip_range, /^10\.\d+\.\d+\.0\/20$/);
  });

  it("have a name of their own, and stand in a region that there is", async () => {
    await account.get().do("POST", "/v2/vpcs", { name: "net", region: "fra1" });
    assert.equal((await refused({}))[0], 422);
    assert.equal((await refused({ name: "a b" }))[0], 422);
    assert.equal((await refused({ name: "other", region: "fra9" }))[0], 422);
  });

  it("are not deleted while anything is in them, nor when they are a region's default", async () => {
    const { vpc } = await account.get().do("POST", "/v2/vpcs", { name: "net", region: "fra1" });
    const id = await account.get().cluster({ vpc_uuid: vpc.id });
    const one = `/v2/vpcs/${vpc.id}`;
    const urns = async (query = "") =>
      ((await account.get().do("GET", `${one}/members${query}`)).members as { urn: string }[]).map(({ urn }) => urn);
    assert.equal((await urns()).length, 2);
    assert.deepEqual(await urns("?resource_type=kubernetes"), [`do:kubernetes:${id}`]);
    assert.deepEqual(await account.get().refusal("DELETE", one), [409, "Can not delete VPC with members"]);
    await account.get().do("DELETE", `${CLUSTERS}/${id}`);
    await account.get().emulator.settled();
    await account.get().do("DELETE", one);
    await account.get().cluster();
    const { vpcs } = await account.get().do("GET", "/v2/vpcs");
    assert.deepEqual(await account.get().refusal("DELETE", `/v2/vpcs/${vpcs[0].id}`), [
      403,
      "Can not delete default VPCs",
    ]);
    assert.deepEqual(account.get().emulator.inventory.vpc, []);
  });
});

describe("emulated domains", () => {
  const account = eachWithAccount();
  const RECORDS = "/v2/domains/example.com/records";
  const refused = async (record: Record<string, unknown>) => (await account.get().refusal("POST", RECORDS, record))[1];

  it("belong to one account", async () => {
    account.get().emulator.surroundings.foreignDomains.push("theirs.com");
    const message = "domain 'theirs.com': name already exists";
    assert.deepEqual(await account.get().refusal("POST", "/v2/domains", { name: "theirs.com" }), [422, message]);
    assert.equal((await account.get().refusal("GET", "/v2/domains/theirs.com"))[0], 404);
    await account.get().do("POST", "/v2/domains", { name: "example.com" });
    assert.equal((await account.get().refusal("POST", "/v2/domains", { name: "example.com" }))[0], 422);
    assert.equal((await account.get().refusal("POST", "/v2/domains", { name: "no domain" }))[0], 422);
  });

  it("begin with their name servers, and an address record for an address that is given (D11)", async () => {
    await account.get().do("POST", "/v2/domains", { name: "example.com", ip_address: "192.0.2.1" });
    const { domain_records: records } = await account.get().do("GET", RECORDS);
    assert.deepEqual(
      records.map(({ type, ttl }) => [type, ttl]),
      [
        ["SOA", 1800],
        ["NS", 1800],
        ["NS", 1800],
        ["NS", 1800],
        ["A", 1800],
      ],
    );
    assert.deepEqual(
      account.get().emulator.inventory.record.map(({ name, details }) => [name, details]),
      [["example.com", "A 192.0.2.1, TTL 1800"]],
    );
    const { domain } = await account.get().do("GET", "/v2/domains/example.com");
    assert.match(domain.zone_file, /^\$ORIGIN example\.com\.\n\$TTL 1800\n/);
  });

  it("hold records that are well-formed", async () => {
    await account.get().do("POST", "/v2/domains", { name: "example.com" });
    assert.equal(await refused({ type: "A", name: "www", data: "here" }), "Data is not a valid IPv4 address.");
    assert.equal(
      await refused({ type: "CNAME", name: "www", data: "example.org" }),
      "Data needs to end with a dot (.)",
    );
    assert.match(await refused({ type: "A", name: "www", data: "192.0.2.1", ttl: 5 }), /^Ttl must be/);
    assert.match(await refused({ name: "www", data: "192.0.2.1" }), /^Type/);
    await account.get().do("POST", RECORDS, { type: "A", name: "www", data: "192.0.2.1" });
    assert.match(await refused({ type: "CNAME", name: "www", data: "example.org." }), /^CNAME records cannot share/);
    const { domain_record: alias } = await account
      .get()
      .do("POST", RECORDS, { type: "CNAME", name: "blog", data: "example.org." });
    assert.equal(alias.data, "example.org");
    const { domain_records: found } = await account.get().do("GET", `${RECORDS}?name=www.example.com`);
    assert.equal(found.length, 1);
  });

  it("hold addresses that are some", async () => {
    await account.get().do("POST", "/v2/domains", { name: "example.com" });
    assert.equal(await refused({ type: "A", name: "www", data: "999.0.2.1" }), "Data is not a valid IPv4 address.");
    assert.equal(await refused({ type: "AAAA", name: "www", data: "a:b" }), "Data is not a valid IPv6 address.");
    const request = { type: "AAAA", name: "www", data: "2001:db8::1" };
    assert.equal((await account.get().do("POST", RECORDS, request)).domain_record.data, "2001:db8::1");
  });

  it("hold who may issue certificates: flags, a tag, and an authority whose name ends with a dot", async () => {
    await account.get().do("POST", "/v2/domains", { name: "example.com" });
    const issue = { type: "CAA", name: "@", data: "letsencrypt.org.", flags: 0, tag: "issue" };
    const [number, range, tags] = [
      "Flags is not a number",
      "Flags must be an integer between 0 and 255",
      "Tag must be issue, issuewild, or iodef",
    ];
    const bare = { type: "CAA", name: "@", data: "letsencrypt.org." };
    assert.equal(await refused(bare), `${number}, ${range}, and ${tags}`);
    assert.equal(await refused({ ...issue, flags: 256 }), range);
    assert.equal(await refused({ ...issue, tag: "wildissue" }), tags);
    assert.equal(await refused({ ...issue, data: "letsencrypt.org" }), "Data needs to end with a dot (.)");
    const { domain_record: record } = await account.get().do("POST", RECORDS, issue);
    assert.deepEqual([record.data, record.flags, record.tag], ["letsencrypt.org", 0, "issue"]);
    const mail = { ...issue, data: "mailto:ops@example.com", flags: 128, tag: "iodef" };
    assert.equal((await account.get().do("POST", RECORDS, mail)).domain_record.data, "mailto:ops@example.com");
    const { domain } = await account.get().do("GET", "/v2/domains/example.com");
    assert.match(domain.zone_file, /^example\.com\. 1800 IN CAA 0 issue "letsencrypt\.org"$/m);
  });

  it("have names without the domain, even when they are given with it and a dot", async () => {
    await account.get().do("POST", "/v2/domains", { name: "example.com" });
    const text = { type: "TXT", data: "token", ttl: 60, flags: 0, tag: null };
    const nameOf = async (name: string) =>
      (await account.get().do("POST", RECORDS, { ...text, name })).domain_record.name;
    assert.equal(await nameOf("_acme-challenge.www.example.com."), "_acme-challenge.www");
    assert.equal(await nameOf("example.com."), "@");
    assert.equal(await nameOf("_dmarc"), "_dmarc");
    assert.equal(await refused({ ...text, name: "www.example.org." }), "Name is not in the domain example.com.");
    const { domain_records: found } = await account.get().do("GET", `${RECORDS}?type=TXT`);
    assert.equal(found.length, 3);
  });
});

describe("emulated projects and tags", () => {
  const account = eachWithAccount();

  it("hold what is assigned to them; all else is in the default project", async () => {
    const id = await account.get().cluster();
    const urn = `do:kubernetes:${id}`;
    const { project } = await account
      .get()
      .do("POST", "/v2/projects", { name: "shop", purpose: "selling", environment: "Production" });
    assert.deepEqual([project.purpose, project.environment], ["Other: selling", "Production"]);
    const one = `/v2/projects/${project.id}`;
    const contents = async (path: string) =>
      ((await account.get().do("GET", `${path}/resources`)).resources as { urn: string }[]).map((each) => each.urn);
    assert.ok((await contents("/v2/projects/default")).includes(urn));
    const assign = async () => (await account.get().do("POST", `${one}/resources`, { resources: [urn] })).resources[0];
    const assigned = await assign();
    assert.deepEqual([assigned.urn, assigned.status], [urn, "assigned"]);
    assert.match(assigned.links.self, new RegExp(`/v2/kubernetes/clusters/${id}$`));
    assert.equal((await assign()).status, "already_assigned");
    assert.deepEqual(await contents(one), [urn]);
    assert.deepEqual(await account.get().refusal("DELETE", one), [412, "cannot delete a project with resources"]);
    await account.get().do("POST", "/v2/projects/default/resources", { resources: [urn] });
    await account.get().do("DELETE", one);
    const none = { resources: ["do:kubernetes:none"] };
    assert.equal((await account.get().refusal("POST", "/v2/projects/default/resources", none))[0], 404);
  });

  it("have names of their own; a tag stays when what it was on is gone", async () => {
    await account.get().do("POST", "/v2/projects", { name: "shop", purpose: "selling" });
    assert.equal((await account.get().refusal("POST", "/v2/projects", { name: "shop", purpose: "x" }))[0], 409);
    const request = { name: "pvc", region: "fra1", size_gigabytes: 1, tags: ["dev"] };
    const { volume } = await account.get().do("POST", "/v2/volumes", request);
    assert.equal((await account.get().do("GET", "/v2/tags/dev")).tag.resources.volumes.count, 1);
    await account.get().do("DELETE", `/v2/volumes/${volume.id}`);
    assert.equal((await account.get().do("GET", "/v2/tags/dev")).tag.resources.count, 0);
    await account.get().do("DELETE", "/v2/tags/dev");
    assert.equal((await account.get().refusal("GET", "/v2/tags/dev"))[0], 404);
    assert.equal((await account.get().refusal("POST", "/v2/tags", { name: "a b" }))[0], 422);
  });
});

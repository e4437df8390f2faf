import assert from "node:assert/strict";
import { dockerConfigJson, loginFrom } from "../../../lib/registryLogin";

describe("the login to a registry", () => {
  const login = { server: "registry.example.com", username: "bot", password: "p4ss:w:rd" };

  it("stands in a Docker config as Docker writes it", () => {
    assert.deepStrictEqual(JSON.parse(dockerConfigJson(login)), {
      auths: {
        "registry.example.com": { username: "bot", password: "p4ss:w:rd", auth: "Ym90OnA0c3M6dzpyZA==" },
      },
    });
  });

  it("is read from one, a password with colons too", () => {
    assert.deepStrictEqual(loginFrom("registry.example.com", dockerConfigJson(login)), login);
  });

  it("is read where only the encoded form is given, as DigitalOcean does", () => {
    const auth = Buffer.from("me@example.com:t0ken").toString("base64");
    assert.deepStrictEqual(
      loginFrom("registry.digitalocean.com", JSON.stringify({ auths: { "registry.digitalocean.com": { auth } } })),
      { server: "registry.digitalocean.com", username: "me@example.com", password: "t0ken" },
    );
  });
});

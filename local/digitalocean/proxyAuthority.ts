/** The certificate authority that vouches for DigitalOcean's names on this machine, to those who are told to trust it. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CA_BUNDLE } from "../docker/debian";
import { createAuthority, createCertificate } from "../node/certificates";
import type { NodeSettings } from "../node/settings";

export interface ProxyAuthority {
  /** The authority's own certificate. */
  authority: Buffer;
  certificate: Buffer;
  key: Buffer;
  /** Path of all that this machine trusts, and this authority. */
  bundle: string;
}

/** Makes it once, for these names. */
export async function proxyAuthority({ cloud }: NodeSettings, names: readonly string[]): Promise<ProxyAuthority> {
  const folder = join(cloud.state, "authority");
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await createAuthority(unfinished, "ca", "flask-doks emulated DigitalOcean");
    await createCertificate(unfinished, {
      file: "digitalocean",
      subject: `/CN=${names[0] ?? ""}`,
      authority: "ca",
      reachedBy: [...names],
    });
    await rename(unfinished, folder);
  }
  const read = (file: string): Promise<Buffer> => readFile(join(folder, file));
  const bundle = join(cloud.state, "certificates.pem");
  // What the machine trusts may have changed since. A proxy of the machine's own may have a bundle of its own.
  const trusted = await readFile(process.env["SSL_CERT_FILE"] ?? CA_BUNDLE, "utf8").catch(() => "");
  const authority = await read("ca.crt");
  await writeFile(bundle, `${trusted.trimEnd()}\n${authority.toString()}`);
  return { authority, certificate: await read("digitalocean.crt"), key: await read("digitalocean.key"), bundle };
}

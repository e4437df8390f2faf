/** The certificate authority that vouches for DigitalOcean's names on this machine, to those who are told to trust it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CA_BUNDLE } from "../docker/debian";
import type { NodeSettings } from "../node/settings";
import { certificateAuthority, type VouchedFor } from "./certificateAuthority";

export interface ProxyAuthority extends VouchedFor {
  /** Path of all that this machine trusts, and this authority. */
  bundle: string;
}

/** Makes it once, for these names. */
export async function proxyAuthority({ cloud }: NodeSettings, names: readonly string[]): Promise<ProxyAuthority> {
  const vouchedFor = await certificateAuthority({
    folder: join(cloud.state, "proxy-authority"),
    name: "flask-doks emulated DigitalOcean",
    reachedBy: names,
  });
  const bundle = join(cloud.state, "certificates.pem");
  // What the machine trusts may have changed since. A proxy of the machine's own may have a bundle of its own.
  const trusted = await readFile(process.env["SSL_CERT_FILE"] ?? CA_BUNDLE, "utf8").catch(() => "");
  await writeFile(bundle, `${trusted.trimEnd()}\n${vouchedFor.authority.toString()}`);
  return { ...vouchedFor, bundle };
}

/** A certificate authority of the emulator's own, and the one certificate that it issues: made once, kept in a folder. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createAuthority, createCertificate } from "../node/certificates";

export interface VouchedFor {
  /** The authority's own certificate. */
  authority: Buffer;
  certificate: Buffer;
  key: Buffer;
}

export interface AuthorityArgs {
  folder: string;
  /** The authority's name, as its certificate tells it. */
  name: string;
  /** The names that its certificate is for; the first is the subject. */
  reachedBy: readonly string[];
}

const FILE = "server";

export async function certificateAuthority({ folder, name, reachedBy }: AuthorityArgs): Promise<VouchedFor> {
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await createAuthority(unfinished, "ca", name);
    await createCertificate(unfinished, {
      file: FILE,
      subject: `/CN=${reachedBy[0] ?? ""}`,
      authority: "ca",
      reachedBy: [...reachedBy],
    });
    await rename(unfinished, folder);
  }
  const read = (file: string): Promise<Buffer> => readFile(join(folder, file));
  return { authority: await read("ca.crt"), certificate: await read(`${FILE}.crt`), key: await read(`${FILE}.key`) };
}

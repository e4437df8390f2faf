/** A login to a registry: plain values, the password being a secret. */
export interface Login {
  /** Host of the registry, with its port. */
  server: string;
  username: string;
  password: string;
}

/** Content of a `.dockerconfigjson` with one login. */
export function dockerConfigJson({ server, username, password }: Login): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [server]: { username, password, auth } } });
}

/** The login to a registry from the content of a Docker config file, which is how DigitalOcean gives its credentials. */
export function loginFrom(server: string, dockerConfig: string): Login {
  const { auths } = JSON.parse(dockerConfig) as { auths: Record<string, { auth: string } | undefined> };
  const decoded = Buffer.from(auths[server]?.auth ?? "", "base64").toString();
  const colon = decoded.indexOf(":");
  return { server, username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/**
 * The program runs in this process, not in the engine's: what it reads itself has to be in this environment too. So has
 * what the stand-ins' commands read, such as the one that asks for a cluster's token.
 * Nothing else: of some variables the SDKs would make provider settings.
 *
 * @param env What the engine is given.
 */
export function shareWithProgram(env: Readonly<Record<string, string>>): void {
  for (const name of ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_API_URL"]) {
    if (env[name] !== undefined) process.env[name] = env[name];
  }
}

import type { Finding } from "../schema/finding";
import { clusterFindings } from "./clusterCheck";
import { managedDomain, type AccountConfig, type Facts } from "./facts";
import { registryFindings } from "./registryCheck";

/** What keeps DigitalOcean from deploying a stack, as far as it can be known before anything is made. */
export function accountFindings(config: AccountConfig, facts: Facts): Finding[] {
  return [
    ...statusFindings(facts),
    ...(config.cluster.kind === "doks" ? clusterFindings(config.cluster, facts) : []),
    ...registryFindings(config, facts),
    ...domainFindings(config, facts),
  ];
}

/** What does not keep the stack from being deployed, and should be known. */
export function accountWarnings({ account }: Facts): string[] {
  return account?.status === "warning"
    ? [`The DigitalOcean account has a warning${said(account.status_message)}; see https://cloud.digitalocean.com`]
    : [];
}

function statusFindings({ account }: Facts): Finding[] {
  if (account?.status === "locked") {
    return [{ key: "account", message: `is locked${said(account.status_message)}; write to the vendor's support` }];
  }
  return account?.email_verified === false
    ? [{ key: "account", message: "its e-mail address is not confirmed; follow the link that DigitalOcean sent there" }]
    : [];
}

/** A domain that is yet to be made may be somebody else's: nobody is told so before it is made. */
function domainFindings(config: AccountConfig, { hasDomain }: Facts): Finding[] {
  const domain = managedDomain(config);
  return domain !== undefined && hasDomain === false && config.dns.domain === "existing"
    ? [
        {
          key: "domain",
          message: `the account has no domain "${domain}"; add it to this account, or set dns.domain: create`,
        },
      ]
    : [];
}

const said = (message: string): string => (message === "" ? "" : ` ("${message}")`);

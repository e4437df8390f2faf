/** Which Pulumi this project was written for, and which others do. */

/** The CLI that is built where none is installed. Also the oldest that is taken. */
export const PULUMI_VERSION = "3.256.0";

type Version = [major: number, minor: number, patch: number];

export function parseVersion(text: string): Version | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Negative when `a` is older than `b`; a text that is no version is older than all. */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a) ?? [-1, -1, -1];
  const right = parseVersion(b) ?? [-1, -1, -1];
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** Whether the project runs on CLI `version`: the same major, and not older than the SDK. */
export function suits(version: string, wanted = PULUMI_VERSION): boolean {
  return parseVersion(version)?.[0] === parseVersion(wanted)?.[0] && compareVersions(version, wanted) >= 0;
}

/** The newest of the versions that suit. */
export function bestVersion(versions: string[], wanted = PULUMI_VERSION): string | undefined {
  return versions
    .filter((version) => suits(version, wanted))
    .sort(compareVersions)
    .at(-1);
}

/** rclone, which serves a folder over S3: built from its Go module once for the machine. */

import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { attempt } from "../command";
import { contentKey } from "../contentKey";
import { goToolchain } from "../go";
import { locked } from "../lock";
import { UserError, type Step } from "../steps";

const MODULE = join(__dirname, "rclone");

/** The version is in the go.mod beside it; a change of that file builds it anew. */
const folder = (): string => join(cacheFolder(), "bin", `rclone-${contentKey([MODULE])}`);

/** Path of the command. Builds it if it is not there: about a minute on two cores the first time. */
export async function prepareRclone(step: Step): Promise<string> {
  const path = join(folder(), "rclone");
  if (existsSync(path)) return path;
  const go = await goToolchain(step);
  return step("Building the S3 server, rclone, from its Go module", async () => {
    await mkdir(folder(), { recursive: true });
    await locked(join(folder(), "lock"), async () => {
      if (existsSync(path)) return;
      const partial = `${path}.unfinished`;
      const env = { CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly", GOWORK: "off" };
      const args = [go, "build", "-trimpath", "-ldflags", "-s -w", "-o", partial, "."];
      const { code, stderr } = await attempt("nice", args, { cwd: MODULE, env });
      if (code !== 0) {
        await rm(partial, { force: true });
        throw new UserError(`rclone could not be built: ${stderr.trim().slice(-600)}`);
      }
      await rename(partial, path);
    });
    return path;
  });
}

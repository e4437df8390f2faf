import { homedir } from "node:os";
import { join } from "node:path";

/** Everything that is downloaded or built once for the machine: `$FLASK_DOKS_CACHE`, or `~/.cache/flask-doks`. */
export const cacheFolder = (): string => process.env["FLASK_DOKS_CACHE"] ?? join(homedir(), ".cache", "flask-doks");

/** The guestbook, for stacks of the suite's own. */
import type { JsonObject } from "../../local/engine/stack";

/** As the guestbook's README has it, with what is written kept on a volume. */
export const GUESTBOOK: JsonObject & { nodePort: number } = {
  name: "guestbook",
  source: "app/guestbook",
  entryPoint: "guestbook:create_app()",
  expose: "nodePort",
  nodePort: 30425,
  replicas: 3,
  server: { kind: "uwsgi", processes: 4, threads: 2 },
  proxy: { kind: "nginx", static: { "/": "/opt/app/guestbook/page" } },
  cache: { kind: "redis", replicas: 2, persistence: { kind: "volume", storageGi: 1 } },
};

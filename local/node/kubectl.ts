/** kubectl as the node's administrator. */

import { run } from "../command";
import { binary } from "./binaries";
import { kubeconfigOf } from "./certificates";
import type { NodeSettings } from "./settings";

export const kubectl = (node: NodeSettings, args: readonly string[], input?: string): Promise<string> =>
  run(binary("kubectl"), args, { input, env: { KUBECONFIG: kubeconfigOf(node, "admin") } });

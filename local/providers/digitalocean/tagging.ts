/** Tags of a resource that the API changes one by one. */

import type { Values } from "../values";
import type { Client } from "./client";
import { saying, textsOf } from "./kind";
import { without } from "./project";

export async function retag(
  client: Client,
  type: "database" | "volume",
  id: string,
  before: Values,
  after: Values,
): Promise<void> {
  const [old, wanted] = [textsOf(before["tags"]), textsOf(after["tags"])];
  const resources = [{ resource_id: id, resource_type: type }];
  await saying("Error updating tags:", async () => {
    for (const name of without(old, wanted)) await client.delete(`/v2/tags/${name}/resources`, { resources });
    for (const name of without(wanted, old)) {
      await client.post("/v2/tags", { name });
      await client.post(`/v2/tags/${name}/resources`, { resources });
    }
  });
}

/** What each of the provider's functions has to offer; `functions.ts` does what is the same for all. */

import type { Values } from "../values";
import type { Client } from "./client";
import type { Fields } from "./schema";

export interface Lookup {
  takes: Fields;
  look(args: Values, client: Client): Promise<Values>;
}

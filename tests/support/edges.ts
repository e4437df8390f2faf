/** The way in that apps share, as those behind it see it. */
import type { EdgeAccess } from "../../lib/edge";

/** One with node ports: without an address, so that it may be made outside of a program. */
export const EDGE: EdgeAccess = { className: "public", namespace: "ingress", after: [] };

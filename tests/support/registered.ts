/** What tests read off resources, as the product does. */
export type { Alias, Registered } from "../../local/render/registered";

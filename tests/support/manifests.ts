/** The Kubernetes objects that a stack creates, from the program under mocks. */
import { manifests as manifestsOf } from "../../local/render/manifests";
import type { Manifest } from "../../local/render/manifests";
import type { Deployed } from "../../local/render/underMocks";
import { autoName } from "./cloud";

export { toYaml, type Manifest } from "../../local/render/manifests";

/** The objects among the registered resources, in the order in which they were registered. What a chart makes is not. */
export const manifests = (deployed: Deployed): Manifest[] => manifestsOf(deployed, autoName);

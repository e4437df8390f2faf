/** A further pool of nodes, a resource of its own. */

import type { Cluster } from "./cluster";
import { isGone } from "./client";
import { type Kind, saying, Stopped, textOf, Unfinished, unlessGone } from "./kind";
import {
  changePool,
  creationOf,
  DEFAULT_POOL_TAG,
  getPool,
  type Pool,
  poolFields,
  poolsPath,
  stateOf,
  waitForNodes,
} from "./nodePool";
import { notEmpty } from "./rules";
import { required } from "./schema";
import { waitFor } from "./waiting";

const HALF_AN_HOUR = 1800;

export const kubernetesNodePool: Kind = {
  fields: { ...poolFields, clusterId: required("string", { forceNew: true, validate: notEmpty }) },
  autoname: (name) => name,
  timeouts: { create: HALF_AN_HOUR, delete: HALF_AN_HOUR },

  // As with the real provider, a pool whose nodes do not come up in time is not recorded.
  async create(wanted, work) {
    const clusterId = textOf(wanted["clusterId"]);
    return saying("Error creating Kubernetes node pool:", async () => {
      const { node_pool: made } = await saying("Unable to create new default node pool", () =>
        work.client.post<{ node_pool: Pool }>(poolsPath(clusterId), creationOf(wanted, [])),
      );
      await waitForNodes(work, clusterId, made.id, made.name).catch((error: unknown) => {
        throw error instanceof Stopped ? new Unfinished(error.message, made.id) : error;
      });
      return { id: made.id };
    });
  },

  async read(id, was, { client }) {
    const clusterId = textOf(was["clusterId"]);
    const pool = await unlessGone("Error retrieving Kubernetes node pool:", () => getPool(client, clusterId, id));
    return pool && { ...was, ...stateOf(pool, true) };
  },

  async update({ id, after }, work) {
    await saying("Error updating node pool:", () => changePool(work, textOf(after["clusterId"]), id, after));
    return undefined;
  },

  async delete(id, was, work) {
    const clusterId = textOf(was["clusterId"]);
    await saying("Unable to delete node pool", () => work.client.delete(`${poolsPath(clusterId)}/${id}`));
    const options = {
      seconds: work.seconds("delete"),
      everySeconds: 10,
      what: "waiting for its nodes to go",
      timeout: "Timeout waiting to delete nodepool",
    };
    await waitFor(work, options, async () => {
      try {
        await getPool(work.client, clusterId, id);
        return undefined;
      } catch (error) {
        if (isGone(error)) return true;
        throw new Error(`Error trying to read nodepool state: ${(error as Error).message}`, { cause: error });
      }
    });
  },

  /** The pool's cluster is not in its id. */
  async find(id, { client }) {
    const clusters = await client.all<Cluster>("/v2/kubernetes/clusters", "kubernetes_clusters");
    const owner = clusters.find(({ node_pools: pools }) => pools?.some((pool) => pool.id === id));
    if (owner === undefined) throw new Error(`Did not find the cluster owning the node pool ${id}`);
    const pool = owner.node_pools?.find((each) => each.id === id);
    if (pool?.tags?.includes(DEFAULT_POOL_TAG) === true) {
      throw new Error(
        `Node pool ${id} has the default node pool tag set; ` +
          `import the owning digitalocean_kubernetes_cluster resource instead (cluster ID=${owner.id})`,
      );
    }
    return { id, was: { clusterId: owner.id } };
  },
};

import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * A ServiceAccount whose pods get no token for the API server unless they ask for one.
 *
 * @param pullSecretName Secret with which their images are pulled; none when the registry wants none.
 */
export const podAccount = (
  metadata: types.input.meta.v1.ObjectMeta,
  pullSecretName: pulumi.Input<string> | undefined,
) => ({
  metadata,
  automountServiceAccountToken: false,
  ...(pullSecretName === undefined ? {} : { imagePullSecrets: [{ name: pullSecretName }] }),
});

/** The error that tells the engine «it exists, but it did not become ready», with the state to record. */

import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { InitFailed } from "./provider";
import { toStruct } from "./values";

export function initFailure(error: InitFailed): Partial<grpc.StatusObject> {
  const failure = new ErrorResourceInitFailed();
  failure.setId(error.existing.id);
  failure.setProperties(toStruct(error.existing.state));
  if (error.inputs !== undefined) failure.setInputs(toStruct(error.inputs));
  failure.setReasonsList([error.message, ...error.reasons]);

  const detail = new Any();
  detail.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(detail);

  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}

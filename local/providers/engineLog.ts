/** Lines that a stand-in shows beside its resources, sent to the engine. */

import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export class EngineLog {
  #client: EngineClient | undefined;

  connect(address: string): void {
    if (address === "") return;
    this.#client?.close();
    this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  /** Shown only while the resource is worked on. */
  status(urn: string, text: string): void {
    this.#send(urn, text, LogSeverity.INFO, true);
  }

  warn(urn: string, text: string): void {
    this.#send(urn, text, LogSeverity.WARNING, false);
  }

  #send(urn: string, text: string, severity: LogSeverity, ephemeral: boolean): void {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setMessage(text);
    request.setSeverity(severity);
    request.setEphemeral(ephemeral);
    // A line that is lost because the engine has just ended is of no use to anyone.
    this.#client?.log(request, () => undefined);
  }
}

/** Serves a stand-in over the provider protocol, the way a plugin does. */

import * as grpc from "@grpc/grpc-js";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineLog } from "./engineLog";
import { initFailure } from "./failure";
import { type Difference, InitFailed, NO_DIFFERENCE, type Provider, type Settings } from "./provider";
import { fromStruct, revealed, toStruct, type Values } from "./values";

export interface Served {
  port: number;
  stop(): void;
}

interface Request {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

type Handler = (call: grpc.ServerUnaryCall<never, never>, callback: grpc.sendUnaryData<never>) => void;

/** Turns an async function into a gRPC handler whose failures are sentences. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- inferred from the request that the work takes
function unary<Q, R>(work: (request: Q, peer: string) => Promise<R> | R): Handler {
  const handler = (call: grpc.ServerUnaryCall<Q, R>, callback: grpc.sendUnaryData<R>): void => {
    void (async () => {
      try {
        callback(null, await work(call.request, call.getPeer()));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (error instanceof InitFailed) callback(initFailure(error));
        else callback({ code: grpc.status.UNKNOWN, details: message });
      }
    })();
  };
  return handler as unknown as Handler;
}

const unimplemented =
  (what: string): Handler =>
  (_: unknown, callback: grpc.sendUnaryData<never>) => {
    callback({ code: grpc.status.UNIMPLEMENTED, details: `${what} is not in the stand-in` });
  };

const DIFF_KINDS = {
  add: [pb.PropertyDiff.Kind.ADD, pb.PropertyDiff.Kind.ADD_REPLACE],
  delete: [pb.PropertyDiff.Kind.DELETE, pb.PropertyDiff.Kind.DELETE_REPLACE],
  update: [pb.PropertyDiff.Kind.UPDATE, pb.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

const topLevel = (paths: string[]): string[] => [...new Set(paths.map((path) => path.replace(/[.[].*$/, "")))];

function diffResponse({ changes, replaces, deleteBeforeReplace, against }: Difference): pb.DiffResponse {
  const response = new pb.DiffResponse();
  const paths = Object.entries(changes);
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  response.setChanges(paths.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList(against === "state" ? topLevel(replaces) : replaces);
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const [path, kind] of paths) {
    const detail = new pb.PropertyDiff();
    detail.setKind(DIFF_KINDS[kind][replaces.includes(path) ? 1 : 0]);
    detail.setInputdiff(against !== "state");
    response.getDetaileddiffMap().set(path, detail);
  }
  response.setDiffsList(topLevel(paths.map(([path]) => path)));
  return response;
}

/** Provider settings come as a bag whose values may be JSON text of objects. */
function changedSettings(olds: Values, news: Values): Difference {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const changed = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
  return { ...NO_DIFFERENCE, changes: Object.fromEntries(changed.map((key) => [key, "update" as const])) };
}

/** The gRPC handlers of `provider`. Each provider resource of a program is a connection of its own to the same port. */
function handlers(provider: Provider): Record<keyof IResourceProviderServer, Handler> {
  const settingsOf = new Map<string, Settings>();
  const log = new EngineLog();
  let stopping = new AbortController();

  const subject = (request: Request, peer: string) => ({
    urn: request.getUrn(),
    type: request.getType(),
    name: request.getName(),
    settings: settingsOf.get(peer) ?? {},
  });
  const operation = (request: Request & { getTimeout(): number; getPreview?: () => boolean }, peer: string) => ({
    ...subject(request, peer),
    preview: request.getPreview?.() ?? false,
    timeoutSeconds: request.getTimeout() === 0 ? undefined : request.getTimeout(),
    signal: stopping.signal,
    status: (text: string) => {
      log.status(request.getUrn(), text);
    },
    warn: (text: string) => {
      log.warn(request.getUrn(), text);
    },
  });
  const oldInputsOf = (request: { getOldInputs(): Parameters<typeof fromStruct>[0] }, state: Values): Values => {
    const inputs = fromStruct(request.getOldInputs());
    return Object.keys(inputs).length > 0 ? inputs : ((state["__inputs"] as Values | undefined) ?? {});
  };

  return {
    handshake: unary((request: pb.ProviderHandshakeRequest) => {
      log.connect(request.getEngineAddress());
      const response = new pb.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),
    attach: unary((request: { getAddress(): string }) => {
      log.connect(request.getAddress());
      return new Empty();
    }),
    parameterize: unimplemented("Parameterize"),
    getSchema: unary(() => {
      const response = new pb.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    }),
    checkConfig: unary((request: pb.CheckRequest) => {
      const response = new pb.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary((request: pb.DiffRequest) => {
      const olds = revealed(fromStruct(request.getOlds()));
      const news = revealed(fromStruct(request.getNews()));
      return diffResponse(provider.diffSettings?.(olds, news) ?? changedSettings(olds, news));
    }),
    configure: unary((request: pb.ConfigureRequest, peer) => {
      settingsOf.set(peer, revealed(fromStruct(request.getArgs())));
      if (stopping.signal.aborted) stopping = new AbortController();
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    invoke: unary(async (request: pb.InvokeRequest, peer) => {
      if (provider.invoke === undefined) throw new Error(`${request.getTok()} is not in the stand-in`);
      const result = await provider.invoke(request.getTok(), fromStruct(request.getArgs()), settingsOf.get(peer) ?? {});
      const response = new pb.InvokeResponse();
      response.setReturn(toStruct(result));
      return response;
    }),
    call: unimplemented("Call"),
    check: unary(async (request: pb.CheckRequest, peer) => {
      const olds = fromStruct(request.getOlds());
      const news = fromStruct(request.getNews());
      const seed = request.getRandomseed_asU8();
      const checked = await provider.check({ ...subject(request, peer), olds, news, seed });
      const response = new pb.CheckResponse();
      response.setInputs(toStruct(checked.inputs));
      for (const { property, reason } of checked.failures ?? []) {
        const failure = new pb.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        response.addFailures(failure);
      }
      return response;
    }),
    diff: unary(async (request: pb.DiffRequest, peer) => {
      const state = fromStruct(request.getOlds());
      const difference = await provider.diff({
        ...subject(request, peer),
        id: request.getId(),
        state,
        oldInputs: oldInputsOf(request, state),
        news: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
      });
      return diffResponse(difference);
    }),
    create: unary(async (request: pb.CreateRequest, peer) => {
      const inputs = fromStruct(request.getProperties());
      const created = await provider.create({ ...operation(request, peer), inputs });
      const response = new pb.CreateResponse();
      response.setId(created.id);
      response.setProperties(toStruct(created.state));
      return response;
    }),
    read: unary(async (request: pb.ReadRequest, peer) => {
      const found = await provider.read({
        ...operation(request, peer),
        id: request.getId(),
        state: fromStruct(request.getProperties()),
        inputs: fromStruct(request.getInputs()),
      });
      const response = new pb.ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(toStruct(found.state));
      response.setInputs(toStruct(found.inputs));
      return response;
    }),
    list: unimplemented("List"),
    update: unary(async (request: pb.UpdateRequest, peer) => {
      const state = fromStruct(request.getOlds());
      const updated = await provider.update({
        ...operation(request, peer),
        id: request.getId(),
        state,
        oldInputs: oldInputsOf(request, state),
        news: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
      });
      const response = new pb.UpdateResponse();
      response.setProperties(toStruct(updated));
      return response;
    }),
    delete: unary(async (request: pb.DeleteRequest, peer) => {
      const state = fromStruct(request.getProperties());
      const oldInputs = oldInputsOf(request, state);
      await provider.delete({ ...operation(request, peer), id: request.getId(), state, oldInputs });
      return new Empty();
    }),
    construct: unimplemented("Construct"),
    cancel: unary(() => {
      stopping.abort();
      return new Empty();
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),
    getMapping: unimplemented("GetMapping"),
    getMappings: unimplemented("GetMappings"),
  };
}

/** Serves `provider` on a free loopback port until it is stopped. */
export async function serve(provider: Provider): Promise<Served> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const implementation = handlers(provider) as unknown as grpc.UntypedServiceImplementation;
  server.addService(ResourceProviderService, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    stop: () => {
      server.forceShutdown();
    },
  };
}

/** Projects, which resources are assigned to by their urns. */
import { z } from "zod";
import { type Answer, created, NO_CONTENT, notFound, ok, page, Refusal, unprocessable } from "../answer";
import { timestamp } from "../clock";
import { type Call, optionalFlag, optionalText, route, type Route, texts } from "../router";
import type { ProjectRecord } from "../state";
import { defaultProject, projectOf, type World } from "../world";

const PATH = "/v2/projects";
const OWNER = "99525febec065ca37b2ffe4f852fd2b2581895e7";

const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .nullish()
    .transform((value) => value ?? undefined);
const SHAPE = z.object({
  name: text(175),
  description: text(255),
  purpose: text(255),
  environment: optionalText,
  is_default: optionalFlag,
});
type Request = z.infer<typeof SHAPE>;

/** The urn of everything in the account, with the address it is told at. */
function urns({ state }: World): Map<string, string> {
  const all = [
    ...state.clusters.map(({ id }) => ["kubernetes", id, `kubernetes/clusters/${id}`]),
    ...state.loadBalancers.map(({ id }) => ["loadbalancer", id, `load_balancers/${id}`]),
    ...state.volumes.map(({ id }) => ["volume", id, `volumes/${id}`]),
    ...state.databases.map(({ id }) => ["dbaas", id, `databases/${id}`]),
    ...state.domains.map(({ name }) => ["domain", name, `domains/${name}`]),
    ...state.clusters
      .flatMap(({ pools }) => pools.flatMap(({ nodes }) => nodes))
      .map(({ dropletId }) => ["droplet", String(dropletId), `droplets/${dropletId}`]),
  ];
  return new Map(all.map(([kind = "", id = "", path = ""]) => [`do:${kind}:${id}`, path]));
}

export const projectRoutes = (world: World): Route[] => {
  const { state, clock } = world;
  const view = (project: ProjectRecord): Record<string, unknown> => ({
    id: project.id,
    owner_uuid: OWNER,
    owner_id: 258992,
    name: project.name,
    description: project.description,
    purpose: project.purpose,
    ...(project.environment === "" ? {} : { environment: project.environment }),
    is_default: project.isDefault,
    created_at: timestamp(project.createdMs),
    updated_at: timestamp(project.updatedMs),
  });
  const find = ({ params }: Call): ProjectRecord => {
    const fallback = defaultProject(world);
    const { project_id: id } = params;
    const project = id === undefined ? fallback : state.projects.find((each) => each.id === id);
    if (project === undefined) throw notFound();
    return project;
  };
  const describe = (project: ProjectRecord, request: Request): void => {
    const name = request.name ?? project.name;
    if (name === "") throw unprocessable("project name is required");
    if (state.projects.some((other) => other !== project && other.name === name)) {
      throw new Refusal(409, "name is already in use");
    }
    // The purposes of the form's list are kept as they are, all others as "Other".
    const known = [
      "Just trying out DigitalOcean",
      "Class project / Educational purposes",
      "Website or blog",
      "Web Application",
      "Service or API",
      "Mobile Application",
      "Machine learning / AI / Data processing",
      "IoT",
      "Operational / Developer tooling",
    ];
    const purpose = request.purpose ?? project.purpose;
    project.name = name;
    project.description = request.description ?? project.description;
    project.purpose = known.includes(purpose) || purpose.startsWith("Other") ? purpose : `Other: ${purpose}`;
    const environment = request.environment ?? project.environment;
    project.environment =
      environment === "" ? "" : `${environment.charAt(0).toUpperCase()}${environment.slice(1).toLowerCase()}`;
    project.updatedMs = clock.now();
    if (request.is_default === true) {
      for (const other of state.projects) other.isDefault = other === project;
    }
  };
  const contents = (project: ProjectRecord): string[] =>
    [...urns(world).keys()].filter((urn) => projectOf(world, urn) === project.id);
  const resourceView = (call: Call, urn: string, status: string): Record<string, unknown> => ({
    urn,
    assigned_at: timestamp(state.assignments[urn]?.assignedMs ?? clock.now()),
    links: { self: new URL(`/v2/${urns(world).get(urn) ?? ""}`, call.url).href },
    status,
  });
  const update = (call: Call): Answer => {
    const project = find(call);
    describe(project, call.read(SHAPE));
    return ok({ project: view(project) });
  };
  const of = (one: string): Route[] => [
    route("GET", one, "project:read", (call) => ok({ project: view(find(call)) })),
    route("PUT", one, "project:update", update),
    route("PATCH", one, "project:update", update),
    route("GET", `${one}/resources`, "project:read", (call) =>
      page(
        call.url,
        "resources",
        contents(find(call)).map((urn) => resourceView(call, urn, "ok")),
      ),
    ),
    route("POST", `${one}/resources`, "project:assign_resource", (call) => {
      const project = find(call);
      const { resources = [] } = call.read(z.object({ resources: texts }));
      const known = urns(world);
      const unknown = resources.find((urn) => !known.has(urn));
      if (unknown !== undefined) throw notFound(`resource ${unknown} not found`);
      const answers = resources.map((urn) => {
        const already = projectOf(world, urn) === project.id;
        if (!already) state.assignments[urn] = { projectId: project.id, assignedMs: clock.now() };
        return resourceView(call, urn, already ? "already_assigned" : "assigned");
      });
      return ok({ resources: answers });
    }),
  ];
  return [
    route("GET", PATH, "project:read", ({ url }) => {
      defaultProject(world);
      return page(
        url,
        "projects",
        state.projects.map((project) => view(project)),
      );
    }),
    route("POST", PATH, "project:create", (call) => {
      const fallback = defaultProject(world);
      const now = clock.now();
      const fresh = { id: crypto.randomUUID(), createdMs: now, updatedMs: now, isDefault: false };
      const project = { ...fallback, name: "", description: "", purpose: "", environment: "", ...fresh };
      const request = call.read(SHAPE);
      if (request.purpose === undefined || request.purpose === "") throw unprocessable("project purpose is required");
      describe(project, request);
      state.projects.push(project);
      return created({ project: view(project) });
    }),
    ...of(`${PATH}/default`),
    ...of(`${PATH}/{project_id}`),
    route("DELETE", `${PATH}/{project_id}`, "project:delete", (call) => {
      const project = find(call);
      if (project.isDefault) throw new Refusal(412, "cannot delete the default project");
      if (contents(project).length > 0) throw new Refusal(412, "cannot delete a project with resources");
      state.projects = state.projects.filter((each) => each !== project);
      return NO_CONTENT;
    }),
  ];
};

/** What `npm run render -- <stack> --chart <folder>` does: a Helm chart of each app. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type RenderOptions, renderStack } from "../../../local/render/renderStack";
import { UserError } from "../../../local/steps";
import { appChart } from "./appChart";
import { appsOf } from "./appObjects";
import { knownAs } from "./secrets";

/**
 * Writes the charts, each in place of one that is there.
 *
 * @param folder Where the charts' folders go.
 * @param place Where the stack's file is, and the program.
 * @returns What the command prints.
 */
export async function chartsCommand(
  stack: string,
  folder: string,
  place: Pick<RenderOptions, "root" | "folder">,
): Promise<string> {
  const rendered = await renderStack(stack, { ...place, apart: true, known: knownAs });
  const charts = appsOf(rendered.objects).map((app) => ({ app, files: appChart(app, stack, rendered) }));
  for (const { app } of charts) refuseOther(join(folder, app));
  for (const { app, files } of charts) {
    rmSync(join(folder, app), { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, app, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  const lines = charts.map(
    ({ app }) => `  helm upgrade --install ${app} ${join(folder, app)} --namespace ${app} --create-namespace`,
  );
  return [
    `Wrote the ${charts.length === 1 ? "chart" : "charts"} of ${charts.map(({ app }) => app).join(", ")}. To install:`,
    ...lines,
    "",
  ].join("\n");
}

/** A folder that holds something else is nobody's to empty. */
function refuseOther(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, "Chart.yaml"))) {
    throw new UserError(`${folder} is there and is no chart: name another folder.`);
  }
}

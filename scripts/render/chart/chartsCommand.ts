/** What `npm run render -- <stack> --chart <folder>` does: a Helm chart of each app. */
import { join } from "node:path";
import { type RenderOptions, renderStack } from "../../../local/render/renderStack";
import { appChart } from "./appChart";
import { appsOf } from "./appObjects";
import { refuseLoss, writeChart } from "./made";
import { knownAs } from "./secrets";

/**
 * Writes the charts, each in place of the one that this command has made before. What people have put there stays.
 *
 * @param folder Where the charts' folders go.
 * @param place Where the stack's file is, and the program.
 * @returns What the command prints.
 * @throws UserError when something would be lost; nothing is written then.
 */
export async function chartsCommand(
  stack: string,
  folder: string,
  place: Pick<RenderOptions, "root" | "folder">,
): Promise<string> {
  const rendered = await renderStack(stack, { ...place, apart: true, known: knownAs });
  const charts = appsOf(rendered.objects).map((app) => ({ app, ...appChart(app, stack, rendered) }));
  for (const { app } of charts) refuseLoss(join(folder, app));
  for (const { app, files } of charts) writeChart(join(folder, app), files);
  return [
    `Wrote the ${charts.length === 1 ? "chart" : "charts"} of ${charts.map(({ app }) => app).join(", ")}. To install:`,
    ...charts.map(({ app, install }) => `  ${install(join(folder, app))}`),
    "",
  ].join("\n");
}

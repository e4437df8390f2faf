/** Reads configs without a program around them. */
import { loadConfig, type Config } from "../../config";
import { attempt, deploy } from "./mocks";

/** The config that a stack file stands for. */
export async function load(config: Record<string, unknown>, secretKeys: string[] = []): Promise<Config> {
  const loaded: Config[] = [];
  await deploy(
    () => {
      loaded.push(loadConfig());
    },
    { config, secretKeys },
  );
  const [first] = loaded;
  if (first === undefined) {
    throw new Error("the config was not read");
  }
  return first;
}

/** The error that a stack file is refused with; none when it is sound. */
export async function refusal(config: Record<string, unknown>, secretKeys: string[] = []): Promise<Error | undefined> {
  const { error } = await attempt(() => void loadConfig(), { config, secretKeys });
  return error;
}

/** The lines about problems in a stack file, without what stands around them. */
export async function problemsOf(config: Record<string, unknown>, secretKeys: string[] = []): Promise<string[]> {
  const error = await refusal(config, secretKeys);
  return (error?.message ?? "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

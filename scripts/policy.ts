/** `npm run policy -- <stack>…`: whether stacks keep to the rules of `policy/`, from their files alone. */
import { join } from "node:path";
import { runCommand } from "../local/runCommand";
import { print } from "./render/print";
import { policyCommand } from "./policy/policyCommand";

runCommand(async () => {
  const { out, holds } = await policyCommand(process.argv.slice(2), join(__dirname, ".."));
  await print(out);
  if (!holds) process.exit(1);
}, "npm run policy -- --help");

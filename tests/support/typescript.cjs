/**
 * Has Node load this project's TypeScript, and nothing else in its way: with tsx, which looks at every module of every
 * package, a process takes more than twice as long to begin, and the lifecycle suite starts hundreds of them.
 */
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const FOLDER = join(__dirname, "..", "..", "node_modules", ".cache", "typescript");

/** What a file comes to as JavaScript, kept by its content. */
function transpiled(file) {
  const source = readFileSync(file, "utf8");
  const key = createHash("sha256").update(`${file}\0${source}`).digest("hex");
  const kept = join(FOLDER, `${key}.js`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const options = { loader: "ts", format: "cjs", target: "es2023", sourcefile: file, sourcemap: "inline" };
  const { code } = require("esbuild").transformSync(source, options);
  mkdirSync(FOLDER, { recursive: true });
  // In one go: others may be looking for it.
  writeFileSync(`${kept}.${process.pid}`, code);
  renameSync(`${kept}.${process.pid}`, kept);
  return code;
}

Module._extensions[".ts"] = (module, file) => module._compile(transpiled(file), file);

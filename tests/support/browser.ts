/** A real browser without a window, Debian's own, to do what a visitor does. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, launch, type Page } from "puppeteer-core";
import { installPackages } from "../../local/node/packages";
import type { Step } from "../../local/steps";
import { eventually } from "./cluster";

const EXECUTABLE = "/usr/bin/chromium-headless-shell";
/** By what is used of them: without a font a page would be empty boxes. */
const PACKAGES: Record<string, string> = {
  [EXECUTABLE]: "chromium-headless-shell",
  "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core",
};

/** Where screenshots are put; nowhere when it is not set. */
const SCREENSHOTS = process.env["FLASK_DOKS_SCREENSHOTS"];

/** Installs it where it is missing. */
export async function provideBrowser(step: Step): Promise<void> {
  const missing = Object.entries(PACKAGES).filter(([path]) => !existsSync(path));
  await installPackages(
    missing.map(([, name]) => name),
    step,
  );
}

/**
 * Opens it. It sees the project's own pages only, so that it may run as root, without its sandbox.
 *
 * @param urls Where those are. At a node port they come by plain HTTP, and are to be taken for what HTTPS would make of them.
 */
export const openBrowser = (urls: readonly string[]): Promise<Browser> => {
  const origins = urls.map((url) => new URL(url).origin).join(",");
  const args = ["--no-sandbox", `--unsafely-treat-insecure-origin-as-secure=${origins}`];
  return launch({ executablePath: EXECUTABLE, headless: "shell", args });
};

/** A page that tells when something in it fails. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; failures: string[] }> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 800, deviceScaleFactor: 1 });
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") failures.push(message.text());
  });
  await page.goto(url, { waitUntil: "load", timeout: 30_000 });
  return { page, failures };
}

/** Waits until a text is seen. Asked from outside of the page, whose own rules may forbid what a script of ours would do. */
export async function seen(page: Page, words: string): Promise<void> {
  const text = () => page.evaluate("document.body.innerText") as Promise<string>;
  await eventually(`"${words}" on the page`, 15, text, (shown) => shown.includes(words));
}

/** Keeps a picture of what is seen. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished)).then(() => undefined)");
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

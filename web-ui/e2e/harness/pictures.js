// Screenshots of a run, in web-ui/e2e/results. `cargo xtask picture` takes the README's from there.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The folder for what a run leaves behind. */
export const RESULTS = fileURLToPath(new URL("../results/", import.meta.url));

/** Takes a picture of what is in view, or of the whole page. */
export async function picture(page, name, { whole = false } = {}) {
  await mkdir(RESULTS, { recursive: true });
  await page.screenshot({ path: `${RESULTS}${name}.png`, fullPage: whole });
}

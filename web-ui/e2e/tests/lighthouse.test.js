// What Lighthouse says of the home page on a slow telephone. Accessibility must be perfect; the rest is reported.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";

import lighthouse from "lighthouse";

import { launch } from "../harness/browser.js";
import { RESULTS } from "../harness/pictures.js";
import { Village } from "../harness/village.js";

const CATEGORIES = ["accessibility", "best-practices", "performance"];

/** A port that is free now, for the browser's debugging door. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

test("Lighthouse on the home page", async (t) => {
  const village = await Village.start();
  t.after(() => village.stop());
  const port = await freePort();
  const browser = await launch([`--remote-debugging-port=${port}`]);
  t.after(() => browser.close());

  const { lhr } = await lighthouse(`${village.sites[0].url}/`, { port, logLevel: "error", onlyCategories: CATEGORIES });
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}lighthouse.json`, JSON.stringify(lhr, null, 2));
  assert.equal(lhr.runtimeError, undefined);

  const short = (category) => lhr.categories[category].auditRefs
    .map(({ id }) => lhr.audits[id])
    .filter(({ score }) => score !== null && score < 0.9)
    .map(({ title, displayValue }) => [title, displayValue].filter(Boolean).join(", "));
  for (const category of CATEGORIES) {
    const score = Math.round(lhr.categories[category].score * 100);
    t.diagnostic([`${category} ${score}`, ...short(category)].join("; "));
  }
  assert.equal(lhr.categories.accessibility.score, 1, short("accessibility").join("; "));
  assert.equal(lhr.categories["best-practices"].score, 1, short("best-practices").join("; "));
});

// "Wie zegt dit?" when the box, or somebody on the way, does not serve what was signed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { everyPage, reaches, verdict } from "../harness/square.js";

let proof; // the address of the proof of the newest news
let operations; // its operations: `{ id, role }`
const here = setting({ prepare: findProof });

async function findProof(here) {
  const page = await here.browser.newPage();
  const pages = await everyPage(page, here.home, "nl");
  proof = here.home.url + pages.find(({ name }) => name === "proof").path;
  await page.goto(proof);
  operations = await page.locator("[data-operation]").evaluateAll((list) =>
    list.map(({ dataset }) => ({ id: dataset.operation, role: dataset.role })));
  await page.close();
}

/** Opens the proof while `alter` changes the bytes of the operation with this id on their way. */
async function openAltered(t, id, alter) {
  const visitor = await here.visitor(t);
  let altered = false;
  await visitor.page.route(`**/api/v1/operations/${id}`, async (route) => {
    const response = await route.fetch();
    const body = alter(await response.body());
    altered = true;
    await route.fulfill({ response, body });
  });
  await visitor.page.goto(proof);
  return { page: visitor.page, wasAltered: () => altered };
}

async function assertNotVerified(page, what) {
  await reaches(verdict(page), "not-verified");
  assert.ok(!(await page.locator('[data-verdict] [data-state="verified"]').isVisible()), what);
}

test("as served, it is verified", async (t) => {
  const { page } = await openAltered(t, operations[0].id, (body) => body);
  await reaches(verdict(page), "verified");
  assert.ok(operations.some(({ role }) => role === "item"));
});

test("one byte altered, anywhere, in any of the operations, is not", async (t) => {
  for (const { id, role } of operations) {
    for (const part of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      await t.test(`${role}, at ${part * 100} %`, async (t) => {
        const { page, wasAltered } = await openAltered(t, id, (body) => {
          const copy = Buffer.from(body);
          copy[Math.floor(part * (copy.length - 1))] ^= 0x01;
          return copy;
        });
        await assertNotVerified(page, role);
        assert.ok(wasAltered());
        if (part === 1 && role === "item") await picture(page, "proof-altered-phone");
      });
    }
  }
});

test("another, well signed operation in its place is not", async (t) => {
  const item = operations.find(({ role }) => role === "item");
  const other = operations.find(({ id }) => id !== item.id);
  const bytes = await (await fetch(`${here.home.url}/api/v1/operations/${other.id}`)).arrayBuffer();
  const { page } = await openAltered(t, item.id, () => Buffer.from(bytes));
  await assertNotVerified(page, "a foreign operation");
});

test("bytes cut short are not", async (t) => {
  const { page } = await openAltered(t, operations[0].id, (body) => body.subarray(0, body.length / 2));
  await assertNotVerified(page, "half an operation");
});

test("a page that claims other words than were signed is not verified", async (t) => {
  const visitor = await here.visitor(t);
  await visitor.page.route(proof, async (route) => {
    const response = await route.fetch();
    const html = await response.text();
    const altered = html.replace(/data-claim="title" data-value="[^"]*"/, 'data-claim="title" data-value="Iets heel anders"');
    assert.notEqual(altered, html, "the page claims a title");
    await route.fulfill({ response, body: altered });
  });
  await visitor.page.goto(proof);
  await assertNotVerified(visitor.page, "a claim that was not signed");
});

test("bytes that cannot be fetched are no verdict", async (t) => {
  const visitor = await here.visitor(t);
  await visitor.page.route("**/api/v1/operations/*", (route) => route.abort());
  await visitor.page.goto(proof);
  await reaches(verdict(visitor.page), "failed");
});

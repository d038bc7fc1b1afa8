// What people see when something is refused: a plain sentence, what they wrote still there, and nothing stored.

import assert from "node:assert/strict";
import { test } from "node:test";

import { setting } from "../harness/setting.js";
import { eventually } from "../harness/patience.js";
import { area, join, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

const here = setting();

test("an invitation nobody gave", async (t) => {
  const { page } = await here.visitor(t);
  await page.goto(`${here.home.url}/meedoen#0000000000ZZ`);
  const said = await reaches(area(page, "join"), "refused");
  assert.ok(said.includes(text("nl", "problem-unknown-invitation")), said);
  assert.ok(!(await page.locator('form[data-dorpsplein="join"]').isVisible()));
});

test("the same in English", async (t) => {
  const { page } = await here.visitor(t);
  await page.goto(`${here.home.url}/en/join#0000000000ZZ`);
  const said = await reaches(area(page, "join"), "refused");
  assert.ok(said.includes(text("en", "problem-unknown-invitation")), said);
});

test("half an invitation", async (t) => {
  const { page } = await here.visitor(t);
  await page.goto(here.home.invitation.slice(0, -5));
  const said = await reaches(area(page, "join"), "refused");
  assert.ok(said.includes(text("nl", "problem-unknown-invitation")), said);
});

test("an invitation that somebody has used", async (t) => {
  const first = await here.visitor(t);
  await join(first, here.home.invitation, "Willemien Aalders");
  const second = await here.visitor(t);
  await second.page.goto(here.home.invitation);
  const said = await reaches(area(second.page, "join"), "refused");
  assert.ok(said.includes(text("nl", "problem-invitation-used")), said);
});

test("a box that cannot be reached keeps what was written on the page", async (t) => {
  const visitor = await here.visitor(t);
  const { page } = visitor;
  await join(visitor, here.away.invitation, "Geertje Smids");
  await page.goto(`${here.away.url}/schrijven`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.locator('[name="title"]').fill("De brug is weer open");
  await form.locator('[name="body"]').fill("Vanaf vanmiddag kunt u er weer over.");
  await page.route("**/api/v1/operations", (route) => route.abort());
  await form.locator("button").click();
  await reaches(area(page, "write"), "kept-to-send");
  const home = async () => (await (await fetch(here.away.url)).text()).split("De brug is weer open").length - 1;
  assert.equal(await home(), 0, "it stands nowhere yet");

  await page.unroute("**/api/v1/operations");
  await page.reload();
  await eventually("it is sent by itself", async () => (await home()) > 0);
  assert.equal(await home(), 1, "it stands there once");
});

test("an answer of a newer box that this page has no sentence for", async (t) => {
  const { page } = await here.visitor(t);
  await page.route("**/api/v1/invitations/*", (route) => route.fulfill({
    status: 403,
    contentType: "application/problem+json",
    body: JSON.stringify({ type: "something-of-next-year", title: "?", status: 403 }),
  }));
  await page.goto(here.home.invitation);
  const said = await reaches(area(page, "join"), "refused");
  assert.ok(said.includes(text("nl", "state-refused")), said);
});

test("a page that does not exist says what to do next", async (t) => {
  const { page } = await here.visitor(t);
  for (const [lang, path] of [["nl", "/bericht/0000"], ["en", "/en/nothing"]]) {
    const response = await page.goto(here.home.url + path);
    assert.equal(response.status(), 404);
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    await page.getByRole("heading", { level: 1, name: text(lang, "error-not-found") }).waitFor();
  }
});

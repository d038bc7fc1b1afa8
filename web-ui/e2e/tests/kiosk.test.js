// The screen in the community house: for reading and printing, by whoever comes by.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK } from "../harness/browser.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { PATHS, join } from "../harness/square.js";
import { text } from "../harness/texts.js";

const here = setting();

test("a kiosk reads in large type, and nothing leads to writing or out", async (t) => {
  const { page } = await here.visitor(t, { screen: DESK });
  await page.goto(here.home.url);
  const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));
  const ordinary = await size();
  await page.goto(`${here.home.url}/kiosk`);
  assert.equal(new URL(page.url()).pathname, "/");
  assert.ok((await size()) > 1.3 * ordinary, "large type");
  const seen = new Set();
  const ways = [PATHS.nl.news, PATHS.nl.agenda, PATHS.nl.market, PATHS.nl.clubs, PATHS.nl.about, PATHS.nl.help];
  const first = await page.locator('main h3 a[href^="/bericht/"]').first().getAttribute("href");
  for (const path of [...ways, first]) {
    await page.goto(here.home.url + path);
    for (const href of await page.locator("a[href]").evaluateAll((links) => links.map(({ href }) => href))) seen.add(href);
    assert.equal(await page.locator("form[data-dorpsplein]:visible").count(), 0, path);
    assert.deepEqual(await remarks(page), [], path);
  }
  const forbidden = ["/schrijven", "/meedoen", "/mijn-gegevens", "/beheer", "/logboek", "/toestel", "/mensen"];
  for (const href of seen) {
    const { origin, pathname, protocol } = new URL(href);
    if (protocol === "tel:") continue;
    assert.equal(origin, here.home.url, href);
    assert.ok(!forbidden.includes(pathname), href);
  }
  for (const path of forbidden) {
    await page.goto(here.home.url + path);
    assert.equal(new URL(page.url()).pathname, "/", path);
  }
  await picture(page, "kiosk-desk");
  assert.ok(await page.getByRole("button", { name: text("nl", "kiosk-print") }).isVisible());
});

test("a key that was there is not used, and none is made", async (t) => {
  const visitor = await here.visitor(t, { screen: DESK });
  const { page } = visitor;
  await join(visitor, here.home.invitation, "Piet Bakker");
  await page.goto(`${here.home.url}/kiosk`);
  const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  assert.ok(!scripts.some((name) => name.includes("wasm") || name.includes("/app.")), "the module is not loaded");
  const other = await here.visitor(t);
  await other.page.goto(`${here.home.url}/kiosk`);
  await other.page.goto(`${here.home.url}/meedoen`);
  assert.deepEqual(await other.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), []);
  await page.goto(`${here.home.url}/kiosk?uit`);
  await page.goto(`${here.home.url}/schrijven`);
  await page.locator('form[data-dorpsplein="write"]').waitFor({ state: "visible" });
});

test("after two minutes without a touch it is back at the beginning", async (t) => {
  const { page } = await here.visitor(t, { screen: DESK });
  await page.goto(`${here.home.url}/kiosk`);
  await page.clock.install();
  await page.goto(`${here.home.url}/agenda`);
  await page.clock.runFor(110_000);
  await page.mouse.click(5, 5);
  await page.clock.runFor(110_000);
  assert.equal(new URL(page.url()).pathname, "/agenda", "somebody was there");
  await page.clock.runFor(11_000);
  await page.waitForURL(`${here.home.url}/`);
});

test("without JavaScript the browser itself goes back", async (t) => {
  const { page } = await here.visitor(t, { javascript: false });
  await page.goto(`${here.home.url}/kiosk`);
  await page.goto(`${here.home.url}/en/agenda`);
  const refresh = page.locator('meta[http-equiv="refresh"]');
  assert.equal(await refresh.getAttribute("content"), "120;url=/en/");
});

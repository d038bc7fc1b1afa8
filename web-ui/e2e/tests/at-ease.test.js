// Every page for people with other eyes and other hands than ours: large text, forced colours, a keyboard, nothing that moves, paper.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DESK, NARROW } from "../harness/browser.js";
import { hiddenStops } from "../harness/keyboard.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { everyPage, overflow } from "../harness/square.js";

const here = setting();

/** Browsers' own size of text, and twice that. */
const TEXT_PX = 16;

/** Every page of both languages. */
async function pages(page) {
  return [...(await everyPage(page, here.home, "nl")), ...(await everyPage(page, here.home, "en"))];
}

test("text twice as large fits on a telephone and at a desk", async (t) => {
  for (const screen of [NARROW, DESK]) {
    const { page } = await here.visitor(t, { screen });
    const list = await pages(page);
    const browser = await page.context().newCDPSession(page);
    await browser.send("Page.setFontSizes", { fontSizes: { standard: 2 * TEXT_PX, fixed: 2 * TEXT_PX } });
    for (const { path } of list) {
      await page.goto(here.home.url + path);
      const size = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector("main p")).fontSize));
      assert.ok(size >= 2 * TEXT_PX, `${path} keeps its text at ${size} px`);
      assert.ok((await overflow(page)) <= 0, `${path} scrolls sideways at ${screen.width} px`);
    }
    await page.goto(here.home.url);
    await picture(page, `home-large-text-${screen.width}`);
  }
});

test("with colours of the reader's own every stop of the keyboard is to be seen", async (t) => {
  const { page } = await here.visitor(t, { screen: DESK });
  const list = await pages(page);
  for (const forcedColors of ["none", "active"]) {
    await page.emulateMedia({ forcedColors });
    for (const { path } of list) {
      await page.goto(here.home.url + path);
      assert.deepEqual(await hiddenStops(page), [], `${path}, forced colours ${forcedColors}`);
    }
  }
  await page.goto(here.home.url);
  await picture(page, "home-forced-colours");
});

test("nothing moves for who wants it still", async (t) => {
  const { page } = await here.visitor(t, { screen: DESK });
  for (const { path } of await everyPage(page, here.home, "nl")) {
    await page.goto(here.home.url + path);
    const moving = await page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0, path);
    const sliding = await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
    assert.equal(sliding, "auto", path);
  }
});

test("paper gets what there is to read, and no buttons", async (t) => {
  const { page } = await here.visitor(t, { screen: DESK });
  const list = await everyPage(page, here.home, "nl");
  await page.emulateMedia({ media: "print" });
  for (const { path } of list) {
    await page.goto(here.home.url + path);
    // A sheet to hang up has a heading of its own, and prints alone.
    assert.ok((await page.locator("main h1:visible, main .sheet:visible").count()) > 0, path);
    for (const part of ["nav", "form", ".skip"]) {
      const shown = await page.locator(`body > * ${part}:visible, body > ${part}:visible`).count();
      assert.equal(shown, 0, `${path} prints ${part}`);
    }
  }
  await picture(page, "page-on-paper");
});

// Everything can be read with JavaScript off, on the narrowest screen and on a desk.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DESK, NARROW } from "../harness/browser.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { PATHS, everyPage, overflow } from "../harness/square.js";
import { text } from "../harness/texts.js";

const here = setting();

/** What a page without JavaScript must explain, where something needs it. */
const EXPLAINED = {
  write: "write-without-javascript",
  join: "join-without-javascript",
  item: "comment-without-javascript",
  event: "comment-without-javascript",
  proof: "proof-without-javascript",
};

for (const [size, screen] of Object.entries({ "320 px": NARROW, "1280 px": DESK })) {
  for (const lang of ["nl", "en"]) {
    test(`every page reads without JavaScript at ${size}, in ${lang}`, async (t) => {
      const visitor = await here.visitor(t, { screen, javascript: false });
      const { page } = visitor;
      for (const { name, path } of await everyPage(page, here.home, lang)) {
        await t.test(name, async () => {
          const response = await page.goto(here.home.url + path);
          assert.equal(response.status(), 200);
          assert.equal(await page.locator("html").getAttribute("lang"), lang);
          assert.equal(await page.locator("h1").count(), 1);
          assert.ok((await page.locator("main").innerText()).trim().length > 80, "there is something to read");
          assert.ok((await overflow(page)) <= 0, "nobody has to scroll sideways");
          for (const form of await page.locator("form:not([role=search], [method=get])").all()) assert.ok(!(await form.isVisible()), "a form that cannot work");
          // Playwright's search for texts passes over <noscript>, so look at what stands on the page.
          if (EXPLAINED[name]) assert.ok((await page.locator("main").innerText()).includes(text(lang, EXPLAINED[name])));
          if (lang === "nl") await picture(page, `reading-${name}-${screen.width}`, { whole: true });
        });
      }
      assert.deepEqual(visitor.requestsBeyond([here.home]), [], "requests to others");
      const scripts = visitor.requests.filter(({ url }) => url.endsWith(".js") || url.endsWith(".wasm"));
      assert.deepEqual(scripts.map(({ url }) => url), [], "scripts are not even fetched");
    });
  }
}

test("a reading journey by links alone", async (t) => {
  const { page } = await here.visitor(t, { screen: NARROW, javascript: false });
  await page.goto(here.home.url);
  const news = page.locator('main h3 a[href^="/bericht/"]').first();
  const title = await news.innerText();
  await news.click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();

  await page.getByRole("navigation").getByRole("link", { name: text("nl", "nav-agenda") }).first().click();
  assert.equal(new URL(page.url()).pathname, PATHS.nl.agenda);
  const event = page.locator('main a[href^="/activiteit/"]').first();
  const called = await event.innerText();
  await event.click();
  await page.getByRole("heading", { level: 1, name: called }).waitFor();

  await page.locator('main a[href$="/wie-zegt-dit"]').first().click();
  await page.getByRole("heading", { level: 1, name: text("nl", "proof-link") }).waitFor();
  await page.getByRole("link", { name: text("nl", "nav-about-long") }).first().click();
  assert.equal(new URL(page.url()).pathname, PATHS.nl.about);
  assert.match(await page.locator("main").innerText(), new RegExp(here.away.name), "the neighbours are named");

  await page.locator("[data-language][hreflang=en]").click();
  assert.equal(new URL(page.url()).pathname, PATHS.en.about);
  await page.locator("[data-language][hreflang=nl]").click();
  assert.equal(new URL(page.url()).pathname, PATHS.nl.about);
});

test("the first stop of the keyboard is the way past the menu", async (t) => {
  const { page } = await here.visitor(t, { screen: DESK });
  await page.goto(here.home.url);
  await page.keyboard.press("Tab");
  const focused = page.locator(":focus");
  assert.equal(await focused.innerText(), text("nl", "frame-skip"));
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#main");
});

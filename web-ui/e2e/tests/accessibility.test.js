// Nothing that axe can find, on every page, in both languages, by day and by night, on the narrowest telephone and at a desk,
// with and without JavaScript, forms shown and hidden.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, NARROW } from "../harness/browser.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { everyPage, join, overflow } from "../harness/square.js";

const here = setting();

/** How a page is looked at: it stays open while the light and the window change, as it does for a person. */
const LOOKS = ["light", "dark"].flatMap((scheme) => {
  return Object.entries({ telephone: NARROW, desk: DESK }).map(([device, screen]) => ({ scheme, device, screen }));
});

/** Lets the light and the window of an open page change. */
async function lookedAt(page, { scheme, screen }) {
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize(screen);
}

for (const javascript of [true, false]) {
  for (const lang of ["nl", "en"]) {
    test(`every page for a visitor (${lang}, JavaScript ${javascript ? "on" : "off"})`, async (t) => {
      const visitor = await here.visitor(t);
      if (!javascript) await visitor.refuseScripts();
      const { page } = visitor;
      for (const { name, path } of await everyPage(page, here.home, lang)) {
        await t.test(name, async () => {
          await page.goto(here.home.url + path, { waitUntil: javascript ? "networkidle" : "load" });
          if (!javascript) assert.equal(await page.locator("form[data-dorpsplein]:visible").count(), 0, "no script has run");
          for (const look of LOOKS) {
            await lookedAt(page, look);
            assert.ok((await overflow(page)) <= 0, `nobody has to scroll sideways (${look.device})`);
            assert.deepEqual(await remarks(page), [], `${look.scheme}, ${look.device}`);
          }
        });
      }
      assert.deepEqual(visitor.console.filter((line) => line.includes("Content Security Policy")), [], "nothing is blocked");
    });
  }
}

test("pictures of the home page by day and by night", async (t) => {
  const { page } = await here.visitor(t);
  for (const look of LOOKS) {
    await lookedAt(page, look);
    await page.goto(here.home.url);
    await picture(page, `home-${look.device}-${look.scheme}`);
  }
});

test("axe has no remarks for a resident, who sees the forms", async (t) => {
  const visitor = await here.visitor(t);
  const { page } = visitor;
  await page.goto(here.home.invitation);
  await page.locator('form[data-dorpsplein="join"]').waitFor({ state: "visible" });
  assert.deepEqual(await remarks(page), [], "the form for joining");
  await join(visitor, here.home.invitation, "Tineke Rozema");
  assert.deepEqual(await remarks(page), [], "having joined");

  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const path of ["/schrijven?soort=nieuws", "/schrijven?soort=activiteit", "/en/write?kind=event"]) {
      await page.goto(here.home.url + path);
      await page.locator('form[data-dorpsplein="write"]').waitFor({ state: "visible" });
      assert.deepEqual(await remarks(page), [], `${path}, ${scheme}`);
    }
  }
});

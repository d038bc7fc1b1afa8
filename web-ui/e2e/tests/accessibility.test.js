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

for (const scheme of ["light", "dark"]) {
  for (const [device, screen] of Object.entries({ telephone: NARROW, desk: DESK })) {
    for (const javascript of [true, false]) {
      test(`every page for a visitor (${scheme}, ${device}, JavaScript ${javascript ? "on" : "off"})`, async (t) => {
        const visitor = await here.visitor(t, { screen, scheme, javascript });
        const { page } = visitor;
        for (const lang of ["nl", "en"]) {
          for (const { name, path } of await everyPage(page, here.home, lang)) {
            await t.test(`${name}, ${lang}`, async () => {
              await page.goto(here.home.url + path, { waitUntil: javascript ? "networkidle" : "load" });
              assert.ok((await overflow(page)) <= 0, "nobody has to scroll sideways");
              assert.deepEqual(await remarks(page), []);
            });
          }
        }
        assert.deepEqual(visitor.console.filter((line) => line.includes("Content Security Policy")), [], "nothing is blocked");
        await page.goto(here.home.url);
        if (javascript) await picture(page, `home-${device}-${scheme}`);
      });
    }
  }
}

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

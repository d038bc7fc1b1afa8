// Nothing that axe can find, on every page, in both languages, by day and by night, forms shown and hidden.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE } from "../harness/browser.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { everyPage, join } from "../harness/square.js";

const here = setting();

for (const scheme of ["light", "dark"]) {
  for (const [device, screen] of Object.entries({ telephone: PHONE, desk: DESK })) {
    test(`axe has no remarks for a visitor (${scheme}, ${device})`, async (t) => {
      const { page } = await here.visitor(t, { screen, scheme });
      for (const lang of ["nl", "en"]) {
        for (const { name, path } of await everyPage(page, here.home, lang)) {
          await t.test(`${name}, ${lang}`, async () => {
            await page.goto(here.home.url + path, { waitUntil: "networkidle" });
            assert.deepEqual(await remarks(page), []);
          });
        }
      }
      await page.goto(here.home.url);
      await picture(page, `home-${device}-${scheme}`);
    });
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

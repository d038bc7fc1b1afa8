// Writing as people do it: looked at before it is placed, interrupted and gone on with, changed, and taken back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, NARROW, PHONE } from "../harness/browser.js";
import { PLACE, drawn, fromTelephone } from "../harness/photos.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { area, join, overflow, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

const TITLE = "Soep voor de hele straat";
const SEND = 'button:not([type="button"])';

const here = setting();

/** The form of the write page, once it shows. */
async function form(page, path = "/schrijven", kind = "write") {
  await page.goto(here.home.url + path);
  const form = page.locator(`form[data-dorpsplein="${kind}"]`);
  await form.waitFor({ state: "visible" });
  return form;
}

async function sent(page, form) {
  await form.locator(SEND).click();
  await reaches(area(page, "write"), "sent");
}

test("writing, from the first word to the last", async (t) => {
  const writer = await here.visitor(t, { screen: PHONE });
  const { page } = writer;
  await join(writer, here.home.invitation, "Roelie Prins");
  let path;

  await t.test("a draft is kept on this device until it is thrown away", async () => {
    let writing = await form(page);
    const notice = page.locator("[data-draft]");
    assert.ok(!(await notice.isVisible()));
    await writing.locator('[name="title"]').fill("Half geschre");
    await writing.locator('[name="audience"][value="neighbours"]').check();
    await notice.waitFor();
    await page.reload();
    await writing.waitFor({ state: "visible" });
    assert.equal(await writing.locator('[name="title"]').inputValue(), "Half geschre");
    assert.ok(await writing.locator('[name="audience"][value="neighbours"]').isChecked());
    await page.locator("[data-draft-clear]").click();
    assert.equal(await writing.locator('[name="title"]').inputValue(), "");
    writing = await form(page);
    assert.equal(await writing.locator('[name="title"]').inputValue(), "");
  });

  await t.test("a preview shows it as it will stand, and stores nothing", async () => {
    const writing = await form(page);
    await writing.locator('[name="title"]').fill(TITLE);
    await writing.locator('[name="body"]').fill("Neem mee:\n\n- een **kom**\n- een lepel\n\nZie https://soep.example/recept <script>x</script>");
    const files = [];
    for (const name of ["een.jpg", "twee.jpg"]) {
      files.push({ name, mimeType: "image/jpeg", buffer: fromTelephone(await drawn(page)) });
    }
    await writing.locator('[name="photo"]').setInputFiles(files);
    const photos = writing.locator("[data-photo-entry]");
    await photos.nth(1).waitFor();
    await photos.nth(0).locator('[name="photo_alt"]').fill("Een rode pompoen");
    await photos.nth(1).locator('[name="photo_alt"]').fill("Een pan soep");
    await photos.nth(1).locator("[data-photo-up]").click();
    assert.equal(await photos.nth(0).locator('[name="photo_alt"]').inputValue(), "Een pan soep");
    await page.locator("[data-preview-ask]").click();
    const preview = page.locator("[data-preview]");
    await preview.locator("article").waitFor();
    assert.ok(await preview.evaluate((section) => section === document.activeElement), "the focus is there");
    assert.match(await preview.innerText(), /Roelie Prins|Een bewoner/);
    assert.deepEqual(await preview.locator("li").allInnerTexts(), ["een kom", "een lepel"]);
    assert.equal(await preview.locator("strong").innerText(), "kom");
    assert.equal(await preview.locator("img").count(), 2);
    assert.equal(await page.locator("script").count(), await page.locator("head script").count(), "words are no script");
    assert.deepEqual(await remarks(page), []);
    await picture(page, "write-preview-phone", { whole: true });
    assert.equal(writer.requests.filter(({ url }) => url.endsWith("/operations")).length, 2, "only the joining was sent");
  });

  await t.test("two photos stand in their order, without the place where they were taken", async () => {
    const writing = page.locator('form[data-dorpsplein="write"]');
    await sent(page, writing);
    path = await page.locator("[data-sent-link]").getAttribute("href");
    const item = await (await page.request.get(here.home.url + path.replace("/bericht/", "/api/v1/items/"))).json();
    assert.deepEqual(item.content.photos.map(({ alt, here }) => [alt, here]), [["Een pan soep", true], ["Een rode pompoen", true]]);
    for (const { id } of item.content.photos) {
      const bytes = await (await page.request.get(`${here.home.url}/photos/${id}/whole`)).body();
      for (const word of [PLACE, "Exif", "GPS"]) assert.equal(bytes.indexOf(word), -1, `${word} is in what is kept`);
    }
    await form(page);
    assert.equal(await page.locator('[name="title"]').inputValue(), "", "what was sent is no draft");
  });

  await t.test("what one changes stands at once, and what it said before in the history", async () => {
    await page.goto(here.home.url + path);
    await page.locator("[data-edit-link] a").click();
    const editing = page.locator('form[data-dorpsplein="edit"]');
    await editing.waitFor({ state: "visible" });
    assert.equal(await editing.locator('[name="title"]').inputValue(), TITLE);
    assert.deepEqual(await remarks(page), []);
    await editing.locator(SEND).click();
    await reaches(area(page, "write"), "unchanged");
    await editing.locator('[name="title"]').fill(`${TITLE} en de buren`);
    await editing.locator("[data-photo-entry]").first().locator("[data-photo-clear]").click();
    await sent(page, editing);
    await page.locator("[data-sent-link]").click();
    await page.getByRole("heading", { level: 1, name: `${TITLE} en de buren` }).waitFor();
    assert.equal(await page.locator("main .photo").count(), 1);
    await page.getByRole("link", { name: /^Gewijzigd op/ }).click();
    await page.locator("ins", { hasText: "en de buren" }).first().waitFor();
    assert.deepEqual(await remarks(page), []);
    assert.ok((await overflow(page)) <= 0);
    await picture(page, "history-phone", { whole: true });
  });

  await t.test("a page that is out of date overwrites nothing, and says so", async () => {
    const [one, other] = [await page.context().newPage(), await page.context().newPage()];
    const editing = (tab) => tab.locator('form[data-dorpsplein="edit"]');
    for (const [tab, title] of [[one, "Soep om vijf uur"], [other, "Soep om zes uur"]]) {
      await tab.goto(`${here.home.url}${path}/wijzigen`);
      await editing(tab).waitFor({ state: "visible" });
      await editing(tab).locator('[name="title"]').fill(title);
    }
    await sent(one, editing(one));
    await editing(other).locator(SEND).click();
    const said = await reaches(area(other, "write"), "refused");
    assert.ok(said.includes(text("nl", "problem-own-history-skipped")), said);
    const item = await (await page.request.get(here.home.url + path.replace("/bericht/", "/api/v1/items/"))).json();
    assert.deepEqual([item.content.title, item.conflicts], ["Soep om vijf uur", []]);
    await one.close();
    await other.close();
  });

  await t.test("taking it back says beforehand who had it, and leaves nothing to read", async () => {
    await page.goto(here.home.url + path);
    const acts = page.locator("[data-item-acts] details").first();
    await acts.locator("summary").first().click();
    const erase = acts.locator("[data-area=act]", { has: page.locator('[data-act="erase"]') });
    await erase.locator("summary").click();
    assert.ok((await erase.innerText()).includes(text("nl", "erase-what")));
    assert.equal(await erase.locator("[data-reach]").count(), 1, "for whom it was, and nobody else");
    await erase.locator('[name="sure"]').check();
    await erase.locator("button").click();
    await page.getByRole("heading", { level: 1, name: text("nl", "gone-erased") }).waitFor();
    await page.goto(`${here.home.url}${path}/geschiedenis`);
    assert.ok(!(await page.locator("main").innerText()).includes("Soep"));
  });

  await t.test("drafts go with the device", async () => {
    const writing = await form(page);
    await writing.locator('[name="title"]').fill("Blijft niet");
    await page.locator("[data-draft]").waitFor();
    await page.goto(`${here.home.url}/mijn-gegevens`);
    if (await area(page, "login").count()) {
      await area(page, "login").locator("button").click();
    }
    const leave = area(page, "leave");
    await leave.waitFor({ state: "attached" });
    const fold = page.locator("details", { has: leave });
    if (await fold.count()) await fold.locator("summary").click();
    else await leave.locator("summary").click();
    await leave.locator('[name="sure"]').check();
    await leave.locator(SEND).click();
    await reaches(leave, "sent");
    const kept = await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("dorpsplein-draft:")));
    assert.deepEqual(kept, []);
  });
});

test("handing on: text, links and a sheet, at every size, by day and by night", async (t) => {
  for (const [screen, scheme] of [[NARROW, "light"], [NARROW, "dark"], [DESK, "light"]]) {
    const reader = await here.visitor(t, { screen, scheme });
    const { page } = reader;
    await page.goto(here.home.url);
    const path = await page.locator('main h3 a[href^="/bericht/"]').first().getAttribute("href");
    await page.goto(`${here.home.url}${path}/doorsturen`);
    await page.locator("[data-copy-do]").waitFor();
    assert.deepEqual(await remarks(page), []);
    assert.ok((await overflow(page)) <= 0);
    await page.locator('[name="server"]').fill("geen server");
    await page.locator("#mastodon button").click();
    assert.equal(await page.locator('[name="server"]').getAttribute("aria-invalid"), "true");
    await page.locator('[name="server"]').fill("mastodon.example");
    await page.locator("#mastodon button").click();
    await page.locator('a[href^="https://mastodon.example/share?text="]').waitFor();
    for (const { url } of reader.requests) assert.ok(url.startsWith(here.home.url), `${url} is elsewhere`);
    if (screen === DESK) {
      await page.emulateMedia({ media: "print" });
      assert.ok(await page.locator(".sheet .qr").isVisible());
      assert.ok(!(await page.locator("footer").isVisible()));
      await picture(page, "share-sheet-print", { whole: true });
    }
  }
});

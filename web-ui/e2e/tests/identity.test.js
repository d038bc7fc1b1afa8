// A square of one's own: colours that are really in the browser, the figure beside those that cannot be read, parts that are
// switched off, and a theme that goes along as a file.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { connector, logIn } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { PLACE, drawn, fromTelephone, png } from "../harness/photos.js";
import { picture } from "../harness/pictures.js";
import { area, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

let village;
let browser;
let hinke;

before(async () => {
  village = await Founded.start("Kleiheim");
  browser = await launch();
  hinke = await connector(browser, village, "Hinke Terpstra", { screen: DESK });
});

after(async () => {
  await browser?.close();
  await village?.stop();
});

/** What a browser paints as the ground of the buttons on the home page of a visitor. */
async function ground(scheme) {
  const visitor = await Visitor.arrive(browser, { screen: PHONE, scheme });
  await visitor.page.goto(village.url);
  const colour = await visitor.page.locator("aside .go:not(.plain)").first()
    .evaluate((element) => getComputedStyle(element).backgroundColor);
  await visitor.leave();
  return colour;
}

/** Opens the page where the square is set up, with its form ready. */
async function look() {
  await logIn(hinke, "/beheer/inrichting");
  const place = area(hinke.page, "look");
  await place.waitFor();
  return place;
}

/** Sends the form and waits until the page is there again. */
async function save(place) {
  const reloaded = hinke.page.waitForEvent("load");
  await place.locator("form > p:last-child button.go").click();
  await reaches(place, "sent");
  await reloaded;
}

test("a colour that is saved is in every browser, by day and by night, after it was in the sample", async () => {
  const place = await look();
  const { page } = hinke;
  assert.deepEqual(await remarks(page), []);
  await picture(page, "desk-look", { whole: true });
  await place.locator('[name="light-brand"]').fill("#6a1b9a");
  await place.locator('[name="dark-brand"]').fill("#e1bee7");
  const samples = place.locator("[data-sample]");
  const painted = () => samples.locator(".go:not(.plain, .harm)").evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
  assert.deepEqual(await painted(), ["rgb(106, 27, 154)", "rgb(225, 190, 231)"]);
  assert.equal(await ground("light"), "rgb(29, 90, 75)", "nothing is saved yet");
  await place.locator('[name="name"]').fill("Kleiheim aan zee");
  await place.locator('[name="words"]').fill("Welkom op ons plein.");
  await place.locator('[name="phone"]').fill("0599 12 34 56");
  await place.locator('[name="categories"]').fill("Sport\nZorg");
  await save(place);
  assert.equal(await ground("light"), "rgb(106, 27, 154)");
  assert.equal(await ground("dark"), "rgb(225, 190, 231)");
  await page.goto(village.url);
  const words = await page.locator("body").innerText();
  for (const said of ["Kleiheim aan zee", "Welkom op ons plein.", "0599 12 34 56"]) assert.ok(words.includes(said), said);
  for (const [screen, scheme] of [[PHONE, "light"], [{ width: 320, height: 640 }, "dark"], [DESK, "dark"]]) {
    await page.setViewportSize(screen);
    await page.emulateMedia({ colorScheme: scheme });
    for (const address of ["/", "/beheer/inrichting"]) {
      await page.goto(village.url + address);
      assert.deepEqual(await remarks(page), [], `${address}, ${screen.width}, ${scheme}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, `${address} is ${wider} px too wide at ${screen.width}`);
    }
  }
  await picture(page, "desk-look-dark", { whole: true });
  await page.setViewportSize(PHONE);
  await picture(page, "desk-look-phone", { whole: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(DESK);
});

test("colours that cannot be read are not saved, and the figure stands beside them", async () => {
  const place = await look();
  const sentence = place.locator('[data-contrast="ink paper light"]');
  assert.ok(await sentence.isHidden());
  await place.locator('[name="light-ink"]').fill("#999999");
  await sentence.waitFor();
  assert.match(await sentence.innerText(), /2,6\d? : 1.*4,5 : 1/);
  assert.ok(await place.locator('[data-contrast="ink paper dark"]').isHidden());
  await place.locator("form > p:last-child button.go").click();
  await place.locator('[data-state="rejected"]').waitFor();
  const { tokens } = await village.founder("theme", "show");
  assert.ok(tokens.every((token) => !token.startsWith("ink=")), "nothing was signed");
});

/** How the logo stands in the masthead of a page: with which words, how large, and which pixels in a corner and at the left. */
async function logoOf(page) {
  return page.locator(".masthead .name img").evaluate(async (image) => {
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixel = (x, y) => [...context.getImageData(x, y, 1, 1).data];
    const { height } = image.getBoundingClientRect();
    return { alt: image.alt, src: image.src, size: [canvas.width, canvas.height], corner: pixel(1, 1), middle: pixel(canvas.width / 2, canvas.height / 2), height };
  });
}

/** A PNG of a red disc that one can see past. */
async function disc(page) {
  const base64 = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 900 });
    const context = canvas.getContext("2d");
    context.fillStyle = "#c62828";
    context.arc(450, 450, 440, 0, 7);
    context.fill();
    return canvas.toDataURL("image/png").split(",")[1];
  });
  return Buffer.from(base64, "base64");
}

test("a logo stands in the samples at once, on every page once it is saved, and goes along in the theme", async (t) => {
  const { page } = hinke;
  const place = await look();
  const field = place.locator("[data-logo-file]");
  await field.setInputFiles({ name: "wapen.png", mimeType: "image/png", buffer: await disc(page) });
  await place.locator("[data-sample] [data-logo-shown] img").nth(1).waitFor();
  assert.equal(await page.locator(".masthead .name img").count(), 0, "nothing is saved yet");
  await picture(page, "desk-look-logo", { whole: true });
  assert.deepEqual(await remarks(page), []);
  await save(place);
  const visitor = await Visitor.arrive(browser, { screen: PHONE, scheme: "dark" });
  t.after(() => visitor.leave());
  for (const [address, media] of [["/", "screen"], ["/en/about", "screen"], ["/nergens", "screen"], ["/", "print"]]) {
    await visitor.page.emulateMedia({ media });
    await visitor.page.goto(village.url + address);
    const logo = await logoOf(visitor.page);
    assert.equal(logo.alt, "", "the name stands beside it");
    assert.deepEqual(logo.size, [128, 128], `small: ${address}`);
    assert.equal(logo.corner[3], 0, "one can see past it");
    assert.ok(logo.middle[0] > 180 && logo.middle[1] < 70, `${logo.middle}`);
    assert.ok(logo.height > 30 && logo.height < 60, `${logo.height}`);
    assert.deepEqual(await remarks(visitor.page), []);
  }
  const { src } = await logoOf(visitor.page);
  const answer = await visitor.context.request.get(src);
  assert.ok((await answer.body()).length <= 32_768 && answer.headers()["cache-control"].includes("immutable"));
  const again = await visitor.context.request.get(src, { headers: { "if-none-match": answer.headers().etag } });
  assert.equal(again.status(), 304);
  // A theme with it at hand: away with the logo, and back out of the file.
  const file = path(tmpdir(), `theme-logo-${process.pid}.json`);
  await writeFile(file, await (await visitor.context.request.get(`${village.url}/theme.json`)).body());
  const anew = await look();
  await anew.locator("[name=no_logo]").check();
  assert.equal(await anew.locator("[data-logo-shown]:visible").count(), 0);
  await save(anew);
  await page.goto(village.url);
  assert.equal(await page.locator(".masthead .name img").count(), 0);
  const back = await look();
  await back.locator("[data-theme-file]").setInputFiles(file);
  await back.locator("[data-sample] [data-logo-shown] img").nth(1).waitFor();
  await save(back);
  await page.goto(village.url);
  assert.deepEqual((await logoOf(page)).size, [128, 128]);
});

test("what is no logo is said beside the field, and nothing of it is kept", async () => {
  const { page } = hinke;
  const place = await look();
  const before = await village.founder("theme", "show");
  const field = place.locator("[data-logo-file]");
  const said = place.locator("[data-logo-problem]");
  const script = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
  for (const [name, buffer, sentence] of [
    ["bom.png", png(60_000, 60_000), "look-logo-large"],
    ["groot.jpg", Buffer.concat([await drawn(page), Buffer.alloc(10_000_000)]), "look-logo-large"],
    ["wapen.svg", Buffer.from(script), "look-logo-format"],
    ["wapen.png", Buffer.from(script), "look-logo-format"],
    ["half.jpg", Buffer.concat([(await drawn(page)).subarray(0, 40), Buffer.from(script)]), "look-logo-format"],
  ]) {
    await field.setInputFiles({ name, mimeType: "image/png", buffer });
    await said.filter({ hasText: text("nl", sentence) }).waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await field.evaluate((input) => input.value), "", name);
    assert.deepEqual(await remarks(page), []);
    // What is right after all wipes the sentence out.
    await field.setInputFiles({ name: "goed.jpg", mimeType: "image/jpeg", buffer: await drawn(page, { width: 64, height: 64 }) });
    await page.waitForFunction(() => document.querySelector("[data-logo-problem]").textContent === "");
  }
  assert.deepEqual(await village.founder("theme", "show"), before, "nothing was signed");
  // A photo of a telephone with a program behind its end: what is published is the picture, and nothing else of the file.
  const both = Buffer.concat([fromTelephone(await drawn(page)), Buffer.from(`PK\x03\x04${script}`)]);
  await field.setInputFiles({ name: "beide.jpg", mimeType: "image/jpeg", buffer: both });
  await place.locator("[data-sample] [data-logo-shown] img").first().waitFor();
  await page.waitForFunction(() => document.querySelector("[data-sample] [data-logo-shown] img")?.naturalHeight === 128);
  await save(place);
  await page.goto(village.url);
  const body = await (await hinke.context.request.get((await logoOf(page)).src)).body();
  assert.ok(!body.includes(PLACE) && !body.includes("alert(1)") && !body.includes("Exif"));
});

test("what is switched off is gone, with its links and forms", async (t) => {
  const place = await look();
  await place.locator('[name="modules"][value="market"]').uncheck();
  await save(place);
  const visitor = await Visitor.arrive(browser, { screen: PHONE });
  t.after(() => visitor.leave());
  const { page } = visitor;
  const answer = await page.goto(`${village.url}/vraag-en-aanbod`);
  assert.equal(answer.status(), 404);
  assert.deepEqual(await remarks(page), []);
  assert.match(await page.locator("h1").innerText(), /staat hier niet aan/);
  assert.equal(await page.locator('a[href="/vraag-en-aanbod"]').count(), 0);
  await page.goto(`${village.url}/schrijven`);
  assert.equal(await page.locator('.kinds a[href*="aanbod"], .kinds a[href*="vraag"]').count(), 0);
});

test("a theme goes along as a file, and what is no theme says so", async () => {
  const { page } = hinke;
  const place = await look();
  const downloading = page.waitForEvent("download");
  await place.locator('a[href="/theme.json"]').click();
  const file = path(tmpdir(), `theme-${process.pid}.json`);
  await (await downloading).saveAs(file);
  const theme = JSON.parse(await readFile(file, "utf8"));
  assert.equal(theme.tokens.brand, "#6a1b9a/#e1bee7");
  await place.locator("[data-usual-theme]").click();
  assert.equal(await place.locator('[name="light-brand"]').inputValue(), "#1d5a4b");
  await place.locator("[data-theme-file]").setInputFiles(file);
  await page.waitForFunction(() => document.querySelector('[name="light-brand"]').value === "#6a1b9a");
  const hostile = path(tmpdir(), `no-theme-${process.pid}.json`);
  await writeFile(hostile, JSON.stringify({ "dorpsplein-theme": 1, tokens: { brand: "red;}" } }));
  await place.locator("[data-theme-file]").setInputFiles(hostile);
  await place.locator("[data-theme-problem]:not(:empty)").waitFor();
  assert.equal(await place.locator('[name="light-brand"]').inputValue(), "#6a1b9a", "nothing of it was taken");
});

// A photo from a telephone: upright on both sites, with nothing in it that its maker did not mean to tell.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE } from "../harness/browser.js";
import { PLACE, drawn, fromTelephone, png } from "../harness/photos.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { area, arrives, join, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

const TITLE = "De moestuin staat er goed bij";
const ALT = "Een donker veld boven, een licht veld onder, met een rode pompoen";

const here = setting();

/** Fills in news with this file for a photo. */
async function fill(page, site, { title, file, name = "IMG_2041.jpg", type = "image/jpeg" }) {
  await page.goto(`${site.url}/schrijven`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill(title);
  await form.locator('[name="body"]').fill("Kom zaterdag maar plukken, er is genoeg voor iedereen.");
  await form.locator('[name="audience"][value="neighbours"]').check();
  await form.locator('[name="photo"]').setInputFiles({ name, mimeType: type, buffer: file });
  return form;
}

/** What a picture on the page shows, once it is loaded: its size, and the colours of its upper and lower half. */
async function seen(image) {
  await image.scrollIntoViewIfNeeded();
  return image.evaluate(async (image) => {
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 20, height: 20 });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 20, 20);
    const light = (x, y) => context.getImageData(x, y, 1, 1).data[0];
    const { width, height } = image.attributes;
    return {
      attributes: [Number(width.value), Number(height.value)],
      natural: [image.naturalWidth, image.naturalHeight],
      above: light(4, 4),
      below: light(4, 16),
      lazy: image.loading,
      alt: image.alt,
      address: image.currentSrc,
    };
  });
}

function isUpright({ attributes, natural, above, below }) {
  assert.ok(attributes[1] > attributes[0], `${attributes} is higher than wide`);
  assert.ok(Math.abs(natural[1] / natural[0] - attributes[1] / attributes[0]) < 0.01, `${natural} like ${attributes}`);
  assert.ok(above < 80 && below > 180, `what was left is above: ${above}, ${below}`);
}

test("a photo from a telephone, posted and seen next door", async (t) => {
  const writer = await here.visitor(t, { screen: PHONE });
  const { page } = writer;
  await join(writer, here.home.invitation, "Gijs Wolters");
  const file = fromTelephone(await drawn(page));
  let path;

  await t.test("the form shows it upright and asks what is on it", async () => {
    const form = await fill(page, here.home, { title: TITLE, file });
    const preview = form.locator("[data-photo-preview] canvas");
    await preview.waitFor();
    const [width, height] = await preview.evaluate((canvas) => [canvas.width, canvas.height]);
    assert.deepEqual([width, height], [1200, 1600]);
    assert.deepEqual(await remarks(page), []);
    await picture(page, "photo-form-phone", { whole: true });
    // Without words about it nothing is sent.
    await form.locator('button:not([type="button"])').click();
    assert.ok(await form.locator('[name="photo_alt"]').evaluate((field) => !field.validity.valid));
    assert.equal(writer.requests.filter(({ url }) => url.endsWith("/api/v1/photos")).length, 0);
  });

  await t.test("what is sent is the picture and nothing else", async () => {
    const form = page.locator('form[data-dorpsplein="write"]');
    await form.locator('[name="photo_alt"]').fill(ALT);
    await form.locator('button:not([type="button"])').click();
    await reaches(area(page, "write"), "sent");
    path = await page.locator("[data-sent-link]").getAttribute("href");
    const sent = writer.requests.filter(({ url, method }) => method === "POST" && url.endsWith("/api/v1/photos"));
    assert.equal(sent.length, 1);
    const [{ body }] = sent;
    for (const word of [PLACE, "Exif", "GPS"]) assert.equal(body.indexOf(word), -1, `${word} is in what was sent`);
    for (const { url, body } of writer.requests) assert.ok(!body?.includes(PLACE), `the place went to ${url}`);
    const photo = await (await page.request.get(here.home.url + path.replace("/bericht/", "/api/v1/items/"))).json();
    const [{ id, width, height, alt, here: arrived }] = photo.content.photos;
    assert.deepEqual({ width, height, alt, arrived }, { width: 1200, height: 1600, alt: ALT, arrived: true });
    const served = await (await page.request.get(`${here.home.url}/photos/${id}/whole`)).body();
    assert.ok(served.equals(body), "what was sent is what is shown");
    const chunk = createHash("sha256").update(body).digest();
    assert.equal(createHash("sha256").update(chunk).digest("hex"), id, "its name is what is in it");
  });

  await t.test("it stands upright on the home page and in the post, in a place kept free for it", async () => {
    await page.goto(here.home.url);
    const card = page.locator("article", { hasText: TITLE });
    const onList = await seen(card.locator(".photo img"));
    isUpright(onList);
    assert.deepEqual([onList.lazy, onList.alt], ["lazy", ALT]);
    assert.match(onList.address, /\/photos\/[0-9a-f]{64}\/(320|whole)$/);
    const height = async () => (await card.boundingBox()).height;
    const withIt = await height();
    await picture(page, "photo-home-phone");
    await page.route("**/photos/**", (route) => route.abort());
    await page.goto(here.home.url);
    assert.ok(Math.abs((await height()) - withIt) < 1, "nothing moves when it comes");
    await page.unroute("**/photos/**");
    await page.goto(here.home.url + path);
    isUpright(await seen(page.locator("main .photo img")));
    assert.deepEqual(await remarks(page), []);
    await picture(page, "photo-item-phone", { whole: true });
  });

  await t.test("and on the neighbours' site, from there", async () => {
    for (const [scheme, screen] of [["light", DESK], ["dark", DESK], ["dark", PHONE]]) {
      const reader = await here.visitor(t, { screen, scheme });
      await arrives(reader.page, here.away.url + path, TITLE);
      const image = reader.page.locator("main .photo img");
      for (let tries = 0; (await image.count()) === 0; tries += 1) {
        // The words are here, and the photo is on its way.
        assert.ok(tries < 60, "the photo did not come");
        assert.ok((await reader.page.locator("main").innerText()).includes(text("nl", "photo-on-its-way")));
        await reader.page.waitForTimeout(250);
        await reader.page.reload();
      }
      isUpright(await seen(image));
      assert.deepEqual(reader.requestsBeyond([here.away]), [], "requests to others");
      await reader.page.goto(here.away.url);
      await seen(reader.page.locator("article", { hasText: TITLE }).locator(".photo img"));
      const size = screen === DESK ? "desk" : "phone";
      await picture(reader.page, `photo-neighbours-${size}-${scheme}`);
      assert.deepEqual(await remarks(reader.page), []);
    }
  });
});

test("a file that is no photo is refused by the field, in words", async (t) => {
  const visitor = await here.visitor(t, { screen: PHONE });
  const { page } = visitor;
  await join(visitor, await here.letter(), "Els van Buuren");
  const jpeg = await drawn(page, { width: 400, height: 300 });
  const letter = Buffer.from("Beste buren,\n\ndit is een brief en geen foto.\n");
  const files = [
    ["a text named .jpg", { file: letter }, "problem-photo-format"],
    ["a picture of 3,600 million pixels", { file: png(60_000, 60_000), type: "image/png" }, "problem-photo-too-large"],
    ["a page that is a photo as well", { file: Buffer.concat([Buffer.from("<script>1</script>"), jpeg]) }, "problem-photo-format"],
    ["the beginning of a photo", { file: jpeg.subarray(0, 40) }, "problem-photo-format"],
  ];
  for (const [what, file, problem] of files) {
    await t.test(what, async () => {
      const form = await fill(page, here.home, { title: "Kijk eens", ...file });
      const said = form.locator("[data-photo-problem]");
      await page.waitForFunction((said) => said.textContent !== "", await said.elementHandle());
      assert.equal(await said.innerText(), text("nl", problem));
      const field = form.locator('[name="photo"]');
      assert.equal(await field.getAttribute("aria-invalid"), "true");
      assert.equal(await field.inputValue(), "", "it goes along no more");
      assert.ok(!(await form.locator('[name="photo_alt"]').isVisible()));
    });
  }
  await picture(page, "photo-refused-phone", { whole: true });
  assert.deepEqual(await remarks(page), []);
  assert.equal(visitor.requests.filter(({ url }) => url.endsWith("/api/v1/photos")).length, 0);

  await t.test("another one takes its place, without what was hidden behind it", async () => {
    const form = await fill(page, here.home, { title: "De pompoen", file: Buffer.concat([jpeg, Buffer.from("PK\x03\x04geheim")]) });
    await form.locator("[data-photo-preview] canvas").waitFor();
    assert.equal(await form.locator("[data-photo-problem]").innerText(), "");
    await form.locator('[name="photo_alt"]').fill("Een pompoen");
    await form.locator('button:not([type="button"])').click();
    await reaches(area(page, "write"), "sent");
    const [{ body }] = visitor.requests.filter(({ url }) => url.endsWith("/api/v1/photos"));
    assert.equal(body.indexOf("geheim"), -1);
  });

  await t.test("who hands such a file to the box itself is refused there", async () => {
    const files = [
      [fromTelephone(jpeg), 400, "photo-metadata"],
      [Buffer.concat([jpeg, Buffer.from("PK\x03\x04")]), 400, "photo-metadata"],
      [png(9, 9), 415, "photo-format"],
      [letter, 415, "photo-format"],
    ];
    for (const [file, status, problem] of files) {
      const answer = await page.evaluate(async (base64) => {
        const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const response = await fetch("/api/v1/photos", { method: "POST", headers: { "content-type": "image/jpeg" }, body });
        return [response.status, (await response.json()).type];
      }, file.toString("base64"));
      assert.deepEqual(answer, [status, `/problems/${problem}`]);
    }
  });

  await t.test("and whoever thinks better of it takes it away", async () => {
    const form = await fill(page, here.home, { title: "Toch niet", file: jpeg });
    await form.locator("[data-photo-preview] canvas").waitFor();
    await form.locator("[data-photo-clear]").click();
    assert.equal(await form.locator("canvas").count(), 0);
    await form.locator('button:not([type="button"])').click();
    await reaches(area(page, "write"), "sent");
  });
});

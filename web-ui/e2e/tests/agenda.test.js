// The agenda as people look at it, and as other calendars do: out of this square, and into it.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { join as path } from "node:path";

import { remarks } from "../harness/axe.js";
import { DESK, NARROW, PHONE, Visitor, launch } from "../harness/browser.js";
import { card, connector, logIn, act } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { dayFromNow } from "../harness/square.js";
import { text } from "../harness/texts.js";

let village, browser, bea;

const compact = (day) => day.replaceAll("-", "");
const SOON = dayFromNow(3);

/** A calendar file with these events: `{ uid, title, starts, more }`. */
function calendar(...events) {
  const lines = events.map(({ uid, title, starts, more = "" }) =>
    `BEGIN:VEVENT\r\nUID:${uid}\r\nSUMMARY:${title}\r\nDTSTART;TZID=Europe/Amsterdam:${compact(starts)}T193000\r\n${more}END:VEVENT\r\n`);
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nX-WR-CALNAME:Sporthal De Kolk\r\n${lines.join("")}END:VCALENDAR\r\n`;
}

before(async () => {
  village = await Founded.start("Kolkdorp");
  browser = await launch();
  bea = await connector(browser, village, "Bea Kamps");
  const anna = await village.villager("Anna");
  const post = (...more) => anna.does("resident", "post", "--kind", "event", ...more);
  await post("--title", "Koor De Merels", "--starts", `${SOON}T20:00`, "--ends", `${SOON}T22:00`, "--repeats", "FREQ=WEEKLY", "--place", "De Schuur");
  await post("--title", "Boekenmarkt", "--starts", dayFromNow(1), "--ends", dayFromNow(2));
  await post("--title", "Vergadering van de leden", "--starts", `${SOON}T19:00`, "--audience", "members");
});

after(async () => {
  await bea?.leave();
  await browser?.close();
  await village?.stop();
});

async function visitor(t, how) {
  const arrived = await Visitor.arrive(browser, how);
  t.after(() => arrived.leave());
  return arrived;
}

for (const [size, screen] of Object.entries({ "320 px": NARROW, "1280 px": DESK })) {
  for (const scheme of ["light", "dark"]) {
    test(`the agenda as a list, a week and a month (${size}, ${scheme})`, async (t) => {
      const { page } = await visitor(t, { screen, scheme });
      for (const view of ["lijst", "week", "maand"]) {
        await page.goto(`${village.url}/agenda?weergave=${view}&op=${SOON}`);
        assert.deepEqual(await remarks(page), [], view);
        assert.ok(await page.getByText("Koor De Merels").first().isVisible(), view);
        assert.ok(!(await page.locator("main").innerText()).includes("Vergadering"), "what is for members stays there");
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${view}: ${overflow} px must be scrolled sideways`);
        await picture(page, `agenda-${view}-${screen.width}-${scheme}`, { whole: true });
      }
    });
  }
}

test("the way through the agenda is links alone, by keyboard and without JavaScript", async (t) => {
  const { page } = await visitor(t, { screen: PHONE, javascript: false });
  await page.goto(`${village.url}/agenda`);
  const times = await page.getByText("Koor De Merels").count();
  assert.ok(times >= 5 && times <= 6, `six weeks of a weekly choir, not a year: ${times}`);
  await page.getByRole("link", { name: text("nl", "agenda-later") }).click();
  assert.ok(await page.getByText("Koor De Merels").first().isVisible());
  await page.getByRole("link", { name: text("nl", "agenda-view-month"), exact: true }).press("Enter");
  const first = await page.locator("h2").first().innerText();
  await page.getByRole("link", { name: text("nl", "agenda-month-after") }).press("Enter");
  assert.notEqual(await page.locator("h2").first().innerText(), first);
  await page.getByRole("link", { name: text("nl", "agenda-from-today") }).press("Enter");
  assert.ok(await page.getByText("Koor De Merels").first().isVisible());
  await page.locator(".calendar a", { hasText: "Koor De Merels" }).first().press("Enter");
  await page.getByRole("heading", { level: 1, name: "Koor De Merels" }).waitFor();
});

test("a calendar subscribes to it, and gets nothing that is for members", async (t) => {
  const { page, console: said } = await visitor(t);
  await page.goto(`${village.url}/agenda`);
  const link = await page.getByRole("link", { name: text("nl", "agenda-subscribe-do") }).getAttribute("href");
  assert.equal(link, `${village.url.replace("http:", "webcal:")}/agenda.ics`);
  const answer = await fetch(link.replace("webcal:", "http:"));
  assert.equal(answer.headers.get("content-type"), "text/calendar; charset=utf-8");
  const file = await answer.text();
  assert.ok(file.includes("RRULE:FREQ=WEEKLY\r\n") && !file.includes("Vergadering"));
  const again = await fetch(link.replace("webcal:", "http:"), { headers: { "if-none-match": answer.headers.get("etag") } });
  assert.equal(again.status, 304);
  await page.locator("main h4 a", { hasText: "Boekenmarkt" }).click();
  const facts = await page.locator('script[type="application/ld+json"]').textContent();
  assert.equal(JSON.parse(facts)["@type"], "Event");
  assert.deepEqual(said.filter((line) => line.includes("Content Security Policy")), []);
});

test("events of a file wait at the desk until a connector publishes them", async (t) => {
  const { page } = bea;
  const file = path(village.folder, "..", "sporthal.ics");
  const volley = { uid: "volley@kolk", title: "Volleybal voor iedereen", starts: SOON };
  const hostile = { uid: "x@kolk", title: "<script>alert(1)</script>", starts: SOON };
  await writeFile(file, calendar(volley, hostile));
  await logIn(bea, "/beheer/agendas");
  assert.deepEqual(await remarks(page), []);
  const reads = async (name) => {
    const form = page.locator('form[data-act="import-calendar"]');
    await form.waitFor({ state: "visible" });
    await form.locator("[type=file]").setInputFiles(name);
    const reloaded = page.waitForEvent("load");
    await form.locator("button").click();
    await reloaded;
  };
  await reads(file);
  assert.deepEqual(await remarks(page), [], "with proposals");
  assert.ok(!(await (await fetch(`${village.url}/agenda.ics`)).text()).includes("Volleybal"), "nothing by itself");
  await act(card(page, "<script>"), "pass-over");
  await act(card(page, volley.title), "take-over");
  assert.equal(await card(page, volley.title).count(), 0, "what is published waits no more");
  const published = await (await fetch(`${village.url}/agenda.ics`)).text();
  assert.ok(published.includes("UID:volley@kolk\r\n"));

  await writeFile(file, calendar({ ...volley, more: "SEQUENCE:1\r\nLOCATION:Zaal 2\r\n" }, hostile));
  await reads(file);
  assert.ok((await card(page, volley.title).innerText()).includes(text("nl", "sources-changed")));
  await picture(page, "desk-calendars", { whole: true });
  await act(card(page, volley.title), "take-over");
  await writeFile(file, calendar({ ...volley, more: "SEQUENCE:2\r\nSTATUS:CANCELLED\r\nLOCATION:Zaal 2\r\n" }, hostile));
  await reads(file);
  await act(card(page, volley.title), "take-over");
  const { page: reader } = await visitor(t);
  await reader.goto(`${village.url}/agenda`);
  await reader.locator("main h4 a", { hasText: volley.title }).first().click();
  const event = await reader.locator("main").innerText();
  assert.ok(event.includes("Zaal 2") && event.includes(text("nl", "event-cancelled-notice")), event);
  assert.ok(event.includes("file:sporthal.ics"), "it says where it came from");
});

test("a file that is no calendar says so by the form, and nothing is kept", async () => {
  const { page } = bea;
  await logIn(bea, "/beheer/agendas");
  const before = await page.locator("main h2").allInnerTexts();
  const form = page.locator('form[data-act="import-calendar"]');
  const refused = form.locator("xpath=ancestor::*[@data-area][1]").locator('[data-state="refused"]');
  const bad = { format: Buffer.from("<html></html>"), encoding: Buffer.from("BEGIN:VCALENDAR\r\nX:caf\xe9\r\nEND:VCALENDAR\r\n", "latin1"), unfinished: Buffer.from("BEGIN:VCALENDAR\r\n"), "too-large": Buffer.alloc(2_000_001, 0x61) };
  for (const [why, buffer] of Object.entries(bad)) {
    await form.waitFor({ state: "visible" });
    await form.locator("[type=file]").setInputFiles({ name: "kapot.ics", mimeType: "text/calendar", buffer });
    await form.locator("button").click();
    const sentence = text("nl", `problem-calendar-${why}`);
    await refused.filter({ hasText: sentence }).waitFor();
  }
  await page.reload();
  assert.deepEqual(await page.locator("main h2").allInnerTexts(), before);
});

test("a calendar on the web is visited, and what it says waits", async (t) => {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.headers["if-none-match"]);
    response.writeHead(200, { "content-type": "text/calendar", etag: '"1"' });
    response.end(calendar({ uid: "yoga@web", title: "Yoga in het park", starts: SOON }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${server.address().port}/park.ics`;
  await village.leave();
  const { appendFile } = await import("node:fs/promises");
  await appendFile(path(village.folder, "box.toml"), `\n[agenda]\nprivate_addresses = true\n[[agenda.source]]\nurl = "${url}"\nname = "Het park"\n`);
  await village.comeBack();
  const { proposals, sources } = await eventually("the visit", async () => {
    const told = await village.founder("agenda", "proposals");
    return told.proposals.some(({ source }) => source === url) && told;
  });
  assert.equal(sources.find(({ id }) => id === url).name, "Het park");
  assert.equal(proposals.find(({ source }) => source === url).what, "new");
  assert.equal(asked.length, 1, "no more than once an hour");
  const { items } = await village.founder("agenda", "publish", "yoga@web");
  assert.equal(items.length, 1);
  assert.ok((await (await fetch(`${village.url}/agenda.ics`)).text()).includes("Yoga in het park"));
});

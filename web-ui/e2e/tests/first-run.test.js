// A box without a square: somebody on the same network begins one, without JavaScript, from a telephone.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, NARROW, Visitor, launch } from "../harness/browser.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { text } from "../harness/texts.js";

let browser, box, folder, lines, address, port;

/** A port that nobody uses at this moment. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

before(async () => {
  folder = await mkdtemp(path(tmpdir(), "dorpsplein-first-run-"));
  port = await freePort();
  const settings = ["--set", `site=127.0.0.1:${port}`, "--set", "mdns=off"];
  const serve = ["serve", "--json", "--first-run", "--dir", path(folder, "box"), ...settings];
  box = spawn(process.env.DORPSPLEIN_BIN, serve, { stdio: ["ignore", "pipe", "inherit"] });
  lines = createInterface({ input: box.stdout })[Symbol.asyncIterator]();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  if (box?.exitCode === null) {
    const gone = new Promise((resolve) => box.once("exit", resolve));
    box.kill("SIGTERM");
    await gone;
  }
  await rm(folder, { recursive: true, force: true });
});

const said = async () => JSON.parse((await lines.next()).value);

/** The page reads and fits, narrow and wide. */
async function fits(page, name) {
  for (const [size, screen] of [["narrow", NARROW], ["wide", DESK]]) {
    await page.setViewportSize(screen);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name}, ${size}: ${wide} pixels too wide`);
    assert.deepEqual(await remarks(page), [], `${name}, ${size}`);
    await picture(page, `first-run-${name}-${size}`, { whole: true });
  }
}

test("a square begins on a telephone, and its first connector joins", async (t) => {
  const { first_run: url, code } = await said();
  address = url.replace("127.0.0.1", "localhost");
  const visitor = await Visitor.arrive(browser, { screen: NARROW });
  t.after(() => visitor.leave());
  // What is meant for JavaScript does not come; the tools of the tests still work on the page.
  await visitor.refuseScripts();
  const { page } = visitor;

  await page.goto(address);
  await fits(page, "code");
  await page.getByLabel(text("nl", "first-run-code")).fill("0000-0000-0000");
  await page.getByRole("button", { name: text("nl", "first-run-code-do") }).click();
  await page.getByText(text("nl", "first-run-code-wrong")).waitFor();
  await fits(page, "code-wrong");
  await page.goto(`${address}en/`);
  await page.getByRole("heading", { name: text("en", "first-run-title") }).waitFor();
  await page.goto(`${address}?code=${code}`);
  assert.equal(await page.locator("#code").inputValue(), code);
  await page.getByRole("button", { name: text("nl", "first-run-code-do") }).click();

  await page.getByRole("heading", { name: text("nl", "first-run-questions-title") }).waitFor();
  await fits(page, "questions");
  await page.locator("#name").fill(" ");
  await page.locator("#tagline").fill("Van en voor elkaar");
  await page.locator("#help_name").fill("Truus");
  await page.locator("#address").fill(address);
  await page.locator("summary").click();
  await page.locator("#box_port").fill(String(await freePort()));
  await page.getByRole("button", { name: text("nl", "first-run-do") }).click();
  const summary = page.getByRole("alert");
  await summary.waitFor();
  assert.ok(await summary.evaluate((alert) => alert === document.activeElement), "what is wrong has the focus");
  assert.equal(await page.locator("#tagline").inputValue(), "Van en voor elkaar");
  await fits(page, "wrong");
  await summary.getByRole("link").first().click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "name");
  await page.locator("#name").fill("Maasdorp");
  await page.locator("#help_phone").fill("024 000 00 00");
  await page.getByRole("button", { name: text("nl", "first-run-do") }).click();

  await page.getByRole("heading", { name: text("nl", "first-run-begun-title") }).waitFor();
  await fits(page, "begun");
  const link = await page.locator('a[href*="/meedoen#"]').getAttribute("href");
  await page.getByRole("button", { name: text("nl", "first-run-start-do") }).click();
  await page.getByRole("heading", { name: text("nl", "first-run-starting-title") }).waitFor();
  await fits(page, "starting");
  await said();

  const connector = await Visitor.arrive(browser);
  t.after(() => connector.leave());
  await connector.page.goto(link);
  await connector.page.locator('form[data-dorpsplein="join"] [name="name"]').fill("Anna de Wit");
  await connector.page.locator('form[data-dorpsplein="join"] button').click();
  await eventually("the first connector", async () => {
    const register = await (await fetch(`http://127.0.0.1:${port}/api/v1/register`)).json();
    return register.residents.length === 2 && register.residents.every(({ role }) => role === "connector");
  });
});

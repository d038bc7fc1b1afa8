// Two neighbourhoods on this machine, started for one test file and gone after it.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** How long a demo may take to prepare its content and open both sites. */
const READY_WITHIN_MS = 120_000;

/** How long a box may take to close its store and leave. */
const STOP_WITHIN_MS = 10_000;

/**
 * @typedef {object} Site One neighbourhood of the demo, as `dorpsplein demo --json` prints it.
 * @property {string} name
 * @property {string} url Where its site answers, without a slash at the end.
 * @property {string} invitation A link for one newcomer.
 * @property {string} neighbourhood_id
 */

/** The demo: `sites` as it printed them, and `stop`. */
export class Village {
  /** @type {Site[]} */
  sites;
  #child;
  #folder;
  #said;

  /** @private */
  constructor(child, folder, sites, said) {
    this.#child = child;
    this.#folder = folder;
    this.#said = said;
    this.sites = sites.map((site) => ({ ...site, url: site.url.replace(/\/$/, "") }));
  }

  /** Starts the demo with data of its own and waits until both sites answer. */
  static async start() {
    const binary = process.env.DORPSPLEIN_BIN;
    if (!binary) throw new Error("DORPSPLEIN_BIN must name the dorpsplein program; `cargo xtask e2e` sets it");
    const folder = await mkdtemp(join(tmpdir(), "dorpsplein-e2e-"));
    const child = spawn(binary, ["demo", "--dir", folder, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    child.stderr.on("data", (chunk) => said.push(chunk));
    try {
      const sites = await readyLine(child, said);
      return new Village(child, folder, sites, said);
    } catch (error) {
      child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A fresh invitation of a site, as its connector makes one on the command line: the address with the code. */
  async letter(site) {
    const folder = join(this.#folder, site.name.toLowerCase());
    const { stdout } = await promisify(execFile)(process.env.DORPSPLEIN_BIN, ["invite", "--dir", folder, "--json"]);
    return JSON.parse(stdout).invitation;
  }

  /** What the boxes have written to their log so far. */
  log() {
    return Buffer.concat(this.#said).toString();
  }

  /** Asks the boxes to leave, and fails when they do not. */
  async stop() {
    const left = new Promise((resolve) => this.#child.once("exit", (code, signal) => resolve({ code, signal })));
    if (this.#child.exitCode === null) {
      this.#child.kill("SIGTERM");
      const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_WITHIN_MS);
      const { signal } = await left;
      clearTimeout(timer);
      if (signal === "SIGKILL") throw new Error(`the demo did not stop within ${STOP_WITHIN_MS} ms of being asked`);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The sites of the first line that holds them. */
function readyLine(child, said) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${why}\n${Buffer.concat(said)}`));
    const timer = setTimeout(() => fail(`the demo was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
    child.once("error", (error) => fail(`the demo does not start: ${error.message}`));
    child.once("exit", (code) => fail(`the demo ended with code ${code} before it was ready`));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const sites = sitesOf(line);
      if (!sites) return;
      clearTimeout(timer);
      resolve(sites);
    });
  });
}

function sitesOf(line) {
  try {
    return JSON.parse(line).sites;
  } catch {
    return undefined; // A line for people.
  }
}

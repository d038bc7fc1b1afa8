// One neighbourhood that was founded a moment ago: its founder is on the command line, everybody else comes by letter.

import { execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { eventually } from "./patience.js";

const run = promisify(execFile);

/** A port that nobody uses at this moment. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A neighbourhood and its one box. */
export class Founded {
  /** @private */
  constructor(child, folder, site) {
    this.child = child;
    this.folder = folder;
    this.url = site;
  }

  /** Founds it and waits until its site answers. */
  static async start(name) {
    if (!process.env.DORPSPLEIN_BIN) throw new Error("DORPSPLEIN_BIN must name the dorpsplein program; `cargo xtask e2e` sets it");
    const folder = path(await mkdtemp(path(tmpdir(), "dorpsplein-founded-")), "box");
    const port = await freePort();
    const url = `http://localhost:${port}`;
    await says(
      "init", "--name", name, "--tagline", "Van en voor elkaar", "--help-name", "Wietske", "--help-phone", "0599 00 00 00",
      "--public-url", url, ...settled(folder, port),
    );
    return new Founded(await serve(folder), folder, url);
  }

  /** What a command of the founder says. */
  founder(...command) {
    return says(...command, "--dir", this.folder);
  }

  /** What a command of the founder as a resident says. */
  connector(...command) {
    return says("resident", ...command, "--key", path(this.folder, "connector.key"));
  }

  /** Somebody who joins on the command line: `{ resident, device }`, and `does` for what they do with their key file. */
  async villager(name) {
    const key = path(this.folder, "..", `${name}.key`);
    const { invitation } = await this.founder("invite");
    const { resident, device } = await says("resident", "join", "--invitation", invitation, "--key", key, "--name", name);
    return { resident, device, key, does: (...command) => says(...command, "--key", key) };
  }

  /** A second box of this neighbourhood, certified and running. */
  async secondBox() {
    const folder = path(this.folder, "..", "second");
    const port = await freePort();
    const { link } = await this.founder("box", "link");
    const { box } = await says("box", "join", link, ...settled(folder, port));
    await this.founder("box", "add", box);
    return new Founded(await serve(folder), folder, `http://localhost:${port}`);
  }

  /** The same person with a copy of the key file as it is now: what nobody should make. */
  async copyOf(villager) {
    const key = `${villager.key}.copy`;
    await copyFile(villager.key, key);
    return { ...villager, key, does: (...command) => says(...command, "--key", key) };
  }

  /** The two founders agree, as on the command line. */
  async agreeWith(other) {
    const { link } = await this.founder("treaty", "offer", "--to", other.url);
    await says("treaty", "accept", "--dir", other.folder, link);
    for (const village of [this, other]) {
      await eventually("the treaty", async () => (await village.neighbours())[0]?.state === "in-force");
    }
  }

  /** The neighbours, as `dorpsplein treaty list` names them. */
  async neighbours() {
    return (await this.founder("treaty", "list")).neighbours;
  }

  /** News that somebody from here writes for the neighbours, once it stands at `other` as well: its id. */
  async sharesNews(other, title) {
    const writer = await this.villager(`writer-${title.length}`);
    const { item } = await writer.does("resident", "post", "--title", title, "--audience", "neighbours");
    await eventually(title, async () => (await fetch(`${other.url}/api/v1/items/${item}`)).ok);
    return item;
  }

  /** The register, as everybody may read it. */
  async register() {
    return (await fetch(`${this.url}/api/v1/register`)).json();
  }

  /** The box is away for as long as `meanwhile` takes. */
  async whileAway(meanwhile) {
    await this.leave();
    const done = await meanwhile();
    await this.comeBack();
    return done;
  }

  /** Asks the box to leave. */
  async leave() {
    const left = new Promise((resolve) => this.child.once("exit", resolve));
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      await left;
    }
  }

  /** Starts the box again. */
  async comeBack() {
    this.child = await serve(this.folder);
  }

  /** Asks the box to leave, and cleans up. */
  async stop() {
    await this.leave();
    await rm(path(this.folder, ".."), { recursive: true, force: true });
  }
}

/** Where a box has its folder and listens. */
function settled(folder, port) {
  return [
    "--dir", folder, "--mdns", "off", "--site", `127.0.0.1:${port}`, "--listen", `/ip4/127.0.0.1/udp/${port}/quic-v1`,
  ];
}

/** Runs the box of a data folder, and waits until it is ready. */
async function serve(folder) {
  const child = spawn(process.env.DORPSPLEIN_BIN, ["serve", "--dir", folder, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the box ended with code ${code} before it was ready`)));
    createInterface({ input: child.stdout }).once("line", resolve);
  });
  return child;
}

/** What a command says. */
async function says(...command) {
  const { stdout } = await run(process.env.DORPSPLEIN_BIN, [...command, "--json"]);
  return JSON.parse(stdout);
}

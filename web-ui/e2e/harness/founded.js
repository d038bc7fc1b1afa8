// One neighbourhood that was founded a moment ago: its founder is on the command line, everybody else comes by letter.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

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
    const binary = process.env.DORPSPLEIN_BIN;
    if (!binary) throw new Error("DORPSPLEIN_BIN must name the dorpsplein program; `cargo xtask e2e` sets it");
    const folder = path(await mkdtemp(path(tmpdir(), "dorpsplein-founded-")), "box");
    const port = await freePort();
    const url = `http://localhost:${port}`;
    await run(binary, [
      "init", "--dir", folder, "--name", name, "--tagline", "Van en voor elkaar", "--mdns", "off", "--json",
      "--site", `127.0.0.1:${port}`, "--public-url", url, "--listen", "/ip4/127.0.0.1/udp/0/quic-v1",
      "--help-name", "Wietske", "--help-phone", "0599 00 00 00",
    ]);
    const child = spawn(binary, ["serve", "--dir", folder, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the box ended with code ${code} before it was ready`)));
      createInterface({ input: child.stdout }).once("line", resolve);
    });
    return new Founded(child, folder, url);
  }

  /** What a command of the founder says. */
  async founder(...command) {
    const { stdout } = await run(process.env.DORPSPLEIN_BIN, [...command, "--dir", this.folder, "--json"]);
    return JSON.parse(stdout);
  }

  /** The register, as everybody may read it. */
  async register() {
    return (await fetch(`${this.url}/api/v1/register`)).json();
  }

  /** Asks the box to leave, and cleans up. */
  async stop() {
    const left = new Promise((resolve) => this.child.once("exit", resolve));
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      await left;
    }
    await rm(path(this.folder, ".."), { recursive: true, force: true });
  }
}

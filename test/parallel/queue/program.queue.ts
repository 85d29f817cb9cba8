// The program that users start: what it says of wrong arguments, and of what is not installed.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { cli, endAll, inTime, Running } from "./processes.ts";

/** Milliseconds in which it starts and ends. */
const DEADLINE = 10_000;

afterAll(async () => expect(await endAll()).toBe(0));

const CASES: [args: string[], code: number, line: RegExp][] = [
  [["--help"], 0, /^reparam worker: computes shards/],
  [[], 2, /^reparam: expected the command "worker", got none$/],
  [["serve"], 2, /^reparam: expected the command "worker", got serve$/],
  [["worker"], 2, /^reparam: expected --redis URL$/],
  [["worker", "--redis", "redis://127.0.0.1:1"], 2, /^reparam: expected --module FILE/],
  [["worker", "--rediss", "x"], 2, /^reparam: Unknown option '--rediss'/],
  [
    ["worker", "--redis", "redis://a", "--module", "x", "--lock", "soon"],
    2,
    /^reparam: expected a number after --lock/,
  ],
  [
    ["worker", "--redis", "redis://127.0.0.1:1", "--module", "no.mjs"],
    1,
    /^reparam: --module: expected a module .* no\.mjs: /,
  ],
  [
    ["worker", "--redis", "redis://127.0.0.1:1", "--module", "test/parallel/queue/work.mjs"],
    1,
    /^reparam: redis: expected a server of Redis or Valkey that answers at redis:\/\/127.* ECONNREFUSED/,
  ],
];

test.each(CASES)("%j ends with code %i", async (args, code, line) => {
  const program = cli(args);
  expect(await inTime(DEADLINE, program.ended)).toBe(code);
  expect(program.lines.find((each) => line.test(each))).toBeDefined();
});

test("without the packages that it is made on: an error that says how to install them", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  // Elsewhere: engines look for packages in all folders above a module's.
  const folder = mkdtempSync(join(tmpdir(), "reparam-alone-"));
  try {
    const loader = "node_modules/@assemblyscript/loader";
    for (const path of ["dist", "package.json", loader, "test/parallel/queue/work.mjs"])
      cpSync(join(root, path), join(folder, path), { recursive: true });
    const args = ["worker", "--redis", "redis://127.0.0.1:1", "--module", "test/parallel/queue/work.mjs"];
    const program = new Running(process.execPath, [join(folder, "dist/cli.js"), ...args], {}, folder);
    expect(await inTime(DEADLINE, program.ended)).toBe(1);
    expect(program.lines).toEqual(["reparam: bullmq: expected an installed package: npm install bullmq, got none"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

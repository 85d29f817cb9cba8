import { readFileSync } from "node:fs";
import os from "node:os";
import type { Machine } from "./results.ts";

export function thisMachine(): Machine {
  const cpus = os.cpus();
  const flags = vectorFlags(cpuInfo());
  return { cpu: cpus[0]?.model.trim() ?? os.arch(), cores: cpus.length, ...(flags && { flags }) };
}

/** Only Linux has this file. */
function cpuInfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
}

/** Those an engine's code for 128-bit vectors depends on, out of a hundred and more; undefined where none are told. */
export function vectorFlags(info: string): string[] | undefined {
  const all = info.match(/^(?:flags|Features)\s*:(.*)$/m)?.[1];
  return all
    ?.trim()
    .split(/\s+/)
    .filter((flag) => /^(?:ssse3|sse4_[12]|avx\w*|f16c|fma|asimd\w*|sve\w*)$/.test(flag));
}

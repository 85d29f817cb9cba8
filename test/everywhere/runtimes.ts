import { existsSync } from "node:fs";
import { join } from "node:path";
import { Absent } from "./absent.ts";
import { existing, installed, onPath } from "./find.ts";
import { inEdgeVm } from "./launch/edge-vm.ts";
import type { Launch } from "./launch/launch.ts";
import { inPage } from "./launch/page.ts";
import { inProcess } from "./launch/process.ts";
import { inWebKit } from "./launch/webkit.ts";
import { inWorkerd } from "./launch/workerd.ts";
import type { Expected } from "./outcome.ts";

/** How a runtime comes to this machine: from the lock file of this folder, that of arm64/, or Debian's packages. */
export type Source = "npm" | "npm-arm64" | `apt:${string}`;

export interface Runtime extends Expected {
  readonly sources: readonly Source[];
  /** @throws Absent when it is not on this machine */
  find(): Launch;
}

const { arch, platform } = process;
const target = `${platform}-${arch}`;
/** The machine's name in the names of GNU, and of Bun's packages. */
const machine = arch === "arm64" ? "aarch64" : arch === "x64" ? "x86_64" : arch;

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"];
const ARM_LIBRARIES = "/usr/aarch64-linux-gnu";

function node(major: number): Runtime {
  const path = (): string => join(installed(`node${major}-${target}`), "bin", "node");
  return {
    id: `node${major}`,
    title: `Node ${major}`,
    says: `Node ${arch}`,
    build: "simd",
    sources: ["npm"],
    find: () => inProcess(path()),
  };
}

/** The Node that runs this, with flags for its V8. */
function flagged(id: string, title: string, build: Runtime["build"], flags: readonly string[]): Runtime {
  return {
    id,
    title,
    says: `Node ${arch}`,
    build,
    sources: [],
    find: () => {
      if (arch !== "x64") throw new Absent(`V8 has ${flags.join(" ")} on x64 only`);
      return inProcess(process.execPath, flags);
    },
  };
}

/** In the order of the table. */
export const runtimes: readonly Runtime[] = [
  ...[20, 22, 24, 26].map(node),
  {
    id: "node-require",
    title: "Node, with require()",
    says: `Node ${arch}`,
    build: "simd",
    sources: [],
    find: () => inProcess(process.execPath, [], "commonJs"),
  },
  flagged("node-no-simd", "Node, V8 without SIMD", "scalar", ["--no-enable-sse4-1"]),
  flagged("node-no-fma", "Node, V8 without FMA and AVX", "simd", ["--no-enable-fma3", "--no-enable-avx"]),
  {
    id: "node-arm64",
    title: "Node on arm64 (qemu)",
    says: "Node arm64",
    build: "simd",
    sources: [
      "npm-arm64",
      "apt:qemu-user-static",
      "apt:libc6-arm64-cross",
      "apt:libstdc++6-arm64-cross",
      "apt:libatomic1-arm64-cross",
    ],
    find: () => {
      const path = join(installed("node24-linux-arm64", "arm64"), "bin", "node");
      const library = existing(join(ARM_LIBRARIES, "lib", "libatomic.so.1"), "libatomic1-arm64-cross");
      return inProcess(onPath("qemu-aarch64-static", "qemu-aarch64"), ["-L", join(library, "../.."), path]);
    },
  },
  {
    id: "deno",
    title: "Deno",
    says: "Deno",
    build: "simd",
    webWorkers: true,
    sources: ["npm"],
    find: () => inProcess(join(installed(`@deno/${target}-glibc`), "deno"), ["run", "--quiet", "--no-prompt"]),
  },
  {
    id: "bun",
    title: "Bun",
    says: "Bun",
    build: "simd",
    webWorkers: true,
    sources: ["npm"],
    find: () => inProcess(join(installed(`@oven/bun-${target.replace("arm64", "aarch64")}`), "bin", "bun")),
  },
  {
    id: "workerd",
    title: "workerd (Cloudflare Workers)",
    says: "workerd",
    build: "simd",
    sources: ["npm"],
    find: () => inWorkerd(join(installed(`@cloudflare/workerd-${target.replace("x64", "64")}`), "bin", "workerd")),
  },
  {
    id: "edge-vm",
    title: "EdgeVM (Vercel, Next)",
    says: "EdgeVM",
    build: "simd",
    sources: ["npm"],
    find: () => inEdgeVm(installed("@edge-runtime/vm")),
  },
  {
    id: "chromium",
    title: "Chromium",
    says: "Chromium",
    build: "simd",
    webWorkers: true,
    sources: ["apt:chromium"],
    find: () => inPage("chromium", onPath(...CHROMIUM)),
  },
  {
    id: "chromium-no-simd",
    title: "Chromium without SIMD",
    says: "Chromium",
    build: "scalar",
    webWorkers: true,
    sources: ["apt:chromium"],
    find: () => {
      if (arch !== "x64") throw new Absent("V8 has --no-enable-sse4-1 on x64 only");
      return inPage("chromium", onPath(...CHROMIUM), ["--js-flags=--no-enable-sse4-1"]);
    },
  },
  {
    id: "firefox",
    title: "Firefox",
    says: "Firefox",
    build: "simd",
    webWorkers: true,
    sources: ["apt:firefox-esr"],
    find: () => inPage("firefox", onPath("firefox", "firefox-esr")),
  },
  {
    id: "webkit",
    title: "WebKitGTK",
    says: "WebKit",
    build: "simd",
    webWorkers: true,
    sources: ["apt:libwebkit2gtk-4.1-0", "apt:xvfb"],
    find: () => {
      const places = [`/usr/lib/${machine}-linux-gnu`, "/usr/libexec"];
      const browser = places
        .map((place) => join(place, "webkit2gtk-4.1", "MiniBrowser"))
        .find((path) => existsSync(path));
      return inWebKit(existing(browser, "the MiniBrowser of WebKitGTK 4.1"), onPath("Xvfb"));
    },
  },
];

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")],
);

# What esbuild leaves in out/: the script, and the wasm modules of the package.
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "out/worker.js"),
    (name = "core.wasm", wasm = embed "out/core.wasm"),
    (name = "graph.wasm", wasm = embed "out/graph.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);

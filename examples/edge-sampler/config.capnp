using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "sampler", worker = .sampler)],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "sampler")],
);

const sampler :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "build/worker.js"),
    (name = "core.wasm", wasm = embed "build/core.wasm"),
  ],
  compatibilityDate = "2026-05-01",
);

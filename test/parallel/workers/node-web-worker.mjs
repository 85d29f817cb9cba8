// The interface of Web Workers over threads of Node, which has none: `Worker` for the program, and what a worker's file finds.
import { isMainThread, parentPort, Worker as Thread, workerData } from "node:worker_threads";

export class Worker {
  static all = new Set();
  #thread;

  constructor(url) {
    this.#thread = new Thread(new URL(import.meta.url), { workerData: { webWorker: String(url) } });
    Worker.all.add(this);
    this.#thread.on("exit", () => Worker.all.delete(this));
    // Node would throw an error that nobody listens to.
    this.#thread.on("error", () => {});
  }

  postMessage(message, transfer) {
    this.#thread.postMessage(message, transfer);
  }

  addEventListener(type, listener) {
    this.#thread.on(type, (value) => listener(type === "message" ? { data: value } : { message: value.message }));
  }

  terminate() {
    void this.#thread.terminate();
  }
}

if (!isMainThread && workerData?.webWorker) {
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  globalThis.addEventListener = (type, listener) => parentPort.on(type, (data) => listener({ data }));
  await import(workerData.webWorker);
}

// A module of works in a thread whose answers are spoiled on their way out.
import { MessagePort } from "node:worker_threads";
import "./dice.mjs";
import { tamper } from "./tamper.mjs";

const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (message, transfer) {
  const { result } = message ?? {};
  const spoil = (bytes) => tamper(bytes, import.meta.url);
  if (result instanceof Uint8Array) postMessage.call(this, { ...message, result: spoil(result) });
  else if (Array.isArray(result)) postMessage.call(this, { ...message, result: result.map(spoil) });
  else postMessage.call(this, message, transfer);
};

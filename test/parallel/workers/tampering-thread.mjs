// A module of works in a thread whose answers are spoiled on their way out.
import { Tinypool } from "tinypool";
import "./dice.mjs";
import { tamper } from "./tamper.mjs";

const { move } = Tinypool;
Tinypool.move = (bytes) => move(tamper(bytes, import.meta.url));

import { program } from "./program.js";

console.log(program());

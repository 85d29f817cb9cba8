// A Web Worker that calls no serve().
import "./dice.mjs";

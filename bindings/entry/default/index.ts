import "./provide-core.ts";

export * from "../../index.ts";

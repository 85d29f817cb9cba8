"use client";

import { useEffect } from "react";
import { program } from "./program.js";

/** The server writes the line into the page, and the browser says its own. */
export default function Page() {
  const line = program();
  useEffect(() => console.log(line), [line]);
  return <pre>{line}</pre>;
}

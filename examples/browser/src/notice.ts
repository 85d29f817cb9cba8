import { byId } from "./elements.ts";

/** Says in words, at the top of the page, what went wrong; nothing takes the last words away. */
export function notify(text: string): void {
  const notice = byId("notice");
  notice.textContent = text;
  notice.hidden = text === "";
}

export const describeError = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What nothing else catches is shown too. */
export function notifyOfErrors(): void {
  addEventListener("error", ({ error, message }) => notify(error ? describeError(error) : message));
  addEventListener("unhandledrejection", ({ reason }) => notify(describeError(reason)));
}

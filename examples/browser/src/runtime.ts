interface Brand {
  readonly brand: string;
  readonly version: string;
}

/** In no type of the DOM yet, and only in pages from https or this machine. */
type Client = Navigator & { readonly userAgentData?: { readonly brands: readonly Brand[]; readonly platform: string } };

const OTHERS = [
  [/Firefox\/(\d+)/, "Firefox"],
  [/Edg\/(\d+)/, "Edge"],
  [/Chrome\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
  [/AppleWebKit\/(\d+)/, "WebKit"],
] as const;

/** The name and version of the browser, as far as it tells. */
export function describeRuntime({ userAgent, userAgentData }: Client = navigator): string {
  // Browsers put in a made-up brand, so that nobody relies on the list; its name has a character that is no letter.
  const known = userAgentData?.brands.filter(({ brand }) => /^[A-Za-z ]+$/.test(brand)) ?? [];
  const [first] = [...known].sort((one, other) => other.brand.length - one.brand.length);
  if (userAgentData && first) return `${first.brand} ${first.version}, ${userAgentData.platform}`;
  for (const [pattern, name] of OTHERS) {
    const version = userAgent.match(pattern)?.[1];
    if (version) return `${name} ${version}`;
  }
  return userAgent;
}

import { fileURLToPath } from "node:url";
import {
  Application,
  type DeclarationReflection,
  Logger,
  LogLevel,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  type TypeDocOptions,
} from "typedoc";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Names of what the package exports, and the files that say so. */
const SUBPATHS = [
  "bindings/index.ts",
  "bindings/graph/index.ts",
  "bindings/distributions/index.ts",
  "bindings/inference/index.ts",
  "bindings/parallel/index.ts",
  "bindings/parallel/threads/index.ts",
  "bindings/parallel/bullmq/index.ts",
  "bindings/entry/slim/index.ts",
  "bindings/entry/slim/graph.ts",
  "bindings/entry/slim/distributions.ts",
  "bindings/entry/slim/inference.ts",
];

const OPTIONS: TypeDocOptions = {
  name: "reparam",
  entryPoints: SUBPATHS.map((file) => root + file),
  tsconfig: `${root}tsconfig.build.json`,
  plugin: ["typedoc-plugin-markdown"],
  readme: "none",
  logLevel: "Warn",
  // `npm run lint` checks the types.
  skipErrorChecking: true,
  disableGit: true,
  // Lines move with every change to a file above them: without sources the pages change when what they say does.
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  // reparam/slim/graph is all of reparam/graph: its page says so, and has what it adds.
  excludeReferences: true,
  // All kinds that a user sees. Parameters are spoken of in the text of their function.
  requiredToBeDocumented: [
    "Module",
    "Variable",
    "Function",
    "Class",
    "Interface",
    "Property",
    "Method",
    "Accessor",
    "TypeAlias",
  ],
  // A conditional type, whose name says what it comes to.
  intentionallyNotExported: ["bindings/core/instantiate.ts:HostModule"],
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: true },
};

const MARKDOWN = {
  router: "module",
  expandObjects: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: "table",
  propertiesFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  typeDeclarationFormat: "table",
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideOverrides: true,
    hideModifiers: true,
    hideSources: true,
  },
};

/** Keeps what would have been printed. */
class Complaints extends Logger {
  readonly said: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.said.push(message);
  }
}

/**
 * A class keeps what is its own. Members of another class of the reference are listed by name, with a link to where they
 * stand; protected ones are of use to nobody but who extends an abstract class. What stands in a class that is not exported
 * stays: it stands nowhere else.
 */
function keepOwn(project: ProjectReflection): void {
  const classes = project.getReflectionsByKind(ReflectionKind.Class) as DeclarationReflection[];
  /** The class in whose source a member stands. */
  const homeOf = (member: DeclarationReflection): DeclarationReflection | undefined => {
    const { fileName, qualifiedName } = project.getSymbolIdFromReflection(member) ?? {};
    return classes.find((home) => {
      const at = project.getSymbolIdFromReflection(home);
      return at?.fileName === fileName && qualifiedName?.startsWith(`${at?.qualifiedName}.`);
    });
  };
  const homes = new Map(
    classes.flatMap((of) => (of.children ?? []).map((member) => [member, homeOf(member)] as const)),
  );
  for (const of of classes) {
    const inherited = new Map<DeclarationReflection, string[]>();
    for (const member of [...(of.children ?? [])]) {
      const home = homes.get(member);
      const elsewhere = home !== undefined && home !== of && member.kind !== ReflectionKind.Constructor;
      if (elsewhere && !member.flags.isProtected) inherited.set(home, [...(inherited.get(home) ?? []), member.name]);
      if (elsewhere || (member.flags.isProtected && !of.flags.isAbstract)) project.removeReflection(member);
    }
    for (const [home, names] of inherited)
      of.comment?.summary.push(
        { kind: "text", text: "\n\nFrom " },
        { kind: "inline-tag", tag: "@link", text: home.name, target: home },
        { kind: "text", text: `: ${names.map((name) => `\`${name}\``).join(", ")}.` },
      );
    const kept = new Set<Reflection>(of.children);
    for (const group of of.groups ?? []) group.children = group.children.filter((member) => kept.has(member));
    if (of.groups) of.groups = of.groups.filter(({ children }) => children.length > 0);
    // What follows names classes that are not exported.
    delete of.extendedTypes;
    delete of.typeHierarchy;
    for (const member of of.children ?? [])
      for (const said of [member, ...member.getAllSignatures()]) {
        delete said.inheritedFrom;
        delete said.overwrites;
      }
  }
}

export interface Reference {
  readonly project: ProjectReflection;
  /** What is wrong with it: each export without a docstring, each type in a signature that is not exported, each dead link. */
  complaints(): readonly string[];
  /** Writes it as markdown: a page for each subpath, and a list of them. */
  write(folder: string): Promise<void>;
}

/** Reads all that the package exports, and the docstrings. */
export async function readReference(): Promise<Reference> {
  const app = await Application.bootstrapWithPlugins({ ...OPTIONS, ...(MARKDOWN as object) });
  const logger = new Complaints();
  app.logger = logger;
  const project = await app.convert();
  if (!project) throw new Error(`typedoc could not read the package: ${logger.said.join("\n")}`);
  keepOwn(project);
  const whileReading = [...logger.said];
  return {
    project,
    complaints: () => {
      logger.said.length = 0;
      app.validate(project);
      return [...whileReading, ...logger.said];
    },
    write: async (folder) => {
      logger.said.length = 0;
      await app.outputs.writeOutput({ name: "markdown", path: folder }, project);
      if (logger.said.length > 0) throw new Error(logger.said.join("\n"));
    },
  };
}

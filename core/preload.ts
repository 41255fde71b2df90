// What Node loads before the core, in its process and in each of its threads (see process.ts): a shortcut through one package.
//
// Node 24 asks for each module of a package what its package.json says, and parses all of that anew. The one of drizzle-orm has
// 179 kB, and 400 of its modules are loaded: half of the time that a core takes to start. Where one of them names another one
// beside it there is nothing to ask. Goes away when Node remembers what it has parsed.
import { registerHooks } from "node:module";

const quick = "/node_modules/drizzle-orm/";

registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL } = context;
    const isBeside = /^\.{1,2}\/.*\.js$/.test(specifier);
    if (!isBeside || !parentURL?.includes(quick)) return nextResolve(specifier, context);
    return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
  },
});

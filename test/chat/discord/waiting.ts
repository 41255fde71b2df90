// Waits for the stand-in's state to be as wanted: looks after each change, gives up after a time.
import type { World } from "./state.ts";

export function createWaiting(world: World, describe: () => string) {
  const open = new Set<(reason: Error) => void>();
  return {
    until<T>(look: () => T | undefined, patienceMs = 30_000): Promise<T> {
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          stopListening();
          open.delete(fail);
        };
        const fail = (reason: Error) => {
          end();
          reject(reason);
        };
        const check = () => {
          try {
            const found = look();
            if (found === undefined) return;
            end();
            resolve(found);
          } catch (error) {
            fail(error as Error);
          }
        };
        const timer = setTimeout(
          () => fail(new Error(`It did not come about. What is there:\n${describe()}`)),
          patienceMs,
        );
        const stopListening = world.onChange(check);
        open.add(fail);
        check();
      });
    },
    close(): void {
      for (const fail of [...open]) fail(new Error("The stand-in was closed while somebody waited"));
    },
  };
}

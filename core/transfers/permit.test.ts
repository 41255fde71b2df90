// Of one line person, group and servers are asked about once, and each file by its own path.
import { expect, test } from "vitest";
import type { Lease } from "./lease.ts";
import type { PermitDeps } from "./permit.ts";
import { permitsFor } from "./permit.ts";
import type { Ends } from "./store/knowledge.ts";

const line = { personId: 1, groupId: 2, sourceId: 3, destinationId: 4 };
const at = (sourcePath: string) => ({ ...line, sourcePath, attempts: 0 }) as Lease;
const terms = { allowsRelay: false, allowsClear: true, security: "plain", features: {}, bytesPerSecond: null };
const ends = {
  ...{ policy: "fxp", isOwnDestination: true, hasInbox: true, sourceState: "online", destinationState: "online" },
  ...{ sourceOwner: "Anna", destinationLabel: "home", source: terms, destination: terms, hasVolumeLimit: false },
} as unknown as Ends;

async function permits(found: Ends | undefined) {
  const asked: unknown[] = [];
  const deps: PermitDeps = {
    knowledge: { ends: async () => found },
    shares: {
      sight: async (...who) => {
        asked.push(who);
        return (serverId, path) => serverId === 3 && path.startsWith("owls/");
      },
    },
  };
  return { permitOf: await permitsFor(deps, line), asked };
}

test("a file that is not seen is refused, one beside it is not", async () => {
  const { permitOf, asked } = await permits(ends);
  expect(permitOf(at("owls/1.bin"))).toEqual({ ends });
  expect(permitOf(at("herons/1.bin"))).toMatchObject({
    refusal: { kind: "over", state: "cancelled", reason: { code: "pull.no-longer-allowed" } },
  });
  expect(asked).toEqual([[1, 2]]);
});

test("each waits while the owner has paused the source, and is lost when a server is gone", async () => {
  const paused = await permits({ ...ends, sourceState: "paused" });
  expect(paused.permitOf(at("owls/1.bin"))).toMatchObject({ refusal: { kind: "wait", waitsForId: 3 } });
  const gone = await permits(undefined);
  expect(gone.permitOf(at("owls/1.bin"))).toEqual({ refusal: { kind: "lost" } });
});

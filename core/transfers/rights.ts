// After rights changed: transfers that are not running and lost the right to read their source end at once.
// Those that run are stopped by the engine.
import type { Clock } from "../platform/clock.ts";
import type { Shares } from "../shares/index.ts";
import { ownerCodes } from "./classify.ts";
import type { PullStore } from "./store/pulls.ts";
import type { QueueStore } from "./store/queue.ts";
import type { RightsStore, WantedPlace } from "./store/rights.ts";

export interface RightsDeps {
  clock: Clock;
  shares: Pick<Shares, "sight">;
  rights: RightsStore;
  pulls: PullStore;
  queue: QueueStore;
}

export async function applyRights({ clock, shares, rights, pulls, queue }: RightsDeps): Promise<void> {
  const byViewer = Map.groupBy(await rights.wantedPlaces(), ({ personId, groupId }) => `${personId}/${groupId}`);
  for (const places of byViewer.values()) {
    const [{ personId, groupId }] = places as [WantedPlace];
    let sees = await shares.sight(personId, groupId);
    for (const place of places) {
      // A share is a folder: all files of one folder are seen or not seen together.
      const path = place.folder === "" ? "file" : `${place.folder}/file`;
      if (sees(place.sourceId, path)) continue;
      // It may have been shared again while others were cancelled.
      sees = await shares.sight(personId, groupId);
      if (sees(place.sourceId, path)) continue;
      await rights.cancelAt(place, { code: "pull.no-longer-allowed", params: {} }, clock.now());
    }
  }
  await pulls.settleBereft(clock.now());
  await queue.wakeOwnerWaits(ownerCodes, clock.now());
}

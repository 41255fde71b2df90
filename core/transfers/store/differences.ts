// Tells the one who pulled and the owner of the source that a copy was not like its source and was removed again.
import { eq } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import { appendEvent } from "../../platform/outbox.ts";
import { person, server } from "../../schema/index.ts";
import type { Lease } from "../lease.ts";

/** Once for a transfer and source, however often it happens. To be called late in a transaction. */
export async function tellDifference(tx: Tx, { id, personId, sourceId, sourcePath }: Lease): Promise<void> {
  const [source] = await tx
    .select({ label: server.label, ownerId: server.ownerId, ownerName: person.displayName })
    .from(server)
    .innerJoin(person, eq(person.id, server.ownerId))
    .where(eq(server.id, sourceId));
  if (!source) return;
  const name = sourcePath.slice(sourcePath.lastIndexOf("/") + 1);
  const tell = (toId: number) => {
    const isYours = toId === source.ownerId;
    const from = isYours ? source.label : source.ownerName;
    return appendEvent(tx, {
      key: `file.differs/${id}/${sourceId}/${toId}`,
      personId: toId,
      serverId: sourceId,
      telling: { kind: "file.differs", name, from, isYours },
    });
  };
  await tell(personId);
  if (source.ownerId !== personId) await tell(source.ownerId);
}

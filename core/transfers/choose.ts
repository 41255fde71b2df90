// From what a person named to the files that would move: resolved, without doubles, with the destination.

import type { Room } from "#contract";
import type { Picked, PickedFile } from "../catalog/index.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { makeRef, readRef } from "../platform/refs.ts";
import type { Knowledge } from "./store/knowledge.ts";
import type { TransfersDeps } from "./transfers.ts";
import { knownRefusal } from "./ways.ts";

export interface Choice {
  /** Stable references of what was picked; the announcement itself when it stands for more than one call may name. */
  what: string[];
  title: string;
  /** Display names of the owners. */
  from: string[];
  destination: { id: number; label: string; budgetBytes: number | null };
  files: PickedFile[];
}

export interface ChooseDeps extends Pick<TransfersDeps, "catalog" | "servers"> {
  knowledge: Pick<Knowledge, "terms">;
}

/**
 * @throws what catalog.resolve and servers.findInbox throw; `pull.own-file` when all of it is on the destination itself;
 * `pull.policy-forbids`, `pull.owner-forbids`, `pull.no-consent` when it is known that nothing can move between the two
 */
export async function choose(
  deps: ChooseDeps,
  person: Person,
  room: Room,
  wish: { what: string[]; to?: string | undefined },
): Promise<Choice> {
  const picked = await deps.catalog.resolve(person, room, wish.what);
  const destination = await deps.servers.findInbox(person.id, wish.to);
  const all: PickedFile[] = [];
  const keepsFolder = wish.what.some((text) => readRef(text)?.kind === "a");
  for (const one of picked) {
    for (const file of await deps.catalog.files(one)) all.push(keepsFolder ? inItsFolder(file, one) : file);
  }
  const files = withoutDoubles(all).filter((file) => file.serverId !== destination.id);
  if (files.length === 0) throw new FonError(all.length > 0 ? "pull.own-file" : "pull.nothing-to-do");
  await refuseWhatCannotWork(deps, picked, destination.id);
  const owners = new Map(picked.map((one) => [one.share.serverId, one.share.ownerName]));
  const from = new Set(files.map((file) => owners.get(file.serverId) ?? ""));
  return {
    what: refsOf(picked, wish.what),
    title: titleOf(picked),
    from: [...from].filter(Boolean),
    destination,
    files,
  };
}

/** As far as it is known without a connection; the run asks again. */
async function refuseWhatCannotWork({ knowledge }: ChooseDeps, picked: readonly Picked[], destinationId: number) {
  const terms = await knowledge.terms([destinationId, ...picked.map((one) => one.share.serverId)]);
  const destination = terms.get(destinationId);
  for (const { share } of picked) {
    const source = terms.get(share.serverId);
    if (!source || !destination || share.serverId === destinationId) continue;
    const refusal = knownRefusal({ policy: share.policy, source, destination });
    if (refusal) throw new FonError(refusal);
  }
}

/** New files come one by one, but a new album should not lie about in the inbox track by track. */
function inItsFolder(file: PickedFile, { kind, share }: Picked): PickedFile {
  const folders = file.path.slice(share.path === "" ? 0 : share.path.length + 1).split("/");
  const folder = folders.at(-2);
  return kind === "file" && folder ? { ...file, relativePath: `${folder}/${file.relativePath}` } : file;
}

/** A file picked alone and in its folder is one file. */
function withoutDoubles(files: readonly PickedFile[]): PickedFile[] {
  return [...new Map(files.toReversed().map((file) => [file.fileId, file])).values()].reverse();
}

const mostRefs = 50;

function refsOf(picked: readonly Picked[], asked: string[]): string[] {
  if (picked.length > mostRefs) return asked;
  return picked.map(({ fileId, directoryId = 0 }) => (fileId ? makeRef("f", fileId) : makeRef("d", directoryId)));
}

function titleOf(picked: readonly { title: string }[]): string {
  const first = picked[0]?.title ?? "";
  return picked.length > 1 ? `${first} +${picked.length - 1}` : first;
}

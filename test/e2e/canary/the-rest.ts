// Every procedure that the good and bad days do not need anyway, rightly and wrongly used.
import { request } from "node:http";
import { text } from "node:stream/consumers";
import type { Context } from "#contract";
import type { CoreProcess } from "../../../demo/core-process.ts";
import { consoleContext } from "../../../demo/core-process.ts";
import { planted } from "./planted.ts";

type Note = (body: string, path: string) => void;
interface People {
  olga: Context;
  rita: Context;
  zora: Context;
  /** Reference of something that the group was told. */
  announcement: string;
}

/** @param note hears the answers of calls that no client makes */
export async function useTheRest(core: CoreProcess, people: People, note: Note): Promise<void> {
  await usePeopleAndGroups(core, people);
  await useMessages(core, people);
  await useCatalogAndTransfers(core, people);
  await askWrongly(core, people, note);
}

const inRoom = (who: Context, roomId: string): Context => ({ ...who, room: { ...who.room, roomId } });

async function usePeopleAndGroups({ api }: CoreProcess, { olga, rita, zora }: People): Promise<void> {
  for (const who of [olga, rita, zora]) {
    await api.people.hello(who, {});
    await api.people.export(who, {});
    await api.groups.mine(who, {});
    await api.groups.show(who, {});
    await api.servers.list(who, {});
    await api.servers.count(who, {});
    await api.shares.list(who, {});
  }
  const { code } = await api.people.linkCode(zora, {});
  const elsewhere: Context = {
    actor: { ...zora.actor, platform: "telegram", userId: "4711" },
    room: { ...zora.room, platform: "telegram", kind: "private", roomId: "4711" },
  };
  await api.people.link(elsewhere, { code });
  const room = await api.groups.code(olga, { purpose: "room" });
  await api.groups.bind(inRoom(olga, "other"), { code: room.code });
  await api.groups.unbind(inRoom(olga, "other"), {});
  await api.groups.setNews(olga, { news: "full" });
  await api.groups.setQuiet(olga, { quiet: null });
  await api.groups.removeMember(olga, { name: "Zora" });
  await api.groups.join(zora, {});
  await api.groups.leave(zora, {});
  await api.groups.join(zora, {});
  await api.groups.watched("console", {});
  await api.groups.roomGone("console", { roomId: "gone" });
  await api.groups.roomMoved("console", { from: "gone", to: "new" });
  await api.groups.memberGone("console", { roomId: "gone", userId: "nobody" });
  await api.servers.check(rita, {});
  await api.servers.pause(olga, {});
  await api.servers.resume(olga, {});
  const udo = consoleContext("Udo");
  await api.people.hello(udo, {});
  await refused(api.servers.check(udo, {}));
  await refused(api.catalog.search(udo, { query: "wish" }));
  await api.people.erase(udo, {});
}

async function useMessages({ api }: CoreProcess, { olga, rita, announcement }: People): Promise<void> {
  const id = "canary-button-0123456789";
  const room = { kind: "group" as const, roomId: "main", title: "console" };
  await api.messages.keepButtons("console", { buttons: [{ id, command: "/servers", room, userId: "olga" }] });
  await api.messages.press("console", { id, userId: "olga" });
  await refused(api.messages.press("console", { id, userId: "rita" }));
  await refused(api.messages.press("console", { id: "canary-button-of-nobody", userId: "rita" }));
  const message = { key: "canary", chatId: "main" };
  await api.messages.remember("console", {
    ...message,
    messageId: "1",
    follow: { command: "/transfers", context: rita },
  });
  await api.messages.find("console", { key: "canary" });
  await api.messages.followed("console", {});
  await api.messages.forget("console", message);
  await api.catalog.latest(olga, {});
  await api.announcements.recent("console", {});
  await api.announcements.posted("console", { announcement, roomId: "main", messageId: "77" });
  const on = { announcement };
  await api.announcements.react(rita, { on, reaction: "keep", requestId: "canary-react" });
  await api.announcements.show(rita, { announcement });
  await api.announcements.kept(rita, {});
}

async function useCatalogAndTransfers({ api }: CoreProcess, { olga, rita, zora }: People): Promise<void> {
  await api.catalog.suggest(rita, { query: "wi" });
  await api.catalog.scans(olga, {});
  await refused(api.catalog.acceptLoss(olga, {}));
  await refused(api.catalog.reindex(olga, {}));
  await api.catalog.browse(rita, { where: "Nest/Album" });
  const found = await api.catalog.search(rita, { query: '"wish-39"' });
  const what = [found.items[0]?.ref ?? ""];
  await api.transfers.plan(rita, { what });
  await api.transfers.check(zora, { what, to: "first" });
  await refused(api.transfers.pull(olga, { what, requestId: "canary-own" }));
  await refused(api.transfers.pull(zora, { what, to: "second", requestId: "canary-no-inbox" }));
  await refused(api.transfers.pull(zora, { what, requestId: "canary-which" }));
  const large = (await api.catalog.search(zora, { query: "large" })).items[0]?.ref ?? "";
  await refused(api.transfers.pull(zora, { what: [large], to: "first", requestId: "canary-budget" }));
  await api.servers.limit(olga, { limits: { groupDayBytes: 1000 } });
  const { pull } = await api.transfers.pull(rita, { what, requestId: "canary-the-rest" });
  await refused(api.transfers.resume(rita, { pull: pull.ref }));
  await api.transfers.pause(rita, { pull: pull.ref });
  await api.transfers.resume(rita, { pull: pull.ref });
  await api.transfers.cancel(rita, { pull: pull.ref });
  await api.transfers.retry(rita, { pull: pull.ref });
  await api.transfers.cancel(rita, { pull: pull.ref });
  await api.transfers.list(rita, {});
  await api.transfers.outgoing(olga, {});
  await api.servers.limit(olga, { limits: { groupDayBytes: null } });
}

/** Refusals of every kind; some with a planted value in the question. */
async function askWrongly(core: CoreProcess, { olga, rita, zora }: People, note: Note): Promise<void> {
  const { api } = core;
  note(await rawCall(core, "none.such", { planted: planted.password }), "/v1/none.such");
  const query = { $ne: planted.password };
  note(await rawCall(core, "catalog.search", { context: rita, input: { query } }), "/v1/catalog.search");
  const asked: (() => Promise<unknown>)[] = [
    () => api.groups.create(rita, { name: "Mine" }),
    () => api.groups.join(rita, {}),
    () => api.groups.join(rita, { code: "WRONG-CODE" }),
    () => api.groups.bind(olga, { code: "WRONG-CODE" }),
    () => api.groups.create(olga, { name: "Canaries" }),
    () => api.groups.create(inRoom(olga, "third"), { name: "Canaries" }),
    () => api.groups.setPolicy(rita, { policy: "fxp" }),
    () => api.groups.removeMember(olga, { name: "Nobody" }),
    () => api.groups.show(inRoom(rita, "nowhere"), {}),
    () => api.groups.show(consoleContext("Stranger"), {}),
    () => api.servers.check(olga, { server: "nothing of the kind" }),
    () => api.servers.check(zora, {}),
    () => api.shares.add(olga, { path: planted.sharePath, name: "Gone" }),
    () => api.shares.add(olga, { path: "Album", name: "Nest" }),
    () => api.shares.add(olga, { path: "", name: "Again" }),
    () => api.shares.remove(olga, { name: "Nothing" }),
    () => api.catalog.search(rita, { query: "" }),
    () => api.catalog.search(rita, { query: "size:huge" }),
    () => api.catalog.browse(rita, { where: "f999999" }),
    () => api.catalog.browse(rita, { where: "Nest/../.." }),
    () => api.transfers.plan(rita, { what: ["zzz"] }),
    () => api.transfers.plan(consoleContext("Nolist"), { what: ["1"] }),
    () => api.transfers.plan(zora, { what: ["7"], to: "first" }),
    () => api.transfers.show(rita, { pull: "p999999" }),
    () => api.transfers.stop(olga, { pull: "p999999" }),
  ];
  for (const call of asked) await refused(call());
  for (let n = 0; n < 21; n++) await api.servers.enrol(zora, {}).catch(() => undefined);
}

async function refused(call: Promise<unknown>): Promise<void> {
  await call.then(
    () => undefined,
    () => undefined,
  );
}

async function rawCall({ apiAddress }: CoreProcess, name: string, body: unknown): Promise<string> {
  const socketPath = apiAddress.replace(/^unix:/, "");
  const headers = { "content-type": "application/json" };
  return new Promise((done, fail) => {
    const call = request({ socketPath, path: `/v1/${name}`, method: "POST", headers }, (answer) => done(text(answer)));
    call.on("error", fail).end(JSON.stringify(body));
  });
}

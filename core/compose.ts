// All features of the core, built once and wired to each other: for main.ts, and for the worker thread of the scans.
// Starts nothing but the line for signals; what runs by itself (engine, schedule, listeners) main.ts starts.
import { randomBytes } from "node:crypto";
import type { Api } from "#contract";
import { createAnnouncements, createAnnouncementsApi, createTimer } from "./announcements/index.ts";
import type { AllHandlers } from "./api/call.ts";
import { createCatalog, createCatalogApi, createScanner, defaultScanLimits } from "./catalog/index.ts";
import { applicationNames } from "./connections.ts";
import { createConnector, createFxp, createRelay } from "./ftp/index.ts";
import { createGroups, createGroupsApi } from "./groups/index.ts";
import { createMessages, createMessagesApi } from "./messages/index.ts";
import { createPeople, createPeopleApi, createRandomCode } from "./people/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { DatabaseAddress } from "./platform/db.ts";
import { openDatabase } from "./platform/db.ts";
import { createEventStream } from "./platform/event-stream.ts";
import type { Log } from "./platform/log.ts";
import { createSignals } from "./platform/signals.ts";
import { createServers, createServersApi, createSteadyConnector } from "./servers/index.ts";
import { createShares, createSharesApi } from "./shares/index.ts";
import type { Engine } from "./transfers/index.ts";
import { createDoctor, createEngine, createTransfers, createTransfersApi } from "./transfers/index.ts";
import { createVault, loadKeyFile, rereadKeyFile } from "./vault/index.ts";

/** What of the configuration the features need. Plain values, so that it also crosses to a worker thread. */
export interface ComposeOptions {
  database: DatabaseAddress;
  /** Connections to the database at most, beside the one that listens and those of running scans. */
  connections: number;
  /** What the database calls its sessions. */
  application?: string;
  keyFile: string;
  publicUrl: string;
  allowNetworks: string[];
  scanEveryMs: number;
  /** What one group may send through the core on one day. */
  relayQuotaBytes: number;
}
export interface ComposeDeps {
  clock: Clock;
  log: Log;
}

export type Core = Awaited<ReturnType<typeof compose>>;

/** @throws KeyFileError when the master key cannot be read or does not fit the stored secrets */
export async function compose(options: ComposeOptions, { clock, log }: ComposeDeps) {
  const { keyFile } = options;
  const vault = createVault({ masterKeys: await loadKeyFile(keyFile), reload: () => rereadKeyFile(keyFile) });
  const database = openDatabase(options.database, options.connections, { application: options.application });
  const { db, sql } = database;
  const signals = createSignals(sql);
  const platform = { db, clock, log };
  const random = {
    randomCode: createRandomCode(randomBytes),
    randomToken: () => randomBytes(32).toString("base64url"),
  };
  const connector = createConnector({ policy: { allowNetworks: options.allowNetworks }, clock });

  const people = createPeople(platform);
  const messages = createMessages();
  const groups = createGroups(platform);
  const asking = createSteadyConnector({ connector, clock, allowNetworks: options.allowNetworks });
  const servers = createServers({ ...platform, vault, connector, asking });
  const shares = createShares({ ...platform, groups });
  const catalog = createCatalog({
    ...platform,
    shares,
    announced: (person, room, id) => announcements.refsOf(person, room, id),
  });
  const transfers = createTransfers({ ...platform, servers, catalog });
  const fxp = createFxp({ clock });
  const doctor = createDoctor({ ...platform, servers, shares, catalog, fxp, random: Math.random });
  const announcements = createAnnouncements({ ...platform, groups, shares, catalog, transfers });
  const scanner = createScanner({
    ...platform,
    connect: (wish) => openDatabase(options.database, 1, { ...wish, application: applicationNames.scan }),
    open: servers.open,
    onApplied: announcements.announce,
    limits: { ...defaultScanLimits, everyMs: options.scanEveryMs },
    random: Math.random,
  });
  const all = {
    ...platform,
    ...random,
    vault,
    connector,
    publicUrl: options.publicUrl,
    people,
    groups,
    servers,
    shares,
    catalog,
  };
  const handlers: AllHandlers = {
    people: createPeopleApi({
      ...all,
      async beforeErase(tx, personId, identities) {
        await groups.leaveAll(tx, personId);
        for (const { platform, userId } of identities) await messages.forgetIdentity(tx, platform, userId);
      },
    }),
    messages: createMessagesApi(platform),
    groups: createGroupsApi({ ...all, afterMove: [messages.moveRoom, announcements.moveRoom] }),
    servers: createServersApi({
      ...all,
      afterLimit: [transfers.limitsChanged],
      pairsOf: doctor.pairsOf,
      traceOf: doctor.traceOf,
      connector: asking,
    }),
    shares: createSharesApi(all),
    catalog: createCatalogApi(all),
    transfers: createTransfersApi(transfers, doctor),
    announcements: createAnnouncementsApi(announcements),
  } satisfies Record<keyof Api, unknown>;

  const stopReview = signals.on("rights", () => {
    servers.reviewSessions().catch((err: unknown) => log.warn({ err }, "open sessions could not be reviewed"));
  });

  return {
    database,
    signals,
    people,
    groups,
    servers,
    shares,
    catalog,
    scanner,
    handlers,
    events: createEventStream({ ...platform, signals, fill: announcements.fill }),
    timer: createTimer({ ...platform, signals, release: announcements.release }),
    /** @param owner holds the leases, see EngineDeps */
    createEngine: (owner: string): Engine =>
      createEngine({
        ...platform,
        servers,
        shares,
        signals,
        owner,
        fxp,
        relay: createRelay({ clock }),
        relayQuotaBytes: options.relayQuotaBytes,
        random: Math.random,
      }),
    async close(): Promise<void> {
      stopReview();
      await signals.close();
      servers.close();
      await database.close();
    },
  };
}

// The contract's transfers.* procedures on top of what people do with pulls.
import type { api } from "#contract";
import type { Caller, Handlers } from "../platform/handler.ts";
import type { Doctor } from "./check.ts";
import type { Verb } from "./states.ts";
import type { Transfers } from "./transfers.ts";

export function createTransfersApi(transfers: Transfers, doctor: Doctor): Handlers<typeof api.transfers> {
  const change =
    (verb: Verb) =>
    async ({ person }: Caller, { pull }: { pull: string }) => ({ pull: await transfers.change(person, pull, verb) });
  return {
    plan: ({ person, room }, input) => transfers.plan(person, room, input),
    pull: async ({ person, room }, input) => ({ pull: await transfers.pull(person, room, input) }),
    list: async ({ person }, { limit }) => ({ pulls: await transfers.list(person, limit) }),
    show: async ({ person }, { pull }) => ({ pull: await transfers.show(person, pull) }),
    pause: change("pause"),
    resume: change("resume"),
    cancel: change("cancel"),
    retry: change("retry"),
    check: ({ person, room }, input) => doctor.check(person, room, input),
    outgoing: async ({ person }, { limit }) => ({ outgoing: await transfers.outgoing.list(person, limit) }),
    stop: async ({ person }, { pull }) => ({ stopped: await transfers.outgoing.stop(person, pull) }),
  };
}

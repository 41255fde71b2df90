// Names and languages of people who were heard lately: reactions bring neither, and nobody shall be renamed by them.
import type { APIUser } from "discord.js";
import { Routes } from "discord.js";
import type { Actor, Language } from "#contract";
import { createBoundedMap } from "../chat/bounded-map.ts";
import { actorOf } from "./context.ts";
import type { Rest } from "./rest.ts";

export interface People {
  note(actor: Actor): void;
  /** As they were heard last; else with the name that `user` or Discord gives, and in the language of the place. */
  find(userId: string, language: Language, user?: APIUser, nick?: string | null): Promise<Actor>;
}

const mostRemembered = 20_000;

export function createPeople(rest: Rest): People {
  const heard = createBoundedMap<Actor>(mostRemembered);
  return {
    note: (actor) => heard.set(actor.userId, actor),
    async find(userId, language, user, nick) {
      const known = heard.get(userId);
      if (known) return known;
      const told = user ?? ((await rest.asBot("get", Routes.user(userId))) as APIUser);
      return { ...actorOf(told, nick, language), isGuessed: true };
    },
  };
}

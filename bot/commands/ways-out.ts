// What a refusal offers to press, so that a newcomer gets on without reading a manual. Pure.
import type { Context, ErrorCode } from "#contract";
import type { Button } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import { makeGroupButton } from "./offer.ts";

export function waysOut(code: ErrorCode, { room }: Context, tongue: Tongue): Button[] {
  const button = (key: "join" | "add-server" | "settings" | "servers", command: string): Button => ({
    label: tongue.say(`button.${key}`),
    command,
    role: "plain",
  });
  switch (code) {
    case "group.not-a-member":
      return [button("join", "/join")];
    case "group.none-here":
      return room.kind === "group" ? [makeGroupButton(tongue, room.title)] : [];
    case "server.none":
      return [button("add-server", "/servers add")];
    case "server.no-inbox":
      return [button("servers", "/servers"), button("add-server", "/servers add")];
    default:
      return [];
  }
}

// The group of a room as a card, and the buttons for what the one who asks may do with it. Pure.
import type { api, OutputOf, Quiet } from "#contract";
import { policySchema } from "#contract";
import type { Button, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";

export type Group = OutputOf<(typeof api)["groups"]["show"]>;

export function groupCard(group: Group, isAdmin: boolean, tongue: Tongue): Reply {
  const rooms = group.rooms.map(
    (room) => `${cleanName(room.title)}${room.isHere ? ` (${tongue.say("group.room-here")})` : ""}`,
  );
  const rows: Array<[string, string]> = [
    [tongue.say("group.policy"), tongue.say(`group.policy-${group.policy}`)],
    [tongue.say("group.news"), tongue.say(`group.news-${group.news}`)],
    [tongue.say("group.quiet"), describeQuiet(group.quiet, tongue)],
    [tongue.say("group.members"), tongue.list(group.members.map((member) => cleanName(member.name)))],
    [tongue.say("group.rooms"), rooms.join(", ")],
  ];
  return makeReply(
    [
      { kind: "heading", text: cleanName(group.name) },
      { kind: "table", rows },
    ],
    { buttons: groupButtons(isAdmin, tongue) },
  );
}

export function describeQuiet(quiet: Quiet | null, tongue: Tongue): string {
  if (quiet === null) return tongue.say("group.quiet-none");
  return tongue.say("group.quiet-hours", { from: quiet.from, to: quiet.to, zone: quiet.zone });
}

/** What turns the policy into each of the others. */
export function policyButtons({ policy }: Group, tongue: Tongue): Button[] {
  return policySchema.options
    .filter((other) => other !== policy)
    .map((other) => ({
      label: tongue.say(`button.policy-${other}`),
      command: `/group policy ${other}`,
      role: "plain",
    }));
}

/** How contents travel; for who may change it, what the others would mean, under the names of their buttons. */
export function policyCard(group: Group, isAdmin: boolean, tongue: Tongue): Reply {
  const others = policySchema.options.filter((policy) => isAdmin && policy !== group.policy);
  const rows: Array<[string, string]> = [
    [tongue.say("group.policy"), tongue.say(`group.policy-${group.policy}`)],
    ...others.map((policy): [string, string] => [
      tongue.say(`button.policy-${policy}`),
      tongue.say(`group.policy-${policy}`),
    ]),
  ];
  return makeReply([{ kind: "table", rows }], { buttons: isAdmin ? policyButtons(group, tongue) : [] });
}

type GroupButton = "members" | "invite" | "link-room" | "news" | "quiet" | "policy" | "unbind" | "leave";

function groupButtons(isAdmin: boolean, tongue: Tongue): Button[] {
  const button = (key: GroupButton, command: string) =>
    ({ label: tongue.say(`button.${key}`), command, role: "plain" }) as const;
  const members = button("members", "/group members");
  const leave = button("leave", "/leave");
  if (!isAdmin) return [members, leave];
  return [
    button("invite", "/group code"),
    button("link-room", "/group link"),
    members,
    button("news", "/group news"),
    button("quiet", "/group quiet"),
    button("policy", "/group policy"),
    button("unbind", "/group unbind"),
    leave,
  ];
}

// What people say to the bot in the canary's run: every command, every action, some of it nonsense.

/** Said by two people in two languages; nothing in it takes anything away for good. */
export function linesFor(): string[] {
  return [
    ...["/start", "/help", "/join", "/link", "/link ABCD-1234"],
    ...["/servers", "/servers show", "/servers add", "/servers check", "/servers reindex", "/servers accept"],
    ...[
      "/servers password",
      "/servers limits",
      "/servers limits slots=2 day=5GB hours=00:00-00:00",
      "/servers limits x=y",
    ],
    ...["/servers limits day=off hours=off", "/servers pause", "/servers resume", "/servers check nothing"],
    ...["/group", "/group create Canaries", "/group create Second", "/group code", "/group link", "/group members"],
    ...["/group policy", "/group policy fxp", "/group news", "/group news full", "/group quiet", "/group quiet off"],
    ...["/group remove Nobody", "/share", "/share nowhere as Gone", "/share ../.. as Up", "/unshare Nothing"],
    ...[
      "/search wish",
      "/search",
      "/search size:huge x",
      "/pull 1 --no-wait",
      "/pull zzz",
      "/pull",
      "/browse",
      "/browse Nest",
    ],
    ...["/browse Nest/../..", "/new", "/new keep a1", "/new unkeep a1", "/new rate a1", "/new kept"],
    ...[
      "/transfers",
      "/transfers show",
      "/transfers pause",
      "/transfers resume",
      "/transfers cancel",
      "/transfers retry",
    ],
    ...["/transfers check 1", "/transfers check wish", "/transfers others", "/transfers stop p1"],
    ...["/privacy", "/privacy show", "/privacy export", "/nonsense", "/help servers"],
  ];
}

/** Said by one person, at the end. */
export const lastLines = [
  ...["/servers", "/servers remove first", "/share", "/unshare Nest", "/group unbind", "/leave", "/privacy erase"],
];

// The states of a pair transfer once its commands are under way, and what moves it on. Pure: no sockets, no timers.
// docs: opening -> moving -> finishing -> done; from each of them failed or aborted.
import type { Reply } from "../replies/refusal.ts";
import type { FxpLimits, PairArrangement, PairState } from "../types.ts";
import type { Circumstances, Side, SideStory, Verdict } from "./verdict.ts";
import { isEcho, isFailed, silenceVerdict, verdictOf } from "./verdict.ts";

export interface Progress {
  state: PairState;
  stories: Record<Side, SideStory>;
  passive: Side;
  /** The TLS client of a protected data connection. */
  tlsClient: Side | undefined;
  offsetBytes: number;
  /** What the file is to have in the end; undefined when nobody said. */
  sizeBytes: number | undefined;
  /** Last size seen of the destination file; undefined before the first look. */
  seenBytes: number | undefined;
  /** When the commands went out, monotonic. */
  openedAtMs: number;
  /** Last sign of life: an opening, growth, the first final reply. */
  aliveAtMs: number;
  /** Where the present stretch began in which a crawling transfer would be found out. */
  stretch: { atMs: number; bytes: number };
  /** When something failed that the other side may explain better. */
  echoAtMs: number | undefined;
  verdict: Verdict | undefined;
}

export type PairEvent =
  | { type: "started"; side: Side }
  | { type: "replied"; side: Side; reply: Reply }
  | { type: "lost"; side: Side }
  | { type: "seen"; bytes: number }
  | { type: "aborted" }
  | { type: "tick" };

/** How long the other side gets to explain a cut. */
const echoMs = 1500;
/** A stretch is so many times a stall, and must bring so much: a byte now and then would hold both servers' slots for ever. */
const stretchStalls = 5;
const stretchBytes = 64 * 1024;

export function openProgress(
  { passive, tlsClient }: Pick<PairArrangement, "passive" | "tlsClient">,
  offsetBytes: number,
  nowMs: number,
  sizeBytes?: number,
): Progress {
  const story: SideStory = { isStarted: false, final: undefined, isLost: false };
  return {
    state: "opening",
    stories: { source: story, destination: story },
    passive,
    tlsClient: tlsClient?.side,
    offsetBytes,
    sizeBytes,
    seenBytes: undefined,
    openedAtMs: nowMs,
    aliveAtMs: nowMs,
    stretch: { atMs: nowMs, bytes: offsetBytes },
    echoAtMs: undefined,
    verdict: undefined,
  };
}

export function isOver({ state }: Progress): boolean {
  return state === "done" || state === "failed" || state === "aborted";
}

export function advance(progress: Progress, event: PairEvent, nowMs: number, limits: FxpLimits): Progress {
  if (isOver(progress)) return progress;
  if (event.type === "aborted") return { ...progress, state: "aborted" };
  if (event.type === "tick") return checkLimits(progress, nowMs, limits);
  if (event.type === "seen") return see(progress, event.bytes, nowMs);
  return settle({ ...progress, stories: tell(progress.stories, event) }, nowMs);
}

function tell(stories: Progress["stories"], event: Extract<PairEvent, { side: Side }>): Progress["stories"] {
  const story = stories[event.side];
  if (event.type === "started") return { ...stories, [event.side]: { ...story, isStarted: true } };
  // The loss of a connection after its final reply (421, or a server that hangs up) adds nothing.
  if (event.type === "lost") return { ...stories, [event.side]: { ...story, isLost: story.final === undefined } };
  return { ...stories, [event.side]: { ...story, final: event.reply } };
}

function see(progress: Progress, bytes: number, nowMs: number): Progress {
  const isGrowth = bytes > (progress.seenBytes ?? progress.offsetBytes);
  const seen = { ...progress, seenBytes: bytes, aliveAtMs: isGrowth ? nowMs : progress.aliveAtMs };
  // A source without an end would fill the destination's disk.
  if (bytes > (progress.sizeBytes ?? Number.POSITIVE_INFINITY))
    return fail(seen, { code: "fxp.size-differs", detail: "more than its size" });
  return seen;
}

/** After a reply or a loss. */
function settle(progress: Progress, nowMs: number): Progress {
  const { source, destination } = progress.stories;
  const failed = [source, destination].filter(isFailed);
  const isEverybodyHeard = [source, destination].every((story) => story.final !== undefined || story.isLost);
  if (failed.length > 0) {
    if (isEverybodyHeard || failed.some((story) => !isEcho(story)))
      return fail(progress, verdictOf(progress.stories, circumstances(progress)));
    return { ...progress, state: "finishing", echoAtMs: progress.echoAtMs ?? nowMs };
  }
  if (isEverybodyHeard) return { ...progress, state: "done" };
  if (source.final || destination.final)
    return progress.state === "finishing" ? progress : { ...progress, state: "finishing", aliveAtMs: nowMs };
  if (progress.state === "opening" && source.isStarted && destination.isStarted)
    return { ...progress, state: "moving", aliveAtMs: nowMs };
  return progress;
}

function checkLimits(progress: Progress, nowMs: number, limits: FxpLimits): Progress {
  const { stories, openedAtMs, aliveAtMs, echoAtMs } = progress;
  if (echoAtMs !== undefined)
    return nowMs - echoAtMs >= Math.min(echoMs, limits.lingerMs)
      ? fail(progress, verdictOf(stories, circumstances(progress)))
      : progress;
  const unopened = unopenedSide(progress);
  if (unopened) return nowMs - openedAtMs >= limits.openingMs ? fail(progress, silenceVerdict(unopened)) : progress;
  const unsecured = unsecuredSide(progress);
  if (unsecured && nowMs - aliveAtMs >= limits.openingMs) return fail(progress, silenceVerdict(unsecured));
  const limitMs = progress.state === "finishing" ? limits.lingerMs : limits.stallMs;
  if (nowMs - aliveAtMs >= limitMs) return fail(progress, { code: "fxp.stalled", detail: progress.state });
  return checkPace(progress, nowMs, limits);
}

function checkPace(progress: Progress, nowMs: number, { stallMs }: FxpLimits): Progress {
  const { stretch, seenBytes, offsetBytes } = progress;
  if (nowMs - stretch.atMs < stretchStalls * stallMs) return progress;
  const bytes = seenBytes ?? offsetBytes;
  if (bytes - stretch.bytes < stretchBytes) return fail(progress, { code: "fxp.stalled", detail: "crawling" });
  return { ...progress, stretch: { atMs: nowMs, bytes } };
}

/**
 * The side to name when a transfer does not open: the one that says nothing, and the passive one (which Pure-FTPd leaves
 * silent when it refuses its peer) when both are silent.
 */
function unopenedSide({ stories, passive }: Progress): Side | undefined {
  const isSilent = (side: Side) => !stories[side].isStarted && stories[side].final === undefined;
  if (isSilent(passive)) return passive;
  const active = passive === "source" ? "destination" : "source";
  return isSilent(active) ? active : undefined;
}

/** Both have said 1xx and no byte has come: two servers that wait for each other's handshake do so for ever. */
function unsecuredSide({ state, tlsClient, seenBytes, offsetBytes }: Progress): Side | undefined {
  return state === "moving" && seenBytes !== undefined && seenBytes <= offsetBytes ? tlsClient : undefined;
}

function circumstances({ offsetBytes, tlsClient, seenBytes }: Progress): Circumstances {
  return { offsetBytes, isHandshakeInDoubt: tlsClient !== undefined && (seenBytes ?? 0) <= offsetBytes };
}

function fail(progress: Progress, verdict: Verdict): Progress {
  return { ...progress, state: "failed", verdict };
}

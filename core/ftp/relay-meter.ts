// What is done to the bytes of a relay between its two ends: counted, bounded, hashed. Holds one piece at a time.
import type { Hash } from "node:crypto";
import { createHash } from "node:crypto";
import type { Clock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import type { RelayTransfer } from "./types.ts";

const largestPieceBytes = 64 * 1024;

export interface RelayMeter {
  /** The step of a pipeline. @throws `file.changed` when there is more than there should be, and what `onBytes` throws */
  pass(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  /** What `onBytes` has thrown, whatever it was. */
  objection(): { error: unknown } | undefined;
  /** Taken by the destination's socket, without what lay there before. */
  movedBytes(): number;
  /** Since the last piece was taken. */
  silentMs(): number;
  /** SHA-256 of what was moved, hex. Once. */
  sha256(): string;
}

export function createMeter(pair: RelayTransfer, clock: Clock): RelayMeter {
  const expectedBytes = pair.sizeBytes - pair.offsetBytes;
  const hash: Hash = createHash("sha256");
  const pieceBytes = Math.min(pair.pieceBytes ?? largestPieceBytes, largestPieceBytes);
  let objection: { error: unknown } | undefined;
  let movedBytes = 0;
  let aliveAtMs = clock.monotonicMs();

  async function ask(bytes: number): Promise<void> {
    try {
      await pair.onBytes?.(bytes);
    } catch (error) {
      objection = { error };
      throw error;
    }
  }

  async function admit(piece: Buffer): Promise<void> {
    if (movedBytes + piece.length > expectedBytes)
      throw new FonError("file.changed", {}, { detail: "more bytes than its size" });
    await ask(piece.length);
    hash.update(piece);
  }

  return {
    async *pass(chunks) {
      for await (const chunk of chunks) {
        for (const piece of piecesOf(chunk, pieceBytes)) {
          await admit(piece);
          aliveAtMs = clock.monotonicMs();
          // Comes back when the destination takes more.
          yield piece;
          movedBytes += piece.length;
          aliveAtMs = clock.monotonicMs();
          pair.onProgress?.(pair.offsetBytes + movedBytes);
        }
      }
    },
    objection: () => objection,
    movedBytes: () => movedBytes,
    silentMs: () => clock.monotonicMs() - aliveAtMs,
    sha256: () => hash.digest("hex"),
  };
}

function* piecesOf(chunk: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let from = 0; from < chunk.length; from += pieceBytes) yield chunk.subarray(from, from + pieceBytes);
}

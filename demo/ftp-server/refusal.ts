// How a refused command is answered: an error that carries its reply, and replies for file system errors.

/** Thrown inside a command; the text is the whole reply line. */
export class Refusal extends Error {
  readonly reply: string;
  constructor(reply: string) {
    super(reply);
    this.name = "Refusal";
    this.reply = reply;
  }
}

const repliesByCode: Readonly<Record<string, string>> = {
  ENOENT: "550 No such file or directory.",
  ENOTDIR: "550 Not a directory.",
  EISDIR: "550 Not a plain file.",
  EEXIST: "550 Already exists.",
  ENOTEMPTY: "550 Directory not empty.",
  ENAMETOOLONG: "553 Name too long.",
  ENOSPC: "452 No space left on device.",
  EDQUOT: "452 Disk quota exceeded.",
};

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

/** The reply to a command that failed; paths of the machine are never in it. */
export function replyToFailure(error: unknown): string {
  if (error instanceof Refusal) return error.reply;
  return repliesByCode[codeOf(error)] ?? "550 Permission denied.";
}

/** The reply when a data connection broke: RFC 959 has 426 for the network, 452 and 451 for the disk. */
export function replyToBrokenTransfer(error: unknown): string {
  if (error instanceof Refusal) return error.reply;
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") return "452 No space left on device.";
  if (code === "EIO" || code === "EFBIG") return "451 Failure on the disk.";
  return "426 Connection closed; transfer aborted.";
}

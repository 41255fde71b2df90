// What the catalog gives to the features on its right. Shapes only.
import type { VisibleShare } from "../shares/index.ts";

/** Something that a person picked and may see at this moment. */
export interface Picked {
  kind: "file" | "folder";
  /** File name, folder name, or the share's name when it is the share's own folder. */
  title: string;
  share: VisibleShare;
  fileId?: number;
  directoryId?: number;
}

export interface PickedFile {
  fileId: number;
  serverId: number;
  ownerId: number;
  groupId: number;
  /** Relative to the server's share folder. */
  path: string;
  /** Below the picked thing, including its title: `Album/01.flac`, or just `a.pdf`. */
  relativePath: string;
  sizeBytes: number;
  modifiedAt: Date | null;
}

export interface AddedFile {
  fileId: number;
  directoryId: number;
  /** Relative to the server's share folder. */
  directoryPath: string;
  name: string;
  sizeBytes: number;
}

/**
 * What a scan changed, told inside its transaction. Also told when nothing was added, because a share
 * that lies in a folder that was already read still wants its introduction.
 */
export interface Applied {
  serverId: number;
  /** `file.seen_at` of each added file is exactly this instant. */
  at: Date;
  /** Nothing was left unread; deletions were applied too. */
  complete: boolean;
  /** The catalog knew no file of this server before. */
  first: boolean;
  /** New to the catalog; moved files are not among them. Empty until a share of the server was introduced. */
  added: AddedFile[];
  /** After the first whole scan of a server ever: what it counted, also where nothing is shared yet (`complete` is false then). */
  indexed?: { files: number; bytes: number };
}

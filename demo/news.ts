// The photos that Anna adds while the demo runs, so that the group has something to hear of.
import type { FtpHome } from "./ftp-home.ts";
import type { Sample } from "./samples.ts";
import { writeSample } from "./samples.ts";

export const annasNews: readonly Sample[] = ["IMG_101.jpg", "IMG_102.jpg", "Vidéo du gâteau.mp4"].map((name, i) => ({
  path: `Photos/2026/Anniversaire de Chloé/${name}`,
  sizeBytes: 90_000 + i * 40_000,
  modifiedAt: new Date(Date.UTC(2026, 1, 3 + i)),
}));

/** Puts them on Anna's server; the next scan finds them. */
export async function addNews(home: FtpHome): Promise<void> {
  for (const file of annasNews) await writeSample(home.root, file);
}

// Who is in the demo: their servers, what lies on them, and what they share.
import type { Sample } from "./samples.ts";
import { annasFiles, bensFiles, chloesFiles, yourFiles } from "./samples.ts";

export interface DemoPerson {
  name: string;
  language: "en" | "fr";
  /** Name of their server in FonShare. */
  label: string;
  /** The folder of their server that FonShare may read, and the share's name in the group. */
  folder: string;
  share: string;
  files: () => Sample[];
}

export const groupName = "Sunday Club";

export const anna: DemoPerson = {
  name: "Anna",
  language: "en",
  label: "attic",
  folder: "/Photos",
  share: "Anna's photos",
  files: annasFiles,
};

export const ben: DemoPerson = {
  name: "Ben",
  language: "en",
  label: "music-box",
  folder: "/Recordings",
  share: "Recordings",
  files: bensFiles,
};

export const chloe: DemoPerson = {
  name: "Chloé",
  language: "fr",
  label: "labo",
  folder: "/",
  share: "Labo",
  files: chloesFiles,
};

/** Whom the visitor plays. In the guided tour their server is enrolled in front of their eyes. */
export const you: DemoPerson = {
  name: "Maya",
  language: "en",
  label: "home",
  folder: "/Library",
  share: "My library",
  files: yourFiles,
};

export const friends: readonly DemoPerson[] = [anna, ben, chloe];
export const everybody: readonly DemoPerson[] = [...friends, you];

/** Where what is pulled arrives, on everybody's server. */
export const inboxFolder = "/Inbox";

// How much more a server can take, from its own words. Pure.
// Only AVBL is asked (draft-peterson-streamlined-ftp-command-extensions, in FEAT). SITE QUOTA and SITE DF have no common
// form: ProFTPD's quota module says "unlimited" of a full disk and nothing in FEAT, and the usual daemons have neither.
import type { Reply } from "./control.ts";

/** `213 2147483648`, with or without words around the number; undefined for anything else, as a number of gigabytes. */
export function parseFreeBytes(reply: Reply): number | undefined {
  const bytes = Number(/^213[ -][^\d\n-]*(\d{1,16})(?![\d.,]|\s*[KMGT]i?B)/i.exec(reply.text)?.[1] ?? Number.NaN);
  return reply.code === 213 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
